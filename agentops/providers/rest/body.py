"""Strict JSON: what an answer must be before anybody believes it."""

import json
import math
import re
from collections.abc import Iterable
from typing import Any, Final, NoReturn

_DEEPEST: Final = 64
_SURROGATE = re.compile(rb"\\u[dD][89aAbB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89aAbB]..)\\u[dD][c-fC-F]")


class UnreadableError(Exception):
    """An answer is not what the platform documents; `str()` says how, without quoting it."""


def parse(content: bytes) -> object:
    """The JSON in `content`.

    Raises UnreadableError when it is none, or has NaN, doubled keys, broken characters, or levels without end.
    """
    try:
        data: object = _DECODER.decode(content.decode("utf-8"))
    except UnreadableError:
        raise
    except UnicodeDecodeError as exc:
        raise UnreadableError("it is not UTF-8") from exc
    except (ValueError, RecursionError) as exc:
        raise UnreadableError(_what_it_is(content)) from exc
    _require_flat(data)
    if _SURROGATE.search(content):  # may be a false alarm; then the exact and slow way
        _require_characters(data)
    return data


def _what_it_is(content: bytes) -> str:
    start = content.lstrip()[:1]
    if not start:
        return "it is empty"
    return "it is a web page, not JSON" if start == b"<" else "it is broken JSON"


def _require_flat(data: object) -> None:
    """Everything that walks through values may then do so recursively."""
    level = [data]
    for _ in range(_DEEPEST + 1):
        level = [item for inner in level for item in _items(inner) if isinstance(item, dict | list)]
        if not level:
            return
    raise UnreadableError("it is nested too deeply")


def _items(data: object) -> Iterable[object]:
    if isinstance(data, dict):
        return data.values()
    return data if isinstance(data, list) else ()


def _require_characters(data: object) -> None:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as exc:
        raise UnreadableError("it has half a character") from exc


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise UnreadableError("it has a key twice")
    return data


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise UnreadableError("it has a number out of range")
    return number


def _no_constant(_: str) -> NoReturn:
    raise UnreadableError("it has a number that is none")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_no_constant)


def require(condition: bool, problem: str) -> None:
    """Raises UnreadableError saying `problem` unless `condition`."""
    if not condition:
        raise UnreadableError(problem)


def as_object(data: object) -> dict[str, object]:
    """`data` if it is a JSON object; raises UnreadableError otherwise."""
    if not isinstance(data, dict):
        raise UnreadableError("it is no JSON object")
    return data


def at(data: object, keys: tuple[str, ...]) -> object:
    """What stands below `keys`; None when nothing does."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def render(data: object) -> bytes:
    """`data` as JSON, equal bytes for equal data."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
