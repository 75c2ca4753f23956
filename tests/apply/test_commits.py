"""How often an apply writes to a state whose every write is a request."""

from pathlib import Path

from agentops.domain.state import Lock, Serial, StateChange
from agentops.engine.order import waves
from agentops.state.sqlite import SqliteBackend
from tests.apply.world import LOCK, World, spec, transfer


class Dear(SqliteBackend):
    """Every commit costs a request."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.batches = True
        self.commits: list[StateChange] = []

    def commit(self, expected: Serial, lock: Lock, change: StateChange) -> Serial:
        self.commits.append(change)
        return super().commit(expected, lock, change)


def test_a_wave_is_written_once_before_it_is_sent_and_once_after(world: World) -> None:
    world.backend.close()
    world.backend = dear = Dear(world.folder / "state.db")
    dear.acquire(LOCK)
    fleet = {f"a{number}": spec(f"a{number}") for number in range(12)}
    fleet |= {f"b{number}": spec(f"b{number}", tools=[transfer(f"a{number}")]) for number in range(6)}
    number = len(waves(world.plan(fleet)))
    assert world.apply(fleet).exit_code() == 0
    assert (number, len(dear.commits)) == (2, 4)
    edited = {name: {**values, "initial_message": "Good day!"} for name, values in fleet.items()}
    dear.commits.clear()
    assert world.apply(edited).exit_code() == 0
    assert [bool(entry.sending) for change in dear.commits for entry in change.entries.values() if entry] == (
        [True] * 18 + [False] * 18
    )
    dear.commits.clear()
    assert world.apply({}).exit_code() == 0
    assert world.names() == []
    assert len(dear.commits) <= 3
