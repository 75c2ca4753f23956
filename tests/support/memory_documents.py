"""Documents in memory, as real as any other store: tags never come back. On demand a view of it misbehaves."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from agentops.domain.errors import StateError
from agentops.state.documents import Document, RefusedSwap, UnclearSwap


class MemoryStore:
    """What several clients share. `writes` are the names of the documents that were put, in order."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.writes: list[str] = []
        self._mutex = threading.Lock()
        self._tags = 0

    def put(self, name: str, body: bytes, replacing: str | None) -> str:
        with self._mutex:
            now = self.documents.get(name)
            if (now.tag if now else None) != replacing:
                raise RefusedSwap(f"{name}: the precondition failed")
            self._tags += 1
            self.documents[name] = Document(body, f"tag-{self._tags}")
            self.writes.append(name)
            return self.documents[name].tag


class Fault(Enum):
    """What can happen to one put."""

    CUT_BEFORE = auto()  # it never arrives, and nobody says so
    CUT_AFTER = auto()  # it is done, and the answer is lost
    REFUSED_AFTER = auto()  # it is done, sent again underneath, and the second one is told no
    REFUSED = auto()  # S3's 409 for two at once: not done
    ERROR = auto()  # 500; not done
    LATE = auto()  # no answer; done when `MemoryDocuments.land` is called, if it still fits then
    FORBIDDEN = auto()  # a certain no: not done


@dataclass
class MemoryDocuments:
    """One client's view of a store. The next puts meet with `faults`, one each; None: nothing happens to that one.

    `on_put` and `on_get` are called before each put and get with the name, `on_done` after each put that was done;
    `is_down` cuts every connection.
    """

    store: MemoryStore = field(default_factory=MemoryStore)
    location: str = "memory://test"
    faults: list[Fault | None] = field(default_factory=list)
    on_put: Callable[[str], None] | None = None
    on_get: Callable[[str], None] | None = None
    on_done: Callable[[str], None] | None = None
    is_down: bool = False
    requests: list[tuple[str, str]] = field(default_factory=list)  # the method and the name
    late: list[tuple[str, bytes, str | None]] = field(default_factory=list)
    is_closed: bool = False

    def get(self, name: str) -> Document | None:
        self.requests.append(("get", name))
        if self.on_get:
            self.on_get(name)
        if self.is_down:
            raise StateError(f"{self.location}: no answer")
        return self.store.documents.get(name)

    def put(self, name: str, body: bytes, *, replacing: str | None) -> str:
        self.requests.append(("put", name))
        if self.on_put:
            self.on_put(name)
        if self.is_down:
            raise UnclearSwap("no answer")
        fault = self.faults.pop(0) if self.faults else None
        match fault:
            case Fault.CUT_BEFORE | Fault.ERROR:
                raise UnclearSwap("connection reset" if fault is Fault.CUT_BEFORE else "500 Internal Server Error")
            case Fault.LATE:
                self.late.append((name, body, replacing))
                raise UnclearSwap("timed out")
            case Fault.REFUSED:
                raise RefusedSwap("409 Conflict")
            case Fault.FORBIDDEN:
                raise StateError(f"{self.location}: 403 Forbidden")
        tag = self.store.put(name, body, replacing)
        if self.on_done:
            self.on_done(name)
        match fault:
            case Fault.CUT_AFTER:
                raise UnclearSwap("connection reset")
            case Fault.REFUSED_AFTER:
                raise RefusedSwap("412 Precondition Failed")
        return tag

    def names(self, prefix: str) -> Sequence[str]:
        self.requests.append(("names", prefix))
        return sorted(name for name in self.store.documents if name.startswith(prefix))

    def delete(self, name: str) -> None:
        self.requests.append(("delete", name))
        if self.is_down:
            raise StateError(f"{self.location}: no answer")
        self.store.documents.pop(name, None)

    def close(self) -> None:
        self.is_closed = True

    def land(self) -> int:
        """Let the late puts arrive now; how many of them were done."""
        late, self.late = self.late, []
        done = 0
        for name, body, replacing in late:
            try:
                self.store.put(name, body, replacing)
                done += 1
            except RefusedSwap:
                pass  # nobody is left to be told
        return done
