"""Stopping an apply: the first signal finishes what is under way, the second leaves at once."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from agentops.engine.stop import Stop

_EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
_STOPPING = b"\nStopping: what is under way is finished and written down. Once more to leave at once.\n"


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """While inside, SIGINT and SIGTERM press the stop that is yielded."""
    stop = Stop()
    former = {number: signal.getsignal(number) for number in _EXIT_CODES}

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if not stop.level:
            os.write(2, _STOPPING)  # not through sys.stderr, whose lock the interrupted code may hold
        stop.press(_EXIT_CODES[signal.Signals(number)])

    for number in former:
        signal.signal(number, on_signal)
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
