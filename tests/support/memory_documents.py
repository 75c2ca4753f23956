"""Documents in memory, as real as any other store: tags never come back. On demand a view of it misbehaves."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from agentops.state.documents import Document, RefusedSwap
from tests.support.faulty_documents import Fault, FaultyDocuments

__all__ = ["Fault", "MemoryDocuments", "MemoryStore"]


class MemoryStore:
    """What several clients share. `writes` are the names of the documents that were put, in order."""

    location = "memory://test"

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.writes: list[str] = []
        self._mutex = threading.Lock()
        self._tags = 0

    def get(self, name: str) -> Document | None:
        return self.documents.get(name)

    def put(self, name: str, body: bytes, *, replacing: str | None) -> str:
        with self._mutex:
            now = self.documents.get(name)
            if (now.tag if now else None) != replacing:
                raise RefusedSwap(f"{name}: the precondition failed")
            self._tags += 1
            self.documents[name] = Document(body, f"tag-{self._tags}")
            self.writes.append(name)
            return self.documents[name].tag

    def names(self, prefix: str) -> Sequence[str]:
        return sorted(name for name in self.documents if name.startswith(prefix))

    def delete(self, name: str) -> None:
        self.documents.pop(name, None)

    def close(self) -> None:
        """There is nothing to free."""


@dataclass
class MemoryDocuments(FaultyDocuments):
    """One client's view of a store in memory; without one, of a new one."""

    inner: MemoryStore = field(default_factory=MemoryStore)

    @property
    def store(self) -> MemoryStore:
        return self.inner
