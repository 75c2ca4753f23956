"""The ledger of a run: whole lines, no secrets, and what was overwritten before it is overwritten."""

import json
import os
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.errors import ProjectError
from agentops.domain.events import ApplyResult, Called, Committed, Mismatch, StepStarted
from agentops.domain.plan import Action, Plan
from agentops.domain.provider import LiveObject
from agentops.domain.values import Secret
from agentops.engine.ledger import KEPT, Ledger, about, new_id, open_ledger
from agentops.engine.recorder import Recorder
from tests.apply.world import KEY, SECRET_TOOL, START, World, address, spec


def opened(folder: Path, complaints: list[str] | None = None, clean: Callable[[str], str] = str) -> Ledger:
    return open_ledger(
        folder, clock=lambda: START, clean=clean, complain=(complaints if complaints is not None else []).append
    )


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_line_is_in_the_file_at_once_and_says_when_and_what(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "runs")
    ledger.begin(run="r")
    ledger.write("note", message="wörld", nothing=None)

    assert lines(ledger.path) == [
        {"type": "run", "time": "2026-03-01T12:00:00.000+00:00", "format": 1, "run": "r"},
        {"type": "note", "time": "2026-03-01T12:00:00.000+00:00", "message": "wörld"},
    ]
    ledger.close()


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    ledger = opened(tmp_path / "runs")
    ledger.close()

    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "runs").stat().st_mode) == 0o700


def test_the_names_of_later_runs_sort_behind_those_of_earlier_ones() -> None:
    moments = [START, START.replace(microsecond=1000), START.replace(second=1), START.replace(year=2027)]

    names = [new_id(moment) for moment in moments]

    assert names == sorted(names)
    assert len({new_id(START) for _ in range(20)}) == 20


def test_the_newest_are_kept(tmp_path: Path) -> None:
    for number in range(KEPT + 5):
        (tmp_path / f"20250101T000000.{number:03}Z-aaaaaa.jsonl").touch()
    (tmp_path / "notes.txt").touch()
    ledger = opened(tmp_path)
    ledger.close()

    kept = sorted(path.name for path in tmp_path.glob("*.jsonl"))
    assert len(kept) == KEPT
    assert kept[0] == "20250101T000000.006Z-aaaaaa.jsonl"
    assert kept[-1] == ledger.path.name
    assert (tmp_path / "notes.txt").exists()


def test_a_folder_that_cannot_be_written_stops_the_run_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ProjectError, match="nothing was sent"):
        opened(tmp_path / "file" / "runs")


def test_what_fails_later_is_said_once_and_does_not_stop_the_run(tmp_path: Path) -> None:
    complaints: list[str] = []
    ledger = opened(tmp_path, complaints)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, ledger._file)
    os.close(full)

    for _ in range(3):
        ledger.write("note", message="x")
    ledger.close()

    assert len(complaints) == 1
    assert "No space left" in complaints[0]


def test_a_first_line_that_cannot_be_written_stops_the_run(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, ledger._file)
    os.close(full)

    with pytest.raises(ProjectError, match="nothing was sent"):
        ledger.begin(run="r")
    ledger.close()


def test_lines_of_many_threads_stay_whole(tmp_path: Path) -> None:
    ledger = opened(tmp_path)

    def write() -> None:
        for _ in range(20):
            ledger.write("note", message="x" * 10_000)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()

    assert len(lines(ledger.path)) == 160


def test_secrets_go_from_every_text_and_numbers_stay(tmp_path: Path) -> None:
    ledger = opened(tmp_path, clean=lambda text: text.replace("123456", "(sensitive value)"))
    ledger.write("note", message="it is 123456", nested={"123456": ["a123456"]}, id=1234567)
    ledger.close()

    (line,) = lines(ledger.path)
    assert line["message"] == "it is (sensitive value)"
    assert line["nested"] == {"(sensitive value)": ["a(sensitive value)"]}
    assert line["id"] == 1234567


def test_half_a_character_of_a_platform_is_no_obstacle(tmp_path: Path) -> None:
    ledger = opened(tmp_path)
    ledger.write("note", message="\ud83d")
    ledger.close()

    assert lines(ledger.path)[0]["message"] == "\ud83d"


# what an apply writes


def recorded(world: World, plan: Plan, folder: Path) -> Recorder:
    return Recorder(opened(folder), plan, world.live(), lambda event: None)


def told(recorder: Recorder, kind: str) -> list[Any]:
    return [line for line in lines(recorder.path) if line["type"] == kind]


def started(name: str, action: Action) -> StepStarted:
    return StepStarted(address(name), action)


def test_what_an_update_overwrites_is_kept_and_nothing_else(world: World) -> None:
    world.apply(a=spec("a", max_duration=100))
    plan = world.plan(a=spec("a", max_duration=100, system_prompt="Be brief."))
    recorder = recorded(world, plan, world.folder / "runs")

    recorder.report(started("a", Action.UPDATE))
    recorder.report(started("a", Action.UPDATE))

    (before,) = told(recorder, "before")
    assert before["values"] == {"system_prompt": "Be kind."}
    assert (before["address"], before["id"], before["kind"]) == ("assistant.a", world.id_of("a"), "Assistant")
    assert [line["type"] for line in lines(recorder.path)] == ["before", "step", "step"]


def test_what_a_delete_takes_away_is_kept_whole(world: World) -> None:
    world.apply(a=spec("a"))
    recorder = recorded(world, world.plan(), world.folder / "runs")

    recorder.report(started("a", Action.DELETE))

    (before,) = told(recorder, "before")
    assert before["values"]["system_prompt"] == "Be kind."
    assert before["values"]["voice"]["$ref"]["id"] == 1
    assert len(before["values"]) > len(spec("a"))


def test_a_secret_is_not_kept(world: World) -> None:
    world.apply(a=spec("a", tools=[SECRET_TOOL]))
    recorder = recorded(world, world.plan(a=spec("a", tools=[])), world.folder / "runs")

    recorder.report(started("a", Action.UPDATE))

    assert KEY not in recorder.path.read_text(encoding="utf-8")


def test_a_secret_that_was_spelt_out_is_kept_as_its_digest(world: World) -> None:
    world.apply(a=spec("a"))
    plan = world.plan()
    item = LiveObject(world.id_of("a"), "A", {"webhook_secret": Secret("", "digest", "spelt-out-c0ffee")})
    live = {"Assistant": {item.id: item}}
    recorder = Recorder(opened(world.folder / "runs"), plan, live, lambda event: None)

    recorder.report(started("a", Action.DELETE))

    assert "spelt-out" not in recorder.path.read_text(encoding="utf-8")


def test_a_create_overwrites_nothing(world: World) -> None:
    recorder = recorded(world, world.plan(a=spec("a")), world.folder / "runs")

    recorder.report(started("a", Action.CREATE))

    assert not told(recorder, "before")


def test_a_call_says_how_it_ended_and_what_it_was_about(world: World) -> None:
    recorder = recorded(world, world.plan(), world.folder / "runs")
    call = Called("PUT", "/user/assistant/7", 2, 0.0123, 503, "refused")

    with about(address("a")):
        recorder.called(call)
    recorder.called(replace(call, method="GET", status=None, failure="no answer"))

    first, second = told(recorder, "call")
    assert first == {
        "type": "call",
        "time": first["time"],
        "address": "assistant.a",
        "method": "PUT",
        "path": "/user/assistant/7",
        "attempt": 2,
        "status": 503,
        "failure": "refused",
        "milliseconds": 12,
    }
    assert "address" not in second
    assert "status" not in second
    assert second["failure"] == "no answer"


def test_a_prompt_that_reads_back_different_is_not_repeated(world: World) -> None:
    recorder = recorded(world, world.plan(), world.folder / "runs")

    recorder.report(Mismatch(address("a"), "system_prompt", "the whole prompt", "another prompt"))
    recorder.report(Committed(7))

    assert "prompt." not in recorder.path.read_text(encoding="utf-8")
    assert "whole" not in recorder.path.read_text(encoding="utf-8")
    assert told(recorder, "mismatch")[0]["field"] == "system_prompt"
    assert told(recorder, "commit")[0]["serial"] == 7


@pytest.mark.parametrize(
    "result, code, words",
    [
        (ApplyResult(created=(address("a"),)), 0, "done"),
        (ApplyResult(failed=(address("a"),)), 1, "incomplete"),
        (ApplyResult(interrupted=True), 130, "interrupted"),
        (ApplyResult(halted="the lock was lost"), 3, "incomplete"),
    ],
)
def test_the_last_line_is_how_it_ended(world: World, result: ApplyResult, code: int, words: str) -> None:
    recorder = recorded(world, world.plan(), world.folder / "runs")

    recorder.ended(result, code)

    (last,) = told(recorder, "result")
    assert (last["result"], last["exit_code"]) == (words, code)
    assert last["created"] == len(result.created)
    assert last.get("reason", "") == result.halted
