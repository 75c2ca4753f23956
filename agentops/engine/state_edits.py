"""Edits of the state by hand, as changes to commit: forgetting, another address, the end of a left create."""

from collections.abc import Collection

from agentops.domain.address import Address
from agentops.domain.errors import UsageError
from agentops.domain.state import Entry, State, StateChange
from agentops.domain.values import RemoteId


def remove(state: State, address: Address) -> StateChange:
    """Forget `address`; the object on the platform stays as it is. Raises UsageError when the state has no such one."""
    _require(state, address)
    return StateChange(
        {address: None} if address in state.entries else {}, {address: None} if address in state.intents else {}
    )


def move(state: State, source: Address, target: Address) -> StateChange:
    """Manage what is at `source` under `target`. Raises UsageError when that cannot be."""
    _require(state, source)
    if target in state.entries or target in state.intents:
        raise UsageError(f"{target} is in the state already", hint=f"agentops state rm {target} would forget it")
    if source.prefix != target.prefix:
        raise UsageError(f"{source} cannot become {target}: they are of different kinds")
    entry, intent = state.entries.get(source), state.intents.get(source)
    return StateChange({source: None, target: entry} if entry else {}, {source: None, target: intent} if intent else {})


def resolve(state: State, address: Address, remote_id: RemoteId, objects: Collection[RemoteId]) -> StateChange:
    """Say that `remote_id` is what the create that was left at `address` has made; its values count as applied.

    `objects` are the IDs that the platform has of that kind. Raises UsageError when that cannot be.
    """
    intent = state.intents.get(address)
    if intent is None:
        raise _nothing_left(state, address, remote_id)
    holder = holder_of(state, address.prefix, remote_id)
    if holder is not None:
        raise UsageError(f"{remote_id} is managed already, as {holder}", hint="look for another one in the portal")
    if remote_id not in objects:
        raise UsageError(
            f"the platform has no {address.prefix} with the ID {remote_id}", hint="its portal shows the IDs"
        )
    if remote_id in intent.existing:
        raise UsageError(
            f"{remote_id} was there before the create of {address} was sent, so it is not what that has made",
            hint=f"to manage it all the same: agentops state rm {address}, then agentops import {address} {remote_id}",
        )
    return StateChange({address: Entry(remote_id, intent.values, intent.protect)}, {address: None})


def holder_of(state: State, prefix: str, remote_id: RemoteId) -> Address | None:
    """The address that manages this object of the kind with `prefix`; None if none does."""
    return next(
        (
            address
            for address, entry in state.entries.items()
            if address.prefix == prefix and entry.remote_id == remote_id
        ),
        None,
    )


def _nothing_left(state: State, address: Address, remote_id: RemoteId) -> UsageError:
    if address in state.entries:
        managed = state.entries[address].remote_id
        return UsageError(f"{address} is managed already, as {managed}: no create of it was left unclear")
    return UsageError(
        f"no create of {address} was left unclear",
        hint=f"to manage what is on the platform already: agentops import {address} {remote_id}",
    )


def _require(state: State, address: Address) -> None:
    if address not in state.entries and address not in state.intents:
        raise UsageError(f"{address} is not in the state", hint="agentops state list shows what is")
