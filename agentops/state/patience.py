"""Waiting for a lock that somebody else holds: what --lock-timeout does, on every backend."""

import time
from collections.abc import Callable
from typing import Final

from agentops.domain.errors import LockedError
from agentops.domain.state import Backend, Lock
from agentops.state.lease import Clock, boot_time

_LONGEST_PAUSE: Final = 5.0
_SAY_EVERY: Final = 30.0


def acquire(
    backend: Backend,
    lock: Lock,
    timeout: float,
    tell: Callable[[str], None],
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Clock = boot_time,
) -> None:
    """Take the lock, trying again for `timeout` seconds; 0: once.

    `tell` hears who holds it, and every now and then how long this has been waiting. Raises the last LockedError when
    the time is over; what `sleep` raises ends the waiting at once.
    """
    begun = clock()
    pause, holder, said = 1.0, "", 0.0
    while True:
        try:
            backend.acquire(lock)
            return
        except LockedError as exc:
            error = exc
        waited = clock() - begun
        if waited >= timeout:
            raise error
        if (now_held_by := error.holder.id if error.holder else "?") != holder:
            tell(f"Waiting for the lock, up to {timeout:g} s. {error}")
            holder, said = now_held_by, waited
        elif waited - said >= _SAY_EVERY:
            tell(f"Still waiting for the lock ({waited:.0f} s of {timeout:g} s).")
            said = waited
        sleep(min(timeout - waited, pause, _LONGEST_PAUSE if error.free_in is None else error.free_in))
        pause = min(pause * 2, _LONGEST_PAUSE)
