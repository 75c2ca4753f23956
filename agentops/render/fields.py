"""The fields of one change as lines: what is there now, what will be, and why."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from agentops.domain.fields import UNSET, Unset
from agentops.domain.plan import Cause, Change, FieldChange
from agentops.domain.values import Value
from agentops.render.entries import labelled, pair_lines, value_lines
from agentops.render.paint import Line, Style, line
from agentops.render.texts import Layout, diff_lines
from agentops.render.values import UNKNOWN, inline, is_empty, redacted

INDENT: Final = 6
_REASONS: Final = {
    Cause.MANIFEST: "",
    Cause.DRIFT: "drift: changed on the platform since the last apply",
    Cause.CATALOG: "catalog: the same name means another ID now",
    Cause.CONFLICT: "conflict: changed in git and on the platform",
    Cause.REMOVED: "left the manifest: reset to the documented default",
    Cause.RELEASED: "left the manifest: stays as it is and is no longer managed",
    Cause.MODE: "sent again: a change of mode resets it",
}


def created_lines(change: Change, layout: Layout, *, with_id: bool = True) -> Iterator[Line]:
    """All values of an object that will be made; `with_id` says that its ID is known after apply."""
    label = padded([*(["id"] if with_id else []), *change.desired])
    if with_id:
        yield from labelled(label("id"), UNKNOWN, INDENT, "+", layout)
    sensitive = {field.name for field in change.fields if field.sensitive}
    for name in sorted(change.desired):
        value = redacted(change.desired[name], name in sensitive)
        yield from value_lines(label(name), value, INDENT, "+", layout)


def lost_lines(change: Change, layout: Layout) -> Iterator[Line]:
    """What goes with an object that will be deleted: its last known values."""
    known = dict(change.prior.values if change.prior else {}) | dict(change.live)
    names = sorted(name for name, value in known.items() if not is_empty(value))
    sensitive = {field.name for field in change.fields if field.sensitive}
    label = padded(["id", *names])
    if change.remote_id is not None:
        yield from labelled(label("id"), inline(change.remote_id), INDENT, "-", layout)
    for name in names:
        yield from value_lines(label(name), redacted(known[name], name in sensitive), INDENT, "-", layout)


def changed_lines(change: Change, layout: Layout) -> Iterator[Line]:
    """The fields that differ, and how many do not."""
    fields = sorted(change.fields, key=lambda field: field.name)
    label = padded([field.name for field in fields])
    for field in fields:
        yield from field_lines(field, label(field.name), layout)
    hidden = len(change.desired.keys() - {field.name for field in fields})
    if hidden:
        text = f"# ({hidden} unchanged {'field' if hidden == 1 else 'fields'} hidden)"
        yield line(text, Style.FAINT, indent=INDENT)


def reason(field: FieldChange) -> str:
    """Why the field is in the change, as a comment."""
    if field.cause is Cause.CONFLICT:
        return _REASONS[Cause.CONFLICT] + ("; git wins" if field.write else "; left as it is")
    if field.cause is Cause.MANIFEST and field.live is UNSET:
        return "not shown by the platform: " + (
            "sent once" if field.prior is UNSET else "compared with what was last applied"
        )
    if field.cause is Cause.REMOVED and is_empty(field.desired):
        return "left the manifest: cleared"
    return _REASONS[field.cause]


def field_lines(field: FieldChange, label: str, layout: Layout) -> Iterator[Line]:
    """One field: what is there now, what will be, and why."""
    live = redacted(field.before, field.sensitive)
    desired = redacted(field.desired, field.sensitive)
    note = "" if layout.offline else reason(field)
    if field.cause is Cause.CONFLICT and field.desired is not UNSET:
        yield from _conflict_lines(field, label, layout)
    elif field.desired is UNSET and field.cause is Cause.MANIFEST:  # a field that one of two revisions lacks
        yield from _cleared_lines(label, live, UNSET, layout, note)
    elif not field.write or field.desired is UNSET:
        yield from value_lines(label, live, INDENT, " ", layout, note)
    elif field.cause is Cause.MODE:
        yield from value_lines(label, desired, INDENT, "~", layout, note)
    elif is_empty(live):
        yield from value_lines(label, desired, INDENT, "+", layout, note)
    elif is_empty(desired):
        yield from _cleared_lines(label, live, desired, layout, note)
    else:
        yield from pair_lines(label, live, desired, INDENT, layout, note, field.edits)


def _cleared_lines(label: str, live: Value, desired: Value, layout: Layout, note: str) -> Iterator[Line]:
    """A value that goes: what it was stays readable."""
    short = inline(live)
    if len(short) <= layout.room // 2:
        yield from labelled(label, f"{short} -> {inline(desired)}", INDENT, "-", layout, note)
        return
    yield from value_lines(label, live, INDENT, "-", layout, f"-> {inline(desired)}{'; ' if note else ''}{note}")


def _conflict_lines(field: FieldChange, label: str, layout: Layout) -> Iterator[Line]:
    """All three values; for long texts the two ways in which they parted."""
    three = [redacted(value, field.sensitive) for value in (field.prior, field.live, field.desired)]
    symbol = "~" if field.write else " "
    if any(isinstance(value, str) and ("\n" in value or len(value) > layout.room) for value in three):
        prior, live, desired = (_text(value) for value in three)
        yield from labelled(label, "", INDENT, symbol, layout, reason(field))
        yield line("# last applied -> live (the edit on the platform):", Style.FAINT, indent=INDENT + 4)
        yield from diff_lines(prior, live, INDENT + 4, layout)
        yield line("# live -> desired (what git says):", Style.FAINT, indent=INDENT + 4)
        yield from diff_lines(live, desired, INDENT + 4, layout)
        return
    arrow = f"{inline(three[1])} -> {inline(three[2])}" if field.write else inline(three[1])
    yield from labelled(label, arrow, INDENT, symbol, layout, reason(field))
    for what, value in zip(("last applied:", "live:        ", "desired:     "), three, strict=True):
        yield line(f"# {what} {inline(value)}", Style.FAINT, indent=INDENT + 4, hang=16)


def _text(value: Value | Unset) -> str:
    return value if isinstance(value, str) else "" if is_empty(value) else inline(value)


def padded(names: Iterable[str]) -> Callable[[str], str]:
    """What makes a label: all labels of one block are as wide as its longest."""
    width = max(map(len, names), default=0) + 1
    return lambda name: f"{name}:".ljust(width)
