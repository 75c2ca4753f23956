"""What the state holds, for reading."""

from collections.abc import Iterator
from typing import Final

from agentops.domain.address import Address
from agentops.domain.state import Entry, Intent, State
from agentops.render.entries import value_lines
from agentops.render.paint import PLAIN, Line, Palette, Style, line, paint
from agentops.render.tables import table
from agentops.render.texts import Layout

_LEFT: Final = "a create whose outcome is not known yet"
_IN_FLIGHT: Final = "an update whose outcome is not known yet"
_SETTLES: Final = "(the next apply looks for what it has made; `agentops state resolve` says which object that is)"


def state_table(state: State, palette: Palette = PLAIN) -> str:
    """Addresses with IDs and names; creates and updates whose outcome is not known yet are listed as such."""
    rows = [
        (str(address), str(entry.remote_id), str(entry.values.get("name", "")), _remark(entry))
        for address, entry in sorted(state.entries.items())
    ]
    rows += [
        (str(address), "", str(intent.values.get("name", "")), f"{_LEFT}, begun {_time(intent)}")
        for address, intent in sorted(state.intents.items())
    ]
    if not rows:
        return "The state manages nothing."
    return table(("ADDRESS", "ID", "NAME", ""), rows, palette)


def state_show(state: State, address: Address, *, palette: Palette = PLAIN, width: int | None = None) -> str:
    """One resource as it was last applied, texts whole. Raises KeyError when the state has no such address."""
    entry = state.entries.get(address)
    found = state.intents[address] if entry is None else entry
    return paint(_lines(address, found, Layout(width, full=True)), palette, width)


def _remark(entry: Entry) -> str:
    remarks = ("protected" if entry.protect else "", _IN_FLIGHT if entry.sending else "")
    return ", ".join(filter(None, remarks))


def _time(intent: Intent) -> str:
    return f"{intent.started:%Y-%m-%d %H:%M:%S} UTC"


def _lines(address: Address, found: Entry | Intent, layout: Layout) -> Iterator[Line]:
    yield line(f"# {address}:", Style.TITLE)
    names = sorted(found.values)
    width = max(map(len, ("protect", *names))) + 1
    if isinstance(found, Entry):
        yield from value_lines("id:".ljust(width), found.remote_id, 4, "", layout)
    else:
        yield line(f"({_LEFT}, begun {_time(found)}; these values were sent)", indent=4)
        yield line(_SETTLES, indent=4)
    for name in names:
        yield from value_lines(f"{name}:".ljust(width), found.values[name], 4, "", layout)
    if found.protect:
        yield from value_lines("protect:".ljust(width), True, 4, "", layout)
    if isinstance(found, Entry) and found.sending:
        yield Line()
        yield line(f"({_IN_FLIGHT}: the platform may have these values already; the next plan looks)", indent=4)
        for name in sorted(found.sending):
            yield from value_lines(f"{name}:".ljust(width), found.sending[name], 4, "", layout)
