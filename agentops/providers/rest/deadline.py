"""A deadline over what cannot be interrupted: a server may send a byte now and then for ever."""

from collections.abc import Callable
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, act: Callable[[], T]) -> T:
    """What `act` returns or raises. Raises TimeoutError after `seconds`; then it goes on, and nobody hears of it.

    Time-outs of sockets count from byte to byte, so only another thread can tell how long the whole takes.
    """
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(act())
        except BaseException as exc:
            failure.append(exc)

    thread = Thread(target=run, name="exchange", daemon=True)
    thread.start()
    thread.join(seconds)
    if failure:
        raise failure[0]
    if not outcome:
        raise TimeoutError
    return outcome[0]
