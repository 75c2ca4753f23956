"""The former versions of a state."""

from collections.abc import Sequence

from agentops.domain.state import State, Version
from agentops.render.paint import PLAIN, Palette
from agentops.render.tables import table


def history_table(state: State | None, versions: Sequence[Version], palette: Palette = PLAIN) -> str:
    """The state as it is, unless it is gone, and below it what it was before each command that changed it."""
    now = [(str(state.serial), "now", "", "")] if state else []
    rows = [
        (str(version.serial), f"until {version.saved:%Y-%m-%d %H:%M:%S} UTC", version.operation, version.who)
        for version in versions
    ]
    return table(("SERIAL", "WAS THE STATE", "CHANGED BY", "WHO"), [*now, *rows], palette)


def history_json(state: State | None, versions: Sequence[Version]) -> dict[str, object]:
    """The same for programs."""
    return {
        "lineage": state.lineage if state else None,
        "serial": state.serial if state else None,
        "versions": [
            {
                "serial": version.serial,
                "saved": version.saved.isoformat(),
                "operation": version.operation,
                "who": version.who,
            }
            for version in versions
        ],
    }
