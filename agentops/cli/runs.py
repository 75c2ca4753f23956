"""The ledger of a run: where it is, what its first line says, and how it ends when the run breaks off."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agentops import __version__
from agentops.cli.git import commit_of, is_dirty
from agentops.cli.redaction import redact
from agentops.domain.errors import AgentopsError
from agentops.domain.events import Event
from agentops.domain.plan import Plan
from agentops.domain.state import State

if TYPE_CHECKING:
    from agentops.cli.project import Session
    from agentops.engine.ledger import Ledger
    from agentops.engine.recorder import Recorder
    from agentops.engine.refresh import Live

FOLDER: Final = Path(".agentops", "runs")


@contextmanager
def recorded(
    session: Session, plan: Plan, live: Live, state: State, report: Callable[[Event], None]
) -> Iterator[Recorder]:
    """Writes down what happens inside, in a new ledger whose first line is there already.

    Raises ProjectError when it cannot be written. An exception becomes its last line, and passes.
    """
    from agentops.engine.ledger import open_ledger
    from agentops.engine.recorder import Recorder

    ledger = open_ledger(
        session.project.root / FOLDER,
        clock=lambda: datetime.now(UTC),
        clean=redact,
        complain=lambda text: session.terminal.tell(f"Warning: {text}"),
    )
    try:
        _begin(ledger, session, plan, state)
        recorder = Recorder(ledger, plan, live, report)
        try:
            yield recorder
        except BaseException as exc:
            recorder.broke_off(exc, _code_of(exc))
            session.terminal.tell(where(ledger.path))
            raise
    finally:
        ledger.close()


def where(path: Path) -> str:
    """The line that names the ledger."""
    return f"\nWhat this run did, request by request: {from_here(path)}"


def from_here(path: Path) -> str:
    """The path of a ledger as somebody who is where the command ran would write it."""
    here = os.path.relpath(path)
    return str(path) if here.startswith(os.pardir) else here


def _begin(ledger: Ledger, session: Session, plan: Plan, state: State) -> None:
    from agentops.engine.planfile import dump

    binding, lock, root = session.binding, session.require_lock(), session.project.root
    ledger.begin(
        run=ledger.path.stem,
        arguments=list(session.arguments),
        operation=lock.operation,
        who=lock.who,
        host=socket.gethostname(),
        agentops=__version__,
        project=binding.project,
        environment=binding.environment,
        sandbox=session.environment.sandbox,
        platform=binding.platform,
        account=binding.account,
        base_url=binding.base_url,
        commit=commit_of(root),
        dirty=is_dirty(root),
        plan=f"sha256:{hashlib.sha256(dump([plan]).encode('utf-8', 'backslashreplace')).hexdigest()}",
        state=session.backend.location,
        lineage=state.lineage,
        serial=state.serial,
        lock=lock.id,
        ci_url=lock.ci_url,
    )


def _code_of(exc: BaseException) -> int:
    from agentops.cli.main import INTERRUPTED, Terminated

    match exc:
        case AgentopsError() | Terminated():
            return exc.exit_code
        case KeyboardInterrupt():
            return INTERRUPTED
    return 1
