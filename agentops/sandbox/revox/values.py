"""Types of request values that only Revox has, and rules on the keys of one value."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from agentops.sandbox.checks import INVALID, Check, Text, Type
from agentops.sandbox.database import Row

Fault: TypeAlias = tuple[str, str]
"""Where below a value something is wrong, and what."""

CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d|(?:1[0-2]|0?[1-9])(?::[0-5]\d)?(?:am|pm)"

_MOST_AUDIO = 7_500_000
_SPEEDS = {"cartesia": (0.6, 1.5), "elevenlabs": (0.7, 1.2), "gradium": (0.6, 1.5)}


@dataclass(frozen=True, slots=True)
class Ruled:
    """A type whose valid values have to keep a further rule."""

    type: Type
    rule: Callable[[Any, Check], Fault | None]

    def read(self, value: Any, path: str, check: Check) -> Any:
        read = self.type.read(value, path, check)
        if read is INVALID or (fault := self.rule(read, check)) is None:
            return read
        below, text = fault
        return check.refuse(f"{path}.{below}" if below else path, text)


@dataclass(frozen=True, slots=True)
class Link:
    """The id of an object of the organization, as a text."""

    kind: str

    def read(self, value: Any, path: str, check: Check) -> Any:
        if Text().read(value, path, check) is INVALID:
            return INVALID
        return value if check.exists(self.kind, value) else check.refuse(path, "The selected {} is invalid.")


@dataclass(frozen=True, slots=True)
class Audio:
    """A recording in base64."""

    def read(self, value: Any, path: str, check: Check) -> Any:
        if Text().read(value, path, check) is INVALID:
            return INVALID
        try:
            size = len(base64.b64decode(value, validate=True))
        except (binascii.Error, ValueError):
            return check.refuse(path, "The {} field must be base64.")
        return value if 0 < size <= _MOST_AUDIO else check.refuse(path, "The {} is empty or too large.")


def minutes(text: str) -> int:
    """A time of day such as 18:00, 6pm or 6:30am in minutes."""
    hour, minute = re.findall(r"\d+", text + ":00")[:2]
    if text[-1] != "m":
        return int(hour) * 60 + int(minute)
    return (int(hour) % 12 + (12 if text.endswith("pm") else 0)) * 60 + int(minute)


def in_order(windows: list[Row], _check: Check) -> Fault | None:
    """Calling windows: at least one, each with its start before its end, none within another."""
    if not windows:
        return "", "The {} field must have at least 1 item."
    spans = []
    for index, window in enumerate(windows):
        start, end = (minutes(window[f"calling_window_{name}_time"]) for name in ("start", "end"))
        if start >= end:
            return f"{index}.calling_window_end_time", "The {} must be after the start time."
        spans.append((start, end))
    spans.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        return "", "The {} must not overlap."
    return None


def options_with_enum(item: Row, _check: Check) -> Fault | None:
    """Choices go with the type enum and with no other."""
    if item["type"] == "enum" and not item.get("enum_options"):
        return "enum_options", "The {} field is required when type is enum."
    if item["type"] != "enum" and "enum_options" in item:
        return "enum_options", "The {} field is prohibited unless type is enum."
    return None


def unlike_names(tools: list[Row], _check: Check) -> Fault | None:
    """Every name once."""
    names = [tool["name"] for tool in tools]
    for index, name in enumerate(names):
        if name in names[:index]:
            return f"{index}.name", "The {} has a duplicate value."
    return None


def known_voice(voice: Row, check: Check) -> Fault | None:
    """A voice of the organization's list, at a speed that its provider has."""
    if check.named("voice", f"{voice['provider']}/{voice['id']}") is None:
        return "id", "The selected {} is invalid."
    low, high = _SPEEDS[voice["provider"]]
    if not low <= voice.get("speed", 1) <= high:
        return "speed", f"The {{}} must be between {low:g} and {high:g}."
    return None


def own_number(number: str, check: Check) -> Fault | None:
    """A number of the organization."""
    return ("", "The selected {} is invalid.") if check.named("phone_number", number) is None else None


def with_phone(url: str, _check: Check) -> Fault | None:
    """The placeholder of the caller's number is in it."""
    return None if "{{phone}}" in url else ("", "The {} must contain {{{{phone}}}}.")
