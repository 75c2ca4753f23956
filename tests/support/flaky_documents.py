"""Documents of any store, with a connection to them that misbehaves on demand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agentops.domain.errors import StateError
from agentops.state.documents import Document, Documents, RefusedSwap, UnclearSwap
from tests.support.memory_documents import Fault

NOT_DONE = {
    Fault.CUT_BEFORE: UnclearSwap,
    Fault.ERROR: UnclearSwap,
    Fault.LATE: UnclearSwap,
    Fault.REFUSED: RefusedSwap,
    Fault.FORBIDDEN: StateError,
}
"""Fault -> what the caller is told; the store has seen nothing by then."""

DONE = {Fault.CUT_AFTER: UnclearSwap, Fault.REFUSED_AFTER: RefusedSwap}
"""Fault -> what the caller is told although the store has done it."""


@dataclass(slots=True)
class FlakyDocuments:
    """`inner`, where the n-th put meets the n-th fault of `puts` (None: nothing happens to it); later ones are spared.

    With `gets`, the n-th get fails when the n-th one is true. A late put arrives after the next get or put that
    passes, or at `land`. `log` is what was asked, and what happened to it.
    """

    inner: Documents
    puts: Iterator[Fault | None] = field(default_factory=lambda: iter(()))
    gets: Iterator[bool] = field(default_factory=lambda: iter(()))
    log: list[tuple[str, str, Fault | None]] = field(default_factory=list)
    late: list[tuple[str, bytes, str | None]] = field(default_factory=list)

    @property
    def location(self) -> str:
        return self.inner.location

    @location.setter
    def location(self, value: str) -> None:
        self.inner.location = value

    def get(self, name: str) -> Document | None:
        fault = Fault.CUT_BEFORE if next(self.gets, False) else None
        self.log.append(("get", name, fault))
        if fault:
            raise StateError(f"{self.location}: no answer")
        found = self.inner.get(name)
        self.land()
        return found

    def put(self, name: str, body: bytes, *, replacing: str | None) -> str:
        fault = next(self.puts, None)
        self.log.append(("put", name, fault))
        if fault in NOT_DONE:
            if fault is Fault.LATE:
                self.late.append((name, body, replacing))
            raise NOT_DONE[fault](f"{self.location}: {fault.name}")
        tag = self.inner.put(name, body, replacing=replacing)
        self.land()
        if fault in DONE:
            raise DONE[fault](f"{self.location}: {fault.name}")
        return tag

    def land(self) -> int:
        """Let the late puts arrive now; how many of them were done."""
        late, self.late = self.late, []
        return sum(self._arrives(*put) for put in late)

    def names(self, prefix: str) -> Sequence[str]:
        return self.inner.names(prefix)

    def delete(self, name: str) -> None:
        self.inner.delete(name)

    def close(self) -> None:
        self.inner.close()

    def _arrives(self, name: str, body: bytes, replacing: str | None) -> bool:
        try:
            self.inner.put(name, body, replacing=replacing)
        except RefusedSwap:
            return False  # nobody is left to be told
        return True
