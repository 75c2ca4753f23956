"""What exists on an account and is not managed, and what an import made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from agentops.domain.address import Address
from agentops.domain.platform import Kind
from agentops.domain.provider import LiveObject
from agentops.domain.values import RemoteId

COLUMNS: Final = ("id", "name", "type", "mode", "status", "number")
"""What is told of each object, and what it can be selected by; so is `kind`."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object that is not managed. `begun` is the address of a create that an earlier run left and that may be it."""

    kind: Kind
    item: LiveObject
    number: str = ""
    begun: Address | None = None

    def facts(self) -> Mapping[str, str]:
        """The columns as texts; empty for what the platform does not have or show."""
        values = self.item.values
        texts = {key: value for key in ("type", "mode") if isinstance(value := values.get(key), str)}
        ours = {"kind": self.kind.name, "id": str(self.item.id), "name": self.item.name, "status": self.item.status}
        return {**dict.fromkeys(COLUMNS, ""), **texts, **ours, "number": self.number}


@dataclass(frozen=True, slots=True)
class Discovery:
    """All that is not managed, sorted by kind, name and ID; and how many objects are, by kind."""

    unmanaged: tuple[Found, ...]
    managed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Imported:
    """An object that was taken over: where its manifest is, and what that does not say.

    `files` are texts of it that have files of their own, `left_out` the fields that it does not manage and why,
    `unknown` keys of the object that agentops does not know, `secrets` the environment variables that it asks for.
    """

    address: Address
    id: RemoteId
    name: str
    path: str
    files: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()
