"""Finds drift: compares what was applied last with what the platform has now, but for what manifests say to ignore."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from agentops.domain.address import Address
from agentops.domain.catalog import Catalog, CatalogKey
from agentops.domain.drift import Drifted, DriftedField, Unmanaged
from agentops.domain.fields import FieldTable
from agentops.domain.manifest import Ignored
from agentops.domain.platform import Platform
from agentops.domain.provider import LiveObject
from agentops.domain.state import VALUES_FORM, Entry, State
from agentops.domain.values import Values
from agentops.engine.diff import edits, is_whole, overlay, same
from agentops.engine.ignore import as_ignored
from agentops.engine.in_flight import landed
from agentops.engine.labels import Labels
from agentops.engine.links import MANIFEST_KINDS, references
from agentops.engine.refresh import Live


def find_drift(
    state: State,
    live: Live,
    platform: Platform,
    only: Collection[Address] = (),
    ignore: Mapping[Address, Sequence[Ignored]] = MappingProxyType({}),
) -> tuple[Drifted, ...]:
    """What differs between `state` and `live`, sorted by address; of `only` these addresses, when there are some.

    What manifests say to `ignore` is passed over. Creates and updates that were left unnoted count as ours. Entries in
    another form than today's cannot be compared field by field: of these only those that are gone are found.
    """
    entries = {**state.entries, **landed(state, live, platform)}
    found = (
        drifted
        for address in sorted(entries)
        if (not only or address in only)
        and (drifted := _drifted(address, entries[address], live, platform, ignore.get(address, ())))
    )
    return tuple(found)


def find_unmanaged(state: State | None, live: Live, platform: Platform) -> tuple[Unmanaged, ...]:
    """The objects that no entry of `state` means, of the kinds that manifests can create; by kind and ID."""
    entries = state.entries if state else {}
    managed = {(address.prefix, entry.remote_id) for address, entry in entries.items()}
    found = (
        Unmanaged(kind.name, item.id, item.name)
        for kind in platform.kinds
        if kind.creatable
        for item in live[kind.name].values()
        if (kind.prefix, item.id) not in managed
    )
    return tuple(sorted(found, key=lambda item: (item.kind, isinstance(item.remote_id, str), item.remote_id)))


def catalogs_to_name(drifted: Iterable[Drifted], platform: Platform) -> frozenset[CatalogKey]:
    """The catalogs that give the references of `drifted` which only the platform knows a name."""
    return frozenset(
        (ref.kind, "")
        for item in drifted
        for field in item.fields
        for _, ref in references({field.name: field.live})
        if not ref.label and ref.kind not in MANIFEST_KINDS and ref.kind in platform.catalog_by_name
    )


def with_names(
    drifted: Iterable[Drifted], state: State, live: Live, platform: Platform, catalogs: Mapping[CatalogKey, Catalog]
) -> tuple[Drifted, ...]:
    """`drifted` with a name at every reference that has one."""
    names = {
        kind: {item.id: item.name for item in live[row.name].values()}
        for kind, prefix in MANIFEST_KINDS.items()
        if (row := platform.kind_by_prefix.get(prefix)) is not None
    }
    labels = Labels(catalogs, names, [entry.values for entry in state.entries.values()])
    return tuple(replace(item, fields=tuple(map(labels.put_on_drift, item.fields))) for item in drifted)


def _drifted(
    address: Address, entry: Entry, live: Live, platform: Platform, ignore: Sequence[Ignored]
) -> Drifted | None:
    kind = platform.kind_by_prefix[address.prefix]
    item = live[kind.name].get(entry.remote_id)
    if item is None:
        name = str(entry.values.get("name", ""))
        return Drifted(address, kind.name, entry.remote_id, name, gone=True, applied=entry.values)
    fields = (
        tuple(_fields(as_ignored(entry.values, item.values, ignore), item, kind.table))
        if entry.form == VALUES_FORM
        else ()
    )
    return Drifted(address, kind.name, item.id, item.name, item.status, fields) if fields else None


def _fields(prior: Values, item: LiveObject, table: FieldTable) -> Iterator[DriftedField]:
    for field in table:
        if field.name in prior and field.name in item.values:
            applied = prior[field.name]
            live = overlay(field, item.values[field.name], applied)
            if not same(field, applied, live):
                parts = edits(field, applied, live) if is_whole(field) else ()
                yield DriftedField(field.name, applied, live, field.secret, parts)
