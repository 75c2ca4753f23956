"""Time and leases: a clock that goes on while the machine sleeps, the heartbeat, and the watch on another's beat."""

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

LEASE_SECONDS: Final = 120.0
"""After so long without a sign of life a lock is free for others, unless the project file says otherwise."""

# What counts sleep too: this clock on Linux; on macOS POSIX' monotonic clock, which is not what time.monotonic() takes.
_CLOCK: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))

Clock: TypeAlias = Callable[[], float]
Beat: TypeAlias = Callable[[], float]


def boot_time() -> float:
    """Seconds since some moment, also those that the machine slept through: a lease does not wait for its holder."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


def deadline(begun: float, seconds: float) -> float:
    """Until when the holder may send, whose last renewal was begun at `begun`.

    A sixth earlier than others may take over: what is sent at the last moment still has some time to arrive.
    """
    return begun + seconds * 5 / 6


class Watch:
    """What is seen of another's lease between two looks, on this process's own clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._beat = ""
        self._since = 0.0

    def left(self, beat: str, seconds: float) -> float:
        """In how many seconds the lease can be taken over; 0 or less: now. `beat` was read just now.

        At first sight of a beat that is the whole of what its holder promised: how old it is nobody can tell, as
        clocks of other machines may be wrong.
        """
        now = self._clock()
        if beat != self._beat:
            self._beat, self._since = beat, now
        return seconds - (now - self._since)


class Heart(Protocol):
    """What calls a function again and again, after as many seconds as it returned."""

    def start(self, beat: Beat, first: float) -> None:
        """Call `beat` after `first` seconds, and go on."""

    def stop(self) -> None:
        """No call begins any more. One that is under way is not waited for."""


class ThreadHeart:
    """A heart with a thread of its own, which ends with the process."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def start(self, beat: Beat, first: float) -> None:
        self._stopped = stopped = threading.Event()
        threading.Thread(target=_beat_on, args=(beat, first, stopped), name="lease", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()


def _beat_on(beat: Beat, wait: float, stopped: threading.Event) -> None:
    while not stopped.wait(wait):
        wait = beat()


def within(seconds: float, work: Callable[[], None]) -> bool:
    """Do `work`, but wait for it no longer than `seconds`; whether it was done. What it raises is raised here.

    Work that takes longer goes on in its thread, which does not keep the process alive.
    """
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as exc:  # handed over to the thread that waits
            raised.append(exc)

    thread = threading.Thread(target=run, name="release", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        return False
    if raised:
        raise raised[0]
    return True
