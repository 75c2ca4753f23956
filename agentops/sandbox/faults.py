"""Faults that can be switched on: what goes wrong, with which requests, how often."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class FaultKind(StrEnum):
    """What goes wrong. Those of the connection need a served sandbox."""

    STATUS = "status"
    """`status` is answered and nothing is done."""
    STATUS_AFTER = "status-after"
    """The request is carried out, then `status` is answered."""
    HTML = "html"
    """Nothing is done; a web page is answered with 200."""
    TRUNCATED = "truncated"
    """The request is carried out; the answer's JSON ends in the middle."""
    WRONG_TYPE = "wrong-type"
    """The request is carried out; the answer is JSON of another type than documented."""
    EDIT = "edit"
    """Somebody else writes `changes` into an assistant just before."""
    DELETE = "delete"
    """Somebody else deletes an assistant just before."""
    INSERT = "insert"
    """Somebody else adds a copy of an assistant, with `changes`, just before."""
    CUT_LIST = "cut-list"
    """The last item of a list is missing while its total counts it."""
    SLOW = "slow"
    """Connection: the answer takes `seconds`; the request is carried out halfway."""
    DROP_BEFORE = "drop-before"
    """Connection: closed before anything is done."""
    DROP_AFTER = "drop-after"
    """Connection: closed after the request is carried out, without an answer."""
    CUT_BODY = "cut-body"
    """Connection: closed in the middle of the body that Content-Length announced."""
    DRIP = "drip"
    """Connection: the body comes in small pieces, `seconds` apart."""


CONNECTION_FAULTS = frozenset(
    {FaultKind.SLOW, FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER, FaultKind.CUT_BODY, FaultKind.DRIP}
)

_INTEGERS = ("status", "times", "after", "every", "retry_after", "assistant")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with the requests that `method` and `path` (a glob below the base URL) fit.

    The first `after` of them are spared, then each one of `every` is hit, `times` in all (None: without end).
    """

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    times: int | None = 1
    after: int = 0
    status: int = 500
    retry_after: int | None = None
    """The seconds that a 429 or 503 names, in header and body."""
    seconds: float = 1.0
    assistant: int | str | None = None
    """Which assistant EDIT, DELETE and INSERT take; None: that of the path, else the first."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    every: int = 1
    dated: bool = False
    """`retry_after` is told as a moment, as an HTTP date in the header, and not in the body."""

    def fits(self, method: str, path: str) -> bool:
        """Whether a request is one that may be hit."""
        return self.method in ("*", method) and fnmatchcase(path, self.path)

    @classmethod
    def parse(cls, text: str) -> Fault:
        """A fault from `kind[,key=value]...`; `set.<field>=<JSON or text>` goes to `changes`.

        Raises ValueError with a message for people.
        """
        kind, *parts = text.split(",")
        fault = cls(_kind(kind))
        for part in parts:
            key, found, value = part.partition("=")
            if not found:
                raise ValueError(f"fault {text!r}: {part!r} is not key=value")
            fault = _with(fault, key.strip(), value, text)
        return fault


def _kind(text: str) -> FaultKind:
    try:
        return FaultKind(text.strip())
    except ValueError:
        raise ValueError(f"no fault {text!r}; there are {', '.join(FaultKind)}") from None


def _with(fault: Fault, key: str, value: str, text: str) -> Fault:
    try:
        match key:
            case "method":
                return replace(fault, method=value.upper())
            case "path":
                return replace(fault, path=value)
            case "seconds":
                return replace(fault, seconds=float(value))
            case "times" if value == "all":
                return replace(fault, times=None)
            case "assistant" if not value.isdecimal():
                return replace(fault, assistant=value)
            case "dated" if value in ("true", "false"):
                return replace(fault, dated=value == "true")
            case "every" if int(value) < 1:
                raise ValueError
            case "status" | "times" | "after" | "every" | "retry_after" | "assistant":
                numbers: dict[str, Any] = {key: int(value)}
                return replace(fault, **numbers)
    except ValueError:
        raise ValueError(f"fault {text!r}: {key}={value} is not a number that fits") from None
    if key.startswith("set."):
        return replace(fault, changes={**fault.changes, key[4:]: _json_or_text(value)})
    if key == "dated":
        raise ValueError(f"fault {text!r}: dated={value} is neither true nor false")
    known = ("method", "path", "seconds", *_INTEGERS, "dated", "set.<field>")
    raise ValueError(f"fault {text!r}: no key {key!r}; there are {', '.join(known)}")


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


class Faults:
    """The faults that are switched on; may be changed from any thread at any time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: list[tuple[Fault, list[int]]] = []

    def add(self, fault: Fault) -> None:
        """Switches a fault on."""
        with self._lock:
            self._seen.append((fault, [0]))

    def clear(self) -> None:
        """Switches all faults off."""
        with self._lock:
            self._seen.clear()

    @contextmanager
    def on(self, *faults: Fault) -> Iterator[None]:
        """Switches faults on for a block."""
        for fault in faults:
            self.add(fault)
        try:
            yield
        finally:
            with self._lock:
                self._seen = [entry for entry in self._seen if not any(entry[0] is one for one in faults)]

    def hits(self, method: str, path: str) -> tuple[Fault, ...]:
        """The faults that hit this request. Every request is to be asked about once: asking counts."""
        with self._lock:
            return tuple(fault for fault, seen in self._seen if fault.fits(method, path) and _due(fault, seen))


def _due(fault: Fault, seen: list[int]) -> bool:
    seen[0] += 1
    place = seen[0] - fault.after - 1
    return place >= 0 and place % fault.every == 0 and (fault.times is None or place < fault.times * fault.every)
