"""What the state holds, for reading."""

from collections.abc import Iterator

from agentops.domain.address import Address
from agentops.domain.state import Entry, Intent, State
from agentops.render.entries import value_lines
from agentops.render.paint import PLAIN, Line, Palette, Style, line, paint
from agentops.render.tables import table
from agentops.render.texts import Layout


def state_table(state: State, palette: Palette = PLAIN) -> str:
    """Addresses with IDs and names; creates whose outcome is not known yet are listed as such."""
    rows = [
        (str(address), str(entry.remote_id), str(entry.values.get("name", "")), "protected" if entry.protect else "")
        for address, entry in sorted(state.entries.items())
    ]
    rows += [
        (str(address), "", str(intent.values.get("name", "")), f"create begun {intent.started.isoformat()}")
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


def _lines(address: Address, found: Entry | Intent, layout: Layout) -> Iterator[Line]:
    yield line(f"# {address}:", Style.TITLE)
    names = sorted(found.values)
    width = max(map(len, ("protect", *names))) + 1
    if isinstance(found, Entry):
        yield from value_lines("id:".ljust(width), found.remote_id, 4, "", layout)
    else:
        yield line(f"(a create was begun {found.started.isoformat()}; its outcome is not known yet)", indent=4)
    for name in names:
        yield from value_lines(f"{name}:".ljust(width), found.values[name], 4, "", layout)
    if found.protect:
        yield from value_lines("protect:".ljust(width), True, 4, "", layout)
