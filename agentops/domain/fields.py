"""Field tables: one row per field; schemas, composing, wire forms and diffs are all read from them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any, Final, TypeAlias

from agentops.domain.diagnostics import Severity
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
    """A field that holds an ID of catalog `kind`; `scope` names the sibling field that filters the catalog.

    With `by_name` the platform takes the item's name in place of its ID. `suits` says what is wrong between the
    properties of the item and the settings beside the reference (see Field.qualified).
    """

    kind: str
    scope: str = ""
    by_name: bool = False
    suits: "Suits | None" = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A field that has a meaning in some modes only; with `only`, just that value of it is bound."""

    modes: frozenset[str]
    only: Value = UNSET


Suits: TypeAlias = Callable[[Mapping[str, object], Mapping[str, Value]], Iterable[tuple[str, Severity, str, str]]]
"""Properties of an item and settings -> for each misfit the setting, how bad it is, what is wrong, what to do."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One field that several wire keys hold: `write` makes them from what one key would hold.

    `read` finds in an object what one key would hold, None when it is not there; without it the row's own name is read.
    """

    keys: tuple[str, ...]
    write: Callable[[object], Mapping[str, object]]
    read: Callable[[Mapping[str, object]], object] | None = None


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
    spread: Spread | None = None
    canon: Callable[[Value], Value] | None = None  # the one form of values that mean the same, for comparing
    qualified: bool = False  # an OBJECT of a reference, the first row, and settings; a manifest may write just a name
    spelled_out: bool = False  # a secret that a manifest may also write as a plain text
    display: bool = False  # sent, but only for people to see: never compared
    identity: bool = False  # finds the object that a manifest means, and is never written
    loses: Callable[[object], str] | None = None  # what writing the field takes off the platform besides, if anything
    beside: str = ""  # means nothing while the field of this name is empty
    filled: bool = False  # chosen by the platform when a create leaves it out, so that empty must be said
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
    absent: str = ""  # of a variant: why this platform has none of that type

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
        return replace(self, fields=tuple(rows))
