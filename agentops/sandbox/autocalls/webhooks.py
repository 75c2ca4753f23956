"""Routes that set and clear an assistant's webhooks."""

from __future__ import annotations

from functools import partial

from agentops.sandbox.autocalls.assistants import MISSING
from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.autocalls.requests import INVALID_DATA, checked
from agentops.sandbox.calls import Answer, Call, Route, message
from agentops.sandbox.checks import Key, Shape, Url, Whole
from agentops.sandbox.database import Row
from agentops.sandbox.options import Options

_ASSISTANT = Key("assistant_id", Whole(1, 2**63 - 1), required=True)
_ENABLE = Shape((_ASSISTANT, Key("webhook_url", Url(), required=True)))
_DISABLE = Shape((_ASSISTANT,))

_INBOUND = "inbound_webhook_url"
_ENDED = "conversation_ended_webhook_url"


def routes(brand: Brand, options: Options) -> tuple[Route, ...]:
    """The routes of this module for one brand."""
    always = (
        _route("enable-inbound-webhook", "Webhook enabled successfully", _INBOUND),
        _route("disable-inbound-webhook", "Inbound webhook disabled successfully", _INBOUND),
        _route("disable-webhook", "Webhook disabled successfully", "webhook_url"),
    )
    ended = (
        _route("enable-conversation-ended-webhook", "Conversation ended webhook enabled successfully", _ENDED),
        _route("disable-conversation-ended-webhook", "Conversation ended webhook disabled successfully", _ENDED),
    )
    post_call = _route("enable-webhook", "Webhook enabled successfully", "webhook_url")
    return (*always, *(() if brand.older else ended), *((post_call,) if options.enable_webhook else ()))


def _route(name: str, done: str, field: str) -> Route:
    handler = partial(_toggle, _ENABLE if name.startswith("enable") else _DISABLE, done, field)
    return Route("POST", f"/user/assistants/{name}", handler)


def _toggle(shape: Shape, done: str, field: str, call: Call) -> Answer:
    sent = checked(call, shape, text=INVALID_DATA)
    row = call.find("assistant", sent["assistant_id"], message(404, MISSING))
    changed: Row = {field: sent.get("webhook_url")}
    if field == "webhook_url":
        changed["is_webhook_active"] = "webhook_url" in sent
    call.database.replace("assistant", row | changed | {"updated_at": call.now})
    return Answer(200, {"message": done, "data": []})
