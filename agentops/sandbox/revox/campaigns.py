"""Routes that read campaigns; they are made and run elsewhere."""

from __future__ import annotations

from agentops.sandbox.calls import Answer, Call, Route, message
from agentops.sandbox.database import Row
from agentops.sandbox.revox.account import author, user_of
from agentops.sandbox.revox.requests import time

_MISSING = message(404, "Campaign not found")


def routes() -> tuple[Route, ...]:
    """The routes of this module."""
    return (
        Route("GET", "/campaigns", list_all),
        Route("GET", "/campaigns/<object_id>", read),
    )


def list_all(call: Call) -> Answer:
    """GET /campaigns"""
    rows = call.database.rows("campaign", call.owner, by_age=True)
    return Answer(200, {"campaigns": [_item(call, row) for row in rows]})


def read(call: Call, object_id: str) -> Answer:
    """GET /campaigns/{id}"""
    return Answer(200, {"campaign": _item(call, call.find("campaign", object_id, _MISSING))})


def _item(call: Call, row: Row) -> Row:
    user = user_of(call)
    item = row | {key: time(row[key]) for key in ("created_at", "updated_at")}
    item["organization_id"] = row["organization_id"] or user["organization_id"]
    item["created_by"] = row["created_by"] or author(user)
    return item
