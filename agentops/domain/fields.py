"""Field tables: one row per field; schemas, composing, wire forms and diffs are all read from them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any, Final

from agentops.domain.values import Value


class Type(Enum):
    """What a manifest may write for a field, after `file`, `var` and `env` are expanded."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    REFERENCE = "reference"
    LIST = "list"  # of `item`
    MAP = "map"  # free keys, scalar values
    OBJECT = "object"  # the keys of `table`
    VARIANT = "variant"  # an object whose `type` picks one of `variants`


class Unset(Enum):
    """Tells "nothing documented" from a documented None."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that holds an ID of catalog `kind`; `scope` names the sibling field that filters the catalog."""

    kind: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A field that has a meaning in some modes only; with `only`, just that value of it is bound."""

    modes: frozenset[str]
    only: Value = UNSET


@dataclass(frozen=True, slots=True)
class Codec:
    """A conversion that a row cannot say: compared form -> wire, and what was read -> compared form."""

    encode: Callable[[Value], Value]
    decode: Callable[[Value], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a manifest, and how one platform speaks of it."""

    name: str
    type: Type = Type.TEXT
    wire: str = ""  # name on write; empty: `name`
    read: str = ""  # name on read; empty: the name on write
    required: bool = False
    default: Value | Unset = UNSET  # what the platform documents
    nullable: str = ""  # what `null` means; empty: null is refused
    empties: bool = False  # an empty list is documented to clear
    ref: Reference | None = None
    bound: Bound | None = None
    hidden: bool = False  # in no documented read
    unordered: bool = False  # a set: order has no meaning, a repeat is an error
    secret: bool = False
    long_text: bool = False  # may be {file: path}
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    choices: tuple[str, ...] = ()
    format: str = ""  # timezone, url, e164
    places: int | None = None  # decimals that two numbers are compared at
    item: "Field | None" = None
    table: "FieldTable | None" = None
    variants: "tuple[FieldTable, ...]" = ()
    codec: Codec | None = None
    absent: str = ""  # why this platform has no such field; empty: it has
    limited: str = ""  # how this platform's field is narrower than the vocabulary's

    @property
    def wire_name(self) -> str:
        return self.wire or self.name

    @property
    def read_name(self) -> str:
        return self.read or self.wire_name

    @property
    def reset_value(self) -> Value | Unset:
        """What to send when the field leaves the manifest: the default, else null, else []; else UNSET."""
        if self.default is not UNSET:
            return self.default
        if self.nullable:
            return None
        return [] if self.empties else UNSET

    def variant(self, type_: object) -> "FieldTable | None":
        """The table of the variant named `type_`."""
        return next((table for table in self.variants if table.name == type_), None)


@dataclass(frozen=True)
class FieldTable:
    """The rows of one object, in the order of the platforms' documents."""

    name: str
    fields: tuple[Field, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def revise(self, changes: Mapping[str, Mapping[str, Any]]) -> "FieldTable":
        """The table with the named rows changed; raises KeyError for a name that has no row."""
        unknown = changes.keys() - self.by_name.keys()
        if unknown:
            raise KeyError(f"{self.name} has no field {', '.join(sorted(unknown))}")
        rows = (replace(row, **changes[row.name]) if row.name in changes else row for row in self.fields)
        return FieldTable(self.name, tuple(rows))
