"""One status line at the bottom of a terminal: how many steps are done, how fast, and how long it will take."""

from collections.abc import Callable
from dataclasses import dataclass, field

from agentops.domain.events import ApplyStarted, Event, StepFailed, StepFinished, StepSkipped, StepStarted, Waiting
from agentops.render.events import duration
from agentops.render.visible import cells, printable

_CLEAR = "\r\x1b[K"
_BAR = 20


@dataclass(slots=True)
class Progress:
    """Counts steps and keeps the line. `now` is the caller's clock, in seconds; nothing is read here.

    `write` shows what it gets at once.
    """

    write: Callable[[str], object]
    width: int = 80
    total: int = 0
    done: int = 0
    started: float = 0.0
    running: int = 0
    waiting: str = ""
    _drawn: bool = field(default=False, init=False)

    def feed(self, event: Event, now: float) -> None:
        """Count an event and draw the line again."""
        self.waiting = ""
        match event:
            case ApplyStarted():
                self.total, self.done, self.started, self.running = event.steps, 0, now, 0
            case StepStarted():
                self.running += 1
            case StepFinished() | StepFailed():
                self.done += 1
                self.running = max(0, self.running - 1)
            case StepSkipped():
                self.done += 1
            case Waiting():
                self.waiting = f"waiting {duration(event.seconds + 0.999)}: {event.reason}"
        self.draw(now)

    def draw(self, now: float) -> None:
        """Write the line anew."""
        if self.total:
            self.write(_CLEAR + self.line(now))
            self._drawn = True

    def clear(self) -> None:
        """Take the line away, so that other text can be printed."""
        if self._drawn:
            self.write(_CLEAR)
            self._drawn = False

    def line(self, now: float) -> str:
        """The line as text: `[=====>    ] 12/40, 1.5/s, 19s left`, never wider than the terminal."""
        elapsed = max(0.0, now - self.started)
        done = min(self.done, self.total)
        parts = [f"{done}/{self.total}"]
        if done and elapsed > 0:
            parts.append(f"{done / elapsed:.1f}/s")
            parts.append(f"{duration((self.total - done) * elapsed / done)} left")
        if self.waiting:
            parts.append(printable(self.waiting))
        filled = _BAR * done // self.total if self.total else 0
        text = f"[{'=' * filled}{' ' * (_BAR - filled)}] {', '.join(parts)}"
        while cells(text) >= self.width > 0 and text:
            text = text[:-1]
        return text
