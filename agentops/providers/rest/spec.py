"""How one API is spoken: paths, verbs, envelopes and catalogs, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from agentops.domain.platform import Platform
from agentops.domain.values import Value

Property: TypeAlias = str | Callable[[Mapping[str, object]], object]
"""The key of an item that holds a property, or what computes it from the item; None means that it is null."""


@dataclass(frozen=True, slots=True)
class Route:
    """One request; `{id}` in the path is the remote ID."""

    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A request that answers many items: a bare array, or an array below `key`."""

    path: str
    key: str = "data"
    paged: bool = False
    page_size: int = 100
    identity: tuple[str, ...] = ("id",)  # the keys that make the ID of an item, joined by a slash


@dataclass(frozen=True, slots=True)
class Join:
    """Further properties of a catalog's items, found by ID in a second listing."""

    listing: Listing
    properties: Mapping[str, Property]


@dataclass(frozen=True, slots=True)
class CatalogApi:
    """Where a catalog comes from.

    A scope goes into the parameter `scope`. The whole catalog is one request without that parameter or, where that
    would answer something else, one request for each of `scopes`.
    """

    listing: Listing
    properties: Mapping[str, Property]
    query: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""
    scopes: tuple[str, ...] = ()
    join: Join | None = None


def _as_read(values: dict[str, Value]) -> None:
    """Leaves a read as it is."""


@dataclass(frozen=True, slots=True)
class ObjectApi:
    """How objects of one kind are read and written. `tidy` does to a read what no single row can say.

    A kind that is not creatable has neither `create` nor `delete`; `read` is for a readable one.
    """

    listing: Listing
    create: Route | None
    update: Route
    delete: Route | None
    read: Route | None = None
    users: tuple["Users", ...] = ()
    new_id: tuple[str, ...] = ("data", "id")  # where the answer to a create has it
    name: str = "name"
    status: str = "status"
    gone: str = "deleted_at"  # a row where this is not null is no object any more
    information: frozenset[str] = frozenset()  # further keys of a read that are nothing to configure
    tidy: Callable[[dict[str, Value]], None] = _as_read


@dataclass(frozen=True, slots=True)
class Users:
    """What relies on objects of a kind besides other kinds: entries of a listing that hold an ID at `key`."""

    listing: Listing
    key: str
    describe: Callable[[Mapping[str, object]], str]  # in words; empty for an entry that does not count


@dataclass(frozen=True, slots=True)
class AccountApi:
    """Where the platform says whose account the token opens."""

    path: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class ApiSpec:
    """One platform, offline and online."""

    platform: Platform
    objects: Mapping[str, ObjectApi]
    catalogs: Mapping[str, CatalogApi]
    account: AccountApi
    ids: type[int] | type[str] = int
