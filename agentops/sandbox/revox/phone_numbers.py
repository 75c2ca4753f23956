"""Routes of phone numbers, which are bought and imported elsewhere."""

from __future__ import annotations

from agentops.sandbox.calls import Answer, Call, Route, message
from agentops.sandbox.checks import Key, Shape, Text
from agentops.sandbox.database import Row
from agentops.sandbox.revox.assistant_reads import assistant_item
from agentops.sandbox.revox.requests import checked, refusal, time
from agentops.sandbox.revox.values import Link

_MISSING = message(404, "Phone number not found")
_SHAPE = Shape(
    (
        Key("inbound_assistant_id", Link("assistant"), null=True),
        Key("label", Text(), null=True),
    )
)


def routes() -> tuple[Route, ...]:
    """The routes of this module."""
    one = "/phone-numbers/<object_id>"
    return (
        Route("GET", "/phone-numbers", list_all),
        Route("PATCH", one, update),
        Route("DELETE", one, delete),
    )


def list_all(call: Call) -> Answer:
    """GET /phone-numbers"""
    rows = call.database.rows("phone_number", call.owner, by_age=True)
    return Answer(200, {"phone_numbers": [_item(call, row) for row in rows]})


def update(call: Call, object_id: str) -> Answer:
    """PATCH /phone-numbers/{id}: label and inbound assistant; null takes either away."""
    row = call.find("phone_number", object_id, _MISSING)
    sent = checked(call, _SHAPE)
    if row["type"] == "verified_caller_id" and sent.get("inbound_assistant_id") is not None:
        raise refusal({"inbound_assistant_id": "A verified caller ID cannot take inbound calls."})
    row |= sent
    call.database.replace("phone_number", row)
    return Answer(200, {"phone_number": _item(call, row)})


def delete(call: Call, object_id: str) -> Answer:
    """DELETE /phone-numbers/{id}"""
    call.find("phone_number", object_id, _MISSING)
    call.database.remove("phone_number", object_id)
    return Answer(200, {"success": True})


def _item(call: Call, row: Row) -> Row:
    """A number as it is read: with the whole assistant in place of its id."""
    linked = row["inbound_assistant_id"]
    assistant = None if linked is None else call.database.get("assistant", linked, call.owner)
    item = {key: value for key, value in row.items() if key != "inbound_assistant_id"}
    item["created_at"] = time(item["created_at"])
    return item | {"inbound_assistant": None if assistant is None else assistant_item(call, assistant)}
