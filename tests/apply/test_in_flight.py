"""A run that died between an update and its note: the next one knows the platform's value as its own."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agentops.domain.plan import Action, Cause
from agentops.domain.state import Entry, Lock, Serial, StateChange
from agentops.state.sqlite import SqliteBackend
from tests.apply.world import LOCK, SECRET_TOOL, World, address, spec


class Killed(BaseException):
    """The process is no more."""


class Mortal(SqliteBackend):
    """Dies at the first commit that `fatal` says."""

    def __init__(self, path: Path, fatal: Callable[[StateChange], bool], *, batches: bool = False) -> None:
        super().__init__(path)
        self.batches = batches
        self._fatal = fatal

    def commit(self, expected: Serial, lock: Lock, change: StateChange) -> Serial:
        if self._fatal(change):
            raise Killed
        return super().commit(expected, lock, change)


def notes_an_end(change: StateChange) -> bool:
    entry = change.entries.get(address("a"))
    return entry is not None and not entry.sending


def apply_and_die(world: World, *, batches: bool = False, **values: str) -> None:
    """Apply, and die after the update was answered and before that is noted."""
    world.backend.close()
    mortal = Mortal(world.folder / "state.db", notes_an_end, batches=batches)
    mortal.acquire(LOCK)
    world.backend = mortal
    with pytest.raises(Killed):
        world.apply(a=spec("a", **values))
    mortal.close()
    world.backend = SqliteBackend(world.folder / "state.db")
    world.backend.acquire(LOCK)


@pytest.mark.parametrize("batches", [False, True])
def test_an_edit_in_git_after_an_update_that_died_is_no_conflict_with_ourselves(world: World, batches: bool) -> None:
    world.apply(a=spec("a"))
    apply_and_die(world, batches=batches, initial_message="Good day!")
    assert world.stored("a")["initial_message"] == "Good day!"
    assert world.state.entries[address("a")].sending["initial_message"] == "Good day!"
    (change,) = world.plan(a=spec("a", initial_message="Good evening!")).changes
    assert [(field.name, field.cause, field.prior) for field in change.fields] == [
        ("initial_message", Cause.MANIFEST, "Good day!")
    ]


def test_what_landed_is_remembered_by_an_apply_that_has_nothing_else_to_do(world: World) -> None:
    world.apply(a=spec("a"))
    apply_and_die(world, initial_message="Good day!")
    assert world.apply(a=spec("a", initial_message="Good day!")).exit_code() == 0
    assert world.writes() == []
    entry = world.state.entries[address("a")]
    assert (entry.values["initial_message"], entry.sending) == ("Good day!", {})


def test_somebody_elses_edit_after_an_update_that_died_is_a_conflict(world: World) -> None:
    world.apply(a=spec("a"))
    apply_and_die(world, initial_message="Good day!")
    world.edit("a", initial_message="Howdy!")
    (change,) = world.plan(a=spec("a", initial_message="Good evening!")).changes
    assert [(field.name, field.cause) for field in change.fields] == [("initial_message", Cause.CONFLICT)]


def test_an_update_that_never_arrived_is_sent_again(world: World) -> None:
    world.apply(a=spec("a"))
    world.backend.commit(world.state.serial, LOCK, StateChange({address("a"): _in_flight(world, "Good day!")}))
    (change,) = world.plan(a=spec("a", initial_message="Good day!")).changes
    assert (change.action, change.fields[0].cause, change.fields[0].prior) == (Action.UPDATE, Cause.MANIFEST, "Hello!")


def test_a_secret_in_flight_that_no_read_shows_is_sent_again(world: World) -> None:
    """What a read shows fits both the old and the new secret: nobody knows which one the platform has."""
    world.apply(a=spec("a", tools=[SECRET_TOOL]))
    before = world.state.entries[address("a")]
    world.rotate("canary-calcom-key-92ab")
    (plan,) = world.plan(a=spec("a", tools=[SECRET_TOOL])).changes
    sending = {"tools": plan.desired["tools"]}
    world.backend.commit(world.state.serial, LOCK, StateChange({address("a"): replace(before, sending=sending)}))
    (change,) = world.plan(a=spec("a", tools=[SECRET_TOOL])).changes
    assert [field.name for field in change.writes] == ["tools"]


def test_a_refused_update_leaves_nothing_in_flight(world: World) -> None:
    world.apply(a=spec("a"))
    result = world.apply(a=spec("a", initial_message="x" * 5000))
    assert result.failed == (address("a"),)
    assert world.state.entries[address("a")].sending == {}


def _in_flight(world: World, message: str) -> Entry:
    return replace(world.state.entries[address("a")], sending={"initial_message": message})
