"""The ledger of a run, as a user finds it."""

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from agentops.domain.errors import ConflictError
from agentops.sandbox import DEFAULT_TOKEN, Fault, FaultKind
from agentops.state.sqlite import SqliteBackend
from tests.cli.conftest import environment, simple
from tests.support.project import TOKEN_VARIABLE, Project


def ledgers(desk: Project) -> list[Path]:
    return sorted((desk.folder / ".agentops" / "runs").glob("*.jsonl"))


def newest(desk: Project, kind: str = "") -> list[Any]:
    """The lines of the newest ledger, of one kind."""
    lines = map(json.loads, ledgers(desk)[-1].read_text(encoding="utf-8").splitlines())
    return [line for line in lines if kind in ("", line["type"])]


def test_a_run_tells_who_did_what_and_how_it_ended(desk: Project) -> None:
    desk.environ |= {"GITHUB_SERVER_URL": "https://ci.example", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}
    desk.apply()
    state = desk.state()
    first, *_, last = newest(desk)

    assert first["type"] == "run"
    assert first["format"] == 1
    assert first["run"] == ledgers(desk)[0].stem
    assert first["arguments"][2:4] == ["apply", "--auto-approve"]
    assert first["ci_url"] == "https://ci.example/a/b/actions/runs/7"
    assert (first["lineage"], first["serial"]) == (state.lineage, 0)
    assert (first["platform"], first["account"]) == ("autocalls", "sandbox@example.com")
    assert first["plan"].startswith("sha256:")
    assert (last["type"], last["result"], last["exit_code"], last["created"]) == ("result", "done", 0, 2)
    assert [line["serial"] for line in newest(desk, "commit")][-1] == state.serial
    posts = [line for line in newest(desk, "call") if line["method"] == "POST"]
    assert {line["address"] for line in posts} == {"assistant.one", "assistant.two"}
    assert {line["status"] for line in posts} == {201}
    assert {line["state"] for line in newest(desk, "step")} == {"started", "finished"}


def test_what_an_update_overwrites_is_in_the_file_before_it_is_sent(desk: Project) -> None:
    desk.apply()
    desk.write({"one": simple(desk, name="One", initial_message="New"), "two": simple(desk, name="Two")})
    desk.apply()

    kinds = [(line["type"], line.get("method", line.get("state"))) for line in newest(desk)]
    (before,) = newest(desk, "before")
    assert before["values"] == {"initial_message": simple(desk)["initial_message"]}
    assert kinds.index(("before", None)) < kinds.index(("call", "PUT"))


def test_only_the_owner_may_read_it_and_git_leaves_it_alone(desk: Project) -> None:
    desk.apply()

    assert stat.S_IMODE(ledgers(desk)[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(ledgers(desk)[0].parent.stat().st_mode) == 0o700


def test_a_new_project_keeps_ledgers_out_of_git(tmp_path: Path, desk: Project) -> None:
    desk.succeed("init", "new", "--platform", "autocalls")

    assert ".agentops/" in (tmp_path / "new" / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_a_run_without_anything_to_do_leaves_none(desk: Project) -> None:
    desk.apply()
    desk.apply()
    desk.succeed("plan")

    assert len(ledgers(desk)) == 1


def test_a_run_that_failed_ends_with_the_name_of_its_ledger(desk: Project) -> None:
    with desk.sandbox.faults.on(Fault(FaultKind.STATUS, method="POST", status=422)):
        outcome = desk.run("apply", "--auto-approve")

    assert outcome.code == 3
    assert outcome.err.rstrip().endswith(str(ledgers(desk)[0]))
    assert newest(desk)[-1]["result"] == "incomplete"
    (failed,) = [line for line in newest(desk, "step") if line["state"] == "failed"]
    assert failed["reasons"]
    assert {line["status"] for line in newest(desk, "call") if line["method"] == "POST"} == {201, 422}


def test_a_run_that_went_well_does_not_speak_of_it(desk: Project) -> None:
    assert ".jsonl" not in str(desk.apply())


def test_a_ledger_that_cannot_be_written_stops_the_run_before_anything_is_sent(desk: Project) -> None:
    (desk.folder / ".agentops").mkdir()
    (desk.folder / ".agentops" / "runs").touch()
    outcome = desk.run("apply", "--auto-approve")

    assert outcome.code == 1
    assert "nothing was sent" in outcome.err
    assert not desk.writes()


@pytest.mark.parametrize("times", [0, 1])
def test_a_lost_lock_ends_the_run_before_it_sends_anything(desk: Project, times: int) -> None:
    left = [times]

    def lost(*_: object) -> None:
        if not left[0]:
            raise ConflictError("the lock is not held any more")
        left[0] -= 1

    with patch.object(SqliteBackend, "assure", lost):
        outcome = desk.run("apply", "--auto-approve", "--parallelism", "1")

    assert outcome.code == 5, outcome
    assert "the lock is not held any more" in outcome.out
    assert not desk.sandbox.store.assistants()
    assert newest(desk)[-1]["exit_code"] == 5


def test_a_lock_that_is_lost_half_way_ends_in_something_was_written(desk: Project) -> None:
    left = [2]  # each request asks when it begins, and when it goes out

    def lost(*_: object) -> None:
        if not left[0]:
            raise ConflictError("the lock is not held any more")
        left[0] -= 1

    with patch.object(SqliteBackend, "assure", lost):
        outcome = desk.run("apply", "--auto-approve", "--parallelism", "1")

    assert outcome.code == 3, outcome
    assert len(desk.writes()) == 1
    assert "not started      1  assistant.two" in outcome.out


def test_an_error_on_the_way_is_the_last_line(desk: Project) -> None:
    def broken(*_: object) -> int:
        raise ConflictError("the state moved on")

    with patch.object(SqliteBackend, "commit", broken):
        outcome = desk.run("apply", "--auto-approve")

    assert outcome.code == 5
    assert str(ledgers(desk)[0]) in outcome.err
    assert newest(desk)[-1]["reason"] == "ConflictError: the state moved on"
    assert not desk.writes()


KILLED = """\
import os, signal
from agentops.engine.recorder import Recorder

called = Recorder.called

def dying(self, call):
    called(self, call)
    if call.method != "GET":
        os.kill(os.getpid(), signal.SIGKILL)

Recorder.called = dying
from agentops.cli.main import main
main()
"""


def test_a_kill_leaves_whole_lines(desk: Project) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, "-C", str(desk.folder), "apply", "--auto-approve"],
        env=environment({TOKEN_VARIABLE: DEFAULT_TOKEN, **desk.environ}),
        capture_output=True,
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL, killed
    kinds = [line["type"] for line in newest(desk)]
    assert kinds[0] == "run"
    assert "call" in kinds
    assert "result" not in kinds


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_says_so(desk: Project, number: signal.Signals, code: int) -> None:
    with desk.sandbox.faults.on(Fault(FaultKind.SLOW, method="POST", seconds=1, times=None)):
        process = subprocess.Popen(
            [sys.executable, "-m", "agentops", "-C", str(desk.folder), "apply", "--auto-approve", "--parallelism", "1"],
            env=environment({TOKEN_VARIABLE: DEFAULT_TOKEN, **desk.environ}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        seen = ""
        for line in process.stderr:
            seen += line
            if "Creating..." in line:
                process.send_signal(number)
                break
        _, rest = process.communicate(timeout=60)

    assert process.returncode == code
    assert (seen + rest).rstrip().endswith(".jsonl")
    assert (newest(desk)[-1]["result"], newest(desk)[-1]["exit_code"]) == ("interrupted", code)
