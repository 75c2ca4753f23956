"""Brings an object that is on the platform already under a manifest's address; in the state only."""

from collections.abc import Mapping

from agentops.domain.address import Address
from agentops.domain.errors import UsageError
from agentops.domain.manifest import Manifest
from agentops.domain.platform import Kind
from agentops.domain.provider import LiveObject
from agentops.domain.state import Entry, State, StateChange
from agentops.domain.values import RemoteId
from agentops.engine.state_edits import holder_of


def import_resource(
    state: State,
    address: Address,
    remote_id: RemoteId,
    *,
    kind: Kind,
    manifests: Mapping[Address, Manifest],
    objects: Mapping[RemoteId, LiveObject],
) -> StateChange:
    """The change that manages `remote_id` as `address`. `objects` are the live ones of the address' kind.

    Nothing counts as applied before, so the next plan compares manifest and platform alone. An intent that was left
    at the address is settled by it. Raises UsageError when the import cannot be.
    """
    if kind.identity:
        raise UsageError(
            f"{address} finds its object by spec.{kind.identity}, so there is nothing to import",
            hint="`agentops apply` takes it over",
        )
    manifest = manifests.get(address)
    if manifest is None:
        raise UsageError(f"no manifest describes {address}", hint="write its manifest first, then import")
    if address in state.entries:
        entry = state.entries[address]
        raise UsageError(
            f"{address} is managed already, as {entry.remote_id}", hint=f"agentops state rm {address} would forget it"
        )
    holder = holder_of(state, address.prefix, remote_id)
    if holder is not None:
        raise UsageError(
            f"{remote_id} is managed already, as {holder}", hint=f"agentops state mv {holder} {address} would move it"
        )
    if remote_id not in objects:
        raise UsageError(
            f"the platform has no {address.prefix} with the ID {remote_id}", hint="its portal shows the IDs"
        )
    entries = {address: Entry(remote_id, {}, manifest.protect)}
    return StateChange(entries, {address: None} if address in state.intents else {})
