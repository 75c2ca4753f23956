"""What `Backend` promises, asked of every kind of backend: in a file, in memory, in object stores, in a database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from agentops.domain.address import Address
from agentops.domain.errors import ConflictError, LockedError, StateError
from agentops.domain.state import KEPT_VERSIONS, Backend, Binding, State, StateChange
from agentops.state import patience
from tests.state.places import Opener, opener
from tests.state.samples import BINDING, DESK, SALES, entry, intent, lock

__all__ = ["opener"]

MINE, OTHER = lock("mine"), lock("other")


@pytest.fixture
def held(opener: Opener) -> Backend:
    """A backend with a state at serial 0, locked by MINE."""
    backend = opener()
    backend.acquire(MINE)
    backend.create(BINDING)
    return backend


def state_of(backend: Backend) -> State:
    state = backend.read()
    assert state is not None
    return state


def test_before_there_is_a_state_nothing_is_read(opener: Opener) -> None:
    backend = opener()
    assert backend.read() is None
    assert list(backend.history()) == []


def test_the_lock_comes_before_the_state(opener: Opener) -> None:
    backend = opener()
    backend.acquire(MINE)
    assert backend.read() is None
    assert opener().read() is None
    for attempt in (lambda: opener().acquire(OTHER), lambda: opener().create(BINDING)):
        with pytest.raises(LockedError, match="mine@host holds the lock") as caught:
            attempt()
        assert caught.value.holder == MINE
    state = backend.create(BINDING)
    assert (state.serial, state.binding, state.lock) == (0, BINDING, MINE)
    assert opener().read() == backend.read() == state


def test_a_lock_without_a_state_is_given_back(opener: Opener) -> None:
    backend = opener()
    backend.acquire(MINE)
    backend.release(MINE)
    opener().acquire(OTHER)
    assert opener().read() is None


def test_a_state_is_made_once(held: Backend, opener: Opener) -> None:
    with pytest.raises(ConflictError, match="already"):
        held.create(BINDING)
    held.release(MINE)
    with pytest.raises(ConflictError, match="already"):
        opener().create(BINDING)


def test_a_state_can_be_made_without_a_lock(opener: Opener) -> None:
    state = opener().create(BINDING)
    assert (state.lock, len(state.digest_key)) == (None, 32)
    assert opener().read() == state


def test_nothing_is_committed_before_there_is_a_state(opener: Opener) -> None:
    backend = opener()
    backend.acquire(MINE)
    with pytest.raises(ConflictError, match="nothing was written"):
        backend.commit(0, MINE, StateChange({DESK: entry()}))
    assert opener().read() is None


def test_what_was_committed_is_read_back_unchanged(held: Backend, opener: Opener) -> None:
    sending = replace(entry(), sending={"name": "Desk", "system_prompt": "Sei nett. \u2028 \U0001f600"})
    assert held.commit(0, MINE, StateChange({DESK: sending}, {SALES: intent(1, 2)})) == 1
    state = state_of(opener())
    assert (state.serial, state.entries, state.intents) == (1, {DESK: sending}, {SALES: intent(1, 2)})
    assert (state.binding, state.lock, state.moved_to) == (BINDING, MINE, "")
    assert state == held.read()


def test_a_commit_leaves_other_addresses_alone(held: Backend, opener: Opener) -> None:
    held.commit(0, MINE, StateChange({DESK: entry(), SALES: entry(8)}, {DESK: intent(1)}))
    held.commit(1, MINE, StateChange({SALES: None}))
    state = state_of(opener())
    assert (set(state.entries), set(state.intents)) == ({DESK}, {DESK})


def test_an_entry_and_the_end_of_its_intent_are_one_commit(held: Backend, opener: Opener) -> None:
    held.commit(0, MINE, StateChange(intents={DESK: intent(1)}))
    held.commit(1, MINE, StateChange({DESK: entry()}, {DESK: None}))
    state = state_of(opener())
    assert (set(state.entries), dict(state.intents)) == ({DESK}, {})


def test_the_binding_can_change_and_the_state_can_say_where_it_went(held: Backend, opener: Opener) -> None:
    other = Binding("acme-voice", "production", "famulor", "https://app.famulor.de/api", "ops@acme.example")
    held.commit(0, MINE, StateChange(binding=other))
    held.commit(1, MINE, StateChange(moved_to="s3://bucket/voice"))
    held.commit(2, MINE, StateChange({DESK: entry()}))
    state = state_of(opener())
    assert (state.binding, state.moved_to) == (other, "s3://bucket/voice")
    held.commit(3, MINE, StateChange(moved_to=""))
    assert state_of(opener()).moved_to == ""


def test_a_wrong_serial_writes_nothing(held: Backend, opener: Opener) -> None:
    held.commit(0, MINE, StateChange({DESK: entry()}))
    for serial in (0, 2):
        with pytest.raises(ConflictError, match="serial 1; nothing was written"):
            held.commit(serial, MINE, StateChange({SALES: entry(8)}))
    assert set(state_of(opener()).entries) == {DESK}
    assert held.commit(1, MINE, StateChange()) == 2


def test_a_commit_without_the_lock_writes_nothing(held: Backend, opener: Opener) -> None:
    with pytest.raises(ConflictError, match="not held"):
        opener().commit(0, MINE, StateChange({DESK: entry()}))
    with pytest.raises(ConflictError, match="not held"):
        held.commit(0, OTHER, StateChange({DESK: entry()}))
    assert state_of(opener()).serial == 0


def test_a_lock_is_held_once(held: Backend, opener: Opener) -> None:
    for backend in (held, opener()):
        with pytest.raises(LockedError, match=r"mine@host holds the lock since 2026-03-01 12:00:00 UTC \(apply"):
            backend.acquire(OTHER)
    held.assure(MINE)
    assert held.commit(0, MINE, StateChange()) == 1


def test_a_released_lock_is_free_and_gone_from_the_state(held: Backend, opener: Opener) -> None:
    held.release(OTHER)  # not ours: nothing happens
    assert held.commit(0, MINE, StateChange()) == 1
    held.release(MINE)
    held.release(MINE)
    with pytest.raises(ConflictError, match="not held"):
        held.assure(MINE)
    other = opener()
    assert state_of(other).lock is None
    other.acquire(OTHER)
    assert other.commit(1, OTHER, StateChange({DESK: entry()})) == 2
    with pytest.raises(ConflictError, match="not held"):
        held.commit(2, MINE, StateChange())


def test_one_backend_takes_the_lock_again_and_sees_what_came_between(held: Backend, opener: Opener) -> None:
    held.release(MINE)
    other = opener()
    other.acquire(OTHER)
    other.commit(0, OTHER, StateChange({DESK: entry()}))
    other.release(OTHER)
    held.acquire(MINE)
    assert state_of(held).entries == {DESK: entry()}
    assert held.commit(1, MINE, StateChange({DESK: None})) == 2


def test_assuring_is_for_who_holds_the_lock(held: Backend, opener: Opener) -> None:
    held.assure(MINE)
    for backend, claimed in ((opener(), MINE), (held, OTHER)):
        with pytest.raises(ConflictError, match="not held any more; nothing more is sent"):
            backend.assure(claimed)


def test_readers_see_the_last_commit_while_the_lock_is_held(held: Backend, opener: Opener) -> None:
    reader = opener()
    for serial in range(3):
        held.commit(serial, MINE, StateChange({DESK: entry(serial)}))
        assert state_of(reader).entries[DESK].remote_id == serial


def test_intents_of_one_wave_and_of_another_keep_what_existed(held: Backend, opener: Opener) -> None:
    wave = [Address("assistant", f"a{number}") for number in range(5)]
    held.commit(0, MINE, StateChange(intents=dict.fromkeys(wave, intent(*range(500)))))
    held.commit(1, MINE, StateChange(intents={DESK: intent(1, 2), wave[0]: None, wave[1]: intent(3)}))
    intents = state_of(opener()).intents
    assert intents == {wave[1]: intent(3), DESK: intent(1, 2)} | dict.fromkeys(wave[2:], intent(*range(500)))


# Breaking a lock


def test_a_broken_lock_is_free_and_its_holder_can_do_nothing(held: Backend, opener: Opener) -> None:
    other = opener()
    assert other.unlock("mine") == MINE
    other.acquire(OTHER)
    with pytest.raises(ConflictError, match="nothing was written"):
        held.commit(0, MINE, StateChange({DESK: entry()}))
    with pytest.raises(ConflictError):
        held.assure(MINE)
    held.release(MINE)
    other.assure(OTHER)
    assert other.commit(0, OTHER, StateChange({SALES: entry()})) == 1
    assert set(state_of(opener()).entries) == {SALES}


def test_only_the_lock_that_is_named_is_broken(held: Backend, opener: Opener) -> None:
    with pytest.raises(StateError, match=r"mine@host holds the lock .* not other"):
        opener().unlock("other")
    assert held.commit(0, MINE, StateChange()) == 1
    held.release(MINE)
    with pytest.raises(StateError, match="not locked"):
        opener().unlock("mine")


def test_a_lock_is_broken_before_there_is_a_state(opener: Opener) -> None:
    backend = opener()
    with pytest.raises(StateError, match="not locked"):
        backend.unlock("mine")
    named = replace(MINE, ci_url="https://ci.example/42")
    backend.acquire(named)
    assert opener().unlock("mine") == named
    opener().acquire(OTHER)


# Former versions


def test_the_state_before_the_first_commit_of_a_lock_is_kept(held: Backend, opener: Opener) -> None:
    held.commit(0, MINE, StateChange({DESK: entry()}, {SALES: intent(1)}))
    held.commit(1, MINE, StateChange({SALES: entry(8)}, {SALES: None}))
    held.release(MINE)
    before = state_of(held)
    other = opener()
    destroying = replace(OTHER, operation="destroy")
    other.acquire(destroying)
    assert [version.serial for version in other.history()] == [0]
    other.commit(2, destroying, StateChange({DESK: None}, {DESK: intent(4)}))
    other.commit(3, destroying, StateChange({SALES: None}))
    for backend in (other, opener()):
        versions = backend.history()
        assert [(kept.serial, kept.operation, kept.who) for kept in versions] == [
            (2, "destroy", "other@host"),
            (0, "apply", "mine@host"),
        ]
        assert versions[0].saved >= versions[1].saved
        assert backend.version(2) == before
        assert backend.version(0).entries == {}


def test_a_version_that_is_not_kept_is_not_given(held: Backend) -> None:
    held.commit(0, MINE, StateChange())
    for serial in (1, 7):
        with pytest.raises(StateError, match=f"serial {serial} is not kept"):
            held.version(serial)


def test_the_last_versions_are_kept(held: Backend, opener: Opener) -> None:
    held.release(MINE)
    for serial in range(KEPT_VERSIONS + 3):
        held.acquire(MINE)
        held.commit(serial, MINE, StateChange({DESK: entry(serial)}))
        held.release(MINE)
    backend = opener()
    serials = [version.serial for version in backend.history()]
    assert serials == list(range(KEPT_VERSIONS + 2, 2, -1))
    assert [backend.version(serial).entries[DESK].remote_id for serial in serials] == [serial - 1 for serial in serials]
    with pytest.raises(StateError, match="serial 2 is not kept"):
        backend.version(2)


# Whole states


PUSHED = State("another-lineage", 7, BINDING, b"k" * 32, {SALES: entry(8)}, {DESK: intent(3)}, lock("long gone"))


def test_a_whole_state_replaces_another(held: Backend, opener: Opener) -> None:
    held.commit(0, MINE, StateChange({DESK: entry()}))
    assert held.replace(1, MINE, PUSHED) == 8
    expected = replace(PUSHED, serial=8, lock=MINE)
    assert state_of(opener()) == held.read() == expected
    assert held.replace(8, MINE, replace(PUSHED, serial=2)) == 9
    assert held.commit(9, MINE, StateChange({DESK: entry()})) == 10
    assert [version.serial for version in opener().history()] == [0]


def test_what_a_whole_state_replaces_is_kept(held: Backend, opener: Opener) -> None:
    held.commit(0, MINE, StateChange({DESK: entry()}))
    held.release(MINE)
    held.acquire(MINE)
    held.replace(1, MINE, PUSHED)
    backend = opener()
    assert [version.serial for version in backend.history()] == [1, 0]
    assert backend.version(1).entries == {DESK: entry()}


def test_a_whole_state_is_put_where_there_is_none(opener: Opener) -> None:
    backend = opener()
    backend.acquire(MINE)
    assert backend.replace(None, MINE, PUSHED) == 8
    assert state_of(opener()) == replace(PUSHED, serial=8, lock=MINE)
    assert backend.commit(8, MINE, StateChange({SALES: None})) == 9


@pytest.mark.parametrize("expected, claimed", [(None, MINE), (1, MINE), (0, OTHER)])
def test_a_whole_state_is_not_put_over_what_was_not_expected(
    held: Backend, opener: Opener, expected: int | None, claimed: object
) -> None:
    before = state_of(opener())
    with pytest.raises(ConflictError):
        held.replace(expected, MINE if claimed is MINE else OTHER, PUSHED)
    assert state_of(opener()) == before
    assert held.commit(0, MINE, StateChange()) == 1


# Many at once


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """What `work(0)`, `work(1)` ... give, or the LockedError that they raise, when they all begin together."""
    barrier = Barrier(count)

    def run(number: int) -> object:
        barrier.wait()
        try:
            return work(number)
        except LockedError as exc:
            return exc

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.parametrize("is_made", [False, True])
def test_of_twenty_one_gets_the_lock(opener: Opener, is_made: bool) -> None:
    if is_made:
        opener().create(BINDING)
    backends = [opener() for _ in range(20)]
    all_tried = Barrier(20)

    def contend(number: int) -> int:
        backend, mine = backends[number], lock(f"lock-{number}")
        try:
            backend.acquire(mine)
        finally:
            all_tried.wait()
        if not is_made:
            backend.create(BINDING)
        serial = backend.commit(0, mine, StateChange({DESK: entry()}))
        backend.release(mine)
        return serial

    results = at_once(20, contend)
    assert results.count(1) == 1
    assert all(isinstance(result, LockedError) for result in results if result != 1)


def test_no_update_is_lost_when_many_write_in_turn(opener: Opener) -> None:
    opener().create(BINDING)
    backends = [opener() for _ in range(4)]

    def write(number: int) -> None:
        backend, mine = backends[number], lock(f"lock-{number}")
        for turn in range(3):
            patience.acquire(backend, mine, 1.0, lambda _: None, sleep=lambda _: None, clock=lambda: 0.0)
            serial = state_of(backend).serial
            backend.commit(serial, mine, StateChange({Address("assistant", f"a-{number}-{turn}"): entry(turn)}))
            backend.release(mine)

    assert at_once(4, write) == [None] * 4
    state = state_of(opener())
    assert (state.serial, len(state.entries), state.lock) == (12, 12, None)
