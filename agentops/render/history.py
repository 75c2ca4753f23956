"""The former versions of a state."""

from collections.abc import Sequence

from agentops.domain.state import State, Version
from agentops.render.paint import PLAIN, Palette
from agentops.render.tables import table


def history_table(state: State, versions: Sequence[Version], palette: Palette = PLAIN) -> str:
    """The state as it is, and below it what it was before each command that changed it."""
    now = (str(state.serial), "now", "", "")
    rows = [
        (str(version.serial), f"until {version.saved:%Y-%m-%d %H:%M:%S} UTC", version.operation, version.who)
        for version in versions
    ]
    return table(("SERIAL", "WAS THE STATE", "CHANGED BY", "WHO"), [now, *rows], palette)


def history_json(state: State, versions: Sequence[Version]) -> dict[str, object]:
    """The same for programs."""
    return {
        "lineage": state.lineage,
        "serial": state.serial,
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
