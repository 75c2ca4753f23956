"""Values of the compared form as a person reads them, on one line."""

from collections.abc import Mapping
from typing import Final

from agentops.domain.fields import UNSET
from agentops.domain.values import Ref, Secret, Value
from agentops.render.visible import printable, quote

SENSITIVE: Final = "(sensitive value)"
UNKNOWN: Final = "(known after apply)"
_TITLES = ("name", "slug", "type", "label", "key")


def inline(value: Value) -> str:
    """`value` on one line: references with name and ID, secrets never."""
    match value:
        case Ref():
            return _reference(value)
        case Secret():
            return SENSITIVE
        case str():
            return quote(value)
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case Mapping():
            return "{" + ", ".join(f"{printable(str(key))}: {inline(value[key])}" for key in sorted(value)) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(inline, value)) + "]"
    return "(not set)" if value is UNSET else printable(str(value))


def _reference(ref: Ref) -> str:
    """`"Sarah" (12)`; one to another manifest by its address, which is what the manifest's author knows."""
    name = printable(ref.address) if ref.address else quote(ref.label or ref.query) if ref.label or ref.query else ""
    ident = UNKNOWN if ref.id is None else f"({printable(str(ref.id))})"
    return f"{name} {ident}" if name else ident if ref.id is None else f"ID {printable(str(ref.id))}"


def is_empty(value: Value) -> bool:
    """Whether `value` says nothing: comparing takes these for equal."""
    return value is None or value is UNSET or (isinstance(value, str | list | tuple | Mapping) and not value)


def is_structured(value: Value) -> bool:
    return isinstance(value, list | tuple | Mapping)


def title_key(entry: Value) -> str:
    """The key of a list's entry that tells a reader which one it is; empty when there is none."""
    if not isinstance(entry, Mapping):
        return ""
    return next((key for key in _TITLES if isinstance(entry.get(key), str) and entry[key]), "")


def title(entry: Value) -> str:
    """What a list's entry is called: the type of a tool, the name of a schema's field."""
    key = title_key(entry)
    if not key or not isinstance(entry, Mapping):
        return ""
    text = str(entry[key])
    return text if text.isidentifier() and text.isascii() else quote(text)


def redacted(value: Value, sensitive: bool) -> Value:
    """`value`, or a secret in its place when the whole field is one."""
    return Secret("") if sensitive and value is not UNSET and value is not None else value
