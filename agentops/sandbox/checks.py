"""Types of request values: each checks a value and says what is wrong with it in the platforms' words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, Final, Protocol
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from agentops.sandbox.database import Row
from agentops.sandbox.options import Options

INVALID: Final = object()
"""What a type returns for a value that it refused."""

E164 = r"\+[1-9]\d{1,14}"


@dataclass(slots=True)
class Check:
    """The checking of one request: collects errors; `exists` says whether the account sees an object.

    `named` finds an object's id by its name. `names` says what the request calls a stored field, if
    it is something else.
    """

    exists: Callable[[str, int | str], bool]
    options: Options
    named: Callable[[str, str], int | None] = lambda _kind, _name: None
    names: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, path: str, text: str) -> object:
        """Notes the first error of a path; `{}` in the text stands for the path's label."""
        path = self.names.get(path, path)
        self.errors.setdefault(path, [text.format(label(path))])
        return INVALID


class Type(Protocol):
    """What a value must be."""

    def read(self, value: Any, path: str, check: Check) -> Any:
        """The value as it is stored, or INVALID after telling `check` why."""


def label(path: str) -> str:
    """A field as messages name it: nested ones by their path."""
    return path if "." in path else path.replace("_", " ")


def rounded(value: float | int | str) -> float:
    """A number at the two decimals that the platforms keep."""
    return float(Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Text:
    """A text of limited length, of one pattern."""

    most: int | None = None
    least: int = 0
    pattern: str | None = None

    def read(self, value: Any, path: str, check: Check) -> Any:
        if not isinstance(value, str):
            return check.refuse(path, "The {} field must be a string.")
        if self.most is not None and len(value) > self.most:
            return check.refuse(path, f"The {{}} field must not be greater than {self.most} characters.")
        if len(value) < self.least:
            return check.refuse(path, f"The {{}} field must be at least {self.least} characters.")
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            return check.refuse(path, "The {} field format is invalid.")
        return value


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few texts."""

    values: tuple[str | None, ...]

    def read(self, value: Any, path: str, check: Check) -> Any:
        return value if value in self.values else check.refuse(path, "The selected {} is invalid.")


@dataclass(frozen=True, slots=True)
class Zone:
    """The name of a time zone."""

    def read(self, value: Any, path: str, check: Check) -> Any:
        if isinstance(value, str) and value in _zones():
            return value
        return check.refuse(path, "The {} field must be a valid timezone.")


@dataclass(frozen=True, slots=True)
class Url:
    """An absolute web address."""

    most: int | None = None

    def read(self, value: Any, path: str, check: Check) -> Any:
        if not isinstance(value, str) or not _is_url(value):
            return check.refuse(path, "The {} must be a valid URL.")
        return Text(self.most).read(value, path, check)


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, value: Any, path: str, check: Check) -> Any:
        if isinstance(value, bool):
            return value
        if check.options.coerce_types and value in (0, 1, "0", "1"):
            return bool(int(value))
        return check.refuse(path, "The {} field must be true or false.")


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer in a range."""

    low: int
    high: int

    def read(self, value: Any, path: str, check: Check) -> Any:
        number = _integer(value, check.options.coerce_types)
        if number is None:
            return check.refuse(path, "The {} field must be an integer.")
        if not self.low <= number <= self.high:
            return check.refuse(path, f"The {{}} must be between {self.low} and {self.high}.")
        return number


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range, stored with two decimals, or as sent."""

    low: float
    high: float
    exact: bool = False

    def read(self, value: Any, path: str, check: Check) -> Any:
        number = _number(value, check.options.coerce_types)
        if number is None:
            return check.refuse(path, "The {} field must be a number.")
        if not self.low <= number <= self.high:
            return check.refuse(path, f"The {{}} must be between {self.low:g} and {self.high:g}.")
        return number if self.exact else rounded(number)


@dataclass(frozen=True, slots=True)
class Reference:
    """The id of an object that the account sees."""

    kind: str

    def read(self, value: Any, path: str, check: Check) -> Any:
        number = _integer(value, check.options.coerce_types)
        if number is None:
            return check.refuse(path, "The {} field must be an integer.")
        if not 0 < number < 2**63 or not check.exists(self.kind, number):
            return check.refuse(path, "The selected {} is invalid.")
        return number


@dataclass(frozen=True, slots=True)
class Named:
    """The name of an object that the account sees; its id is stored."""

    kind: str
    most: int

    def read(self, value: Any, path: str, check: Check) -> Any:
        text = Text(self.most).read(value, path, check)
        if text is INVALID:
            return INVALID
        number = check.named(self.kind, text)
        return check.refuse(path, "The selected {} is invalid.") if number is None else number


@dataclass(frozen=True, slots=True)
class Several:
    """A list of values of one type."""

    item: Type

    def read(self, value: Any, path: str, check: Check) -> Any:
        if not isinstance(value, list):
            return check.refuse(path, "The {} field must be an array.")
        items = [self.item.read(item, f"{path}.{index}", check) for index, item in enumerate(value)]
        return INVALID if INVALID in items else items


@dataclass(frozen=True, slots=True)
class Texts:
    """A map with free keys and text values."""

    def read(self, value: Any, path: str, check: Check) -> Any:
        if not isinstance(value, dict):
            return check.refuse(path, "The {} field must be an object.")
        items = {key: Text().read(item, f"{path}.{key}", check) for key, item in value.items()}
        return INVALID if INVALID in items.values() else items


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a map: its type, whether it must be there, its default, whether null is documented.

    `blank`: an empty text is enough for a required key.
    """

    name: str
    type: Type
    required: bool = False
    default: Any = None
    null: bool = False
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A map with fixed keys."""

    keys: tuple[Key, ...]

    def read(self, value: Any, path: str, check: Check) -> Any:
        if not isinstance(value, dict):
            return check.refuse(path, "The {} field must be an object.")
        before = len(check.errors)
        read = self.sent(value, check, path=path + ".")
        return INVALID if len(check.errors) > before else read

    def sent(self, value: Row, check: Check, *, path: str = "", partial: bool = False) -> Row:
        """The valid ones of the keys sent, in their order. `partial`: required keys may be left out."""
        known = {key.name: key for key in self.keys}
        read: Row = {}
        for name, item in value.items():
            if name in known:
                item = _read_key(known[name], item, path + name, check)
                if item is not INVALID:
                    read[name] = item
            elif not check.options.ignore_unknown_keys:
                check.refuse(path + name, "The {} field is prohibited.")
        for key in self.keys:
            if key.required and key.name not in value and not partial:
                check.refuse(path + key.name, "The {} field is required.")
        return read

    def filled(self, value: Row) -> Row:
        """A stored map with the defaults of the keys that it does not have."""
        defaults = {key.name: key.default for key in self.keys if key.default is not None}
        return defaults | {name: item for name, item in value.items() if item is not None}


@dataclass(frozen=True, slots=True)
class Tagged:
    """A map whose `type` says which further keys it has."""

    shapes: Mapping[str, Shape]

    def read(self, value: Any, path: str, check: Check) -> Any:
        if not isinstance(value, dict):
            return check.refuse(path, "The {} field must be an object.")
        tag = value.get("type")
        if tag in (None, ""):
            return check.refuse(f"{path}.type", "The {} field is required.")
        if not isinstance(tag, str) or tag not in self.shapes:
            return check.refuse(f"{path}.type", "The selected {} is invalid.")
        rest = {name: item for name, item in value.items() if name != "type"}
        read = self.shapes[tag].read(rest, path, check)
        return INVALID if read is INVALID else {"type": tag} | read


def _read_key(key: Key, value: Any, path: str, check: Check) -> Any:
    if value is None and key.null:
        return None
    if key.required and (value is None or (value == "" and not key.blank)):
        return check.refuse(path, "The {} field is required.")
    if value is None and check.options.null_resets:
        return key.default
    return key.type.read(value, path, check)


def _integer(value: Any, coerce: bool) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = _number(value, coerce) if coerce else None
    return int(number) if number is not None and float(number).is_integer() else None


def _number(value: Any, coerce: bool) -> float | int | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if coerce and isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", value):
        return float(value)
    return None


def _is_url(text: str) -> bool:
    if re.search(r"[\s\x00-\x1f]", text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
