"""Servers that tests start for themselves: on a free port, in a folder of their own, gone when the tests are."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[2]
ATTEMPTS = 400
PATIENCE = 0.05


def missing(what: str, how: str) -> NoReturn:
    """A developer can do without a server; CI cannot."""
    message = f"{what} is not installed: {how}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def new_folder(name: str) -> Path:
    """A folder that servers of other users can reach, so not below pytest's own; the server's end removes it."""
    folder = Path(tempfile.mkdtemp(prefix=f"agentops-{name}-"))
    folder.chmod(0o755)
    return folder


@contextmanager
def serve(
    command: Sequence[str | Path],
    folder: Path,
    *,
    port: int,
    ends_with: signal.Signals = signal.SIGKILL,
    user: tuple[int, int] | None = None,
    environ: Mapping[str, str] | None = None,
    ready: Callable[[], bool] | None = None,
) -> Iterator[None]:
    """Runs `command` until the block ends. It is ready when `ready` says so, or when the port answers."""
    order = {
        "command": [str(part) for part in command],
        "folder": str(folder),
        "signal": int(ends_with),
        "user": user[0] if user else None,
        "group": user[1] if user else None,
    }
    log = tempfile.TemporaryFile()  # noqa: SIM115 - closed below; the supervisor has its own end of it
    # In a session of its own: tests kill whole process groups.
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "tests.support.supervise", json.dumps(order)],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        cwd=ROOT,
        env={**os.environ, **(environ or {})},
        start_new_session=True,
    )
    try:
        _await(ready or (lambda: answers(port)), supervisor, log.fileno())
        yield
    finally:
        assert supervisor.stdin is not None
        supervisor.stdin.close()
        supervisor.wait()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def _await(ready: Callable[[], bool], supervisor: "subprocess.Popen[bytes]", log: int) -> None:
    for _ in range(ATTEMPTS):
        if ready():
            return
        try:
            supervisor.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"a server for the tests did not start:\n{os.pread(log, 10_000, 0).decode(errors='replace')}")
