"""Waiting for a lock: as long as asked for, saying what for, and no longer than it takes."""

import pytest

from agentops.domain.errors import LockedError
from agentops.domain.state import Lock
from agentops.state import patience
from tests.state.places import LEASE, Process
from tests.state.samples import BINDING, lock
from tests.support.memory_documents import MemoryDocuments, MemoryStore

MINE, OTHER, THIRD = lock("mine"), lock("other"), lock("third")


class Waiting:
    """A lock that MINE holds, and a process that waits for it, whose clock moves only while it waits."""

    def __init__(self) -> None:
        store = MemoryStore()
        self.holder = Process(MemoryDocuments(store))
        self.holder.backend.acquire(MINE)
        self.holder.backend.create(BINDING)
        self.documents = MemoryDocuments(store)
        self.process = Process(self.documents)
        self.another = Process(MemoryDocuments(store))
        self.heard: list[str] = []

    @property
    def waited(self) -> float:
        return self.process.time.now - 1000

    def acquire(self, timeout: float, wanted: Lock = OTHER) -> None:
        time = self.process.time
        backend = self.process.backend
        patience.acquire(backend, wanted, timeout, self.heard.append, sleep=time.sleep, clock=time.clock)


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


def test_a_free_lock_is_taken_without_a_word(waiting: Waiting) -> None:
    waiting.holder.backend.release(MINE)
    waiting.acquire(60)
    assert (waiting.waited, waiting.heard) == (0, [])


def test_without_a_timeout_there_is_one_try(waiting: Waiting) -> None:
    with pytest.raises(LockedError, match="mine@host"):
        waiting.acquire(0)
    assert (waiting.waited, waiting.heard) == (0, [])
    assert [method for method, _ in waiting.documents.requests] == ["get"]


def test_the_wait_ends_when_the_lock_is_given_back(waiting: Waiting) -> None:
    def release() -> None:
        if waiting.waited > 10:
            waiting.holder.backend.release(MINE)

    waiting.process.time.on_sleep = release
    waiting.acquire(60)
    assert 10 < waiting.waited < 16
    assert len(waiting.heard) == 1
    assert waiting.heard[0].startswith(
        "Waiting for the lock, up to 60 s. memory://test/acme/production.state: mine@host"
    )


def test_the_wait_ends_when_the_time_is_over(waiting: Waiting) -> None:
    def beat() -> None:
        waiting.holder.time.now = waiting.process.time.now
        waiting.holder.heart.beat()

    waiting.process.time.on_sleep = beat
    with pytest.raises(LockedError, match="mine@host holds the lock") as caught:
        waiting.acquire(300)
    assert waiting.waited == 300
    assert caught.value.holder == MINE
    assert [text for text in waiting.heard[1:] if not text.startswith("Still waiting for the lock (")] == []
    assert 8 <= len(waiting.heard) <= 11


def test_the_lock_of_a_dead_holder_is_taken_over_as_soon_as_it_is_free(waiting: Waiting) -> None:
    waiting.acquire(180)
    assert waiting.waited == LEASE


def test_a_wait_shorter_than_the_lease_is_no_take_over(waiting: Waiting) -> None:
    with pytest.raises(LockedError) as caught:
        waiting.acquire(LEASE - 1)
    assert caught.value.free_in == pytest.approx(1)


def test_a_new_holder_is_named(waiting: Waiting) -> None:
    def hand_over() -> None:
        if not waiting.another.heart.runs:
            waiting.holder.backend.release(MINE)
            waiting.another.backend.acquire(THIRD)

    waiting.process.time.on_sleep = hand_over
    with pytest.raises(LockedError, match="third@host"):
        waiting.acquire(20)
    assert ["mine@host" in text or "third@host" in text for text in waiting.heard] == [True, True]


def test_an_interrupt_ends_the_wait(waiting: Waiting) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    waiting.process.time.on_sleep = interrupt
    with pytest.raises(KeyboardInterrupt):
        waiting.acquire(60)
    waiting.holder.backend.assure(MINE)
