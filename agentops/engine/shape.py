"""Frozen dataclasses as JSON and back, by their type hints; values of the compared form as domain/values.py says."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from agentops.domain.address import Address
from agentops.domain.fields import UNSET, Unset
from agentops.domain.values import from_json, to_json

T = TypeVar("T")

Convert = Callable[[Any], Any]
Codec = tuple[Convert, Convert]
"""To JSON data, and from it."""


def to_data(kind: Any, value: object) -> Any:
    """`value` as JSON can hold it. Fields that have their default, or are UNSET, are left out."""
    return _codec(kind)[0](value)


def from_data(kind: type[T], data: object) -> T:
    """The inverse of `to_data`. Raises TypeError, KeyError or ValueError for data that it never makes."""
    hint: Any = kind
    value: T = _codec(hint)[1](data)
    return value


@cache
def _codec(hint: Any) -> Codec:
    if hint is datetime:
        return datetime.isoformat, _instant
    if hint is Address:
        return str, Address.parse
    if get_origin(hint) is Mapping and object in get_args(hint):
        return to_json, _values
    if hint is object or object in get_args(hint):
        return to_json, from_json
    if isinstance(hint, type) and issubclass(hint, Enum):
        return (lambda value: value.value), hint
    if isinstance(hint, type) and is_dataclass(hint):
        return _record(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple and len(inner) == 2 and inner[1] is ...:
        return _sequence(_codec(inner[0]), tuple)
    if origin is frozenset:
        encode, decode = _sequence(_codec(inner[0]), frozenset)
        return (lambda value: encode(sorted(value, key=lambda item: (isinstance(item, str), item)))), decode
    if origin is Mapping:
        return _mapping(_codec(inner[1]))
    if origin in (Union, types.UnionType):
        return _union(inner)
    return _scalar((hint,))


def _values(data: Any) -> Any:
    values = from_json(data)
    if not isinstance(values, dict):
        raise TypeError("a map was expected")
    return values


def _record(kind: type) -> Codec:
    hints = get_type_hints(kind)
    codecs = [(field.name, *_codec(hints[field.name]), _default(field)) for field in fields(kind)]
    unset = {field.name: UNSET for field in fields(kind) if Unset in get_args(hints[field.name])}
    required = {name for name, _, _, default in codecs if default is MISSING and name not in unset}

    def encode(value: Any) -> dict[str, Any]:
        parts = ((name, to, getattr(value, name), default) for name, to, _, default in codecs)
        return {name: to(part) for name, to, part, default in parts if part is not UNSET and not _equal(part, default)}

    def decode(data: Any) -> Any:
        given = {name: from_(data[name]) for name, _, from_, _ in codecs if name in data}
        if not isinstance(data, dict) or len(given) != len(data) or required - given.keys():
            raise ValueError(f"this is no {kind.__name__}")
        return kind(**(unset | given))

    return encode, decode


def _default(field: "Field[Any]") -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _equal(part: Any, default: Any) -> bool:
    return type(part) is type(default) and bool(part == default)


def _sequence(inner: Codec, make: Callable[[list[Any]], Any]) -> Codec:
    def decode(data: Any) -> Any:
        if not isinstance(data, list):
            raise TypeError("a list was expected")
        return make([inner[1](item) for item in data])

    return (lambda value: [inner[0](item) for item in value]), decode


def _mapping(inner: Codec) -> Codec:
    def decode(data: Any) -> Any:
        if not isinstance(data, dict):
            raise TypeError("a map was expected")
        return {key: inner[1](item) for key, item in data.items()}

    return (lambda value: {key: inner[0](item) for key, item in value.items()}), decode


def _union(members: tuple[Any, ...]) -> Codec:
    others = [member for member in members if member is not types.NoneType]
    encode, decode = _codec(others[0]) if len(others) == 1 else _scalar(tuple(others))
    if len(others) == len(members):
        return encode, decode
    return (
        lambda value: None if value is None else encode(value),
        lambda data: None if data is None else decode(data),
    )


def _scalar(kinds: tuple[type, ...]) -> Codec:
    def decode(data: Any) -> Any:
        if type(data) not in kinds:
            raise TypeError(f"{' or '.join(kind.__name__ for kind in kinds)} was expected, not {type(data).__name__}")
        return data

    return (lambda value: value), decode


def _instant(data: Any) -> datetime:
    moment = datetime.fromisoformat(data)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment
