"""Desired state: the manifests after resolving, and how each name in them was resolved."""

from collections.abc import Mapping
from dataclasses import dataclass

from agentops.domain.address import Address
from agentops.domain.manifest import Manifest
from agentops.domain.values import Path, RemoteId, Values


@dataclass(frozen=True, slots=True)
class Resolution:
    """One row of the resolution table: what a reference in a manifest means in this account."""

    address: Address
    path: Path
    kind: str
    query: str
    id: RemoteId | None
    label: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One manifest and its values in compared form: just the fields that it declares."""

    manifest: Manifest
    values: Values


@dataclass(frozen=True, slots=True)
class Desired:
    """All resources of an environment. `digest` is over what the composed manifests mean, not how they are written."""

    resources: Mapping[Address, Resource]
    resolutions: tuple[Resolution, ...]
    digest: str
