"""From the compared form to what a request carries: one function per field, built once from its row."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from agentops.domain.errors import RejectedError
from agentops.domain.fields import Field, FieldTable, Type
from agentops.domain.values import Ref, Secret, Value, Values

Reveal: TypeAlias = Callable[[Secret], str]
Writer: TypeAlias = Callable[[Value, Reveal], object]


def writer(field: Field) -> Writer:
    """The function that writes `field`. What has no special form on the wire goes as it is; null stays null."""
    write = _by_type(field)
    reshape = field.codec.encode if field.codec else None

    def written(value: Value, reveal: Reveal) -> object:
        shaped = reshape(value) if reshape else value
        return None if shaped is None else write(shaped, reveal)

    return written


def _by_type(field: Field) -> Writer:
    match field.type:
        case Type.LIST if field.item:
            return _list_writer(writer(field.item))
        case Type.MAP if field.item:
            return _map_writer(writer(field.item))
        case Type.OBJECT if field.table:
            return _object_writer(field.table)
        case Type.VARIANT:
            return _variant_writer(field)
        case Type.REFERENCE if field.ref and field.ref.by_name:
            return _write_name
    return _write_scalar


def _write_name(value: Value, reveal: Reveal) -> object:
    if not isinstance(value, Ref) or value.id is None:
        return _write_scalar(value, reveal)
    if not value.label:
        raise RejectedError(f"the name of {value.query or value.kind} is not known, and the platform takes only names")
    return value.label


def _write_scalar(value: Value, reveal: Reveal) -> object:
    match value:
        case Secret():
            return reveal(value)
        case Ref(id=None):
            raise RejectedError(
                f"{value.address or value.query or value.kind} has no ID yet, so it cannot be referred to"
            )
        case Ref():
            return value.id
    return value


def _list_writer(write: Writer) -> Writer:
    def written(value: Value, reveal: Reveal) -> object:
        return [write(item, reveal) for item in _as_list(value)]

    return written


def _as_list(value: Value) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"a list is expected, not {type(value).__name__}")
    return list(value)


def _as_map(value: Value) -> Mapping[str, Value]:
    if not isinstance(value, Mapping):
        raise TypeError(f"a map is expected, not {type(value).__name__}")
    return value


def _map_writer(write: Writer) -> Writer:
    def written(value: Value, reveal: Reveal) -> object:
        return {key: write(item, reveal) for key, item in _as_map(value).items()}

    return written


def _object_writer(table: FieldTable) -> Writer:
    write_rows = row_writer(table)

    def written(value: Value, reveal: Reveal) -> object:
        return write_rows(_as_map(value), reveal)

    return written


def _variant_writer(field: Field) -> Writer:
    by_type = {table.name: row_writer(table) for table in field.variants}

    def written(value: Value, reveal: Reveal) -> object:
        fields = dict(_as_map(value))
        type_ = fields.pop("type")
        return {"type": type_, **by_type[str(type_)](fields, reveal)}

    return written


def row_writer(table: FieldTable) -> Callable[[Values, Reveal], dict[str, object]]:
    """The function that writes an object; raises KeyError for a name that has no row."""
    rows = {row.name: (row.wire_name, writer(row), row.spread) for row in table if not row.absent and not row.identity}
    unwritten = frozenset(row.name for row in table if row.identity)

    def written(values: Values, reveal: Reveal) -> dict[str, object]:
        body: dict[str, object] = {}
        for name, value in values.items():
            if name in unwritten:
                continue
            wire_name, write, spread = rows[name]
            raw = write(value, reveal)
            if spread is None:
                body[wire_name] = raw
            else:
                body.update(spread.write(raw))
        return body

    return written
