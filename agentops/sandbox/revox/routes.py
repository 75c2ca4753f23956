"""All routes of the Revox API."""

from __future__ import annotations

from agentops.sandbox.calls import Answer, Route, message
from agentops.sandbox.options import Options
from agentops.sandbox.revox import account, assistants, campaigns, phone_numbers, voices


def routes(_options: Options) -> tuple[Route, ...]:
    """Every method and path that answers."""
    parts = (account, assistants, voices, phone_numbers, campaigns)
    return tuple(route for part in parts for route in part.routes())


def unauthenticated(_token: str, _options: Options) -> Answer:
    """What is answered to an unknown key, or to none."""
    return message(401, "Unauthorized")


def failure(_method: str, _path: str) -> Answer:
    """What is answered with 500."""
    return message(500, "Internal server error")
