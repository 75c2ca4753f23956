"""Reading what a forge answers: a key that is missing or of another type is an error, never a guess."""

from collections.abc import Mapping
from typing import TypeVar

from agentops.domain.errors import ForgeError

Data = Mapping[str, object]
T = TypeVar("T")


def text(data: Data, key: str) -> str:
    return _of(data, key, str)


def integer(data: Data, key: str) -> int:
    value = _of(data, key, int)
    if isinstance(value, bool):
        raise _unexpected(key)
    return value


def inner(data: Data, key: str) -> Data:
    """The object under `key`; empty where there is null, as for a fork that was deleted."""
    value = data.get(key)
    if value is None:
        return {}
    return _of(data, key, dict)


def texts(data: Data, *keys: str) -> frozenset[str]:
    """The texts under `keys` that are there."""
    return frozenset(value for key in keys if isinstance(value := data.get(key), str) and value)


def _of(data: Data, key: str, kind: type[T]) -> T:
    value = data.get(key)
    if not isinstance(value, kind):
        raise _unexpected(key)
    return value


def _unexpected(key: str) -> ForgeError:
    return ForgeError(f"an answer lacks `{key}` as it is documented", hint="check the URL of the API")
