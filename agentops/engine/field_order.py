"""The order in which the platforms' documents name the fields of a manifest."""

from collections.abc import Callable, Mapping, Sequence

from agentops.domain.fields import Field, FieldTable, Type
from agentops.domain.values import Path, Value


def order_of(table: FieldTable, name: str, value: Value) -> Callable[[Path], Sequence[str]]:
    """For a path of a document: the keys of the map there, as far as it is `spec` or below its field `name`.

    `value` is what the field is to hold: it tells which variant of an entry is meant.
    """

    def order(path: Path) -> Sequence[str]:
        if path == ("spec",):
            return [row.name for row in table]
        if path[:2] != ("spec", name):
            return ()
        return _keys(*_below(table[name], value, path[2:]))

    return order


def _below(row: Field | None, value: Value, path: Path) -> tuple[Field | None, Value]:
    """The row and the value at `path` below them; None when no row speaks of it."""
    for step in path:
        if row is None:
            break
        if isinstance(step, int):
            inside = isinstance(value, list) and 0 <= step < len(value)
            row, value = row.item, value[step] if inside and isinstance(value, list) else None
        else:
            table = _table(row, value)
            row = table.by_name.get(step) if table else None
            value = value.get(step) if isinstance(value, Mapping) else None
    return row, value


def _keys(row: Field | None, value: Value) -> Sequence[str]:
    table = _table(row, value) if row else None
    if row is None or table is None:
        return ()
    names = [each.name for each in table]
    return ["type", *names] if row.type is Type.VARIANT else names


def _table(row: Field, value: Value) -> FieldTable | None:
    if row.type is Type.VARIANT:
        return row.variant(value.get("type")) if isinstance(value, Mapping) else None
    return row.table if row.type is Type.OBJECT else None
