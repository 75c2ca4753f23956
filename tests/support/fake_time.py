"""Time that passes only when a test says so: a clock, a sleep, and a heart that a test lets beat."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class FakeTime:
    """A clock that `sleep` moves on. `on_sleep` is called after each."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)
    on_sleep: Callable[[], None] | None = None

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)
        if self.on_sleep:
            self.on_sleep()


@dataclass
class ManualHeart:
    """Beats when a test calls `beat`, if it runs; remembers the pause that the last beat asked for."""

    pause: float = 0.0
    _beat: Callable[[], float] | None = None

    @property
    def runs(self) -> bool:
        return self._beat is not None

    def start(self, beat: Callable[[], float], first: float) -> None:
        self._beat, self.pause = beat, first

    def stop(self) -> None:
        self._beat = None

    def beat(self) -> None:
        if self._beat is not None:
            self.pause = self._beat()
