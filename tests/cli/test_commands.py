"""The commands, as a user runs them."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run, Served, environment

SANDBOX = ("--env", "sandbox")


def test_example_project_goes_all_the_way(project: Path, agentops: Run) -> None:
    assert agentops("validate").returncode == 0
    assert "Plan: 5 to add, 0 to change, 0 to destroy." in agentops("plan", *SANDBOX).stdout
    assert "Apply complete! Resources: 5 added" in agentops("apply", *SANDBOX, "--auto-approve").stdout
    assert "No changes." in agentops("plan", *SANDBOX).stdout
    assert agentops("destroy", *SANDBOX, "--auto-approve").returncode == 0
    assert "Plan: 5 to add" in agentops("plan", *SANDBOX).stdout


def test_saved_plan_is_shown_and_carried_out_without_a_question(project: Path, agentops: Run) -> None:
    agentops("plan", *SANDBOX, "--out", "p.plan")

    assert "5 to add" in agentops("show", "p.plan").stdout
    assert json.loads(agentops("show", "p.plan", "--json").stdout)["format_version"]
    assert "Apply complete! Resources: 5 added" in agentops("apply", "p.plan").stdout


def test_saved_plan_is_refused_for_what_stands_in_its_way_since(served: Served, agentops: Run) -> None:
    agentops("apply", "--auto-approve")
    served.manifest("two").unlink()
    agentops("plan", "--out", "p.plan")
    project_file = served.project / "agentops.yaml"
    project_file.write_text(project_file.read_text(encoding="utf-8") + "      deletes: refuse\n", encoding="utf-8")

    result = agentops("apply", "p.plan")

    assert result.returncode == 4
    assert "deletes: refuse" in result.stderr
    assert len(served.sandbox.store.assistants(account=2)) == 2


def test_saved_plan_is_the_yes_for_its_deletes(served: Served, agentops: Run) -> None:
    agentops("apply", "--auto-approve")
    served.manifest("two").unlink()
    agentops("plan", "--out", "p.plan")

    assert agentops("apply", "p.plan").returncode == 0
    assert len(served.sandbox.store.assistants(account=2)) == 1


def test_options_beside_a_saved_plan_are_refused(project: Path, agentops: Run) -> None:
    agentops("plan", *SANDBOX, "--out", "p.plan")

    assert agentops("apply", "p.plan", "--allow-deletes").returncode == 64


@pytest.mark.parametrize("platform", ["autocalls", "famulor", "intellixent"])
def test_new_project_is_valid_and_can_be_applied_to_its_sandbox(tmp_path: Path, agentops: Run, platform: str) -> None:
    assert agentops("init", "new", "--platform", platform).returncode == 0
    folder = tmp_path / "new"

    assert agentops("validate", cwd=folder).stderr == ""
    assert agentops("apply", *SANDBOX, "--auto-approve", cwd=folder).returncode == 0
    assert agentops("init", "new", "--platform", platform).returncode == 1


def test_validate_reports_every_fault_as_json(project: Path, agentops: Run) -> None:
    for name in ("billing", "support-bot"):
        path = project / "assistants" / "autocalls" / f"{name}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("timezone: ", "timezone: Nowhere/"), encoding="utf-8")

    result = agentops("validate", "--json")
    found = json.loads(result.stdout)

    assert result.returncode == 1
    assert not found["valid"]
    assert {item["range"]["filename"] for item in found["diagnostics"] if item["severity"] == "error"} == {
        "assistants/autocalls/billing.yaml",
        "assistants/autocalls/support-bot.yaml",
    }


def test_validate_works_on_files_without_a_project(project: Path, agentops: Run, tmp_path: Path) -> None:
    (project / "agentops.yaml").unlink()

    assert agentops("validate", "assistants/autocalls/support-bot.yaml").returncode == 0


def test_state_is_listed_shown_moved_and_forgotten(project: Path, agentops: Run) -> None:
    agentops("apply", *SANDBOX, "--auto-approve")

    assert "assistant.reception" in agentops("state", "list", *SANDBOX).stdout
    assert "Reception" in agentops("state", "show", "assistant.reception", *SANDBOX).stdout
    assert agentops("state", "mv", "assistant.reception", "assistant.desk", *SANDBOX).returncode == 0
    assert agentops("state", "rm", "assistant.desk", *SANDBOX).returncode == 0
    pulled = json.loads(agentops("state", "pull", *SANDBOX).stdout)
    assert "assistant.desk" not in pulled["entries"]
    assert len(pulled["entries"]) == 4


def test_lost_state_does_not_create_everything_twice_and_import_brings_it_back(project: Path, agentops: Run) -> None:
    agentops("apply", *SANDBOX, "--auto-approve")
    entries = json.loads(agentops("state", "pull", *SANDBOX).stdout)["entries"]
    for path in (project / ".agentops" / "state").iterdir():
        path.unlink()

    refused = agentops("apply", *SANDBOX, "--auto-approve")
    assert refused.returncode == 4
    assert f"agentops import assistant.reception {entries['assistant.reception']['remote_id']}" in refused.stderr

    for address, entry in entries.items():
        assert agentops("import", address, str(entry["remote_id"]), *SANDBOX).returncode == 0
    assert agentops("apply", *SANDBOX, "--auto-approve").returncode == 0
    assert "No changes." in agentops("plan", *SANDBOX).stdout


def test_wrong_token_stops_before_anything_is_planned(served: Served, agentops: Run) -> None:
    agentops("apply", "--auto-approve")
    served.sandbox.store.add_account("8|other-token-c0ffee", "Other", "other@example.com")

    result = agentops("apply", "--auto-approve", env={"CANARY_TOKEN": "8|other-token-c0ffee"})

    assert result.returncode == 1
    assert "canary@example.com" in result.stderr
    assert "other@example.com" in result.stderr
    assert not served.sandbox.store.assistants(account=3)


def test_prompt_takes_yes_and_nothing_else(project: Path) -> None:
    assert _with_terminal(project, "no\n") == 1
    assert not (project / ".agentops" / "state" / "sandbox.db").exists()
    assert _with_terminal(project, "yes\n") == 0
    assert (project / ".agentops" / "state" / "sandbox.db").exists()


def test_reset_sandbox_is_empty_again(project: Path, agentops: Run) -> None:
    agentops("apply", *SANDBOX, "--auto-approve")

    assert "0 assistants" in agentops("sandbox", "reset", *SANDBOX).stdout


def test_schema_is_printed_and_written(tmp_path: Path, agentops: Run) -> None:
    names = agentops("schema").stdout.split()
    agentops("schema", "--write", "out")

    assert "autocalls/v1/assistant" in names
    written = (tmp_path / "out" / "autocalls" / "v1" / "assistant.schema.json").read_text(encoding="utf-8")
    assert written == agentops("schema", "autocalls/v1/assistant").stdout


def test_catalog_tells_equal_names_apart(project: Path, agentops: Run) -> None:
    voices = json.loads(agentops("catalog", "voices", "--search", "sarah", *SANDBOX, "--json").stdout)

    assert len({(voice["name"], voice["language"]["name"], tuple(voice["modes"])) for voice in voices}) == len(voices)
    assert len(voices) > 2


def test_destroy_without_a_terminal_lacks_only_a_yes(project: Path, agentops: Run) -> None:
    agentops("apply", *SANDBOX, "--auto-approve")
    done = agentops("destroy", *SANDBOX)

    assert (done.returncode, "add --auto-approve" in done.stderr) == (64, True)
    assert "--allow-deletes" not in done.stdout + done.stderr
    assert agentops("destroy", *SANDBOX, "--auto-approve").returncode == 0
    assert agentops("state", "list", *SANDBOX).stdout == "The state manages nothing.\n"


@pytest.mark.parametrize("command", [("init", "file/project", "--platform", "famulor"), ("schema", "--write", "file/")])
def test_what_cannot_be_written_is_no_bug(tmp_path: Path, agentops: Run, command: tuple[str, ...]) -> None:
    (tmp_path / "file").touch()
    done = agentops(*command)

    assert done.returncode == 1
    assert done.stderr.startswith("Error: cannot write file")


def test_a_search_without_a_find_does_not_say_that_the_account_has_nothing(project: Path, agentops: Run) -> None:
    assert "None of the 12 languages" in agentops("catalog", "languages", "--search", "zzz", *SANDBOX).stdout


def test_a_misspelt_catalog_is_told_the_right_one(project: Path, agentops: Run) -> None:
    assert "did you mean 'voices'?" in agentops("catalog", "voice", *SANDBOX).stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_is_printed(tmp_path: Path, agentops: Run, shell: str) -> None:
    assert "_AGENTOPS_COMPLETE" in agentops("completion", shell).stdout


def test_environment_names_are_completed(project: Path, agentops: Run) -> None:
    completing = {"_AGENTOPS_COMPLETE": "bash_complete", "COMP_WORDS": "agentops plan --env ", "COMP_CWORD": "3"}

    assert "sandbox" in agentops(env=completing).stdout


def test_demo_runs() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tests.demo"], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert "No changes." in result.stdout
    assert "drift" in result.stdout


def _with_terminal(project: Path, answer: str) -> int:
    """The exit code of an apply whose question is answered at a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "agentops", "apply"],
        cwd=project,
        env=environment({"TERM": "xterm"}),
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    while b"Enter a value" not in seen:
        seen += os.read(ours, 1024)
    os.write(ours, answer.encode())
    try:
        while os.read(ours, 1024):
            pass
    except OSError:
        pass  # the other end was closed: the process has ended
    os.close(ours)
    return process.wait(timeout=60)
