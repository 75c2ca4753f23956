"""What the routes of this API share: checking a body, and the three forms of a 422."""

from __future__ import annotations

from agentops.sandbox.calls import Answer, Call, Refused
from agentops.sandbox.checks import Check, Shape
from agentops.sandbox.database import Row

VALIDATION_FAILED = "Validation failed"
INVALID_DATA = "The given data was invalid."


def checker(call: Call) -> Check:
    """A check that knows which objects the caller's account sees."""
    return Check(
        lambda kind, number: call.database.exists(kind, number, call.owner),
        call.options,
        lambda kind, name: _named(call, kind, name),
    )


def _named(call: Call, kind: str, name: str) -> int | None:
    ids = (row["id"] for row in call.database.rows(kind, call.owner) if row["name"] == name)
    return next(ids, None)


def refuse_errors(check: Check, text: str | None = None) -> None:
    """Raises Refused if there are errors; `text`: the message, else it is the first error."""
    if check.errors:
        first = next(iter(check.errors.values()))[0]
        raise Refused(Answer(422, {"message": text or first, "errors": check.errors}))


def checked(call: Call, shape: Shape, *, partial: bool = False, text: str | None = None) -> Row:
    """The request's body if it has this shape. Raises Refused with a 422 if not."""
    check = checker(call)
    sent = shape.sent(call.body(), check, partial=partial)
    refuse_errors(check, text)
    return sent


def catalog(call: Call, items: list[Row]) -> Answer:
    """A list outside of pages: bare, or in the envelope that the field tables name."""
    return Answer(200, {"data": items} if call.options.catalog_envelope else items)
