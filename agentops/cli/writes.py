"""The writes of a run: each needs the lock, and it is known whether any of them may have been carried out."""

import threading
from collections.abc import Callable

from agentops.domain.events import Called
from agentops.domain.state import Backend, Lock

_NOT_DONE = range(400, 500)  # a request that is answered so was refused, but for 408
_TIMED_OUT = 408


class Writes:
    """Lets requests out as long as the lock is held for certain, and passes on how each ended. For any thread."""

    def __init__(self, backend: Backend, lock: Lock, on_call: Callable[[Called], None] | None) -> None:
        self._backend = backend
        self._lock = lock
        self._on_call = on_call
        self._under_way: set[int] = set()  # the threads that may send
        self._done = False

    @property
    def may_be_done(self) -> bool:
        """Whether anything was written, or may have been."""
        return self._done or bool(self._under_way)

    def permit(self) -> None:
        """Raises ConflictError when the lock may be somebody else's."""
        self._backend.assure(self._lock)
        self._under_way.add(threading.get_ident())

    def called(self, call: Called) -> None:
        """A request of this thread ended."""
        if call.method != "GET":
            self._done = self._done or _may_be_done(call)
            self._under_way.discard(threading.get_ident())
        if self._on_call:
            self._on_call(call)


def _may_be_done(call: Called) -> bool:
    if call.failure == "not sent":
        return False
    return call.status is None or call.status not in _NOT_DONE or call.status == _TIMED_OUT
