"""How urgently a run shall end: what a signal handler says, and apply listens to."""

from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue


class Stop:
    """Level 0: go on. 1: finish the calls in flight, write the state, leave. 2: leave at once.

    `press` may be called from a signal handler at any moment: it takes no lock that the interrupted code could hold.
    """

    def __init__(self) -> None:
        self.level = 0
        self.exit_code = 130
        self._listeners: list[Callable[[], None]] = []

    def press(self, exit_code: int = 130) -> None:
        """One level up. `exit_code` is 130 after SIGINT, 143 after SIGTERM, 129 after SIGHUP."""
        self.level = min(self.level + 1, 2)
        self.exit_code = exit_code
        for listener in self._listeners:
            listener()

    def on_press(self, listener: Callable[[], None]) -> None:
        """Have `listener` called with every press from now on; it must be fit for a signal handler."""
        self._listeners = [*self._listeners, listener]

    def sleep(self, seconds: float) -> None:
        """Wait, but only until somebody presses; not at all when somebody did."""
        bell: SimpleQueue[None] = SimpleQueue()
        ring = partial(bell.put, None)
        self.on_press(ring)
        try:
            if not self.level:
                bell.get(timeout=max(0.0, seconds))
        except Empty:
            pass  # slept to the end
        finally:
            self._listeners = [listener for listener in self._listeners if listener is not ring]
