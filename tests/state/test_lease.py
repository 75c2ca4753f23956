"""The lock of a remote state: renewed while its holder lives, free when it does not, never held by two that write."""

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from agentops.domain.errors import ConflictError, LockedError
from agentops.domain.state import StateChange
from agentops.state import lease, remote
from agentops.state.lease import ThreadHeart, Watch, boot_time, within
from agentops.state.remote import RemoteBackend
from tests.state.places import LEASE, NAME, Process
from tests.state.samples import BINDING, DESK, SALES, entry, lock
from tests.support.fake_time import FakeTime
from tests.support.memory_documents import MemoryDocuments, MemoryStore

MINE, OTHER = lock("mine"), lock("other")
LAST_MOMENT = LEASE * 5 / 6


@pytest.fixture
def mine(documents: MemoryDocuments) -> Process:
    """Holds the lock, with a state at serial 0."""
    process = Process(documents)
    process.backend.acquire(MINE)
    process.backend.create(BINDING)
    documents.requests.clear()
    return process


@pytest.fixture
def other(store: MemoryStore) -> Process:
    return Process(MemoryDocuments(store))


def assert_lost(process: Process, what: str | None = None) -> None:
    with pytest.raises(ConflictError, match=what):
        process.backend.assure(MINE)


# The holder's side


def test_the_clock_counts_the_time_that_the_machine_sleeps() -> None:
    clock: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # there is none on macOS, nor need for it
    assert clock == lease._CLOCK  # on a machine that never slept, another would show the same
    before = time.clock_gettime(clock)
    assert before <= boot_time() <= time.clock_gettime(clock)


def test_the_holder_may_send_until_a_sixth_before_the_lock_runs_out(mine: Process) -> None:
    mine.time.now += LAST_MOMENT - 0.001
    mine.backend.assure(MINE)
    mine.time.now += 0.001
    assert_lost(mine, "could not be renewed in time, .* nothing more is sent")


def test_assuring_asks_nobody(mine: Process, documents: MemoryDocuments) -> None:
    documents.is_down = True
    mine.backend.assure(MINE)
    assert documents.requests == []


@pytest.mark.parametrize("is_commit", [False, True])
def test_a_renewal_counts_from_its_beginning(mine: Process, documents: MemoryDocuments, is_commit: bool) -> None:
    def take_long(name: str) -> None:
        if name == NAME:
            mine.time.now += 15

    documents.on_put = take_long
    mine.time.now += 20
    if is_commit:
        mine.backend.commit(0, MINE, StateChange({DESK: entry()}))
    else:
        mine.heart.beat()
    mine.time.now += LAST_MOMENT - 15 - 0.001
    mine.backend.assure(MINE)
    mine.time.now += 0.001
    assert_lost(mine)


def test_the_heart_beats_six_times_in_a_lease_and_changes_no_serial(mine: Process, documents: MemoryDocuments) -> None:
    assert mine.heart.pause == LEASE / 6
    for _ in range(20):
        mine.time.now += mine.heart.pause
        mine.heart.beat()
        mine.backend.assure(MINE)
        assert mine.heart.pause == LEASE / 6
    assert documents.requests == [("put", NAME)] * 20
    assert mine.backend.commit(0, MINE, StateChange({DESK: entry()})) == 1


def test_a_commit_is_a_beat_too(mine: Process, documents: MemoryDocuments) -> None:
    mine.time.now += 15
    mine.backend.commit(0, MINE, StateChange({DESK: entry()}))
    documents.requests.clear()
    mine.time.now += 5
    mine.heart.beat()
    assert documents.requests == []
    assert mine.heart.pause == pytest.approx(15)
    mine.time.now += LAST_MOMENT - 5 - 0.001
    mine.backend.assure(MINE)


def test_an_outage_stops_the_sending_until_the_lock_is_renewed(mine: Process, documents: MemoryDocuments) -> None:
    documents.is_down = True
    while mine.time.now < 1000 + LAST_MOMENT:
        mine.backend.assure(MINE)
        mine.time.now += mine.heart.pause
        mine.heart.beat()
        assert mine.heart.pause == LEASE / 24
    assert_lost(mine, "could not be renewed in time")
    documents.is_down = False
    mine.heart.beat()
    mine.backend.assure(MINE)
    assert mine.heart.pause == LEASE / 6
    assert mine.backend.commit(0, MINE, StateChange({DESK: entry()})) == 1


def test_a_commit_after_a_long_sleep_counts_if_nobody_took_over(mine: Process) -> None:
    """What was done on the platform before is worth keeping; the swap itself tells whether that is safe."""
    mine.time.now += 3600
    assert_lost(mine)
    assert mine.backend.commit(0, MINE, StateChange({DESK: entry()})) == 1
    mine.backend.assure(MINE)


def test_a_beat_that_finds_the_lock_gone_ends_it_for_good(mine: Process, other: Process) -> None:
    other.backend.unlock("mine")
    mine.time.now += 20
    mine.heart.beat()
    assert_lost(mine, "the lock was lost: nobody holds it now")
    with pytest.raises(ConflictError, match="the lock was lost"):
        mine.backend.commit(0, MINE, StateChange({DESK: entry()}))


def is_held(process: Process) -> bool:
    try:
        process.backend.assure(MINE)
    except ConflictError:
        return False
    return True


def test_a_beat_that_ends_after_the_release_brings_nothing_back(mine: Process, documents: MemoryDocuments) -> None:
    in_put, go_on = threading.Event(), threading.Event()

    def hang(_: str) -> None:
        documents.on_put = None
        in_put.set()
        assert go_on.wait(30)

    documents.on_put = hang
    mine.time.now += 20
    beat = threading.Thread(target=mine.heart.beat)
    beat.start()
    assert in_put.wait(30)
    release = threading.Thread(target=mine.backend.release, args=(MINE,))
    release.start()
    while is_held(mine):  # until the release has begun
        pass
    go_on.set()
    beat.join()
    release.join()
    assert_lost(mine, "not held any more")
    state = mine.backend.read()
    assert state is not None
    assert state.lock is None


@pytest.fixture
def threads_end() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive(), thread


@pytest.mark.usefixtures("threads_end")
def test_a_thread_keeps_the_lock_up_until_it_is_released() -> None:
    documents = MemoryDocuments()
    backend = RemoteBackend(documents, NAME, 0.3, heart=ThreadHeart())
    beats = threading.Semaphore(0)
    backend.acquire(MINE)
    documents.on_done = lambda _: beats.release()
    for _ in range(4):
        assert beats.acquire(timeout=30)
    backend.release(MINE)
    assert backend.read() is None
    backend.acquire(OTHER)
    backend.release(OTHER)


# The observer's side


def test_a_lock_without_a_beat_is_taken_over_after_the_time_that_its_holder_promised(
    mine: Process, other: Process, caplog: pytest.LogCaptureFixture
) -> None:
    for waited in (0.0, 50.0, 69.999):
        other.time.now += waited
        with pytest.raises(LockedError, match="mine@host holds the lock") as caught:
            other.backend.acquire(OTHER)
        assert caught.value.holder == MINE
        assert caught.value.free_in == pytest.approx(LEASE - (other.time.now - 1000))
    assert "--lock-timeout 3m" in caught.value.hint
    other.time.now += 0.001
    with caplog.at_level(logging.WARNING):
        other.backend.acquire(OTHER)
    assert "taken over after 120 s without a beat: mine@host holds the lock since" in caplog.text
    other.backend.assure(OTHER)


def test_a_beat_between_two_looks_starts_the_time_again(mine: Process, other: Process) -> None:
    for _ in range(5):
        with pytest.raises(LockedError) as caught:
            other.backend.acquire(OTHER)
        assert caught.value.free_in == LEASE
        mine.time.now += 20
        mine.heart.beat()
        other.time.now += LEASE + 1


def test_one_look_is_not_enough_however_old_the_lock_looks(mine: Process, store: MemoryStore) -> None:
    with pytest.raises(LockedError):
        Process(MemoryDocuments(store), time=FakeTime(10.0**9)).backend.acquire(OTHER)


def test_the_time_is_the_holders_and_not_the_observers(store: MemoryStore) -> None:
    slow = RemoteBackend(MemoryDocuments(store), NAME, 600.0)
    slow.acquire(MINE)
    observer = Process(MemoryDocuments(store))
    with pytest.raises(LockedError) as caught:
        observer.backend.acquire(OTHER)
    assert caught.value.free_in == 600.0
    slow.release(MINE)


def test_a_frozen_holder_that_wakes_up_sends_and_writes_nothing(mine: Process, other: Process) -> None:
    other.take_over(OTHER)
    other.backend.commit(0, OTHER, StateChange({SALES: entry(8)}))
    mine.time.now += LEASE
    assert_lost(mine, "nothing more is sent")  # at once, before it has asked anybody
    with pytest.raises(ConflictError, match="the lock was lost: other@host holds the lock"):
        mine.backend.commit(0, MINE, StateChange({DESK: entry()}))
    mine.heart.beat()
    assert_lost(mine, "the lock was lost")
    mine.backend.release(MINE)
    other.backend.assure(OTHER)
    assert other.backend.commit(1, OTHER, StateChange()) == 2
    state = other.backend.read()
    assert state is not None
    assert set(state.entries) == {SALES}


def test_a_holder_that_wakes_up_first_keeps_the_lock(mine: Process, other: Process) -> None:
    with pytest.raises(LockedError):
        other.backend.acquire(OTHER)
    other.time.now += LEASE
    mine.time.now += LEASE
    other_documents = other.documents
    assert isinstance(other_documents, MemoryDocuments)
    other_documents.on_put = lambda _: mine.heart.beat()  # between the look and the swap
    with pytest.raises(LockedError) as caught:
        other.backend.acquire(OTHER)
    assert caught.value.free_in == LEASE
    mine.backend.assure(MINE)


def test_of_two_that_waited_one_gets_it(mine: Process, other: Process, store: MemoryStore) -> None:
    third = Process(MemoryDocuments(store))
    for process in (other, third):
        with pytest.raises(LockedError):
            process.backend.acquire(OTHER)
        process.time.now += LEASE
    other.backend.acquire(OTHER)
    with pytest.raises(LockedError, match="other@host holds the lock"):
        third.backend.acquire(lock("third"))


def test_a_watch_forgets_what_it_saw_of_another_beat() -> None:
    time_ = FakeTime()
    watch = Watch(time_.clock)
    assert watch.left("a", 10) == 10
    time_.now += 9
    assert watch.left("a", 10) == 1
    assert watch.left("b", 10) == 10
    assert watch.left("a", 10) == 10


# Giving the lock back


def test_work_is_waited_for_so_long_and_no_longer() -> None:
    done = threading.Event()
    assert not within(0.0, lambda: assert_true(done.wait(30)))
    done.set()
    assert within(30, lambda: None)
    with pytest.raises(ValueError, match="no"):
        within(30, lambda: assert_true(bool(int("no"))))


def assert_true(value: bool) -> None:
    assert value


def test_a_release_without_an_answer_is_a_warning(
    mine: Process, documents: MemoryDocuments, caplog: pytest.LogCaptureFixture
) -> None:
    documents.is_down = True
    mine.backend.release(MINE)
    assert mine.time.now - 1000 < 15
    assert "could not be given back and runs out by itself in 120 s" in caplog.text
    assert_lost(mine, "not held any more")


def test_a_release_that_hangs_is_not_waited_for(
    mine: Process, documents: MemoryDocuments, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "RELEASE_SECONDS", 0.01)
    go_on, gone_on = threading.Event(), threading.Event()
    documents.on_put = lambda _: assert_true(go_on.wait(30))
    documents.on_done = lambda _: gone_on.set()
    mine.backend.release(MINE)
    assert "no answer in 0.01 s" in caplog.text
    mine.backend.close()
    assert not documents.is_closed  # its thread is still in there
    go_on.set()
    assert gone_on.wait(30)


def test_a_release_hides_no_other_exception(mine: Process, documents: MemoryDocuments) -> None:
    documents.is_down = True

    def work() -> None:
        try:
            raise ValueError("what really went wrong")
        finally:
            mine.backend.release(MINE)

    with pytest.raises(ValueError, match="what really went wrong"):
        work()


def test_a_lock_that_was_lost_is_released_in_silence(
    mine: Process, other: Process, caplog: pytest.LogCaptureFixture
) -> None:
    other.take_over(OTHER)
    caplog.clear()
    mine.backend.release(MINE)
    assert caplog.text == ""
    other.backend.assure(OTHER)
    assert other.backend.commit(0, OTHER, StateChange()) == 1
