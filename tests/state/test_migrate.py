"""A state moves between any two kinds of places, and an end after any step loses nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agentops.domain.errors import StateError
from agentops.domain.state import Backend, Lock, Serial, State, StateChange
from agentops.engine.migrate import Left, Place, migrate, what_is_left
from agentops.state.sqlite import SqliteBackend
from tests.state.places import Opener, opener
from tests.state.samples import BINDING, DESK, SALES, entry, intent, lock

__all__ = ["opener"]

MINE = lock("mine")
FILE, PLACE = "folder/x.db", "place"


class Ended(BaseException):
    """The process is gone, right after a write."""


class Ending:
    """A backend whose process ends after so many writes, of this and of others that share `left`."""

    def __init__(self, inner: Backend, left: list[int]) -> None:
        self._inner = inner
        self._left = left

    def read(self) -> State | None:
        return self._inner.read()

    def commit(self, expected: Serial, held: Lock, change: StateChange) -> Serial:
        return self._then_end(self._inner.commit(expected, held, change))

    def replace(self, expected: Serial | None, held: Lock, state: State) -> Serial:
        return self._then_end(self._inner.replace(expected, held, state))

    def _then_end(self, serial: Serial) -> Serial:
        self._left[0] -= 1
        if not self._left[0]:
            raise Ended
        return serial


@pytest.fixture
def file(tmp_path: Path) -> Callable[[], Backend]:
    """Opens a local state that has something of everything."""
    path = tmp_path / FILE
    first = SqliteBackend(path)
    first.acquire(MINE)
    first.create(BINDING)
    first.commit(0, MINE, StateChange({DESK: replace(entry(), sending={"name": "Desk"})}, {SALES: intent(1, 2)}))
    first.release(MINE)
    return lambda: SqliteBackend(path)


def carried(origin: Backend, target: Backend, names: tuple[str, str], ends_after: int = 0) -> Left | None:
    """Migrates; None if it ended early. Both locks are given back, as they run out when a process is gone."""
    left = [ends_after]
    for backend in (origin, target):
        backend.acquire(MINE)
    try:
        return migrate(
            Place(names[0], Ending(origin, left), MINE),  # type: ignore[arg-type]  # as much of one as it takes
            Place(names[1], Ending(target, left), MINE),  # type: ignore[arg-type]
        )
    except Ended:
        return None
    finally:
        for backend in (origin, target):
            backend.release(MINE)
            backend.close()


def content(state: State | None) -> object:
    assert state is not None
    return state.lineage, state.digest_key, state.binding, state.entries, state.intents


@pytest.mark.parametrize("ends_after", [0, 1, 2, 3])
def test_there_and_back_again(file: Callable[[], Backend], opener: Opener, ends_after: int) -> None:
    before = file().read()
    for names in ((FILE, PLACE), (PLACE, FILE)):
        origin, target = (file, opener) if names[0] == FILE else (opener, file)
        if ends_after:
            assert carried(origin(), target(), names, ends_after) is None
            states = [origin().read(), target().read()]
            assert sum(state is not None and not state.moved_to for state in states) <= 1
        assert carried(origin(), target(), names) in (Left.ALL, Left.OPEN, Left.NOTHING)
        after, behind = target().read(), origin().read()
        assert after is not None
        assert behind is not None
        assert content(after) == content(before)
        assert (after.moved_to, behind.moved_to) == ("", names[1])


def test_what_changed_before_it_went_on_comes_along(file: Callable[[], Backend], opener: Opener) -> None:
    assert carried(file(), opener(), (FILE, PLACE), ends_after=1) is None
    origin = file()
    origin.acquire(MINE)
    state = origin.read()
    assert state is not None
    origin.commit(state.serial, MINE, StateChange({DESK: None}))
    origin.release(MINE)
    origin.close()

    assert carried(file(), opener(), (FILE, PLACE)) is Left.ALL
    after = opener().read()
    assert after is not None
    assert DESK not in after.entries


HERE = State("lineage", 5, BINDING, b"k" * 32)
AWAY = replace(HERE, moved_to=PLACE)
BACK = replace(HERE, moved_to=FILE)


@pytest.mark.parametrize(
    "source, copy, left",
    [
        (HERE, None, Left.ALL),
        (HERE, BACK, Left.ALL),
        (AWAY, BACK, Left.OPEN),
        (AWAY, HERE, Left.NOTHING),
    ],
)
def test_what_is_left_is_seen_from_both_places(source: State, copy: State | None, left: Left) -> None:
    assert what_is_left(source, copy, FILE, PLACE) is left


@pytest.mark.parametrize(
    "source, copy, said",
    [
        (None, None, "there is no state"),
        (replace(HERE, moved_to="third"), None, "has moved to third already"),
        (AWAY, None, "but there is none"),
        (HERE, replace(HERE, lineage="other"), "another lineage"),
        (HERE, HERE, "neither is marked"),
        (HERE, replace(HERE, moved_to="third"), "has moved to third"),
        (AWAY, replace(HERE, moved_to="third"), "has moved to third"),
    ],
)
def test_what_is_no_migration_is_refused(source: State | None, copy: State | None, said: str) -> None:
    with pytest.raises(StateError, match=said):
        what_is_left(source, copy, FILE, PLACE)
