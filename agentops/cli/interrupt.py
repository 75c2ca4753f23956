"""Stopping an apply: the first signal finishes what is under way, the second leaves at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from agentops.cli.terminal import Terminal

EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


class Stop(threading.Event):
    """Set by the first signal; `exit_code` is that of the last one."""

    exit_code = EXIT_CODES[signal.SIGINT]


@contextmanager
def stop_on_signals(terminal: Terminal) -> Iterator[Stop]:
    """While inside, SIGINT and SIGTERM set the stop that is yielded; a second one goes to the former handler."""
    stop = Stop()
    former = {number: signal.getsignal(number) for number in EXIT_CODES}

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.exit_code = EXIT_CODES[signal.Signals(number)]
        handler = former[signal.Signals(number)]
        if stop.is_set() and callable(handler):
            handler(number, frame)
        stop.set()
        terminal.tell("Stopping: calls under way are finished and written down. Once more to leave at once.")

    for number in former:
        signal.signal(number, on_signal)
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
