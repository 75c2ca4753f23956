"""Routes that say who asks."""

from __future__ import annotations

from agentops.sandbox.calls import Answer, Call, Route
from agentops.sandbox.database import Row
from agentops.sandbox.revox.kinds import KINDS, identify
from agentops.sandbox.revox.requests import time


def routes() -> tuple[Route, ...]:
    """The routes of this module."""
    return (
        Route("GET", "/auth-status", auth_status),
        Route("GET", "/users/me", me),
    )


def auth_status(_call: Call) -> Answer:
    """GET /auth-status"""
    return Answer(200, {"authenticated": True})


def me(call: Call) -> Answer:
    """GET /users/me"""
    user = user_of(call)
    return Answer(200, {"user": {key: value for key, value in user.items() if _shown(key, value)}})


def user_of(call: Call) -> Row:
    """The user that the key belongs to: the one put into the store, else one made up from the account."""
    stored = call.database.rows("user", call.owner)
    if stored:
        return stored[0] | {key: time(stored[0][key]) for key in ("created_at", "updated_at")}
    account = call.account
    first, _, last = account.name.partition(" ")
    return KINDS["user"] | {
        "id": identify("user", account.id),
        "email": account.email,
        "first_name": first or None,
        "last_name": last or None,
        "organization_id": identify("organization", account.id),
        "created_at": "2026-05-01T08:00:00.000Z",
        "updated_at": "2026-05-01T08:00:00.000Z",
    }


def author(user: Row) -> Row:
    """A user as `created_by` shows one."""
    return {key: user[key] for key in ("id", "email", "first_name", "last_name")}


def _shown(key: str, value: object) -> bool:
    return key != "organization_country" or value is not None
