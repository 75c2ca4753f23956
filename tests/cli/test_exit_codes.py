"""Each exit code of docs/cli.md, through a real process."""

import os
import pty
import signal
import subprocess
import sys
from datetime import UTC, datetime
from threading import Event

import pytest

from agentops.sandbox import Fault, FaultKind
from agentops.state.backends import new_lock, open_backend
from tests.cli.conftest import Run, Served, environment


def test_0_when_there_is_nothing_to_do(served: Served, agentops: Run) -> None:
    assert agentops("apply", "--auto-approve").returncode == 0

    result = agentops("plan", "--detailed-exitcode")

    assert result.returncode == 0
    assert "No changes." in result.stdout


def test_1_for_a_wrong_manifest(served: Served, agentops: Run) -> None:
    served.manifest("one").write_text("kind: Assistant\n", encoding="utf-8")

    result = agentops("plan")

    assert result.returncode == 1
    assert "small/one.yaml:1:1: error:" in result.stderr
    assert result.stdout == ""


def test_2_for_changes_only_when_asked(served: Served, agentops: Run) -> None:
    assert agentops("plan").returncode == 0
    assert agentops("plan", "--detailed-exitcode").returncode == 2


def test_3_when_something_was_written_and_something_was_not(served: Served, agentops: Run) -> None:
    with served.sandbox.faults.on(Fault(FaultKind.STATUS, method="POST", status=422)):
        result = agentops("apply", "--auto-approve", "--parallelism", "1")

    assert result.returncode == 3
    assert "1 added" in result.stdout
    assert len(served.sandbox.store.assistants(account=2)) == 1


def test_4_for_a_delete_without_leave(served: Served, agentops: Run) -> None:
    agentops("apply", "--auto-approve")
    served.manifest("two").unlink()

    result = agentops("apply", "--auto-approve")

    assert result.returncode == 4
    assert "--allow-deletes" in result.stderr
    assert len(served.sandbox.store.assistants(account=2)) == 2
    assert agentops("apply", "--auto-approve", "--allow-deletes").returncode == 0
    assert len(served.sandbox.store.assistants(account=2)) == 1


def test_5_for_a_stale_plan(served: Served, agentops: Run) -> None:
    agentops("plan", "--out", "old.plan")
    assert agentops("apply", "old.plan").returncode == 0
    served.manifest("one").write_text(
        served.manifest("one").read_text(encoding="utf-8").replace("Hello!", "Good morning!"), encoding="utf-8"
    )

    result = agentops("apply", "old.plan")

    assert result.returncode == 5
    assert "old.plan is stale; nothing was written" in result.stderr


def test_6_when_the_platform_stored_something_else(served: Served, agentops: Run) -> None:
    edit = Fault(
        FaultKind.EDIT, method="GET", path="/user/assistants/get", after=1, changes={"initial_message": "Meddled"}
    )
    with served.sandbox.faults.on(edit):
        result = agentops("apply", "--auto-approve")

    assert result.returncode == 6
    assert "initial_message" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        ["nonsense"],
        ["plan", "--target", "no address"],
        ["--env", "nowhere", "plan"],
        ["apply", "none.plan"],
    ],
)
def test_64_for_wrong_usage(served: Served, agentops: Run, arguments: list[str]) -> None:
    assert agentops(*arguments).returncode == 64


@pytest.mark.parametrize("number, code", [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_129_130_and_143_when_stopped_after_what_was_under_way_is_written_down(
    served: Served, agentops: Run, number: signal.Signals, code: int
) -> None:
    with served.sandbox.faults.on(Fault(FaultKind.SLOW, method="POST", seconds=1, times=None)):
        process = subprocess.Popen(
            [sys.executable, "-m", "agentops", "apply", "--auto-approve", "--parallelism", "1"],
            cwd=served.project,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        for line in process.stderr:
            if "Creating..." in line:
                process.send_signal(number)
                break
        process.communicate(timeout=60)

    assert process.returncode == code
    assert len(served.sandbox.store.assistants(account=2)) == 1
    assert agentops("apply", "--auto-approve").returncode == 0
    assert len(served.sandbox.store.assistants(account=2)) == 2


@pytest.mark.parametrize("number, code", [(signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_stop_is_as_orderly_when_nobody_reads_any_more(
    served: Served, agentops: Run, number: signal.Signals, code: int
) -> None:
    """The ^C that is meant for agentops also ends the `tee` behind it; a terminal that is gone takes no text."""
    reading, writing = os.pipe()
    with served.sandbox.faults.on(Fault(FaultKind.SLOW, method="POST", seconds=1, times=None)):
        process = subprocess.Popen(
            [sys.executable, "-m", "agentops", "apply", "--auto-approve", "--parallelism", "1"],
            cwd=served.project,
            env=environment(),
            stdout=writing,
            stderr=writing,
        )
        os.close(writing)
        seen = b""
        while b"Creating..." not in seen:
            seen += os.read(reading, 65536)
        os.close(reading)
        process.send_signal(number)
        process.wait(60)

    assert process.returncode == code
    assert len(served.sandbox.store.assistants(account=2)) == 1
    assert agentops("apply", "--auto-approve").returncode == 0
    assert len(served.sandbox.store.assistants(account=2)) == 2


def test_5_while_somebody_else_holds_the_lock(served: Served, agentops: Run) -> None:
    backend = open_backend("", served.project, project="acme", environment="served")
    backend.acquire(new_lock("apply", now=datetime.now(UTC)))
    try:
        result = agentops("apply", "--auto-approve")
    finally:
        backend.close()

    assert result.returncode == 5
    assert not served.sandbox.store.assistants(account=2)


INTERRUPTIBLE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from agentops.cli.main import main; main()"
)
"""agentops, started as from a terminal: what runs in the background of a script inherits that SIGINT is ignored."""


@pytest.mark.parametrize(
    "number, code, said",
    [(signal.SIGHUP, 129, "Terminated."), (signal.SIGINT, 130, "Interrupted."), (signal.SIGTERM, 143, "Terminated.")],
)
def test_129_130_and_143_when_stopped_while_planning(
    served: Served, number: signal.Signals, code: int, said: str
) -> None:
    asked, answered = Event(), Event()

    def late(seconds: float) -> None:
        asked.set()
        answered.wait(seconds)

    served.server.sleep = late
    with served.sandbox.faults.on(Fault(FaultKind.SLOW, seconds=30, times=None)):
        process = subprocess.Popen(
            [sys.executable, "-c", INTERRUPTIBLE, "plan"],
            cwd=served.project,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert asked.wait(60)
        process.send_signal(number)
        _, rest = process.communicate(timeout=60)
        answered.set()

    assert process.returncode == code
    assert said in rest


ON_A_TERMINAL = (
    "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from agentops.cli.main import main; main()"
)
"""agentops, whose session ends with the terminal it is on."""


def test_129_when_the_terminal_itself_is_gone(served: Served, agentops: Run) -> None:
    """There is a status line on a terminal, and nothing that is written to one that is gone arrives."""
    with served.sandbox.faults.on(Fault(FaultKind.SLOW, method="POST", seconds=1, times=None)):
        terminal, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", ON_A_TERMINAL, "apply", "--auto-approve", "--parallelism", "1"],
            cwd=served.project,
            env=environment({"TERM": "xterm"}),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        seen = b""
        while b"Creating..." not in seen:
            seen += os.read(terminal, 65536)
        os.close(terminal)
        process.wait(60)

    assert process.returncode == 129
    assert len(served.sandbox.store.assistants(account=2)) == 1
    assert agentops("apply", "--auto-approve").returncode == 0
    assert len(served.sandbox.store.assistants(account=2)) == 2


def test_nohup_outlives_its_terminal(served: Served) -> None:
    with served.sandbox.faults.on(Fault(FaultKind.SLOW, method="POST", seconds=1, times=None)):
        process = subprocess.Popen(
            ["nohup", sys.executable, "-m", "agentops", "apply", "--auto-approve", "--parallelism", "1"],
            cwd=served.project,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        for line in process.stderr:
            if "Creating..." in line:
                process.send_signal(signal.SIGHUP)
                break
        process.communicate(timeout=60)

    assert process.returncode == 0
    assert len(served.sandbox.store.assistants(account=2)) == 2
