"""Updates whose end nobody noted: what the platform shows of them decides whether they were done."""

from dataclasses import replace

from agentops.domain.address import Address
from agentops.domain.fields import FieldTable
from agentops.domain.platform import Platform
from agentops.domain.provider import LiveObject
from agentops.domain.state import VALUES_FORM, Entry, State
from agentops.domain.values import Value
from agentops.engine.refresh import Live
from agentops.engine.verify import stored_as_sent


def landed(state: State, live: Live, platform: Platform) -> dict[Address, Entry]:
    """The entries with updates in flight, as they are now that the platform was listed.

    A field that shows what was sent, and no longer what was there before, was applied by us; of the others, also of
    those that no read shows, nobody knows, and they stay as they were.
    """
    found = {}
    for address, entry in state.entries.items():
        if entry.sending:
            kind = platform.kind_by_prefix[address.prefix]
            found[address] = _landed(entry, live.get(kind.name, {}).get(entry.remote_id), kind.table)
    return found


def _landed(entry: Entry, item: LiveObject | None, table: FieldTable) -> Entry:
    if item is None or entry.form != VALUES_FORM:
        return replace(entry, sending={})
    shown = item.values
    done = {
        name: sent
        for name, sent in entry.sending.items()
        if name in shown
        and stored_as_sent(table[name], shown[name], sent)
        and not _shows(entry, table, name, shown[name])
    }
    return replace(entry, values={**entry.values, **done}, sending={})


def _shows(entry: Entry, table: FieldTable, name: str, stored: Value) -> bool:
    """Whether `stored` may as well be what `entry` had before."""
    return name in entry.values and stored_as_sent(table[name], stored, entry.values[name])
