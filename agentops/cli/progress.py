"""What goes on, as it goes on."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from agentops.cli.results import show_as
from agentops.cli.runs import where
from agentops.cli.terminal import Terminal
from agentops.domain.address import Address
from agentops.domain.events import ApplyResult, Event, Waiting
from agentops.domain.plan import Plan
from agentops.domain.values import RemoteId
from agentops.render.events import event_text, result_text
from agentops.render.progress import Progress

_WORTH_A_LINE = 5.0  # seconds of waiting


class RunView(Protocol):
    """What shows a run: the plan, what goes on while it is carried out, and how it ended."""

    ids: Mapping[Address, RemoteId]

    def planned(self, plan: Plan) -> None: ...
    def report(self, event: Event) -> None: ...
    def on_wait(self, seconds: float, reason: str) -> None: ...
    def ended(self, result: ApplyResult, exit_code: int, ledger: Path | None) -> None: ...


class View:
    """Shows events as lines on stderr, on a terminal with a status line below; safe to call from any thread."""

    def __init__(self, terminal: Terminal) -> None:
        self.ids: Mapping[Address, RemoteId] = {}
        self._terminal = terminal
        self._lock = threading.Lock()
        self._progress = Progress(terminal.draw, shutil.get_terminal_size().columns) if terminal.can_ask else None

    def planned(self, plan: Plan) -> None:
        """Show the plan that is to be carried out, as text."""
        show_as(plan, self._terminal, as_json=False, as_markdown=False)

    def report(self, event: Event) -> None:
        """Show an event."""
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

    def ended(self, result: ApplyResult, exit_code: int, ledger: Path | None) -> None:
        """Show how the apply ended, and where its ledger is if that was not well."""
        self.clear()
        terminal = self._terminal
        terminal.show("\n" + result_text(result, palette=terminal.palette, width=terminal.width))
        if exit_code and ledger:
            terminal.tell(where(ledger))

    def clear(self) -> None:
        """Take the status line away."""
        with self._lock:
            if self._progress:
                self._progress.clear()

    def _is_worth_a_line(self, event: Waiting) -> bool:
        """Whether to say that nothing goes on: a status line says so already, and short waits are nobody's concern."""
        has_status_line = self._progress is not None and self._progress.total > 0
        return not has_status_line and event.seconds >= _WORTH_A_LINE
