"""The fields of one change for a page: short ones as rows of a table, long texts and whole values apart from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from agentops.domain.drift import Drifted, DriftedField
from agentops.domain.fields import UNSET, Unset
from agentops.domain.plan import Action, Cause, Change, Edit, FieldChange
from agentops.domain.values import Value
from agentops.render.entries import differences, edit_lines, path_label, value_lines
from agentops.render.fields import reason
from agentops.render.html_texts import LineView, TextView, edited_text, line_view, lost_text, new_text
from agentops.render.paint import Line
from agentops.render.review import Subject
from agentops.render.summary import counted
from agentops.render.texts import Layout
from agentops.render.values import UNKNOWN, inline, is_empty, is_structured, redacted
from agentops.render.visible import printable, same_looking

LONG: Final = 90  # characters: from here on a value does not stay in a cell of a table
_ALL: Final = Layout(width=None, full=True)
SIDES: Final = {Subject.PLAN: ("Live", "Desired"), Subject.DIFF: ("Base", "Head")}
DRIFT_SIDES: Final = ("Last applied", "Live")


@dataclass(frozen=True, slots=True)
class Head:
    """A field: its name, what happens to it as a symbol and a word, why, and where it is written."""

    name: str
    symbol: str
    word: str
    note: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A short field; `extra` is a third value, where there is one. A side that there is none of is empty."""

    head: Head
    before: str
    after: str
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A field that needs room: lines of a whole value, or texts, each below a label if it is one of several."""

    head: Head
    lines: tuple[LineView, ...] = ()
    texts: tuple[tuple[str, TextView], ...] = ()


@dataclass(frozen=True, slots=True)
class FieldsView:
    """All fields of one change; `sides` head the columns, and an empty one has no column."""

    sides: tuple[str, str]
    rows: tuple[FieldRow, ...]
    parts: tuple[Part, ...]
    remark: str = ""  # what is not shown

    @property
    def is_empty(self) -> bool:
        return not self.rows and not self.parts


_ADDED: Final = ("+", "added")
_CHANGED: Final = ("~", "changed")
_REMOVED: Final = ("-", "removed")
_KEPT: Final = ("=", "stays")
Heading: TypeAlias = Callable[[tuple[str, str]], Head]
"""Makes the head of a field from what happens to it."""


def fields_view(change: Change, subject: Subject, *, with_places: bool = True) -> FieldsView:
    """What becomes of each field of `change`; `with_places` says where each is written."""
    before, after = SIDES[subject]
    match change.action:
        case Action.CREATE:
            return _created(change, subject, after)
        case Action.DELETE:
            return _lost(change, before)
    every = sorted(change.fields, key=lambda field: field.name)
    found = [_field(field if with_places else replace(field, pos=None), subject) for field in every]
    hidden = len(change.desired.keys() - {field.name for field in change.fields})
    remark = f"{counted(hidden, 'unchanged field')} not shown" if hidden and found else ""
    return _fields((before, after), found, remark)


def drifted_view(item: Drifted) -> FieldsView:
    """What others did to a resource."""
    return _fields(DRIFT_SIDES, [_drifted(field) for field in sorted(item.fields, key=lambda field: field.name)])


def _fields(sides: tuple[str, str], found: Sequence[FieldRow | Part], remark: str = "") -> FieldsView:
    rows = tuple(item for item in found if isinstance(item, FieldRow))
    return FieldsView(sides, rows, tuple(item for item in found if isinstance(item, Part)), remark)


def _created(change: Change, subject: Subject, side: str) -> FieldsView:
    sensitive = {field.name for field in change.fields if field.sensitive}
    head = FieldRow(Head("id", *_ADDED), "", UNKNOWN)
    found: list[FieldRow | Part] = [head] if subject is Subject.PLAN else []
    found += (
        _added(Head(printable(name), *_ADDED), redacted(change.desired[name], name in sensitive), side)
        for name in sorted(change.desired)
    )
    return _fields(("", side), found)


def _lost(change: Change, side: str) -> FieldsView:
    known = dict(change.prior.values if change.prior else {}) | dict(change.live)
    sensitive = {field.name for field in change.fields if field.sensitive}
    found: list[FieldRow | Part] = []
    if change.remote_id is not None:
        found.append(FieldRow(Head("id", *_REMOVED), inline(change.remote_id), ""))
    found += (
        _removed(Head(printable(name), *_REMOVED), redacted(value, name in sensitive), side)
        for name, value in sorted(known.items())
        if not is_empty(value)
    )
    return _fields((side, ""), found)


def _field(field: FieldChange, subject: Subject) -> FieldRow | Part:
    live = redacted(field.before, field.sensitive)
    desired = redacted(field.desired, field.sensitive)
    note = reason(field) if subject is Subject.PLAN else ""
    place = printable(str(field.pos)) if field.pos else ""

    def head(happens: tuple[str, str]) -> Head:
        return Head(printable(field.name), *happens, note, place)

    if field.cause is Cause.CONFLICT and field.desired is not UNSET:
        return _conflict(head(_CHANGED if field.write else _KEPT), field)
    is_left = field.desired is UNSET and field.cause is not Cause.MANIFEST  # else one of two revisions lacks it
    if not field.write or is_left:
        return _same(head(_KEPT), live)
    if field.cause is Cause.MODE:
        return _same(head(_CHANGED), desired)
    return _pair(head, live, desired, field.edits, SIDES[subject])


def _drifted(field: DriftedField) -> FieldRow | Part:
    applied, live = (redacted(value, field.sensitive) for value in (field.applied, field.live))
    return _pair(lambda happens: Head(printable(field.name), *happens), applied, live, field.edits, DRIFT_SIDES)


def _pair(
    head: Heading, live: Value | Unset, desired: Value | Unset, edits: Sequence[Edit], sides: tuple[str, str]
) -> FieldRow | Part:
    """A value that becomes another."""
    if is_empty(live):
        return _added(head(_ADDED), desired, sides[1], inline(live))
    if is_empty(desired):
        return _removed(head(_REMOVED), live, sides[0], inline(desired))
    changed = head(_CHANGED)
    if isinstance(live, str) and isinstance(desired, str) and is_long(live, desired):
        return Part(changed, texts=(("", edited_text(live, desired, sides)),))
    if _are_alike(live, desired) and (_has_maps(live) or _has_maps(desired) or _are_wide(live, desired)):
        return _edited(changed, live, desired, edits, sides)
    return FieldRow(changed, inline(live), inline(desired))


def is_long(*texts: str) -> bool:
    """Whether a diff tells more of the texts than two cells with both of them."""
    return any("\n" in text or len(text) > LONG for text in texts) or (len(texts) == 2 and same_looking(*texts))


def _added(head: Head, value: Value | Unset, side: str, before: str = "") -> FieldRow | Part:
    if isinstance(value, str) and is_long(value):
        return Part(head, texts=(("", new_text(value, ("", side))),))
    if is_structured(value) and (_has_maps(value) or len(inline(value)) > LONG):
        return Part(head, _value(value, "+"))
    return FieldRow(head, before, inline(value))


def _removed(head: Head, value: Value | Unset, side: str, after: str = "") -> FieldRow | Part:
    if isinstance(value, str) and is_long(value):
        return Part(head, texts=(("", lost_text(value, (side, ""))),))
    if is_structured(value) and (_has_maps(value) or len(inline(value)) > LONG):
        return Part(head, _value(value, "-"))
    return FieldRow(head, inline(value), after)


def _same(head: Head, value: Value | Unset) -> FieldRow | Part:
    """A value that stays, or is sent again as it is."""
    if isinstance(value, str) and is_long(value):
        return Part(head, texts=(("", lost_text(value, ("Unchanged", ""))),))
    if is_structured(value) and _has_maps(value):
        return Part(head, _value(value, " "))
    return FieldRow(head, inline(value), inline(value))


def _conflict(head: Head, field: FieldChange) -> FieldRow | Part:
    """All three values; of long texts the two ways in which they parted."""
    prior, live, desired = (redacted(value, field.sensitive) for value in (field.prior, field.live, field.desired))
    texts = [value if isinstance(value, str) else "" for value in (prior, live, desired)]
    if any(map(is_long, texts)):
        edits = (
            ("The edit on the platform", edited_text(texts[0], texts[1], DRIFT_SIDES)),
            ("What git says", edited_text(texts[1], texts[2], SIDES[Subject.PLAN])),
        )
        return Part(head, texts=edits)
    return FieldRow(head, inline(live), inline(desired), f"last applied: {inline(prior)}")


def _edited(head: Head, live: Value, desired: Value, edits: Sequence[Edit], sides: tuple[str, str]) -> Part:
    """What differs inside a whole value, entry by entry; its long texts as texts."""
    lines: list[LineView] = []
    texts: list[tuple[str, TextView]] = []
    for edit in edits or differences(live, desired):
        if isinstance(edit.live, str) and isinstance(edit.desired, str) and is_long(edit.live, edit.desired):
            texts.append((path_label(edit.path, desired), edited_text(edit.live, edit.desired, sides)))
        else:
            lines += _lines(edit_lines([edit], live, desired, 0, _ALL))
    return Part(head, tuple(lines), tuple(texts))


def _value(value: Value, symbol: str) -> tuple[LineView, ...]:
    """A whole value as a tree."""
    too_wide = " " * LONG  # a label that leaves no room, so that every entry stands on a line of its own
    _, *rest = value_lines(too_wide, value, 0, symbol, Layout(LONG, full=True))
    return tuple(_lines(rest, 4))


def _lines(found: Iterable[Line], indent: int = 0) -> Iterator[LineView]:
    for item in found:
        yield line_view(item, max(0, item.indent - indent) // 4)


def _are_alike(live: Value, desired: Value) -> bool:
    return is_structured(live) and isinstance(live, Mapping) == isinstance(desired, Mapping) and is_structured(desired)


def _has_maps(value: Value) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list | tuple) and any(map(_has_maps, value)))


def _are_wide(live: Value, desired: Value) -> bool:
    return max(len(inline(live)), len(inline(desired))) > LONG
