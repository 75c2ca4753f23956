"""A platform, as the engine sees it: the protocol that providers implement."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from agentops.domain.catalog import Catalog, CatalogKey
from agentops.domain.platform import Platform
from agentops.domain.values import RemoteId, Values


@dataclass(frozen=True, slots=True)
class LiveObject:
    """One object on the platform. `values` has only what this read showed: a missing key is not readable now.

    `blocked` maps a field that must not be written to the reason (for example a tool of a type that we do not know);
    `losses` maps a field to what writing it would take off the platform besides; `unknown` are the keys, such as
    `tools.0.sound`, that hold something and that no row speaks of.
    """

    id: RemoteId
    name: str
    values: Values
    status: str = ""
    blocked: Mapping[str, str] = field(default_factory=dict)
    losses: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


class Provider(Protocol):
    """One account on one platform.

    Values go in and come out in compared form. What only looks different on the wire ("0.10" for 0.1) comes back as
    a manifest would write it. Methods raise ProviderError as domain/errors.py draws it: RejectedError and
    UnavailableError mean "certainly not done", UnclearError that a write may have been done. Safe to call from
    several threads.
    """

    @property
    def platform(self) -> Platform:
        """What the provider speaks to, as the offline stages know it."""

    def account(self) -> str:
        """Whose account the token opens, case-folded."""

    def catalog(self, key: CatalogKey) -> Catalog:
        """All items of a kind."""

    def list(self, kind: str) -> Mapping[RemoteId, LiveObject]:
        """Every object of the kind that listings show, complete, or an error."""

    def read(self, kind: str, remote_id: RemoteId) -> LiveObject | None:
        """One object by its ID, of a kind that is readable; None when there is none."""

    def users(self, kind: str, remote_ids: Collection[RemoteId]) -> Mapping[RemoteId, tuple[str, ...]]:
        """What else on the platform, besides objects of the kinds, relies on the objects now, in words."""

    def create(self, kind: str, values: Values) -> RemoteId:
        """Make an object and return its ID. Not repeated unless it certainly did not happen."""

    def update(self, kind: str, remote_id: RemoteId, values: Values) -> None:
        """Write `values` and nothing else."""

    def delete(self, kind: str, remote_id: RemoteId) -> None:
        """Remove the object; gone already is fine."""

    def parse_id(self, kind: str, text: str) -> RemoteId:
        """The ID that a user typed. Raises UsageError when it cannot be one."""

    def close(self) -> None:
        """Free connections."""
