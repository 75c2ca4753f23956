"""A platform as the offline stages need it: its vocabulary, kinds, catalogs and rules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from agentops.domain.catalog import CatalogKind
from agentops.domain.fields import FieldTable
from agentops.domain.values import Path, Values


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule across fields is broken. `path` is where to point; `fields` are the fields that it speaks of."""

    path: Path
    fields: tuple[str, ...]
    code: str
    message: str
    hint: str = ""


Rule: TypeAlias = Callable[[Values], Iterable[Violation]]
"""Looks at a `spec` (references may be unresolved) and yields what is wrong with it."""


@dataclass(frozen=True)
class Kind:
    """A kind of resource: `Assistant`, with addresses `assistant.<name>`.

    Objects of a kind that is not `creatable` are there already: a manifest finds its own by the table's identity
    field, and takes it over or forgets it. `unlisted` tells of an object's values whether listings leave it out, so
    that it has to be read by its ID; None: they show all. One object of a kind that is `readable` can be read by its
    ID, and is, right before it is written. `former` are keys of older vocabularies, and what to write today.
    """

    name: str
    prefix: str
    table: FieldTable
    rules: tuple[Rule, ...] = ()
    creatable: bool = True
    unlisted: Callable[[Values], bool] | None = None
    readable: bool = False
    former: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def identity(self) -> str:
        """The field that finds the object which a manifest means; empty for a kind whose objects have only IDs."""
        return next((row.name for row in self.table if row.identity), "")


@dataclass(frozen=True)
class Platform:
    """One platform. `variables` are the placeholders that it fills by itself."""

    name: str
    title: str
    api_version: str
    base_url: str  # empty: the project must give it
    kinds: tuple[Kind, ...]
    catalogs: tuple[CatalogKind, ...]
    variables: frozenset[str] = frozenset()
    activation: str = ""  # what a user has to do after a create; empty: nothing

    @cached_property
    def kind_by_name(self) -> Mapping[str, Kind]:
        return {kind.name: kind for kind in self.kinds}

    @cached_property
    def kind_by_prefix(self) -> Mapping[str, Kind]:
        return {kind.prefix: kind for kind in self.kinds}

    @cached_property
    def catalog_by_name(self) -> Mapping[str, CatalogKind]:
        return {catalog.name: catalog for catalog in self.catalogs}
