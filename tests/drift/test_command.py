"""`agentops drift` and `plan --refresh-only`: what is shown, as text and JSON, the exit codes, and wrong usage."""

import json
import os
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.drift.conftest import edit, spec_of
from tests.support.project import Project


def test_drift_is_what_was_applied_against_what_is_there_whatever_git_says(used: Project) -> None:
    used.write({"desk": spec_of(used, "desk") | {"initial_message": "Of git"}, "night": spec_of(used, "night")})
    edit(used, "desk", initial_message="Of the portal", voice_id=2)
    said = used.succeed("drift").out
    assert '~ initial_message: "Hello!" -> "Of the portal"' in said
    assert '~ voice:           "Oliver" (6) -> "Emma" (2)' in said
    assert "Of git" not in said
    assert "Drift: 1 changed, 0 deleted, 1 as applied." in said


def test_a_normal_plan_shows_the_drift_that_it_is_about_in_a_section_of_its_own(used: Project) -> None:
    edit(used, "desk", initial_message="Of the portal")
    said = used.succeed("plan").out
    before, _, after = said.partition("agentops used the selected environment")
    assert "Note: Objects have changed outside of agentops" in before
    assert '"Hello!" -> "Of the portal"' in before
    assert '"Of the portal" -> "Hello!"' in after


def test_drift_that_git_says_already_is_in_no_section_of_a_plan(used: Project) -> None:
    edit(used, "desk", initial_message="Agreed")
    used.write({"desk": spec_of(used, "desk") | {"initial_message": "Agreed"}, "night": spec_of(used, "night")})
    assert "outside of agentops" not in used.succeed("plan").out
    assert used.drift() == {"desk": ("initial_message",)}


def test_json_is_a_plan_of_terraform_with_nothing_but_drift(used: Project) -> None:
    used.sandbox.store.copy_assistant(used.ids()["night"], name="Spare")
    edit(used, "desk", voice_id=2)
    used.sandbox.store.delete_assistant(used.ids()["night"])
    outcome = used.succeed("drift", "--json")
    found = json.loads(outcome.out)
    changed, gone = found["resource_drift"]
    assert outcome.err == ""
    assert found["resource_changes"] == []
    assert changed["address"] == "assistant.desk"
    assert changed["change"]["actions"] == ["update"]
    assert changed["change"]["before"] == {"id": used.ids()["desk"], "voice": {"id": 6, "name": "Oliver"}}
    assert changed["change"]["after"] == {"id": used.ids()["desk"], "voice": {"id": 2, "name": "Emma"}}
    assert gone["address"] == "assistant.night"
    assert gone["change"]["actions"] == ["delete"]
    assert gone["change"]["after"] is None
    own = found["agentops"]
    assert {address: found["fields"] for address, found in own["resources"].items()} == {
        "assistant.desk": ["voice"],
        "assistant.night": [],
    }
    assert [item["name"] for item in own["unmanaged"]] == ["Spare"]


def test_what_is_gone_and_what_appeared_is_said(used: Project) -> None:
    used.sandbox.store.copy_assistant(used.ids()["night"], name="Spare")
    used.sandbox.store.delete_assistant(used.ids()["night"])
    said = used.succeed("drift").out
    assert "# assistant.night has been deleted" in said
    assert "Drift: 0 changed, 1 deleted, 1 as applied." in said
    assert "1 object of the account is not managed: agentops discover lists them." in said


def test_exit_codes_say_whether_there_is_drift_only_when_asked(used: Project) -> None:
    assert used.run("drift", "--detailed-exitcode").code == 0
    assert used.run("plan", "--refresh-only", "--detailed-exitcode").code == 0
    edit(used, "desk", initial_message="Of the portal")
    assert used.run("drift").code == 0
    assert used.run("drift", "--detailed-exitcode").code == 2
    assert used.run("drift", "--detailed-exitcode", "assistant.night").code == 0
    assert used.run("plan", "--refresh-only", "--detailed-exitcode").code == 2


def test_refresh_only_shows_what_drift_shows(used: Project) -> None:
    edit(used, "desk", initial_message="Of the portal")
    assert used.succeed("plan", "--refresh-only").out == used.succeed("drift").out
    assert (
        used.succeed("plan", "--refresh-only", "--target", "assistant.desk").out
        == used.succeed("drift", "assistant.desk").out
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--refresh-only", "--destroy"),
        ("plan", "--refresh-only", "--out", "x.plan"),
        ("plan", "--refresh-only", "--markdown"),
        ("plan", "--refresh-only", "--exclude", "assistant.desk"),
        ("plan", "--refresh-only", "--on-conflict", "git"),
        ("plan", "--refresh-only", "--allow-deletes"),
        ("drift", "desk"),
        ("drift", "--on-conflict", "live"),
        ("drift", "--write", "--json"),
        ("drift", "--diff", "--detailed-exitcode"),
        ("drift", "--write", "assistant.unknown"),
        ("drift", "assistant.unknown"),
    ],
)
def test_options_that_go_nowhere_are_wrong_usage(used: Project, arguments: tuple[str, ...]) -> None:
    edit(used, "desk", initial_message="Of the portal")
    outcome = used.run(*arguments)
    assert outcome.code == 64, outcome
    assert outcome.out == ""


@pytest.mark.parametrize("option", [(), ("--write",)])
def test_faulty_manifests_are_an_error_as_in_a_plan(used: Project, option: tuple[str, ...]) -> None:
    used.write_file("faulty.yaml", used.manifest("faulty", {"name": "x"}))
    assert used.run("drift", *option).code == 1


def test_a_write_sends_nothing_to_the_platform_and_changes_no_state(used: Project) -> None:
    edit(used, "desk", initial_message="Of the portal")
    before = used.state()
    used.sandbox.store.clear_log()
    used.succeed("drift", "--write")
    assert not used.writes()
    assert used.state() == before


def test_a_dry_run_writes_nothing(used: Project) -> None:
    edit(used, "desk", initial_message="Of the portal")
    before = _files(used.folder)
    outcome = used.succeed("drift", "--write", "--diff")
    assert '+  "initial_message": "Of the portal",' in outcome.out
    assert _files(used.folder) == before


def test_when_a_file_cannot_be_written_none_is(used: Project) -> None:
    edit(used, "desk", initial_message="Of the portal")
    edit(used, "night", initial_message="Of the portal")
    before = _files(used.folder)
    real, calls = os.replace, list[Path]()

    def failing(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    with patch("agentops.engine.file_set.os.replace", failing):
        outcome = used.run("drift", "--write")
    assert outcome.code == 1
    assert "nothing was written" in outcome.err
    assert _files(used.folder) == before


def test_secrets_need_not_be_set_to_write_other_fields(used: Project) -> None:
    tool = {"type": "calendar_integration", "calcom_api_key": {"env": "CALCOM_KEY_A"}, "calcom_event_slug": "demo"}
    used.write({"desk": spec_of(used, "desk") | {"tools": [tool]}})
    used.apply()
    edit(used, "desk", initial_message="Of the portal")
    used.environ["CALCOM_KEY_A"] = ""
    used.succeed("drift", "--write")
    del used.environ["CALCOM_KEY_A"]
    assert used.plan().is_empty


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".agentops" not in str(path)
    }
