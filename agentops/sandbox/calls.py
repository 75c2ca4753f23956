"""What a route works on and answers with: a call, an answer, and the refusal that is an answer too."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request

from agentops.sandbox.database import Account, Database, Row
from agentops.sandbox.options import Options


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a value to answer with as JSON (or a text in `raw`), and further headers."""

    status: int
    value: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: str | None = None
    content_type: str = "application/json"

    def body(self) -> bytes:
        """The bytes to send."""
        if self.raw is not None:
            return self.raw.encode()
        return json.dumps(self.value, separators=(",", ":")).encode()


class Refused(Exception):
    """Ends a call: what it wrote is undone, and the answer given here goes out."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status, answer.value)
        self.answer = answer


def message(status: int, text: str) -> Answer:
    """An answer of the form {"message": text}."""
    return Answer(status, {"message": text})


def error(status: int, text: str) -> Answer:
    """An answer of the form {"error": text}."""
    return Answer(status, {"error": text})


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request: who asks, the database inside an open transaction, and the time."""

    request: Request
    database: Database
    account: Account
    options: Options
    now: str

    @property
    def owner(self) -> int:
        """The account's id."""
        return self.account.id

    def query(self, name: str) -> str | None:
        """A query parameter; None if absent or empty."""
        return self.request.args.get(name) or None

    def body(self) -> Row:
        """The request's JSON object. Raises Refused for anything else."""
        if self.request.mimetype != "application/json":
            raise Refused(message(415, "The Content-Type header must be application/json."))
        value = _parse(self.request.get_data())
        if not isinstance(value, dict):
            raise Refused(message(400, "The request body must be a JSON object."))
        return _tidy(value) if self.options.trim else value

    def find(self, kind: str, object_id: int | str, missing: Answer) -> Row:
        """The account's row of this id. Raises Refused with `missing` if there is none."""
        possible = isinstance(object_id, str) or object_id < 2**63
        row = self.database.get(kind, object_id, self.owner) if possible else None
        if row is None:
            raise Refused(missing)
        return row


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path below the base URL (in Werkzeug's notation), and what answers there."""

    method: str
    path: str
    handler: Callable[..., Answer]


def _parse(data: bytes) -> object:
    try:
        value: object = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
        return value
    except (ValueError, RecursionError) as exc:
        raise Refused(message(400, "The request body is not valid JSON.")) from exc


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _tidy(value: Any) -> Any:
    """The value with every text in it trimmed and with LF line ends."""
    match value:
        case str():
            return value.replace("\r\n", "\n").strip()
        case list():
            return [_tidy(item) for item in value]
        case dict():
            return {key: _tidy(item) for key, item in value.items()}
    return value
