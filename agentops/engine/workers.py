"""Threads that only call platforms; what comes of it goes back to the thread that owns everything else."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from types import TracebackType
from typing import Generic, TypeVar

Key = TypeVar("Key")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Key, Result]):
    """How one call ended: with what `result` returns or raises."""

    key: Key
    value: Result | None
    error: BaseException | None

    def result(self) -> Result:
        """What the call returned. Raises what it raised."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # a call without an error returned a Result


class Workers(Generic[Key, Result]):
    """Up to `count` calls at a time.

    The threads are daemons, which a ThreadPoolExecutor's are not: a user who wants out at once shall not have to wait
    for a platform that does not answer.
    """

    def __init__(self, count: int) -> None:
        self._outcomes: SimpleQueue[Outcome[Key, Result] | None] = SimpleQueue()
        self.running: dict[Key, None] = {}
        self._calls: SimpleQueue[tuple[Key, Callable[[], Result]] | None] = SimpleQueue()
        self._count = count
        self._threads: list[Thread] = []

    def __enter__(self) -> "Workers[Key, Result]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop_waiting()
        for _ in self._threads:
            self._calls.put(None)

    @property
    def is_full(self) -> bool:
        return len(self.running) >= self._count

    def start(self, key: Key, call: Callable[[], Result]) -> None:
        """Have `call` made as soon as a thread is free."""
        self.running[key] = None
        self._calls.put((key, call))
        if len(self._threads) < min(self._count, len(self.running)):
            self._threads.append(Thread(target=self._work, daemon=True))
            self._threads[-1].start()

    def wake(self) -> None:
        """Let `next` return at once. Fit for a signal handler: putting into a SimpleQueue takes no lock of Python."""
        self._outcomes.put(None)

    def next(self, seconds: float | None = None) -> Outcome[Key, Result] | None:
        """The next call that ended, waiting for it; None when somebody called `wake`, or after so many `seconds`."""
        with suppress(Empty):
            return self._taken(self._outcomes.get(timeout=seconds))
        return None

    def ended(self) -> Outcome[Key, Result] | None:
        """A call that ended already, without waiting; None if there is none."""
        with suppress(Empty):
            while True:
                outcome = self._taken(self._outcomes.get_nowait())
                if outcome is not None:
                    return outcome
        return None

    def finish(self, seconds: float) -> None:
        """Begin nothing more, and wait for what is under way, at most so long; how it ends is of no interest."""
        self._drop_waiting()
        end = monotonic() + seconds
        with suppress(Empty):
            while self.running:
                self._taken(self._outcomes.get(timeout=max(0.0, end - monotonic())))

    def _drop_waiting(self) -> None:
        """Take back the calls that no thread has begun."""
        with suppress(Empty):
            while (job := self._calls.get_nowait()) is not None:
                del self.running[job[0]]

    def _taken(self, outcome: Outcome[Key, Result] | None) -> Outcome[Key, Result] | None:
        if outcome is not None:
            del self.running[outcome.key]
        return outcome

    def _work(self) -> None:
        while (job := self._calls.get()) is not None:
            key, call = job
            try:
                outcome: Outcome[Key, Result] = Outcome(key, call(), None)
            except BaseException as exc:  # raised again where the outcome is taken; without one, `next` would hang
                outcome = Outcome(key, None, exc)
            self._outcomes.put(outcome)
