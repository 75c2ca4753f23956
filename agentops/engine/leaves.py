"""Walks values together with the rows of their field table."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from agentops.domain.fields import Field, FieldTable, Type
from agentops.domain.values import Path, Value

Leaf: TypeAlias = tuple[Path, Field, Value]


def rows_of(table: FieldTable, values: Mapping[str, Value], path: Path = ()) -> Iterator[Leaf]:
    """Every value that a row speaks of: fields, the entries of lists and maps, and what these hold.

    Keys without a row are passed over; what holds others comes before them.
    """
    rows = table.by_name
    for key, value in values.items():
        if key in rows:
            yield from _below(rows[key], value, (*path, key))


def leaves(table: FieldTable, values: Mapping[str, Value]) -> Iterator[Leaf]:
    """Every text, number, truth value and reference, and whatever else stands where one should."""
    return (leaf for leaf in rows_of(table, values) if leaf[1].type not in _HOLDERS)


_HOLDERS = frozenset((Type.LIST, Type.MAP, Type.OBJECT, Type.VARIANT))


def parted(row: Field, value: Value) -> Mapping[str, Value]:
    """What a manifest writes for a qualified reference, by the rows of its table: the reference, then settings."""
    assert row.table is not None, "a qualified row has a table"
    first, *settings = (each.name for each in row.table)
    if not isinstance(value, Mapping):
        return {first: value}
    rest = {key: part for key, part in value.items() if key not in settings}
    bare = rest["name"] if rest.keys() == {"name"} else rest
    return {first: bare, **{key: part for key, part in value.items() if key in settings}}


def _below(row: Field, value: Value, path: Path) -> Iterator[Leaf]:
    yield path, row, value
    if row.type not in _HOLDERS:
        return
    if row.qualified:
        yield from _qualified(row, value, path)
        return
    if isinstance(value, list) and row.item is not None:
        for index, entry in enumerate(value):
            yield from _below(row.item, entry, (*path, index))
    elif isinstance(value, Mapping):
        yield from _in_map(row, value, path)


def _qualified(row: Field, value: Value, path: Path) -> Iterator[Leaf]:
    assert row.table is not None, "a qualified row has a table"
    first = row.table.fields[0]
    for key, part in parted(row, value).items():
        if key == first.name:
            yield path, first, part
        else:
            yield from _below(row.table[key], part, (*path, key))


def _in_map(row: Field, value: Mapping[str, Value], path: Path) -> Iterator[Leaf]:
    if row.type is Type.MAP and row.item is not None:
        for key, entry in value.items():
            yield from _below(row.item, entry, (*path, key))
        return
    table = row.variant(value.get("type")) if row.type is Type.VARIANT else row.table
    if table is not None:
        yield from rows_of(table, value, path)
