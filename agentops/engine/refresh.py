"""Reads the live state and the catalogs: all of it, or an error."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import TypeAlias, TypeVar

from agentops.domain.address import Address
from agentops.domain.catalog import Catalog, CatalogKey
from agentops.domain.errors import ProviderError
from agentops.domain.platform import Kind
from agentops.domain.provider import LiveObject, Provider
from agentops.domain.values import RemoteId
from agentops.engine.workers import Workers

Live: TypeAlias = Mapping[str, Mapping[RemoteId, LiveObject]]
"""Every object of the account, by the name of its kind and its ID."""

_THREADS = 4
_PATIENCE = 5.0  # seconds for reads that are under way when another one failed

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def refresh(provider: Provider, known: Mapping[Address, RemoteId]) -> Live:
    """Every object of every kind. What the state knows counts as gone only after two complete listings without it."""
    return {kind.name: _objects(provider, kind, known) for kind in provider.platform.kinds}


def gather(
    provider: Provider, needed: frozenset[CatalogKey], known: Mapping[Address, RemoteId]
) -> tuple[Live, Mapping[CatalogKey, Catalog]]:
    """`refresh`, and the catalogs that are needed, read side by side. The first error is raised as it is."""
    kinds = {kind.name: kind for kind in provider.platform.kinds}
    live: dict[str, Mapping[RemoteId, LiveObject]] = {}
    catalogs: dict[CatalogKey, Catalog] = {}
    with Workers[str | CatalogKey, None](_THREADS) as workers:
        for name, kind in kinds.items():
            workers.start(name, partial(_into, live, name, partial(_objects, provider, kind, known)))
        for key in sorted(needed):
            workers.start(key, partial(_into, catalogs, key, partial(provider.catalog, key)))
        try:
            while workers.running:
                outcome = workers.next()
                if outcome is not None:
                    outcome.result()
        except ProviderError:
            workers.finish(_PATIENCE)  # whoever closes the provider next shall not cut them off
            raise
    return live, catalogs


def _into(target: dict[_Key, _Value], key: _Key, read: Callable[[], _Value]) -> None:
    target[key] = read()


def listed(provider: Provider, kind: Kind, ids: Collection[RemoteId]) -> Mapping[RemoteId, LiveObject]:
    """One listing of the kind; of kinds with unlisted objects also those of `ids` that only a read by ID shows."""
    objects = provider.list(kind.name)
    if kind.unlisted is None:
        return objects
    read = (provider.read(kind.name, id_) for id_ in sorted(set(ids) - objects.keys(), key=str))
    return {**objects, **{item.id: item for item in read if item is not None}}


def _objects(provider: Provider, kind: Kind, known: Mapping[Address, RemoteId]) -> Mapping[RemoteId, LiveObject]:
    ids = {remote_id for address, remote_id in known.items() if address.prefix == kind.prefix}
    first = listed(provider, kind, ids)
    if ids <= first.keys():
        return first
    second = listed(provider, kind, ids)
    return {id_: first[id_] for id_ in ids & first.keys()} | dict(second)
