"""Edits of a YAML file in place: only the lines of what changes differ; all else stays as its author wrote it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from typing import Final, TypeAlias

from agentops.domain.values import Path, Value
from agentops.yamlio.events import Parser, SyntaxFault
from agentops.yamlio.order import Order, no_order
from agentops.yamlio.patch import Page, SpliceError
from agentops.yamlio.read import YamlFile, read
from agentops.yamlio.tree import Form, Node, tree_of


class Removed(Enum):
    """Stands for the value of what is taken out."""

    REMOVED = "removed"


REMOVED: Final = Removed.REMOVED


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: `path` becomes `value`, or goes.

    A key that is not there is put in, as are the maps above it. In a list, an index one beyond the last appends; with
    `insert` the value goes before what stands at the index.
    """

    path: Path
    value: Value = REMOVED
    insert: bool = False


def splice(file: YamlFile, edits: Iterable[Edit], order: Order = no_order) -> str:
    """The text of `file` after the edits, one after the other; with its byte order mark, if it has one.

    A map or list that replaces one is compared with it, so that only the entries that differ change. What is equal
    already stays, letter by letter. The outcome is read again to make sure. Raises SpliceError for what cannot be done
    without touching more, and UnwritableError for a value that no file can hold.
    """
    text, value = file.text, file.value if file.value is not None else _reread(file.text, file.parser)
    for edit in edits:
        wanted = _changed(value, edit, ())
        text = _rewritten(text, value, wanted, edit, file.parser, order)
        value = wanted
    return "\ufeff" + text if file.has_mark else text


def _rewritten(text: str, value: Value, wanted: Value, edit: Edit, parser: Parser, order: Order) -> str:
    """`text`, which holds `value`, so that it holds `wanted`."""
    if same(value, wanted):
        return text
    aliases = _alias_paths(tree_of(text, parser), ())
    for path, name in aliases.items():
        if edit.path[: len(path)] == path and edit.path != path:
            raise SpliceError(edit.path, f"the value comes from *{name}; change it at &{name}, or write it out")
    failed: Exception | None = None
    for quotes in (False, True):  # a text of several lines that a block would change can stand in quotes
        try:
            new = text
            for path, old, to, inserts in _edit_steps(value, edit, aliases):
                new = _stepped(Page(new, parser, quotes=quotes), path, old, to, inserts, order)
            if same(_reread(new, parser), wanted):
                return new
        except SpliceError as exc:
            raise SpliceError(max(exc.path, edit.path, key=len), exc.reason) from exc
        except (SyntaxFault, ValueError) as exc:
            failed = exc
    raise SpliceError(edit.path, "it cannot be written here without changing more; edit the file by hand") from failed


def _reread(text: str, parser: Parser) -> Value:
    file, faults = read(text.encode(), "", parser=parser)
    if file is None:
        raise ValueError("; ".join(fault.message for fault in faults))
    return file.value


def same(one: Value, other: Value) -> bool:
    """Whether two values are equal, also in type: 1, 1.0 and true all differ."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(item, other[key]) for key, item in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def _changed(value: Value, edit: Edit, done: Path) -> Value:
    """`value`, which stands at the path `done`, as it is after the edit."""
    if done == edit.path:
        if edit.value is REMOVED:
            raise SpliceError(done, "the whole file cannot be removed")
        return edit.value
    step, last = edit.path[len(done)], len(done) + 1 == len(edit.path)
    here = (*done, step)
    if isinstance(value, Mapping) and isinstance(step, str):
        if edit.value is REMOVED and step not in value:
            return value
        if last and edit.value is REMOVED:
            return {key: item for key, item in value.items() if key != step}
        return {**value, step: _changed(value.get(step, {}), edit, here)}
    if isinstance(value, list) and isinstance(step, int):
        return _changed_list(value, edit, here, last=last)
    raise SpliceError(here, f"there is no {'list' if isinstance(step, int) else 'map'} that it could stand in")


def _changed_list(value: list[Value], edit: Edit, here: Path, *, last: bool) -> Value:
    index = here[-1]
    assert isinstance(index, int), "the caller looked"
    end = len(value) + (1 if last and edit.value is not REMOVED else 0)
    if not 0 <= index < end:
        raise SpliceError(here, "the list has no such entry")
    if last and edit.value is REMOVED:
        return value[:index] + value[index + 1 :]
    if last and (edit.insert or index == len(value)):
        return [*value[:index], edit.value, *value[index:]]
    return [*value[:index], _changed(value[index], edit, here), *value[index + 1 :]]


_Step: TypeAlias = tuple[Path, Value, Value, bool]
"""Where, the value before, the value after, and whether an entry of a list is put in there."""


def _alias_paths(node: Node, path: Path) -> dict[Path, str]:
    """The paths where aliases stand, and their names."""
    if node.form is Form.ALIAS:
        return {path: node.anchor}
    found: dict[Path, str] = {}
    for index, entry in enumerate(node.entries):
        found |= _alias_paths(entry.node, (*path, index if entry.key is None else entry.key))
    return found


def _edit_steps(value: Value, edit: Edit, whole: Collection[Path]) -> Iterator[_Step]:
    """The steps of an edit of `value`, to which it has been applied without fault before."""
    for index, step in enumerate(edit.path):
        last = index + 1 == len(edit.path)
        here = edit.path[: index + 1]
        there = step in value if isinstance(value, Mapping) else isinstance(value, list) and step != len(value)
        if not there or (last and edit.insert and isinstance(step, int)):
            yield here, REMOVED, _nested(edit.path[index + 1 :], edit.value), isinstance(step, int)
            return
        if isinstance(value, Mapping | list):
            value = value[step]  # type: ignore[index]
    if edit.value is REMOVED:
        yield edit.path, value, REMOVED, False
    else:
        yield from _steps(value, edit.value, edit.path, whole)


def _nested(path: Path, value: Value) -> Value:
    """`value` at `path` in maps that hold nothing else."""
    for step in reversed(path):
        value = {step: value}
    return value


def _steps(old: Value, new: Value, path: Path, whole: Collection[Path]) -> Iterator[_Step]:
    """What to change in `old` for `new`, in an order in which every path still holds when its turn comes.

    What stands at the paths `whole` is replaced, never changed inside.
    """
    if same(old, new):
        return
    if path in whole or not old or not new:
        yield path, old, new, False
    elif isinstance(old, Mapping) and isinstance(new, Mapping) and _is_akin(old, new, path):
        for key, item in new.items():
            if key in old:
                yield from _steps(old[key], item, (*path, key), whole)
            else:
                yield (*path, key), REMOVED, item, False
        yield from (((*path, key), item, REMOVED, False) for key, item in old.items() if key not in new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_steps(old, new, path, whole)
    else:
        yield path, old, new, False


def _is_akin(old: Mapping[str, Value], new: Mapping[str, Value], path: Path) -> bool:
    """Whether one is the other with changes, and not another thing in its place."""
    kept = old.keys() & new.keys()
    return not (path and isinstance(path[-1], int)) or any(same(old[key], new[key]) for key in kept)


def _list_steps(old: list[Value], new: list[Value], path: Path, whole: Collection[Path]) -> Iterator[_Step]:
    for start, end, new_start, new_end in reversed(_alignment(old, new)):
        shared = min(end - start, new_end - new_start)
        for index in reversed(range(start + shared, end)):
            yield (*path, index), old[index], REMOVED, False
        for offset in reversed(range(shared, new_end - new_start)):
            yield (*path, start + shared), REMOVED, new[new_start + offset], True
        for offset in reversed(range(shared)):
            yield from _steps(old[start + offset], new[new_start + offset], (*path, start + offset), whole)


def _alignment(old: list[Value], new: list[Value]) -> list[tuple[int, int, int, int]]:
    """Which stretch of `new` stands for which of `old`: entry by entry if that keeps as much as any other way."""
    one, other = [_shape(item) for item in old], [_shape(item) for item in new]
    found = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    kept = sum(end - start for tag, start, end, _, _ in found if tag == "equal")
    if len(old) == len(new) and sum(map(str.__eq__, one, other)) >= kept:
        return [(index, index + 1, index, index + 1) for index in range(len(old))]
    return [places for _, *places in found]  # type: ignore[misc]


def _shape(value: Value) -> str:
    """Equal for values that are the same."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key!r}:{_shape(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_shape, value)) + "]"
    return f"{type(value).__name__}:{value!r}"


def _stepped(page: Page, path: Path, old: Value, new: Value, inserts: bool, order: Order) -> str:
    """The text after one step."""
    if new is REMOVED:
        around = page.node(path[:-1])
        if len(around.entries) > 1:
            return page.remove(path)
        return page.replace(path[:-1], [] if around.form is Form.LIST else {})
    if inserts or old is REMOVED:
        key = path[-1]
        index = key if isinstance(key, int) else _place(page, path, key, order)
        return page.insert(path, index, new)
    return page.replace(path, new)


def _place(page: Page, path: Path, key: str, order: Order) -> int:
    """Where among its siblings the new `key` goes."""
    keys = [entry.key for entry in page.node(path[:-1]).entries]
    ranks = {name: rank for rank, name in enumerate(order(path[:-1]))}
    if key not in ranks:
        return len(keys)
    known = [(ranks[name], index) for index, name in enumerate(keys) if name in ranks]
    before = [pair for pair in known if pair[0] < ranks[key]]
    if before:
        return max(before)[1] + 1
    return min(known)[1] if known else len(keys)
