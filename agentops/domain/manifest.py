"""Manifests: documents as their authors wrote them, and what they say once composed and valid."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from agentops.domain.address import Address
from agentops.domain.diagnostics import SourcePos
from agentops.domain.values import Path, RemoteId, Value, Values

Locate: TypeAlias = Callable[[Path], SourcePos]
"""The position of the value at a path; of the nearest enclosing one, when the path itself is not written."""


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file. `locate` finds positions on demand, as only faults need them."""

    path: str  # relative to the project folder, with forward slashes
    value: Value
    locate: Locate = field(compare=False, repr=False)
    locate_key: Locate | None = field(default=None, compare=False, repr=False)  # None: as `locate`

    def key_position(self, path: Path) -> SourcePos:
        """Where the key of the value at `path` was written."""
        return (self.locate_key or self.locate)(path)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a composed value came from, when it does not stand in the manifest itself."""

    source: str  # "file", "var", "env"
    name: str  # of the variable; of the file, relative to the project folder


@dataclass(frozen=True, slots=True)
class EnvSecret:
    """`{env: NAME}` in a secret field, before resolving."""

    env: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A field (or `("variables", "company")`, a part of one) in which git and the platform may differ until a day."""

    path: Path
    reason: str
    until: date | None = None  # the last day; None: no end


@dataclass(frozen=True, slots=True)
class Manifest:
    """A valid, composed manifest. `spec` still has references as written and EnvSecret for secrets."""

    address: Address
    kind: str
    spec: Values
    document: Document
    labels: Mapping[str, str] = field(default_factory=dict)
    protect: bool = False
    previous_names: tuple[str, ...] = ()
    import_id: RemoteId | None = None  # the object on the platform that it takes over
    ignore: tuple[Ignored, ...] = ()
    origins: Mapping[Path, Origin] = field(default_factory=dict)

    def position(self, path: Path = ()) -> SourcePos:
        """Where `path` below `spec` was written."""
        return self.document.locate(("spec", *path))
