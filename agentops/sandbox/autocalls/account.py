"""Routes of the account itself and of its API keys."""

from __future__ import annotations

import secrets

from agentops.sandbox.autocalls.requests import checked
from agentops.sandbox.calls import Answer, Call, Refused, Route, message
from agentops.sandbox.checks import Key, Shape, Text

_SHAPE = Shape((Key("name", Text(255), required=True),))


def routes() -> tuple[Route, ...]:
    """The routes of this module."""
    return (
        Route("GET", "/user/me", me),
        Route("GET", "/user/api-keys", list_keys),
        Route("POST", "/user/api-keys", create_key),
        Route("DELETE", "/user/api-keys/<int:number>", delete_key),
    )


def me(call: Call) -> Answer:
    """GET /user/me"""
    account = call.account
    return Answer(200, {"name": account.name, "email": account.email, "total_balance": account.balance})


def list_keys(call: Call) -> Answer:
    """GET /user/api-keys, without the keys themselves."""
    return Answer(200, {"api_keys": call.database.keys(call.owner)})


def create_key(call: Call) -> Answer:
    """POST /user/api-keys: the only answer that shows the key."""
    name = checked(call, _SHAPE)["name"]
    number = call.database.add_key(call.owner, name, "pending", call.now)
    token = f"{number}|{secrets.token_urlsafe(30)}"
    call.database.set_token(number, token)
    key = {"name": name, "token": token, "created_at": call.now}
    return Answer(201, {"message": "API key created successfully.", "api_key": key})


def delete_key(call: Call, number: int) -> Answer:
    """DELETE /user/api-keys/{id}"""
    if not call.database.remove_key(call.owner, number):
        raise Refused(message(404, "API key not found."))
    return Answer(200, {"message": "API key deleted successfully."})
