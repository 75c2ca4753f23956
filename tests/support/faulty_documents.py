"""A client's view of any store of documents, which misbehaves on demand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from agentops.domain.errors import StateError
from agentops.state.documents import Document, Documents, RefusedSwap, UnclearSwap


class Fault(Enum):
    """What can happen to one put."""

    CUT_BEFORE = auto()  # it never arrives, and nobody says so
    CUT_AFTER = auto()  # it is done, and the answer is lost
    REFUSED_AFTER = auto()  # it is done, sent again underneath, and the second one is told no
    REFUSED = auto()  # S3's 409 for two at once: not done
    ERROR = auto()  # 500; not done
    LATE = auto()  # no answer; done when `land` is called, if it still fits then
    FORBIDDEN = auto()  # a certain no: not done


@dataclass
class FaultyDocuments:
    """The next puts to `inner` meet with `faults`, one each; None: nothing happens to that one.

    `on_put` and `on_get` are called before each put and get with the name, `on_done` after each put that was done;
    `is_down` cuts every connection.
    """

    inner: Documents
    faults: list[Fault | None] = field(default_factory=list)
    on_put: Callable[[str], None] | None = None
    on_get: Callable[[str], None] | None = None
    on_done: Callable[[str], None] | None = None
    is_down: bool = False
    requests: list[tuple[str, str]] = field(default_factory=list)  # the method and the name
    late: list[tuple[str, bytes, str | None]] = field(default_factory=list)
    is_closed: bool = False

    def __post_init__(self) -> None:
        self.location = self.inner.location

    def get(self, name: str) -> Document | None:
        self.requests.append(("get", name))
        if self.on_get:
            self.on_get(name)
        self._connect()
        return self.inner.get(name)

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
        tag = self.inner.put(name, body, replacing=replacing)
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
        self._connect()
        return self.inner.names(prefix)

    def delete(self, name: str) -> None:
        self.requests.append(("delete", name))
        self._connect()
        self.inner.delete(name)

    def close(self) -> None:
        self.is_closed = True
        self.inner.close()

    def land(self) -> int:
        """Let the late puts arrive now; how many of them were done."""
        late, self.late = self.late, []
        done = 0
        for name, body, replacing in late:
            try:
                self.inner.put(name, body, replacing=replacing)
                done += 1
            except RefusedSwap:
                pass  # nobody is left to be told
        return done

    def _connect(self) -> None:
        if self.is_down:
            raise StateError(f"{self.location}: no answer")
