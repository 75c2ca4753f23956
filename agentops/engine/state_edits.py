"""Edits of the state by hand, as changes to commit: forgetting a resource, giving it another address."""

from agentops.domain.address import Address
from agentops.domain.errors import UsageError
from agentops.domain.state import State, StateChange


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


def _require(state: State, address: Address) -> None:
    if address not in state.entries and address not in state.intents:
        raise UsageError(f"{address} is not in the state", hint="agentops state list shows what is")
