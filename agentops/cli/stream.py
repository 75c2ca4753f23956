"""`apply --json`: what goes on, as one JSON object a line on stdout."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from agentops.cli.runs import from_here
from agentops.cli.terminal import Terminal
from agentops.domain.address import Address
from agentops.domain.errors import AgentopsError, UsageError
from agentops.domain.events import ApplyResult, Event, StepFailed, StepStarted, Waiting
from agentops.domain.plan import Plan
from agentops.domain.values import RemoteId
from agentops.render.json import Json
from agentops.render.stream import (
    Known,
    ended_message,
    error_messages,
    event_messages,
    plan_messages,
    result_messages,
    sandbox_message,
    stamped,
    version_message,
)

_WORTH_A_LINE = 5.0  # seconds of waiting


class Stream:
    """Writes each message as it comes; safe to call from any thread."""

    def __init__(self, terminal: Terminal) -> None:
        self.ids: Mapping[Address, RemoteId] = {}
        self._terminal = terminal
        self._platform = ""
        self._plan: Plan | None = None
        self._has_ended = False
        self._begun: dict[tuple[Address, str], float] = {}
        self._lock = threading.Lock()

    def sandbox(self) -> None:
        """Say that the environment is a sandbox."""
        self._send(sandbox_message())

    def planned(self, plan: Plan) -> None:
        """Show the plan that is to be carried out."""
        self._plan, self._platform = plan, plan.binding.platform
        self._send(*plan_messages(plan))

    def report(self, event: Event) -> None:
        """Show an event, but for waits that are nobody's concern."""
        if isinstance(event, Waiting) and event.seconds < _WORTH_A_LINE:
            return
        elapsed = 0.0
        if isinstance(event, StepStarted):
            self._begun[event.address, event.purpose] = time.monotonic()
        if isinstance(event, StepFailed):
            now = time.monotonic()
            elapsed = now - self._begun.get((event.address, event.purpose), now)
        self._send(*event_messages(event, Known(self._platform, self.ids), elapsed))

    def on_wait(self, seconds: float, reason: str) -> None:
        """For the connection, which says when a request has to wait."""
        self.report(Waiting(seconds, reason))

    def ended(self, result: ApplyResult, exit_code: int, ledger: Path | None) -> None:
        """Show how the apply ended."""
        assert self._plan is not None, "only a plan can be carried out"
        self._has_ended = True
        self._send(*result_messages(result, self._plan, exit_code, from_here(ledger) if ledger else ""))

    @contextmanager
    def whole(self) -> Iterator[None]:
        """While inside, the stream has its first line; in the end it has its last one, whatever happens."""
        self._send(version_message())
        try:
            yield
        except AgentopsError as exc:
            self._broke_off(exc.exit_code, *error_messages(exc))
            raise
        except BaseException as exc:
            self._broke_off(*_ending_of(exc))
            raise

    def _broke_off(self, exit_code: int, *messages: Json) -> None:
        if not self._has_ended:
            text = str(messages[-1]["@message"]) if messages else "Interrupted."
            self._send(*messages, ended_message(exit_code, text))

    def _send(self, *messages: Json) -> None:
        with self._lock:
            for message in messages:
                self._terminal.show(stamped(message, datetime.now(UTC)))


def _ending_of(exc: BaseException) -> tuple[int, *tuple[Json, ...]]:
    """The exit code of what is no error of ours, and what to say of it."""
    from agentops.cli.main import INTERRUPTED, Terminated

    match exc:
        case Terminated():
            return (exc.exit_code,)
        case KeyboardInterrupt() | click.Abort():
            return (INTERRUPTED,)
    bug = AgentopsError(f"agentops failed unexpectedly ({type(exc).__name__}); this is a bug in agentops")
    return (bug.exit_code, *error_messages(bug))


def require_approval(*, approved: bool) -> None:
    """Raises UsageError: with --json nobody is asked, so the yes must have been given."""
    if not approved:
        raise UsageError(
            "--json asks nobody for approval; nothing was written",
            hint="add --auto-approve, or save a plan, review it, and apply that: plan --out FILE, apply --json FILE",
        )
