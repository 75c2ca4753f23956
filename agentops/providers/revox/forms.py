"""Values that Revox may store in another form than they were written in."""

import re
from typing import Final, TypeGuard

from agentops.domain.values import Value

_CLOCK: Final = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(am|pm)?", re.IGNORECASE)


def time_of_day(value: Value) -> Value:
    """A time of day as `18:30`, also from `6:30pm`, `6pm` or `9:05`; anything else as it is."""
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not (match[2] or match[3]):
        return value
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return value
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else value


def is_time(value: Value) -> TypeGuard[str]:
    """Whether `value` is what `time_of_day` makes of a time."""
    return isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value) is not None


def addresses(value: Value) -> Value:
    """A list of e-mail addresses with its commas, as a set: in order, trimmed, without repeats."""
    if not isinstance(value, str):
        return value
    return ", ".join(sorted({part.strip() for part in value.split(",") if part.strip()}))


def answered_by_people(value: Value) -> Value:
    """The FAQ items that people wrote and answered, as they are written."""
    if value is None:
        return []
    if not isinstance(value, list):
        return value
    return [_written(item) for item in value if not _is_own(item)]


def lost_with_a_write(value: object) -> str:
    """What a write of the FAQ items takes away: those that Revox added, or that wait for an answer."""
    count = sum(map(_is_own, value)) if isinstance(value, list) else 0
    if not count:
        return ""
    return f"{count} FAQ item{'' if count == 1 else 's'} that Revox added or that nobody has answered"


def _is_own(item: Value) -> bool:
    return isinstance(item, dict) and (
        item.get("source") == "ai" or item.get("needs_human_answer") is True or not item.get("answer")
    )


def _written(item: Value) -> Value:
    return {key: item[key] for key in ("question", "answer") if key in item} if isinstance(item, dict) else item
