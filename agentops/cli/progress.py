"""What goes on, as it goes on."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping

from agentops.cli.terminal import Terminal
from agentops.domain.address import Address
from agentops.domain.events import Event, Waiting
from agentops.domain.values import RemoteId
from agentops.render.events import event_text
from agentops.render.progress import Progress

_WORTH_A_LINE = 5.0  # seconds of waiting


class View:
    """Shows events as lines on stderr, on a terminal with a status line below; safe to call from any thread."""

    def __init__(self, terminal: Terminal) -> None:
        self.ids: Mapping[Address, RemoteId] = {}
        self._terminal = terminal
        self._lock = threading.Lock()
        self._progress = Progress(terminal.draw, shutil.get_terminal_size().columns) if terminal.can_ask else None

    def report(self, event: Event) -> None:
        with self._lock:
            if self._progress:
                self._progress.clear()
            if not isinstance(event, Waiting) or self._is_worth_a_line(event):
                self._terminal.tell(event_text(event, ids=self.ids, palette=self._terminal.error_palette))
            if self._progress:
                self._progress.feed(event, time.monotonic())

    def on_wait(self, seconds: float, reason: str) -> None:
        """For the connection, which says when a request has to wait."""
        self.report(Waiting(seconds, reason))

    def clear(self) -> None:
        """Take the status line away."""
        with self._lock:
            if self._progress:
                self._progress.clear()

    def _is_worth_a_line(self, event: Waiting) -> bool:
        """Whether to say that nothing goes on: a status line says so already, and short waits are nobody's concern."""
        has_status_line = self._progress is not None and self._progress.total > 0
        return not has_status_line and event.seconds >= _WORTH_A_LINE
