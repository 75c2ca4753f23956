"""What the routes of Revox share: checking a body, the refusal with its issues, times and new ids."""

from __future__ import annotations

from typing import Any

from agentops.sandbox.calls import Answer, Call, Refused
from agentops.sandbox.checks import Check, Shape
from agentops.sandbox.database import Row
from agentops.sandbox.revox.kinds import identify


def checked(call: Call, shape: Shape, *, partial: bool = False) -> Row:
    """The request's body if it has this shape. Raises Refused with a 400 if not."""
    check = Check(
        lambda kind, object_id: call.database.exists(kind, object_id, call.owner),
        call.options,
        lambda kind, text: _named(call, kind, text),
    )
    sent = shape.sent(call.body(), check, partial=partial)
    if check.errors:
        raise refusal({path: texts[0] for path, texts in check.errors.items()})
    return sent


def refusal(faults: dict[str, str]) -> Refused:
    """A 400 that tells what is wrong at which path."""
    issues = [{"path": _steps(path), "message": text} for path, text in faults.items()]
    return Refused(Answer(400, {"message": next(iter(faults.values())), "issues": issues}))


def _steps(path: str) -> list[str | int]:
    return [int(step) if step.isdecimal() else step for step in path.split(".")]


def _named(call: Call, kind: str, text: str) -> Any:
    """The row's id of a voice by provider and id, or of a phone number by its digits."""
    for row in call.database.rows(kind, call.owner):
        name = f"{row['provider']}/{row['voice_id'] or row['id']}" if kind == "voice" else row["phone_number"]
        if name == text:
            return row["id"]
    return None


def new_id(call: Call, kind: str) -> str:
    """An id that no object has had."""
    return identify(kind, call.database.next_id(kind))


def time(text: str) -> str:
    """A time with milliseconds, as this API shows them."""
    return text.replace(".000000Z", ".000Z")
