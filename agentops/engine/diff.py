"""When two values of a field are the same, and where they differ; the one door to deepdiff."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from agentops.domain.fields import UNSET, Field, FieldTable, Type, Unset
from agentops.domain.plan import Edit
from agentops.domain.values import Path, Ref, Secret, Value, canonical_json, to_json
from agentops.engine.normalise import number, order_key

if TYPE_CHECKING:
    from deepdiff import DeepDiff

_WHOLE: Final = frozenset({Type.LIST, Type.MAP, Type.OBJECT, Type.VARIANT})


def identical(a: Value, b: Value) -> bool:
    """Whether `a` equals `b` in type as well: 1 is neither True nor 1.0."""
    if a is b:
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return len(a) == len(b) and all(key in b and identical(item, b[key]) for key, item in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(identical, a, b))
    return type(a) is type(b) and a == b


def same(field: Field, a: Value, b: Value) -> bool:
    """Whether `a` and `b` mean the same for `field`."""
    if identical(a, b):
        return True
    if field.item is not None and not field.unordered and isinstance(a, list) and isinstance(b, list):
        item = field.item  # entry by entry, as most are equal at once
        return len(a) == len(b) and all(same(item, x, y) for x, y in zip(a, b, strict=True))
    return identical(canonical(field, a), canonical(field, b))


def canonical(field: Field, value: Value) -> Value:
    """The one form of all values that mean the same: empty is None, what says nothing inside a whole value is gone.

    Inside whole values a sub-field that is empty, that has its documented default, or that no row knows is left out.
    """
    if field.canon is not None:
        value = field.canon(value)
    if _is_empty(value):
        return None
    match field.type:
        case Type.NUMBER:
            return number(value, field.places)
        case Type.OBJECT if field.table is not None and isinstance(value, Mapping):
            return _object(field.table, value)
        case Type.VARIANT if isinstance(value, Mapping):
            table = field.variant(value.get("type"))
            return dict(value) if table is None else {"type": table.name, **_object(table, value)}
        case Type.LIST if field.item is not None and isinstance(value, list | tuple):
            items = [canonical(field.item, item) for item in value]
            return sorted(items, key=order_key) if field.unordered else items
        case Type.MAP if isinstance(value, Mapping):
            return {key: "" if item is None else item for key, item in value.items()}
    return value


def overlay(field: Field, live: Value, prior: Value | Unset) -> Value:
    """`live` with the leaves that no read shows (an API key inside a tool) taken from what was applied last."""
    if prior is UNSET or isinstance(prior, Unset) or not has_hidden_leaves(field):
        return live
    match field.type:
        case Type.LIST if field.item is not None and isinstance(live, list) and isinstance(prior, list):
            return _overlay_list(field.item, live, prior)
        case Type.OBJECT | Type.VARIANT if isinstance(live, dict) and isinstance(prior, dict):
            return _overlay_object(_table(field, live), live, prior)
    return live


def has_hidden_leaves(field: Field) -> bool:
    """Whether something inside `field` is in no documented read."""
    tables = (*field.variants, *((field.table,) if field.table else ()))
    if any(row.hidden or has_hidden_leaves(row) for table in tables for row in table):
        return True
    return field.item is not None and (field.item.hidden or has_hidden_leaves(field.item))


def is_whole(field: Field) -> bool:
    """Whether `field` has parts, and is written as one all the same."""
    return field.type in _WHOLE


def edits(field: Field, live: Value, desired: Value) -> tuple[Edit, ...]:
    """Where the parts of a whole value differ, leaving out what means the same; in the order of `desired`."""
    a, b = canonical(field, live), canonical(field, desired)
    return tuple(_edits(_like(b) if a is None else a, _like(a) if b is None else b, ()))


def _is_empty(value: Value) -> bool:
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def _object(table: FieldTable, value: Mapping[str, Value]) -> dict[str, Value]:
    leaves = ((row, canonical(row, value[row.name])) for row in table if row.name in value and not row.display)
    return {row.name: leaf for row, leaf in leaves if leaf is not None and not _is_default(row, leaf)}


def _is_default(row: Field, leaf: Value) -> bool:
    return row.default is not UNSET and identical(leaf, canonical(row, row.default))


def _table(field: Field, value: Mapping[str, Value]) -> FieldTable | None:
    return field.table if field.type is Type.OBJECT else field.variant(value.get("type"))


def _overlay_list(item: Field, live: list[Value], prior: list[Value]) -> list[Value]:
    lacking = {index: entry for index, entry in enumerate(live) if _lacks_leaves(item, entry)}
    left = dict(enumerate(prior)) if lacking else {}
    donors: dict[int, Value] = {}
    for fits in (_same_but_hidden, _same_type):
        for index, entry in lacking.items():
            places = [index, *left] if fits is _same_but_hidden else [index]
            place = next((p for p in places if p in left and fits(item, entry, left[p])), None)
            if index not in donors and place is not None:
                donors[index] = left.pop(place)
    return [overlay(item, entry, donors.get(index, UNSET)) for index, entry in enumerate(live)]


def _lacks_leaves(item: Field, entry: Value) -> bool:
    table = _table(item, entry) if isinstance(entry, dict) else None
    return table is not None and any(
        (row.hidden and row.name not in entry) or has_hidden_leaves(row) for row in table if isinstance(entry, dict)
    )


def _same_but_hidden(item: Field, a: Value, b: Value) -> bool:
    return _same_type(item, a, b) and identical(_shown(item, a), _shown(item, b))


def _same_type(_item: Field, a: Value, b: Value) -> bool:
    kinds = [value.get("type") if isinstance(value, dict) else type(value) for value in (a, b)]
    return kinds[0] == kinds[1]


def _shown(item: Field, value: Value) -> Value:
    """The canonical form without hidden leaves."""
    table = _table(item, value) if isinstance(value, dict) else None
    whole = canonical(item, value)
    if table is None or not isinstance(whole, dict):
        return whole
    return {key: leaf for key, leaf in whole.items() if key not in table or not table[key].hidden}


def _overlay_object(table: FieldTable | None, live: dict[str, Value], prior: Mapping[str, Value]) -> dict[str, Value]:
    filled = dict(live)
    for row in table or ():
        if row.name not in prior:
            continue
        if row.name in filled:
            filled[row.name] = overlay(row, filled[row.name], prior[row.name])
        elif row.hidden:
            filled[row.name] = prior[row.name]
    return filled


def _like(other: Value) -> Value:
    """The empty value of the same type, so that every part of the other side counts as added or removed."""
    return type(other)() if isinstance(other, list | dict) else None


def _edits(live: Value, desired: Value, path: Path) -> Iterator[Edit]:
    if identical(live, desired):
        return
    if isinstance(live, list) and isinstance(desired, list):
        yield from _list_edits(live, desired, path)
    else:
        yield from _leaf_edits(live, desired, path)


def _list_edits(live: list[Value], desired: list[Value], path: Path) -> Iterator[Edit]:
    pairs = matched(live, desired)
    partner = {there: here for here, there in pairs}
    kept = {here for here, _ in pairs}
    found = [
        edit
        for there, item in enumerate(desired)
        for edit in (
            _edits(live[partner[there]], item, (*path, there))
            if there in partner
            else (Edit((*path, there), UNSET, item),)
        )
    ]
    found += [Edit((*path, here), item, UNSET) for here, item in enumerate(live) if here not in kept]
    if not found:  # the same entries in another order
        found = [
            Edit((*path, index), a, b)
            for index, (a, b) in enumerate(zip(live, desired, strict=True))
            if not identical(a, b)
        ]
    yield from found


def matched(live: Sequence[Value], desired: Sequence[Value]) -> list[tuple[int, int]]:
    """Which entry of `live` became which of `desired`: equal ones, then those that bear the same name or type."""
    pairs: list[tuple[int, int]] = []
    here, there = dict(enumerate(live)), dict(enumerate(desired))
    for key_of in (_text, _title):
        waiting: dict[str, list[int]] = {}
        for index, item in here.items():
            waiting.setdefault(key_of(item), []).append(index)
        for index, item in list(there.items()):
            partners = waiting.get(key_of(item)) if key_of(item) else None
            if partners:
                pairs.append((partners.pop(0), index))
                del here[pairs[-1][0]], there[index]
    return pairs


def _text(value: Value) -> str:
    """Equal for equal values only; references by ID, so that a label makes no difference."""
    plain = value._identity() if isinstance(value, Ref | Secret) else None
    if plain is not None:
        return repr((type(value).__name__, plain))
    if isinstance(value, dict):
        return repr(sorted((key, _text(item)) for key, item in value.items()))
    if isinstance(value, list):
        return repr([_text(item) for item in value])
    return canonical_json(to_json(value))


def _title(value: Value) -> str:
    """What an entry of a list is called: a tool's type, a schema entry's name; empty for what has no name."""
    if not isinstance(value, dict):
        return ""
    return next((f"{key}={value[key]}" for key in ("name", "slug", "key", "label", "type") if value.get(key)), "")


def _leaf_edits(live: Value, desired: Value, path: Path) -> Iterator[Edit]:
    from deepdiff import DeepDiff

    found = DeepDiff(live, desired, view="tree", custom_operators=[_operator()], threshold_to_diff_deeper=0)
    changes = [
        Edit((*path, *level.path(output_format="list", use_t2=True)), _side(level.t1), _side(level.t2))
        for levels in found.values()
        for level in levels
    ]
    yield from sorted(changes, key=lambda edit: [str(part) for part in edit.path])


def _side(value: Any) -> Value | Unset:
    from deepdiff.helper import notpresent

    return UNSET if value is notpresent else value


def _operator() -> Any:
    """Compares references and secrets by what they mean: deepdiff would look at their attributes."""
    from deepdiff.operator import BaseOperator

    class ByMeaning(BaseOperator):
        def match(self, level: Any) -> bool:
            return isinstance(level.t1, Ref | Secret) or isinstance(level.t2, Ref | Secret)

        def give_up_diffing(self, level: Any, diff_instance: "DeepDiff") -> bool:
            if level.t1 != level.t2:
                diff_instance.custom_report_result("meaning", level)  # type: ignore[no-untyped-call]
            return True

    return ByMeaning()
