"""Routes of assistants: create, read, change, copy, delete and the list."""

from __future__ import annotations

import re

from agentops.sandbox.calls import Answer, Call, Route, message
from agentops.sandbox.database import Row
from agentops.sandbox.revox.account import author, user_of
from agentops.sandbox.revox.assistant_fields import ASSISTANT
from agentops.sandbox.revox.assistant_reads import assistant_item
from agentops.sandbox.revox.requests import checked, new_id

MISSING = message(404, "Assistant not found")

_DEFAULTS = {key.name: key.default for key in ASSISTANT.keys}


def routes() -> tuple[Route, ...]:
    """The routes of this module."""
    one = "/assistants/<object_id>"
    return (
        Route("GET", "/assistants", list_all),
        Route("POST", "/assistants", create),
        Route("GET", one, read),
        Route("PATCH", one, update),
        Route("DELETE", one, delete),
        Route("POST", one + "/clone", clone),
    )


def list_all(call: Call) -> Answer:
    """GET /assistants: all but sub-assistants."""
    rows = call.database.rows("assistant", call.owner, by_age=True)
    if call.options.list_order == "newest":
        rows.reverse()
    shown = [assistant_item(call, row) for row in rows if row["type"] != "sub-assistant"]
    return Answer(200, {"assistants": shown})


def create(call: Call) -> Answer:
    """POST /assistants"""
    sent = checked(call, ASSISTANT)
    return _added(call, _DEFAULTS | sent | {"faq_items": _answered(call, sent.get("faq_items", []))})


def read(call: Call, object_id: str) -> Answer:
    """GET /assistants/{id}: the assistant itself, without an envelope."""
    return Answer(200, assistant_item(call, call.find("assistant", object_id, MISSING), single=True))


def update(call: Call, object_id: str) -> Answer:
    """PATCH /assistants/{id}: the keys sent, each with its whole value."""
    before = call.find("assistant", object_id, MISSING)
    sent = checked(call, ASSISTANT, partial=True)
    if "faq_items" in sent:
        sent["faq_items"] = _answered(call, sent["faq_items"])
    row = before | sent
    if row != before:
        row["updated_at"] = call.now
        call.database.replace("assistant", row)
    notice = _unpatched(call, row) if row["prompt"] != before["prompt"] else None
    return Answer(200, {"assistant": assistant_item(call, row), "unpatchedCallsNotice": notice})


def delete(call: Call, object_id: str) -> Answer:
    """DELETE /assistants/{id}: numbers lose it, campaigns keep its id."""
    row = call.find("assistant", object_id, MISSING)
    call.database.replace("assistant", row | {"deleted_at": call.now}, deleted=True)
    for number in call.database.rows("phone_number", call.owner):
        if number["inbound_assistant_id"] == object_id:
            call.database.replace("phone_number", number | {"inbound_assistant_id": None})
    return Answer(200, {"success": True})


def clone(call: Call, object_id: str) -> Answer:
    """POST /assistants/{id}/clone: all fields and FAQ items under ids of their own."""
    row = call.find("assistant", object_id, MISSING)
    items = [item | {"id": new_id(call, "faq_item")} for item in row["faq_items"]]
    return _added(call, row | {"name": f"{row['name']} (Copy)", "faq_items": items})


def _added(call: Call, row: Row) -> Answer:
    user = user_of(call)
    row |= {
        "id": new_id(call, "assistant"),
        "organization_id": user["organization_id"],
        "created_by": author(user),
        "created_at": call.now,
        "updated_at": call.now,
        "is_inbound_receptionist": False,
        "is_realestate_assistant": False,
    }
    call.database.insert("assistant", row, call.owner)
    return Answer(200, {"assistant": assistant_item(call, row)})


def _answered(call: Call, items: list[Row]) -> list[Row]:
    """Questions and answers as they are stored when a person gave them."""
    made = {"needs_human_answer": False, "source": "human"}
    return [item | {"id": new_id(call, "faq_item")} | made for item in items]


def _unpatched(call: Call, row: Row) -> Row | None:
    """Of the calls still to be placed, how many lack a variable that the prompt has, and which variables."""
    asked = set(re.findall(r"\{\{\s*(\w+)\s*\}\}", row["prompt"]))
    calls = [queued for queued in call.database.rows("queued_call", call.owner) if queued["assistant_id"] == row["id"]]
    lacking = [asked - queued["prompt_variables"].keys() for queued in calls]
    if not any(lacking):
        return None
    return {"count": sum(map(bool, lacking)), "variables": sorted(set().union(*lacking))}
