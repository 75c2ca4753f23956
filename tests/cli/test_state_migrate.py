"""A state moves to another place: at no moment are there two that may be used, and a kill loses nothing."""

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentops.domain.state import State
from agentops.sandbox import DEFAULT_TOKEN
from agentops.state.backends import new_lock, open_backend
from tests.cli.conftest import environment
from tests.support.project import ENVIRONMENT, TOKEN_VARIABLE, Outcome, Project

HERE, THERE = ".agentops/state", "elsewhere/x.db"


def state_in(desk: Project, place: str) -> State | None:
    backend = open_backend(place, desk.folder, project="conformance", environment=ENVIRONMENT)
    try:
        return backend.read()
    finally:
        backend.close()


def put(desk: Project, place: str, state: State) -> None:
    backend = open_backend(place, desk.folder, project="conformance", environment=ENVIRONMENT)
    lock = new_lock("test", now=datetime.now(UTC))
    backend.acquire(lock)
    now = backend.read()
    backend.replace(now.serial if now else None, lock, state)
    backend.release(lock)
    backend.close()


def point_to(desk: Project, place: str) -> None:
    desk.extra["state"] = place
    desk.write_project()


def migrated(desk: Project, origin: str = HERE, target: str = THERE) -> Outcome:
    return desk.succeed("state", "migrate", origin, target)


def test_all_of_a_state_moves(desk: Project) -> None:
    desk.apply()
    before = desk.state()
    outcome = migrated(desk)
    after = state_in(desk, THERE)

    assert f"add `state: {THERE}` to the environment {ENVIRONMENT} (agentops.yaml:" in outcome.out
    assert after is not None
    assert (after.lineage, after.digest_key, after.binding) == (before.lineage, before.digest_key, before.binding)
    assert (after.entries, after.intents, after.moved_to) == (before.entries, before.intents, "")
    assert after.serial > before.serial
    point_to(desk, THERE)
    assert "No changes." in desk.succeed("plan").out
    assert "says so already" in migrated(desk).out


def test_what_was_left_behind_can_be_looked_at_and_nothing_else(desk: Project) -> None:
    desk.apply()
    migrated(desk)

    for arguments in (["list"], ["show", "assistant.one"], ["pull"], ["history"]):
        outcome = desk.succeed("state", *arguments)
        assert f"has moved to {THERE}" in outcome.err
    for command in (
        ["plan"],
        ["apply", "--auto-approve"],
        ["destroy", "--auto-approve"],
        ["import", "assistant.one", "1"],
        ["state", "rm", "assistant.one"],
        ["state", "mv", "assistant.one", "assistant.uno"],
        ["state", "resolve", "assistant.one", "1"],
        ["state", "restore", "0", "--auto-approve"],
    ):
        refused = desk.run(*command)
        assert refused.code == 1, refused
        assert f"has moved to {THERE}" in refused.err
        assert f"`state: {THERE}`" in refused.err


def test_a_state_moves_back_and_forth(desk: Project) -> None:
    desk.apply()
    migrated(desk)
    point_to(desk, THERE)
    desk.succeed("state", "rm", "assistant.two")
    migrated(desk, THERE, HERE)
    point_to(desk, HERE)

    assert [str(address) for address in desk.state().entries] == ["assistant.one"]
    left = state_in(desk, THERE)
    assert left is not None
    assert left.moved_to == HERE
    migrated(desk)
    point_to(desk, THERE)
    desk.apply("--allow-duplicate-names")


@pytest.mark.parametrize("target", ["other lineage", "live copy"])
def test_a_place_with_a_state_of_its_own_is_refused(desk: Project, target: str) -> None:
    desk.apply()
    state = desk.state()
    put(desk, THERE, replace(state, lineage="another") if target == "other lineage" else state)
    before = state_in(desk, THERE)

    outcome = desk.run("state", "migrate", HERE, THERE)

    assert outcome.code == 1
    assert ("another lineage" in outcome.err) or ("same lineage" in outcome.err)
    assert (desk.state().moved_to, state_in(desk, THERE)) == ("", before)


def test_places_that_make_no_sense_are_refused(desk: Project) -> None:
    assert "there is no state in" in desk.run("state", "migrate", HERE, THERE).err
    desk.apply()
    assert desk.run("state", "migrate", HERE, f"./{HERE}/").code == 64
    migrated(desk)
    assert f"has moved to {THERE} already" in desk.run("state", "migrate", HERE, "third").err


def test_the_state_of_another_environment_is_refused(desk: Project) -> None:
    desk.apply()
    put(desk, "other.db", replace(desk.state(), binding=replace(desk.state().binding, environment="prod")))

    assert desk.run("state", "migrate", "other.db", THERE).code == 64


KILLED = """\
import os, signal, sys
from agentops.state.sqlite import SqliteBackend

left = int(sys.argv.pop(1))

def dying(write):
    def wrapped(*arguments):
        global left
        result = write(*arguments)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return wrapped

SqliteBackend.commit = dying(SqliteBackend.commit)
SqliteBackend.replace = dying(SqliteBackend.replace)
from agentops.cli.main import main
main()
"""
"""agentops, killed right after a write of the state; the first argument says after which."""


@pytest.mark.parametrize("step", [1, 2, 3])
def test_killed_after_any_step_the_same_command_goes_on(desk: Project, tmp_path: Path, step: int) -> None:
    desk.apply()
    before = desk.state()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(step), "-C", str(tmp_path), "state", "migrate", HERE, THERE],
        env=environment({TOKEN_VARIABLE: DEFAULT_TOKEN}),
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed
    usable = [place for place in (HERE, THERE) if (state := state_in(desk, place)) and not state.moved_to]
    assert len(usable) <= 1
    if step == 1:  # nothing has happened yet for those who use the old place
        desk.apply()

    migrated(desk)

    after = state_in(desk, THERE)
    assert after is not None
    assert (after.entries, after.moved_to) == (before.entries, "")
    assert desk.run("apply", "--auto-approve").code == 1
    point_to(desk, THERE)
    assert "No changes." in desk.succeed("plan").out
