"""`metadata.import`: a manifest that takes over an object which is there already, inside a reviewed plan."""

from collections.abc import Iterable, Iterator, Mapping

from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic, error
from agentops.domain.manifest import Manifest
from agentops.domain.platform import Platform
from agentops.domain.state import State
from agentops.domain.values import RemoteId
from agentops.engine.identity import Identities, Live

_PLACE = ("metadata", "import")


def to_be_read(manifests: Iterable[Manifest], prior: State | None) -> Mapping[Address, RemoteId]:
    """The objects that manifests take over, by address, as far as nothing is managed there yet."""
    managed = prior.entries if prior else {}
    return {m.address: m.import_id for m in manifests if m.import_id is not None and m.address not in managed}


def import_faults(
    manifests: Iterable[Manifest], live: Live, prior: State | None, platform: Platform, identities: Identities
) -> Iterator[Diagnostic]:
    """What is wrong with the imports that `manifests` ask for, each at its line."""
    importing = sorted((m for m in manifests if m.import_id is not None), key=lambda m: m.address)
    if not importing:
        return
    holders = {
        (address.prefix, entry.remote_id): identities.moves.get(address, address)
        for address, entry in (prior.entries if prior else {}).items()
    }
    for manifest in importing:
        key = (manifest.address.prefix, manifest.import_id)
        fault = _fault(manifest, live, platform, identities, holders.get(key))  # type: ignore[arg-type]
        if fault is not None:
            yield error("wrong-import", fault[0], manifest.document.locate(_PLACE), fault[1])
        holders.setdefault(key, manifest.address)  # type: ignore[arg-type]


def _fault(
    manifest: Manifest, live: Live, platform: Platform, identities: Identities, holder: Address | None
) -> tuple[str, str] | None:
    """What is wrong with one import, and what to do."""
    address, id_ = manifest.address, manifest.import_id
    entry = identities[address].entry
    if entry is not None and entry.remote_id != id_:
        return f"{address} is managed already, as {entry.remote_id}, not {id_}", "remove metadata.import"
    if holder is not None and holder != address:
        return f"{id_} is taken already, by {holder}", "one object belongs to one manifest"
    if id_ in live.get(manifest.kind, {}):
        return None
    if entry is not None:
        return f"{id_}, which {address} imported, is gone from the platform", "without metadata.import it is made anew"
    message = f"{platform.title} has no {address.prefix.replace('_', ' ')} with the ID {id_}"
    return message, "`agentops discover` lists what is there and not managed"
