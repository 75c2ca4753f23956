"""Whole values, such as `tools`, as trees, and what differs inside them entry by entry."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from agentops.domain.fields import UNSET
from agentops.domain.plan import Edit
from agentops.domain.values import Path, Ref, Secret, Value
from agentops.render.diff import Block, blocks
from agentops.render.paint import Line, Span, Style, line
from agentops.render.texts import Layout, diff_lines, text_lines
from agentops.render.values import inline, is_empty, is_structured, title, title_key
from agentops.render.visible import cells, printable, same_looking

Items: TypeAlias = Sequence[Value]
_SPACE = 4


def value_lines(label: str, value: Value, indent: int, symbol: str, layout: Layout, note: str = "") -> Iterator[Line]:
    """`label` and the value: on one line if there is room, else below it. `label` brings its own padding."""
    if isinstance(value, str) and "\n" in value:
        yield from labelled(label, "", indent, symbol, layout, note)
        yield from text_lines(value, indent + 2 + _SPACE, layout)
        return
    text = inline(value)
    if not is_structured(value) or is_empty(value) or cells(label) + 1 + cells(text) + indent + 2 <= layout.room:
        if isinstance(value, str) and len(value) > 1_000 and not layout.full:
            text = f"{inline(value[:1_000])} ... ({len(value) - 1_000} more characters)"
        yield from labelled(label, text, indent, symbol, layout, note)
        return
    yield from labelled(label, "", indent, symbol, layout, note)
    yield from _children(value, indent + _SPACE, symbol, layout)


def _children(value: Value, indent: int, symbol: str, layout: Layout) -> Iterator[Line]:
    if isinstance(value, Mapping):
        for key in sorted(value):
            yield from value_lines(f"{printable(str(key))}:", value[key], indent, symbol, layout)
    elif isinstance(value, list | tuple):
        for index, entry in enumerate(value):
            yield from entry_lines(index, entry, indent, symbol, layout)


def entry_lines(index: int, entry: Value, indent: int, symbol: str, layout: Layout, label: str = "") -> Iterator[Line]:
    """One entry of a list: `[1] end_call`, and below it what else it holds."""
    if not isinstance(entry, Mapping):
        yield from value_lines(label or f"[{index}]", entry, indent, symbol, layout)
        return
    key = title_key(entry)
    rest = {name: value for name, value in entry.items() if name != key}
    head = label or f"[{index}] {title(entry)}".rstrip()
    yield line(head + (":" if rest else ""), indent=indent, symbol=symbol)
    yield from _children(rest, indent + _SPACE, symbol, layout)


def labelled(label: str, text: str, indent: int, symbol: str, layout: Layout, note: str = "") -> Iterator[Line]:
    """A label and a value; the comment beside it when there is room, else below."""
    hang = min(cells(label) + 1, 24)
    spans = (Span(label), Span(f" {text}")) if text else (Span(label.rstrip(" ")),)
    beside = Span(f"   # {note}", Style.FAINT)
    if not note:
        yield Line(spans, indent, symbol, hang)
    elif layout.width is None or indent + 2 + sum(cells(span.text) for span in (*spans, beside)) <= layout.width:
        yield Line((*spans, beside), indent, symbol, hang)
    else:
        yield Line(spans, indent, symbol, hang)
        yield line(f"# {note}", Style.FAINT, indent=indent + 2 + _SPACE, hang=2)


def pair_lines(
    label: str,
    live: Value,
    desired: Value,
    indent: int,
    layout: Layout,
    note: str = "",
    edits: Sequence[Edit] = (),
) -> Iterator[Line]:
    """A value that becomes another: `"Sarah" (12) -> "Emma" (31)`, or a diff below the label; of whole values by
    `edits`, else by what differs."""
    if _has_lines(live, desired):  # before anything is made of texts that may be long
        yield from labelled(label, "", indent, "~", layout, note)
        yield from diff_lines(str(live), str(desired), indent + _SPACE, layout)
        return
    before, after = inline(live), inline(desired)
    fits = _fits(label, before, after, indent, layout)
    if isinstance(live, Secret) and isinstance(desired, Secret):
        yield from labelled(label, before, indent, "~", layout, note)
    elif _are_texts(live, desired) and not fits:
        yield from labelled(label, "", indent, "~", layout, note)
        yield from diff_lines(str(live), str(desired), indent + _SPACE, layout)
    elif _are_alike(live, desired) and (_has_maps(live, desired) or not fits):
        yield from labelled(label, "", indent, "~", layout, note)
        yield from edit_lines(edits or differences(live, desired), live, desired, indent + _SPACE, layout)
    else:
        yield from labelled(label, f"{before} -> {after}", indent, "~", layout, note)


def _has_lines(live: Value, desired: Value) -> bool:
    """Whether a diff tells more of two texts than both of them side by side."""
    if not (isinstance(live, str) and isinstance(desired, str)):
        return False
    return "\n" in live or "\n" in desired or same_looking(live, desired)


def _are_texts(live: Value, desired: Value) -> bool:
    return isinstance(live, str) and isinstance(desired, str)


def _are_alike(live: Value, desired: Value) -> bool:
    return all(isinstance(value, list | tuple) for value in (live, desired)) or all(
        isinstance(value, Mapping) for value in (live, desired)
    )


def _has_maps(live: Value, desired: Value) -> bool:
    if isinstance(live, Mapping) or isinstance(desired, Mapping):
        return True
    return any(
        isinstance(entry, Mapping) for value in (live, desired) if isinstance(value, list | tuple) for entry in value
    )


def _fits(label: str, before: str, after: str, indent: int, layout: Layout) -> bool:
    return indent + 2 + cells(label) + 1 + cells(before) + 4 + cells(after) <= layout.room


def edit_lines(edits: Sequence[Edit], live: Value, desired: Value, indent: int, layout: Layout) -> Iterator[Line]:
    """The edits inside a whole value, each under the name of the entry that it is in."""
    for edit in edits:
        if edit.live is not UNSET and edit.desired is not UNSET and not _is_another(edit):
            yield from pair_lines(f"{path_label(edit.path, desired)}:", edit.live, edit.desired, indent, layout)
            continue
        for symbol, side, value in (("-", live, edit.live), ("+", desired, edit.desired)):
            if value is not UNSET:
                yield from _part_lines(edit.path, side, value, indent, symbol, layout)


def _is_another(edit: Edit) -> bool:
    """Whether one entry took the place of another, as when entries are put in another order."""
    both = isinstance(edit.live, Mapping) and isinstance(edit.desired, Mapping)
    return both and title(edit.live) != title(edit.desired)


def _part_lines(path: Path, side: Value, value: Value, indent: int, symbol: str, layout: Layout) -> Iterator[Line]:
    """A part that is only there on one side."""
    label = path_label(path, side)
    if path and isinstance(path[-1], int):
        yield from entry_lines(path[-1], value, indent, symbol, layout, label)
    else:
        yield from value_lines(f"{label}:", value, indent, symbol, layout)


def path_label(path: Path, value: Value) -> str:
    """`[1] end_call: description`: the path with the names of the entries that it passes."""
    parts = []
    for key in path:
        value = _below(value, key)
        name = title(value) if isinstance(key, int) else ""
        parts.append(f"[{key}] {name}".rstrip() if isinstance(key, int) else printable(key))
    return ": ".join(parts)


def _below(value: Value, key: str | int) -> Value:
    if isinstance(value, Mapping):
        return value.get(key)
    if isinstance(value, list | tuple) and isinstance(key, int) and 0 <= key < len(value):
        return value[key]
    return None


def differences(live: Value, desired: Value, path: Path = ()) -> list[Edit]:
    """What differs, for values that come without edits: maps by key, lists by their equal entries."""
    if isinstance(live, Mapping) and isinstance(desired, Mapping):
        keys = sorted(live.keys() | desired.keys())
        return [
            edit for key in keys for edit in differences(live.get(key, UNSET), desired.get(key, UNSET), (*path, key))
        ]
    if isinstance(live, list | tuple) and isinstance(desired, list | tuple):
        return _list_differences(live, desired, path)
    if live == desired and isinstance(live, bool) == isinstance(desired, bool):
        return []
    return [Edit(path, live, desired)]


def _list_differences(live: Items, desired: Items, path: Path) -> list[Edit]:
    edits: list[Edit] = []
    for block in blocks([_key(entry) for entry in live], [_key(entry) for entry in desired]):
        same = _same_entries(live, desired, block)
        came_from = {j: i for i, j in same.items()}
        for index in range(min(block.i1, block.j1), max(block.i2, block.j2)):
            here = (*path, index)
            if block.i1 <= index < block.i2 and index not in same:
                edits.append(Edit(here, live[index], UNSET))
            if block.j1 <= index < block.j2:
                edits += (
                    differences(live[came_from[index]], desired[index], here)
                    if index in came_from
                    else [Edit(here, UNSET, desired[index])]
                )
    return edits


def _same_entries(live: Items, desired: Items, block: Block) -> dict[int, int]:
    """Which entry of a block became which: maps that bear the same name, in the order that both sides share."""
    ours, theirs = (
        [title(entry) or f"{side} {index}" for index, entry in enumerate(entries)]
        for side, entries in (("live", live[block.i1 : block.i2]), ("desired", desired[block.j1 : block.j2]))
    )
    same: dict[int, int] = {}
    at, to = 0, 0
    for gap in (*blocks(ours, theirs), Block(len(ours), len(ours), len(theirs), len(theirs))):
        same |= {block.i1 + at + step: block.j1 + to + step for step in range(gap.i1 - at)}
        at, to = gap.i2, gap.j2
    return same


def _key(entry: Value) -> str:
    if isinstance(entry, Secret):
        return f"secret {entry.env} {entry.digest}"  # only compared, never shown
    if isinstance(entry, Ref):
        return f"reference {entry.kind} {entry.id!r} {entry.address if entry.id is None else ''}"
    if isinstance(entry, Mapping):
        return "{" + ",".join(f"{key!r}:{_key(entry[key])}" for key in sorted(entry)) + "}"
    if isinstance(entry, list | tuple):
        return "[" + ",".join(map(_key, entry)) + "]"
    return f"{type(entry).__name__} {inline(entry)}"
