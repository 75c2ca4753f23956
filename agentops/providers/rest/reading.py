"""From what a platform answers to the compared form: one function per field, built once from its row.

Nothing here validates. What a row does not expect is kept as it came, so that a plan can show it; only what has another
shape than the row's (a text in place of a list) counts as not readable.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final, TypeAlias

from agentops.domain.fields import Field, FieldTable, Type
from agentops.domain.secrets import Secrets
from agentops.domain.values import Ref, RemoteId, Secret, Value


class Unreadable(Enum):
    """Tells "this read does not show it" from every value that it may show."""

    UNREADABLE = "unreadable"


UNREADABLE: Final = Unreadable.UNREADABLE

Reader: TypeAlias = Callable[[object, Secrets], Value]
"""Takes what stands on the wire; returns the value, or UNREADABLE."""

_ABSENT: Final = object()
_DECIMAL = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
_MASKED = re.compile(r"[*•]{3}")


def reader(field: Field, ids: type[int] | type[str]) -> Reader:
    """The function that reads `field`; `ids` is the type of the platform's IDs."""
    read = _read_secret if field.secret else _by_type(field, ids)
    if field.codec is None:
        return read
    reshape = field.codec.decode

    def reshaped(raw: object, secrets: Secrets) -> Value:
        shaped = reshape(raw)
        return shaped if shaped is UNREADABLE else read(shaped, secrets)

    return reshaped


def _by_type(field: Field, ids: type[int] | type[str]) -> Reader:
    match field.type:
        case Type.TEXT:
            return _read_text
        case Type.INTEGER:
            return _read_integer
        case Type.NUMBER:
            return _number_reader(field.places)
        case Type.BOOLEAN:
            return _read_boolean
        case Type.REFERENCE:
            return _reference_reader(field, ids)
        case Type.LIST:
            return _list_reader(field, ids)
        case Type.MAP:
            return _map_reader(field, ids)
        case Type.OBJECT:
            return _object_reader(field, ids)
        case Type.VARIANT:
            return _variant_reader(field, ids)


def tidy_text(text: str) -> str:
    """`text` as the compared form has it: LF line ends, no outer white space."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


def _read_text(raw: object, _: Secrets) -> Value:
    return tidy_text(raw) if type(raw) is str else raw


def _read_integer(raw: object, _: Secrets) -> Value:
    if type(raw) is str and _DECIMAL.fullmatch(raw):
        raw = float(raw)
    return int(raw) if type(raw) is float and raw.is_integer() else raw


def _number_reader(places: int | None) -> Reader:
    def read(raw: object, _: Secrets) -> Value:
        match raw:
            case bool():
                return raw
            case float():
                number = raw
            case int() if abs(raw) < 10**15:
                number = float(raw)
            case str() if _DECIMAL.fullmatch(raw):
                number = float(raw)
            case _:
                return raw
        return number if places is None else round(number, places) + 0.0  # + 0.0: no negative zero

    return read


def _read_boolean(raw: object, _: Secrets) -> Value:
    if type(raw) is int and raw in (0, 1):
        return raw == 1
    if raw in ("0", "1"):
        return raw == "1"
    return raw


def _read_secret(raw: object, secrets: Secrets) -> Value:
    """Known by its digest at once; a masked one, or none, tells nothing."""
    if not isinstance(raw, str) or not raw or _MASKED.search(raw):
        return UNREADABLE
    return Secret("", secrets.digest(raw))


def read_id(raw: object, ids: type[int] | type[str]) -> RemoteId | None:
    """An ID in the platform's own type, also where it stands in the other one ("7" for 7); None for no ID."""
    if ids is int:
        if type(raw) is str and raw.isascii() and raw.isdigit() and len(raw) < 19:
            return int(raw)
        return raw if type(raw) is int else None
    if type(raw) is int:
        return str(raw)
    return raw if type(raw) is str and raw else None


def _reference_reader(field: Field, ids: type[int] | type[str]) -> Reader:
    kind = field.ref.kind if field.ref else ""

    def read(raw: object, _: Secrets) -> Value:
        if raw is None:
            return None
        id_ = read_id(raw, ids)
        return raw if id_ is None else Ref(kind, id_)

    return read


def sort_key(value: Value) -> tuple[bool, int, str]:
    """The order of the members of a set: numbers first, references by ID."""
    plain = value.id if isinstance(value, Ref) else value
    return (type(plain) is not int, plain if type(plain) is int else 0, str(plain))


def _list_reader(field: Field, ids: type[int] | type[str]) -> Reader:
    read_item = reader(_item_of(field), ids)
    unordered = field.unordered
    nothing: Value = None if field.nullable else []

    def read(raw: object, secrets: Secrets) -> Value:
        if raw is None:
            return nothing
        if not isinstance(raw, list):
            return UNREADABLE
        items = [read_item(item, secrets) for item in raw]
        if UNREADABLE in items:
            return UNREADABLE
        return sorted(items, key=sort_key) if unordered else items

    return read


def _map_reader(field: Field, ids: type[int] | type[str]) -> Reader:
    read_item = reader(_item_of(field), ids)
    nothing: Value = None if field.nullable else {}

    def read(raw: object, secrets: Secrets) -> Value:
        if raw is None:
            return nothing
        if raw == []:  # how PHP writes an empty map
            return {}
        if not isinstance(raw, dict):
            return UNREADABLE
        return {key: read_item(item, secrets) for key, item in raw.items()}

    return read


def _item_of(field: Field) -> Field:
    if field.item is None:
        raise ValueError(f"the row {field.name} says nothing of its items")
    return field.item


def _object_reader(field: Field, ids: type[int] | type[str]) -> Reader:
    if field.table is None:
        raise ValueError(f"the row {field.name} says nothing of its keys")
    read_rows = row_reader(field.table, ids, drop_null=True)
    nothing: Value = None if field.nullable else {}

    def read(raw: object, secrets: Secrets) -> Value:
        if raw is None:
            return nothing
        if raw == []:
            return {}
        return read_rows(raw, secrets) if isinstance(raw, dict) else UNREADABLE

    return read


def _variant_reader(field: Field, ids: type[int] | type[str]) -> Reader:
    by_type = {table.name: row_reader(table, ids, drop_null=True) for table in field.variants}

    def read(raw: object, secrets: Secrets) -> Value:
        if not isinstance(raw, dict):
            return UNREADABLE
        type_ = raw.get("type")
        read_rows = by_type.get(type_) if isinstance(type_, str) else None
        # Of an unknown type nothing but its name is kept: what else it holds may be secret.
        return {"type": type_ if isinstance(type_, str) else ""} | (read_rows(raw, secrets) if read_rows else {})

    return read


def _finder(row: Field) -> Callable[[Mapping[str, object]], object]:
    """The function that finds what an object shows of the row; _ABSENT when it shows nothing."""
    if row.spread is None or row.spread.read is None:
        name = row.read_name
        return lambda item: item.get(name, _ABSENT)
    find = row.spread.read

    def found(item: Mapping[str, object]) -> object:
        raw = find(item)
        return _ABSENT if raw is None else raw

    return found


def row_reader(
    table: FieldTable, ids: type[int] | type[str], *, drop_null: bool
) -> Callable[[Mapping[str, object], Secrets], dict[str, Value]]:
    """The function that reads an object: the rows' values by manifest name, without what the object does not show."""
    rows = tuple((_finder(row), row.name, reader(row, ids)) for row in table if not row.absent)

    def read(item: Mapping[str, object], secrets: Secrets) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for find, name, read_value in rows:
            raw = find(item)
            if raw is _ABSENT or (drop_null and raw is None):
                continue
            value = read_value(raw, secrets)
            if value is not UNREADABLE:
                values[name] = value
        return values

    return read
