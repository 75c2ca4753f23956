"""Several processes and one state: one writes at a time, and the death of one does not lock out the others."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from agentops.domain.errors import LockedError
from agentops.domain.state import StateChange
from agentops.state.sqlite import SqliteBackend
from tests.state.samples import DESK, SALES, entry, intent, lock

_HOLDER = """
import sys
from pathlib import Path
from agentops.domain.state import StateChange
from agentops.state.sqlite import SqliteBackend
from tests.state.samples import BINDING, DESK, SALES, entry, intent, lock

backend = SqliteBackend(Path(sys.argv[1]))
backend.acquire(lock("theirs"))
backend.create(BINDING)
backend.commit(0, lock("theirs"), StateChange({DESK: entry()}, {SALES: intent(7)}))
print("holding", flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock, with an entry and an intent written."""
    command = [sys.executable, "-c", _HOLDER, str(path)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert _line(process.stdout) == "holding"
            yield process
        finally:
            process.kill()


def _line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


def test_another_process_is_locked_out_and_may_read(backend: SqliteBackend, path: Path) -> None:
    with holder(path):
        with pytest.raises(LockedError, match="theirs@host"):
            backend.acquire(lock("mine"))
        state = backend.read()
        assert state is not None
        assert set(state.entries) == {DESK}


def test_a_killed_holder_leaves_a_usable_state_with_its_intents(backend: SqliteBackend, path: Path) -> None:
    with holder(path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    backend.acquire(lock("mine"))
    state = backend.read()
    assert state is not None
    assert (state.entries, state.intents) == ({DESK: entry()}, {SALES: intent(7)})
    assert state.lock == lock("mine")
    assert backend.commit(state.serial, lock("mine"), StateChange({SALES: entry(8)}, {SALES: None})) == 2
