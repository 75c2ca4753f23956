"""What the tests of the state share: a backend in a fresh folder, and values to keep in it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentops.state.sqlite import SqliteBackend
from tests.state.samples import BINDING, lock
from tests.support.memory_documents import MemoryDocuments, MemoryStore

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "production.db"


@pytest.fixture
def backend(path: Path) -> SqliteBackend:
    return SqliteBackend(path)


@pytest.fixture
def held(backend: SqliteBackend) -> SqliteBackend:
    """A backend with a state at serial 0, locked by `lock("mine")`."""
    backend.acquire(lock("mine"))
    backend.create(BINDING)
    return backend


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def documents(store: MemoryStore) -> MemoryDocuments:
    return MemoryDocuments(store)
