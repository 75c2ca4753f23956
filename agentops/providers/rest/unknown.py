"""Keys of an answer that no row of a field table speaks of."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from agentops.domain.fields import Field, FieldTable, Type

_Finder: TypeAlias = Callable[[object], Iterator[str]]
"""Takes a value; yields the keys inside it that nothing speaks of, joined by dots."""

_PARTED: Final = frozenset((Type.LIST, Type.OBJECT, Type.VARIANT))


def unknown_keys(table: FieldTable) -> _Finder:
    """The function that finds such keys in an object of the table. A key that holds nothing tells nothing."""
    known = {key for row in table for key in _keys(row)}
    inside = tuple((row.read_name, _of_row(row)) for row in table if row.type in _PARTED and not row.absent)

    def find(value: object) -> Iterator[str]:
        if not isinstance(value, Mapping):
            return
        for key in value.keys() - known:
            if value[key] not in (None, "", [], {}):
                yield key
        for key, find_inside in inside:
            if value.get(key):
                yield from (f"{key}.{below}" for below in find_inside(value[key]))

    return lambda value: iter(sorted(find(value)))


def _keys(row: Field) -> tuple[str, ...]:
    return (row.read_name, row.wire_name, *(row.spread.keys if row.spread else ()))


def _of_row(row: Field) -> _Finder:
    find = _by_type(row)
    if row.codec is None:
        return find
    reshape = row.codec.decode
    return lambda value: find(reshape(value))


def _by_type(row: Field) -> _Finder:
    if row.type is Type.LIST and row.item is not None and row.item.type in _PARTED:
        entry = _of_row(row.item)
        return lambda value: (
            f"{index}.{key}"
            for index, item in enumerate(value if isinstance(value, list) else ())
            for key in entry(item)
        )
    if row.type is Type.OBJECT and row.table is not None:
        return unknown_keys(row.table)
    if row.type is Type.VARIANT:
        return _of_variant({table.name: unknown_keys(table) for table in row.variants})
    return lambda _: iter(())


def _of_variant(variants: Mapping[str, _Finder]) -> _Finder:
    def find(value: object) -> Iterator[str]:
        type_ = value.get("type") if isinstance(value, Mapping) else None
        if isinstance(value, Mapping) and isinstance(type_, str) and type_ in variants:
            yield from variants[type_]({key: item for key, item in value.items() if key != "type"})

    return find
