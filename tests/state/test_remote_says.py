"""What a remote state says when something is in its way, word by word: a user decides by it what to do."""

import logging
import threading
from collections.abc import Iterator

import pytest

from agentops.domain.errors import ConflictError, LockedError, StateError
from agentops.domain.state import State, StateChange
from agentops.state.lease import ThreadHeart, boot_time, within
from tests.state.places import LEASE, NAME, Process
from tests.state.samples import BINDING, DESK, SALES, entry, lock
from tests.support.memory_documents import Fault, MemoryDocuments, MemoryStore

MINE, OTHER = lock("mine"), lock("other")
PLACE = f"memory://test/{NAME}"
CONNECTION = "check the connection to the store"


@pytest.fixture
def mine(documents: MemoryDocuments) -> Process:
    """Holds the lock, with a state at serial 1."""
    process = Process(documents)
    process.backend.acquire(MINE)
    process.backend.create(BINDING)
    process.backend.commit(0, MINE, StateChange({SALES: entry(8)}))
    return process


@pytest.fixture
def other(store: MemoryStore) -> Process:
    return Process(MemoryDocuments(store))


def said(error: BaseException) -> tuple[str, str]:
    assert isinstance(error, StateError)
    return str(error), error.hint


def test_every_state_has_a_lineage_and_a_key_of_its_own() -> None:
    states = [Process(MemoryDocuments(MemoryStore())).backend.create(BINDING) for _ in range(2)]
    assert states[0].lineage != states[1].lineage
    assert all(len(state.lineage) == 36 and len(state.digest_key) == 32 for state in states)
    assert states[0].digest_key != states[1].digest_key


def test_a_state_is_not_made_under_the_lock_of_another_until_that_has_run_out(
    documents: MemoryDocuments, other: Process
) -> None:
    Process(documents).backend.acquire(MINE)  # and dies before it makes a state
    with pytest.raises(LockedError):
        other.backend.create(BINDING)
    other.time.now += LEASE
    assert other.backend.create(BINDING).serial == 0


def test_a_state_that_is_made_through_an_outage_is_made_once(documents: MemoryDocuments, other: Process) -> None:
    process = Process(documents)
    documents.on_put = lambda name: (
        documents.faults.append(Fault.ERROR) if name == NAME and not process.time.slept else None
    )
    process.backend.create(BINDING)
    state = other.backend.read()
    assert state is not None
    assert state.serial == 0


def test_who_takes_the_lock_is_told_who_has_it_and_for_how_long(mine: Process, other: Process) -> None:
    with pytest.raises(LockedError) as caught:
        other.backend.acquire(OTHER)
    text, hint = said(caught.value)
    assert text.startswith(f"{PLACE}: ")
    assert "mine@host" in text
    assert hint == (
        "wait until it is done, or use --lock-timeout 3m: a lock whose holder has died is free after 120 s"
        " without a sign of life"
    )
    assert (caught.value.holder, caught.value.free_in) == (MINE, LEASE)


def test_one_backend_does_not_take_a_lock_that_it_holds(mine: Process) -> None:
    with pytest.raises(LockedError) as caught:
        mine.backend.acquire(OTHER)
    assert caught.value.hint == "wait until it is done"
    assert (caught.value.holder, caught.value.free_in) == (MINE, None)


def test_the_same_lock_can_be_taken_again_at_once(mine: Process, other: Process) -> None:
    other.backend.acquire(MINE)
    assert other.backend.commit(1, MINE, StateChange()) == 2


def test_a_lock_that_was_not_renewed_in_time_says_so(mine: Process) -> None:
    mine.time.now += LEASE
    with pytest.raises(ConflictError) as caught:
        mine.backend.assure(MINE)
    text = "the lock could not be renewed in time, so that another run may hold it by now; nothing more is sent"
    assert said(caught.value) == (f"{PLACE}: {text}", f"{CONNECTION}, then run again")


def test_a_commit_without_a_known_end_says_what_settles_it(mine: Process, documents: MemoryDocuments) -> None:
    documents.faults = [Fault.ERROR] * 1000
    with pytest.raises(StateError) as caught:
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    text, hint = said(caught.value)
    assert text.endswith("; nothing more is sent or written")
    assert hint == f"{CONNECTION}; the next run settles what was under way"
    with pytest.raises(ConflictError) as again:
        mine.backend.assure(MINE)
    assert said(again.value) == (text, hint)


@pytest.mark.parametrize(
    ("expected", "why"), [(None, "there is a state already"), (0, "the state moved on to serial 1")]
)
def test_a_commit_over_another_serial_says_what_is_there(expected: int | None, why: str, mine: Process) -> None:
    with pytest.raises(ConflictError) as caught:
        mine.backend.replace(expected, MINE, State("lineage-2", 0, BINDING, b"j" * 32))
    assert str(caught.value) == f"{PLACE}: {why}; nothing was written"


def test_a_commit_before_there_is_a_state_says_so(documents: MemoryDocuments) -> None:
    process = Process(documents)
    process.backend.acquire(MINE)
    with pytest.raises(ConflictError) as caught:
        process.backend.commit(0, MINE, StateChange())
    assert str(caught.value) == f"{PLACE}: there is no state yet; nothing was written"


def test_the_first_whole_state_is_one_serial_later(documents: MemoryDocuments) -> None:
    process = Process(documents)
    process.backend.acquire(MINE)
    assert process.backend.replace(None, MINE, State("lineage-2", 0, BINDING, b"j" * 32)) == 1


def test_a_lock_that_was_taken_before_the_commit_was_sent_is_certainly_lost(mine: Process, other: Process) -> None:
    other.take_over(OTHER)
    with pytest.raises(ConflictError) as caught:
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    text = str(caught.value)
    assert text.startswith(f"{PLACE}: the lock was lost: ")
    assert "other@host" in text
    assert text.endswith("; nothing was written")


def test_after_a_lost_answer_it_is_not_known_whether_the_change_was_written(
    mine: Process, documents: MemoryDocuments, other: Process
) -> None:
    """Our swap is done, its answer is lost, and before it is read back another takes over and writes."""
    documents.faults = [Fault.CUT_AFTER]

    def overtake(_: str) -> None:
        documents.on_get = None
        other.take_over(OTHER)
        state = other.backend.read()
        assert state is not None
        other.backend.commit(state.serial, OTHER, StateChange())

    documents.on_get = overtake
    with pytest.raises(ConflictError) as caught:
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    assert str(caught.value).endswith("; whether the last change was written is not known")


def test_a_commit_whose_answer_is_lost_is_done_and_renews_the_lock(mine: Process, documents: MemoryDocuments) -> None:
    mine.time.now += 60
    documents.faults = [Fault.CUT_AFTER]
    assert mine.backend.commit(1, MINE, StateChange({DESK: entry()})) == 2
    mine.time.now += LEASE * 5 / 6 - 1
    mine.backend.assure(MINE)
    assert mine.backend.commit(2, MINE, StateChange({DESK: None})) == 3


def test_a_store_that_never_accepts_says_so(mine: Process, documents: MemoryDocuments) -> None:
    documents.faults = [Fault.ERROR] * 1000
    with pytest.raises(StateError, match="was written: the store did not accept it; nothing more"):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))


def test_a_place_is_named_with_one_slash(store: MemoryStore) -> None:
    store.location = "memory://test/"
    assert Process(MemoryDocuments(store)).backend.location == PLACE


def test_another_lock_than_the_one_that_is_held_cannot_be_broken(mine: Process, other: Process) -> None:
    with pytest.raises(StateError) as caught:
        other.backend.unlock("somebody")
    text, hint = said(caught.value)
    assert text.startswith(f"{PLACE}: ")
    assert "mine@host" in text
    assert text.endswith(", not somebody")
    assert hint == "give the ID of that lock"


def test_a_lock_that_is_given_back_meanwhile_cannot_be_broken(mine: Process, other: Process) -> None:
    documents = other.documents
    assert isinstance(documents, MemoryDocuments)
    documents.on_put = lambda _: mine.backend.release(MINE)
    with pytest.raises(StateError) as caught:
        other.backend.unlock("mine")
    assert said(caught.value) == (
        f"{PLACE}: nobody holds the lock any more, not mine",
        "give the ID of that lock",
    )


def test_a_lock_is_broken_with_one_look_and_one_swap(mine: Process, other: Process) -> None:
    documents = other.documents
    assert isinstance(documents, MemoryDocuments)
    assert other.backend.unlock("mine") == MINE
    assert documents.requests == [("get", NAME), ("put", NAME)]


def test_a_beat_says_why_it_failed(
    mine: Process, documents: MemoryDocuments, other: Process, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    documents.is_down = True
    mine.time.now += 20
    mine.heart.beat()
    documents.is_down = False
    other.take_over(OTHER)
    mine.heart.beat()
    said = [record.getMessage() for record in caplog.records]
    first, last = (text for text in said if "renewed" in text or "gone" in text)
    assert first.startswith(f"the lock could not be renewed, which will be tried again: {PLACE}: ")
    assert last.startswith(f"the lock is gone: {PLACE}: the lock was lost: ")


def test_a_lock_that_cannot_be_given_back_says_where_and_why(
    mine: Process, documents: MemoryDocuments, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    documents.faults = [Fault.FORBIDDEN]
    mine.backend.release(MINE)
    (message,) = [record.getMessage() for record in caplog.records]
    start = f"{PLACE}: the lock could not be given back and runs out by itself in 120 s: "
    assert message.startswith(start)
    assert "403 Forbidden" in message.removeprefix(start)


def test_the_clock_goes_on() -> None:
    assert boot_time() <= boot_time()


@pytest.fixture
def released() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_no_thread_of_a_lease_keeps_a_process_alive(released: threading.Event) -> None:
    def hang() -> None:
        released.wait()

    assert not within(0.01, hang)
    heart = ThreadHeart()
    heart.stop()  # before it ever began
    heart.start(lambda: 60.0, 60.0)
    threads = {thread.name: thread.daemon for thread in threading.enumerate()}
    heart.stop()
    assert threads["release"]
    assert threads["lease"]


def test_a_remote_commit_costs_a_request(mine: Process) -> None:
    assert mine.backend.batches is True
