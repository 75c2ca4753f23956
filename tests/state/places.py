"""Places for a state, one of each kind, where a test can open as many backends as a user has processes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agentops.domain.errors import LockedError
from agentops.domain.state import Backend, Lock
from agentops.state.documents import Documents
from agentops.state.locations import open_documents
from agentops.state.remote import RemoteBackend
from agentops.state.sqlite import SqliteBackend
from tests.support.components import use
from tests.support.fake_time import FakeTime, ManualHeart
from tests.support.memory_documents import MemoryDocuments, MemoryStore

LEASE = 120.0
NAME = "acme/production.state"


@dataclass
class Process:
    """One backend with a clock and a heart of its own, as another process has them."""

    documents: Documents
    name: str = NAME
    time: FakeTime = field(default_factory=FakeTime)
    heart: ManualHeart = field(default_factory=ManualHeart)

    def __post_init__(self) -> None:
        self.backend = RemoteBackend(
            self.documents, self.name, LEASE, clock=self.time.clock, sleep=self.time.sleep, heart=self.heart
        )

    def take_over(self, lock: Lock) -> None:
        """Take the lock, however long that takes on this process's clock."""
        for _ in range(3):
            try:
                return self.backend.acquire(lock)
            except LockedError:
                self.time.now += LEASE
        raise AssertionError("the lock does not run out")


Opener = Callable[[], Backend]


@pytest.fixture(params=["local", "memory", "s3", "postgresql"])
def opener(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    """Opens another backend at the same new place with every call."""
    opened: list[Backend] = []
    store = MemoryStore()
    location = ""
    if request.param not in ("local", "memory"):
        remote = request.getfixturevalue("components")(request.param).fresh()
        use(remote, monkeypatch)
        location = remote.location

    def open_another() -> Backend:
        match request.param:
            case "local":
                opened.append(SqliteBackend(tmp_path / "state" / "production.db"))
            case "memory":
                opened.append(Process(MemoryDocuments(store)).backend)
            case _:
                documents, name = open_documents(location, project="acme", environment="production")
                opened.append(Process(documents, name).backend)
        return opened[-1]

    yield open_another
    for backend in opened:
        backend.close()
