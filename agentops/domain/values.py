"""The compared form: what desired, live and prior state are made of.

Plain values (None, bool, int, float, str, lists, maps) plus two of our own: Ref and Secret. Keys are manifest
field names. Texts have LF line ends and no outer white space; numbers are rounded to the places that their field
compares at; members of unordered lists are sorted.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from sys import intern
from typing import TypeAlias

RemoteId: TypeAlias = int | str
Path: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = object
Values: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Ref:
    """A reference to an item of a catalog, or to an object that another manifest describes.

    Two are equal if they mean the same ID, however they are spelt. `id` is None while it is known only after apply;
    such a reference equals another to the same address.
    """

    kind: str
    id: RemoteId | None
    label: str = ""
    query: str = ""
    address: str = ""

    def _identity(self) -> tuple[str, RemoteId | None, str]:
        return (self.kind, self.id, self.address if self.id is None else "")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())


@dataclass(frozen=True, slots=True, eq=False)
class Secret:
    """A secret: the environment variable that holds it, and a keyed digest. Never the secret itself.

    `env` is empty for a secret that was read from a platform, and for one that a manifest spells out, where that is
    allowed: then `text` is what it says. `digest` is None while there is no key to make one (before the first apply);
    such a secret equals only one of the same variable or text, also without a digest.
    """

    env: str
    digest: str | None = None
    text: str = field(default="", repr=False)

    def _identity(self) -> tuple[str, str, str | None]:
        return ("", "", self.digest) if self.digest is not None else (self.env, self.text, None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())


def to_json(value: Value) -> object:
    """`value` as JSON can hold it; `from_json` gives it back. Maps with a key that starts with `$` are wrapped."""
    match value:
        case Ref():
            body = {"kind": value.kind, "id": value.id, "label": value.label, "query": value.query}
            return {"$ref": body | ({"address": value.address} if value.address else {})}
        case Secret():
            written = {"text": value.text} if value.text else {}
            return {"$secret": {"env": value.env, "digest": value.digest, **written}}
        case Mapping():
            plain = {key: to_json(item) for key, item in value.items()}
            return {"$map": plain} if any(key.startswith("$") for key in plain) else plain
        case list() | tuple():
            return [to_json(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"not a value of the compared form: {type(value).__name__}")


def from_json(data: object) -> Value:
    """The inverse of `to_json`. Raises TypeError, KeyError or ValueError on what `to_json` never makes."""
    match data:
        case {"$ref": {"kind": str(kind), "id": id_, **rest}}:
            if not (id_ is None or isinstance(id_, int | str)):
                raise TypeError("the ID of a reference is neither a number nor a text")
            return Ref(kind, id_, *(str(rest.get(key, "")) for key in ("label", "query", "address")))
        case {"$secret": {"env": str(env), "digest": digest, **rest}}:
            return Secret(env, None if digest is None else str(digest), str(rest.get("text", "")))
        case {"$map": dict(plain)}:
            return {str(key): from_json(item) for key, item in plain.items()}
        case dict():
            if any(str(key).startswith("$") for key in data):
                raise ValueError(f"unknown marker among {', '.join(map(str, data))}")
            # The same few field names stand in every entry of a state: one copy of each is enough.
            return {intern(str(key)): from_json(item) for key, item in data.items()}
        case list():
            return [from_json(item) for item in data]
        case float() if not isfinite(data):
            raise ValueError(f"{data} is no number that can be kept")
        case None | bool() | int() | float() | str():
            return data
    raise TypeError(f"not JSON: {type(data).__name__}")


def canonical_json(data: object) -> str:
    """JSON with sorted keys and no spare white space: equal data, equal text. For digests."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
