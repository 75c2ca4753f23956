"""`metadata.ignore`: fields that git and the platform may word differently, for a reason and until a day."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import date, timedelta
from typing import Final

from agentops.domain.diagnostics import Diagnostic, error, warning
from agentops.domain.fields import UNSET, Field, FieldTable, Type, Unset
from agentops.domain.manifest import Ignored
from agentops.domain.values import Path, Value, Values
from agentops.engine.compose import Composed
from agentops.engine.names import did_you_mean, nearest_of

SOON: Final = timedelta(days=14)
"""How long before its last day an entry is warned of."""


def ignored(metadata: Values) -> tuple[Ignored, ...]:
    """The entries of a `metadata` that the schema and `ignore_faults` accept."""
    entries = metadata.get("ignore", [])
    assert isinstance(entries, list), "the schema says so"
    return tuple(
        Ignored(tuple(str(entry["field"]).split(".")), str(entry["reason"]), _day(entry.get("until")))
        for entry in entries
    )


def ignore_faults(composed: Composed, today: date) -> Iterator[Diagnostic]:
    """What is wrong with the entries of one document: fields that do not exist, days that are over or near."""
    entries = composed.metadata.get("ignore")
    seen: set[str] = set()
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if not isinstance(entry, Mapping) or not isinstance(entry.get("field"), str):
            continue  # the schema complains
        place = ("metadata", "ignore", index)
        written = str(entry["field"])
        if fault := _unknown(composed.kind.table, written.split(".")):
            yield error("wrong-ignore", fault[0], composed.document.locate((*place, "field")), fault[1])
        if written in seen:
            message = f"{written} is ignored already"
            yield error("repeated-entry", message, composed.document.locate((*place, "field")), "keep one of the two")
        seen.add(written)
        yield from _of_day(composed, (*place, "until"), written, entry.get("until"), today)


def is_ignored(path: Path, entries: Sequence[Ignored]) -> bool:
    """Whether the value at `path` (which starts at a field) is ignored, or stands inside one that is."""
    return any(path[: len(entry.path)] == entry.path for entry in entries)


def as_ignored(values: Values, live: Values, entries: Sequence[Ignored]) -> Values:
    """`values` without the fields that are ignored as a whole, and with the live value of ignored parts of a field."""
    if not entries:
        return values
    kept = {name: value for name, value in values.items() if not is_ignored((name,), entries)}
    for entry in entries:
        name, *rest = entry.path
        if rest and name in kept and name in live:
            kept[name] = _with(kept[name], live[name], rest)
    return kept


def _with(value: Value, live: Value, path: Sequence[str | int]) -> Value:
    """`value` with what `live` has at `path`, or without it if `live` has nothing there."""
    key, *rest = path
    if not isinstance(value, dict) or not isinstance(live, dict):
        return value
    changed = copy(value)
    if key not in live:
        changed.pop(str(key), None)
    else:
        changed[str(key)] = _with(value.get(str(key)), live[str(key)], rest) if rest else live[str(key)]
    return changed


def _unknown(table: FieldTable, steps: Sequence[str]) -> tuple[str, str] | None:
    """Why `steps` lead to no field that can be ignored, and what to do."""
    names = [row.name for row in table]
    if steps[0] not in names:
        return f"there is no field {steps[0]}", did_you_mean(nearest_of(steps[0], names))
    row: Field = table[steps[0]]
    for step in steps[1:]:
        inner = row.table
        if row.type is Type.MAP:
            return None  # any key; what is in it has no parts
        if row.type is not Type.OBJECT or inner is None:
            return f"{row.name} has no parts that could be ignored alone", f"ignore the whole field {steps[0]}"
        if step not in [part.name for part in inner]:
            return f"{row.name} has no part {step}", did_you_mean(nearest_of(step, [part.name for part in inner]))
        row = inner[step]
    return None


def _of_day(composed: Composed, path: Path, field: str, written: Value | Unset, today: date) -> Iterator[Diagnostic]:
    if written is UNSET or not isinstance(written, str):
        return
    place = composed.document.locate(path)
    try:
        day = date.fromisoformat(written)
    except ValueError:
        yield error("wrong-form", f"{written} is no day", place, "write it as 2027-01-31")
        return
    if day < today:
        hint = "remove the entry, so that git decides again, or set a later day"
        yield error("ignore-expired", f"{field} was to be ignored until {day} only", place, hint)
    elif day - today <= SOON:
        left = (day - today).days
        when = "today" if left == 0 else f"in {left} day{'' if left == 1 else 's'}"
        yield warning(
            "ignore-ends-soon", f"{field} is ignored until {day}: that ends {when}", place, "decide, or set a later day"
        )


def _day(written: Value) -> date | None:
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None  # `ignore_faults` has refused it: the manifest goes no further
