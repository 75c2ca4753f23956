"""Stopping an apply: the first signal finishes what is under way, the second leaves at once."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from agentops.cli.signals import HANGUP, handled
from agentops.engine.stop import Stop

_STOPPING = b"\nStopping: what is under way is finished and written down. Once more to leave at once.\n"


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """While inside, ^C, SIGTERM and a terminal that goes away press the stop that is yielded."""
    stop = Stop()
    former = {number: signal.getsignal(number) for number in handled()}

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if stop.level and number == HANGUP:
            return
        if not stop.level:
            with suppress(OSError):  # whoever read this may be gone: the same ^C ends the `tee` behind a pipe
                os.write(2, _STOPPING)  # not through sys.stderr, whose lock the interrupted code may hold
        stop.press(128 + number)

    for number in former:
        signal.signal(number, on_signal)
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
