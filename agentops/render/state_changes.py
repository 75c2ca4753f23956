"""What putting one state in the place of another would change, without any value: addresses, IDs, names of fields."""

from collections.abc import Iterator, Mapping

from agentops.domain.address import Address
from agentops.domain.state import Entry, Intent, State
from agentops.domain.values import Values
from agentops.render.paint import PLAIN, Line, Palette, line, paint

_UNSET = object()


def state_changes(before: State | None, after: State, *, palette: Palette = PLAIN, width: int | None = None) -> str:
    """A line for each address that is not in `after` as it is in `before`; empty when all are."""
    return paint(_lines(before, after), palette, width)


def _lines(before: State | None, after: State) -> Iterator[Line]:
    entries: Mapping[Address, Entry] = before.entries if before else {}
    intents: Mapping[Address, Intent] = before.intents if before else {}
    for address in sorted({*entries, *after.entries}):
        yield from _entry(address, entries.get(address), after.entries.get(address))
    for address in sorted({*intents, *after.intents}):
        yield from _intent(address, intents.get(address), after.intents.get(address))


def _entry(address: Address, before: Entry | None, after: Entry | None) -> Iterator[Line]:
    if before == after:
        return
    if before is None and after is not None:
        yield line(f"{address} will be managed as {after.remote_id}", indent=2, symbol="+")
    elif after is None and before is not None:
        words = f"{address} will be forgotten; {before.remote_id} stays as it is on the platform"
        yield line(words, indent=2, symbol="-")
    elif before is not None and after is not None:
        yield line(f"{address}: {', '.join(_differing(before, after))}", indent=2, symbol="~")


def _differing(before: Entry, after: Entry) -> Iterator[str]:
    if before.remote_id != after.remote_id:
        yield f"ID {before.remote_id} -> {after.remote_id}"
    names = sorted(_fields(before.values, after.values))
    if names:
        yield f"applied values of {', '.join(names)}"
    if before.sending != after.sending:
        yield "values that were being sent"
    if before.protect != after.protect:
        yield "protected" if after.protect else "no longer protected"
    if before.form != after.form:
        yield f"form {before.form} -> {after.form}"


def _fields(before: Values, after: Values) -> Iterator[str]:
    return (name for name in {*before, *after} if before.get(name, _UNSET) != after.get(name, _UNSET))


def _intent(address: Address, before: Intent | None, after: Intent | None) -> Iterator[Line]:
    if before == after:
        return
    if after is None:
        yield line(f"the create of {address} that was left unclear will be forgotten", indent=2, symbol="-")
    else:
        begun = f"begun {after.started:%Y-%m-%d %H:%M:%S} UTC"
        words = f"a create of {address} that was left unclear, {begun}, will be settled by the next apply"
        yield line(words, indent=2, symbol="+" if before is None else "~")
