"""From what a manifest says to the compared form, by a walk along the field table."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from agentops.domain.fields import Field, FieldTable, Reference, Type
from agentops.domain.manifest import EnvSecret
from agentops.domain.values import Path, Ref, Secret, Value, Values, canonical_json, to_json
from agentops.engine.leaves import parted

Convert: TypeAlias = Callable[[Value, Path, Values], Value]
"""The compared form of a value, of the path that it stands at, and of the object that it stands in."""


class Lookup(Protocol):
    """What the walk asks of its caller; faults are the caller's to collect."""

    def reference(self, written: Value, path: Path, reference: Reference, siblings: Values) -> Ref: ...
    def secret(self, written: EnvSecret, path: Path) -> Secret: ...
    def literal(self, written: str) -> Secret: ...
    def suited(self, reference: Reference, ref: Ref, settings: Values, path: Path) -> None: ...
    def repeated(self, value: Value, path: Path) -> None: ...


def text(value: Value) -> Value:
    """A text with LF line ends and without outer white space; anything else as it is."""
    if not isinstance(value, str):
        return value
    return (value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value).strip()


def number(value: Value, places: int | None) -> Value:
    """A number as a float, rounded to `places`; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return (float(value) if places is None else round(float(value), places)) + 0.0  # -0.0 is 0.0


def order_key(value: Value) -> tuple[bool, int, str]:
    """The place of a value in a list whose order has no meaning: by ID, else by what it is."""
    if isinstance(value, Ref) and isinstance(value.id, int):
        return (False, value.id, "")
    return (True, 0, str(value.id) if isinstance(value, Ref) else canonical_json(to_json(value)))


def converters(table: FieldTable, lookup: Lookup) -> Mapping[str, Convert]:
    """For every field of `table` the function that brings its values into compared form."""
    return {field.name: converter(field, lookup) for field in table}


def converter(field: Field, lookup: Lookup) -> Convert:
    """The function that brings values of `field` into compared form. Made once, used for every manifest."""
    convert = _written(field, lookup)

    def unless_null(value: Value, path: Path, siblings: Values) -> Value:
        if value is None:
            return None
        if isinstance(value, EnvSecret):
            return lookup.secret(value, path)
        return convert(value, path, siblings)

    return unless_null


def _written(field: Field, lookup: Lookup) -> Convert:
    if field.secret:
        return lambda value, _path, _siblings: lookup.literal(str(text(value)))
    match field.type:
        case Type.REFERENCE if field.ref is not None:
            reference = field.ref
            return lambda value, path, siblings: lookup.reference(value, path, reference, siblings)
        case Type.NUMBER:
            return lambda value, _path, _siblings: number(value, field.places)
        case Type.TEXT:
            return lambda value, _path, _siblings: text(value)
        case Type.LIST if field.item is not None:
            return _list(field, converter(field.item, lookup), lookup)
        case Type.OBJECT if field.qualified:
            return _qualified(field, lookup)
        case Type.OBJECT if field.table is not None:
            return _object(converters(field.table, lookup))
        case Type.VARIANT:
            return _variant({table.name: _object(converters(table, lookup)) for table in field.variants})
        case Type.MAP:
            return lambda value, _path, _siblings: {key: text(item) for key, item in _map(value).items()}
    return lambda value, _path, _siblings: value


def _list(field: Field, item: Convert, lookup: Lookup) -> Convert:
    def convert(value: Value, path: Path, siblings: Values) -> Value:
        items = [item(entry, (*path, index), siblings) for index, entry in enumerate(_items(value))]
        if field.unordered or (field.item is not None and field.item.type is Type.REFERENCE):
            _report_repeats(items, path, lookup)
        return sorted(items, key=order_key) if field.unordered else items

    return convert


def _report_repeats(items: list[Value], path: Path, lookup: Lookup) -> None:
    seen = set()
    for index, value in enumerate(items):
        key = order_key(value)
        if key in seen and not (isinstance(value, Ref) and value.id is None and not value.address):
            lookup.repeated(value, (*path, index))
        seen.add(key)


def _object(rows: Mapping[str, Convert]) -> Convert:
    def convert(value: Value, path: Path, _siblings: Values) -> Value:
        entry = _map(value)
        return {key: rows[key](item, (*path, key), entry) if key in rows else item for key, item in entry.items()}

    return convert


def _qualified(field: Field, lookup: Lookup) -> Convert:
    assert field.table is not None, "a qualified row has a table"
    first, rows = field.table.fields[0], converters(field.table, lookup)

    def convert(value: Value, path: Path, _siblings: Values) -> Value:
        parts = parted(field, value)
        found = {
            key: rows[key](part, path if key == first.name else (*path, key), parts) for key, part in parts.items()
        }
        ref = found[first.name]
        if first.ref is not None and isinstance(ref, Ref):
            lookup.suited(first.ref, ref, found, path)
        return found

    return convert


def _variant(variants: Mapping[str, Convert]) -> Convert:
    def convert(value: Value, path: Path, siblings: Values) -> Value:
        return variants[str(_map(value)["type"])](value, path, siblings)

    return convert


def _map(value: Value) -> Values:
    if not isinstance(value, Mapping):
        raise TypeError(f"a map was expected, not {type(value).__name__}")
    return value


def _items(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {type(value).__name__}")
    return value
