"""Which objects an import takes over, and under which addresses."""

from collections.abc import Iterable, Mapping, Sequence

from agentops.domain.address import Address
from agentops.domain.discovery import Discovery
from agentops.domain.errors import UsageError
from agentops.domain.manifest import Manifest
from agentops.domain.platform import Kind, Platform
from agentops.domain.state import State
from agentops.domain.values import RemoteId
from agentops.engine.discover import selected
from agentops.engine.identity import Live
from agentops.engine.naming import names_for
from agentops.engine.state_edits import holder_of
from agentops.engine.take_over import Choice, manifest_path


def one_choice(
    address: Address,
    remote_id: RemoteId,
    kind: Kind,
    *,
    live: Live,
    state: State | None,
    manifests: Iterable[Manifest],
    folder: str,
) -> Choice:
    """The object `remote_id`, as `address`. Raises UsageError when it cannot be that."""
    entry = state.entries.get(address) if state else None
    if entry is not None and entry.remote_id != remote_id:
        raise UsageError(
            f"{address} is managed already, as {entry.remote_id}", hint=f"agentops state rm {address} would forget it"
        )
    holder = holder_of(state, address.prefix, remote_id) if state else None
    if holder is not None and holder != address:
        raise UsageError(
            f"{remote_id} is managed already, as {holder}", hint=f"agentops state mv {holder} {address} would move it"
        )
    item = live.get(kind.name, {}).get(remote_id)
    if item is None:
        raise UsageError(
            f"the platform has no {address.prefix.replace('_', ' ')} with the ID {remote_id}",
            hint="`agentops discover` lists what is there",
        )
    written = next((manifest.document.path for manifest in manifests if manifest.address == address), None)
    if written is not None and written != manifest_path(folder, kind, address.name):
        hint = f"agentops import {address} {remote_id}, without --write, takes the object over for it"
        raise UsageError(f"{written} describes {address} already", hint=hint)
    return Choice(item, kind, address)


def many_choices(
    discovery: Discovery,
    patterns: Sequence[str],
    *,
    live: Live,
    state: State | None,
    manifests: Sequence[Manifest],
    platform: Platform,
    folder: str,
) -> tuple[Choice, ...]:
    """What is not managed and fits the patterns; but for what a create that was left may have made.

    Names are given to all objects of the account, so that those of some do not depend on which are taken over first.
    Raises UsageError if nothing fits.
    """
    free = [found for found in discovery.unmanaged if found.begun is None]
    chosen = selected(free, patterns)
    if patterns and not chosen:
        raise UsageError(
            f"nothing that is not managed fits {' '.join(patterns)}", hint="`agentops discover` lists what there is"
        )
    names = {kind.name: _names(kind, live, state, manifests, folder) for kind in platform.kinds}
    return tuple(
        Choice(found.item, found.kind, Address(found.kind.prefix, names[found.kind.name][found.item.id]))
        for found in chosen
    )


def _names(
    kind: Kind, live: Live, state: State | None, manifests: Sequence[Manifest], folder: str
) -> Mapping[RemoteId, str]:
    """A name for every object of the kind.

    A manifest that is not managed takes its name only if it stands elsewhere than an import would write it: else it
    is what an import left that was stopped half-way, or a file that is not to be written over, which is another matter.
    """
    entries = {a: e for a, e in state.entries.items() if a.prefix == kind.prefix} if state else {}
    begun = {address for address in state.intents if address.prefix == kind.prefix} if state else set()
    elsewhere = {
        manifest.address.name
        for manifest in manifests
        if manifest.address.prefix == kind.prefix
        and manifest.address not in entries
        and manifest.document.path != manifest_path(folder, kind, manifest.address.name)
    }
    managed = {entry.remote_id: address.name for address, entry in entries.items()}
    return names_for(live.get(kind.name, {}).values(), managed, {*elsewhere, *(address.name for address in begun)})
