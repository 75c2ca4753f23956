"""`apply --json` and `destroy --json`: a stream of Terraform's messages, whatever happens."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agentops.sandbox import DEFAULT_TOKEN, Fault, FaultKind
from agentops.state.backends import new_lock, open_backend
from tests.cli.conftest import environment
from tests.json.conftest import plain, write_two
from tests.json.outputs import lines, of_type
from tests.support.generate import SECRETS
from tests.support.project import TOKEN_VARIABLE, Project

APPLY = ("apply", "--json", "--auto-approve")


def codes(messages: list[dict[str, Any]]) -> list[str]:
    """Of the diagnostics."""
    return [message["diagnostic"]["agentops"]["code"] for message in of_type(messages, "diagnostic")]


def test_an_apply_tells_its_plan_its_steps_and_its_end(desk: Project) -> None:
    messages = lines(desk.run(*APPLY))
    ids = desk.ids()

    assert [each["@message"] for each in of_type(messages, "planned_change")] == [
        "assistant.one: Plan to create",
        "assistant.two: Plan to create",
    ]
    planned, done = of_type(messages, "change_summary")
    assert planned["changes"] == {"add": 2, "change": 0, "import": 0, "remove": 0, "operation": "plan"}
    assert planned["@message"] == "Plan: 2 to add, 0 to change, 0 to destroy."
    assert done["@message"] == "Apply complete! Resources: 2 added, 0 changed, 0 destroyed."
    hooks = {message["hook"]["resource"]["addr"]: message["hook"] for message in of_type(messages, "apply_complete")}
    assert {address: hook["id_value"] for address, hook in hooks.items()} == {
        f"assistant.{name}": str(number) for name, number in ids.items()
    }
    assert hooks["assistant.one"]["resource"]["implied_provider"] == "autocalls"
    assert messages[-1]["agentops"]["result"]["created"] == ["assistant.one", "assistant.two"]
    assert Path(messages[-1]["agentops"]["result"]["ledger"]).is_file()


def test_starts_come_before_ends_and_times_do_not_go_back(desk: Project) -> None:
    messages = lines(desk.run(*APPLY))
    kinds = [message["type"] for message in messages]
    times = [datetime.fromisoformat(message["@timestamp"]) for message in messages]

    assert times == sorted(times)
    assert kinds.index("change_summary") < kinds.index("apply_start") < kinds.index("apply_complete")


def test_updates_deletes_and_drift_have_terraforms_words(desk: Project) -> None:
    desk.apply()
    desk.sandbox.store.edit_assistant(desk.ids()["one"], initial_message="Edited")
    desk.write({"one": plain(desk, name="Renamed")})

    messages = lines(desk.run(*APPLY, "--allow-deletes", "--allow-large-change"))

    (drift,) = of_type(messages, "resource_drift")
    assert (drift["change"]["resource"]["addr"], drift["change"]["action"]) == ("assistant.one", "update")
    actions = {
        each["change"]["resource"]["addr"]: each["change"]["action"] for each in of_type(messages, "planned_change")
    }
    assert actions == {"assistant.one": "update", "assistant.two": "delete"}
    assert {message["hook"]["action"] for message in of_type(messages, "apply_complete")} == {"update", "delete"}


def test_an_adopted_one_is_an_import(desk: Project) -> None:
    desk.apply()
    two = desk.ids()["two"]
    desk.succeed("state", "rm", "assistant.two")
    desk.write({"one": plain(desk, name="One"), "two": plain(desk, name="Two")}, two={"import": two})

    messages = lines(desk.run(*APPLY, "--allow-large-change"))

    (change,) = [each["change"] for each in of_type(messages, "planned_change") if "importing" in each["change"]]
    assert change["importing"] == {"id": str(two)}
    assert of_type(messages, "change_summary")[0]["changes"]["import"] == 1


def test_destroy_ends_in_terraforms_sentence(desk: Project) -> None:
    desk.apply()

    messages = lines(desk.run("destroy", "--json", "--auto-approve"))

    assert of_type(messages, "change_summary")[-1]["@message"] == "Destroy complete! Resources: 2 destroyed."
    assert of_type(messages, "finding")


def test_a_saved_plan_needs_no_approval_and_is_refused_when_stale(desk: Project) -> None:
    desk.plan()
    assert lines(desk.run("apply", "--json", str(desk.saved)))[-1]["agentops"]["exit_code"] == 0

    again = desk.run("apply", "--json", str(desk.saved))

    assert again.code == 5
    assert codes(lines(again)) == ["stale-plan"]
    assert "is stale" in again.err


def test_without_approval_nothing_is_planned(desk: Project) -> None:
    desk.sandbox.store.clear_log()
    outcome = desk.run("apply", "--json")

    assert outcome.code == 64
    assert codes(lines(outcome)) == ["usage"]
    assert desk.log() == []


def test_a_refusal_is_a_diagnostic(desk: Project) -> None:
    desk.apply()
    desk.write({"one": plain(desk, name="One")})

    outcome = desk.run(*APPLY)

    assert outcome.code == 4
    assert codes(lines(outcome)) == ["refused"]
    assert "--allow-deletes" in lines(outcome)[-2]["diagnostic"]["detail"]


def test_faults_of_manifests_are_diagnostics_with_their_place(desk: Project) -> None:
    write_two(desk, voise="Emma")

    messages = lines(desk.run(*APPLY))

    (problem,) = of_type(messages, "diagnostic")
    assert problem["diagnostic"]["range"]["filename"] == "assistants/one.yaml"
    assert messages[-1]["agentops"] == {"exit_code": 1, "result": None}


def test_faults_of_the_project_file_are_too(desk: Project) -> None:
    desk.extra["colour"] = "green"
    desk.write_project()

    assert codes(lines(desk.run(*APPLY))) == ["unknown-key"]


def test_a_held_lock_is_one_too(desk: Project) -> None:
    desk.apply()
    backend = open_backend("", desk.folder, project="conformance", environment="test")
    try:
        backend.acquire(new_lock("apply", now=datetime.now(UTC)))
        outcome = desk.run(*APPLY)
    finally:
        backend.close()

    assert (outcome.code, codes(lines(outcome))) == (5, ["locked"])


@pytest.mark.parametrize("status", [401, 500])
def test_a_platform_that_cannot_be_read_is_one_too(desk: Project, status: int) -> None:
    with desk.sandbox.faults.on(Fault(FaultKind.STATUS, status=status, times=None)):
        outcome = desk.run(*APPLY)

    assert outcome.code == 1
    assert codes(lines(outcome)) == ["rejected" if status == 401 else "unavailable"]


def test_a_step_that_fails_is_errored_with_diagnostics_and_what_waits_for_it_is_skipped(desk: Project) -> None:
    two = {**plain(desk, name="Two"), "tools": [{"type": "assistant_transfer", "assistant": "three"}]}
    desk.write({"two": two, "three": plain(desk, name="Three")})
    refusal = Fault(FaultKind.STATUS, method="POST", status=422, times=1)
    with desk.sandbox.faults.on(refusal):
        outcome = desk.run(*APPLY)
    messages = lines(outcome)

    assert outcome.code in (1, 3)
    (errored,) = of_type(messages, "apply_errored")
    address = errored["hook"]["resource"]["addr"]
    assert [each["diagnostic"]["address"] for each in of_type(messages, "diagnostic")] == [address]
    assert messages[-1]["agentops"]["result"]["failed"] == [address]
    assert [each["changes"]["operation"] for each in of_type(messages, "change_summary")] == ["plan"]


def test_what_reads_back_different_is_a_mismatch(desk: Project) -> None:
    desk.write({"two": plain(desk, name="Two")})
    desk.apply()
    desk.write({"two": plain(desk, name="Two", initial_message="Hi!")})
    meddling = Fault(
        FaultKind.EDIT,
        method="GET",
        path="/user/assistants/get",
        assistant=desk.ids()["two"],
        changes={"initial_message": "Else"},
        after=1,  # what is read first is for the plan
    )
    with desk.sandbox.faults.on(meddling):
        outcome = desk.run(*APPLY, "--allow-large-change")
    messages = lines(outcome)

    assert outcome.code == 6
    (mismatch,) = of_type(messages, "mismatch")
    assert (mismatch["agentops"]["sent"], mismatch["agentops"]["stored"]) == ("Hi!", "Else")
    assert messages[-1]["agentops"]["result"]["mismatches"] == 1


def test_a_sandbox_says_so_in_a_message_of_its_own(desk: Project) -> None:
    desk.write({"two": plain(desk, name="Two")})
    file = desk.folder / "agentops.yaml"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["spec"]["environments"]["test"] = {"platform": "autocalls", "sandbox": True, "manifests": ["assistants"]}
    file.write_text(json.dumps(document), encoding="utf-8")

    outcome = desk.run(*APPLY)

    assert lines(outcome)[1]["type"] == "sandbox"
    assert "SANDBOX" in outcome.err


def test_a_signal_ends_the_stream_with_its_code(desk: Project) -> None:
    """The process is stopped while creates are under way; each line was there as soon as it was true."""
    desk.sandbox.faults.add(Fault(FaultKind.SLOW, method="POST", seconds=1.0, times=None))
    command = [sys.executable, "-m", "agentops", "-C", str(desk.folder), *APPLY]
    environ = environment({TOKEN_VARIABLE: DEFAULT_TOKEN, **SECRETS})
    seen: list[dict[str, Any]] = []
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            seen.append(json.loads(line))
            if seen[-1]["type"] == "apply_start" and not of_type(seen[:-1], "apply_start"):
                process.terminate()
        code = process.wait(timeout=60)

    assert code == 143
    assert seen[-1]["type"] == "ended"
    assert seen[-1]["agentops"]["exit_code"] == 143
    assert seen[-1]["agentops"]["result"]["interrupted"]
