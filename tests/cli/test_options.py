"""Global options and choosing an environment."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize("arguments", [["--env", "sandbox", "plan"], ["plan", "--env", "sandbox"]])
def test_global_options_work_before_and_after_the_command(project: Path, agentops: Run, arguments: list[str]) -> None:
    assert agentops(*arguments, "--target", "assistant.support-bot").returncode == 0


def test_environment_variable_names_the_environment_and_the_command_line_wins(project: Path, agentops: Run) -> None:
    assert agentops("sandbox", "seed", env={"AGENTOPS_ENV": "sandbox"}).returncode == 0

    result = agentops("sandbox", "seed", "--env", "production", env={"AGENTOPS_ENV": "sandbox"})

    assert result.returncode == 64
    assert "production is no sandbox" in result.stderr


def test_without_a_terminal_the_environment_must_be_named(project: Path, agentops: Run) -> None:
    result = agentops("plan")

    assert result.returncode == 64
    assert "sandbox, production" in result.stderr
    assert "--env" in result.stderr


def test_folder_is_named_by_an_option_and_the_project_found_above(project: Path, agentops: Run) -> None:
    result = agentops("-C", str(project / "assistants"), "validate", cwd=project.parent)

    assert result.returncode == 0


def test_without_a_project_the_message_says_how_to_start_one(tmp_path: Path, agentops: Run) -> None:
    result = agentops("plan")

    assert result.returncode == 1
    assert "agentops init" in result.stderr


def test_unknown_command_names_the_nearest_one(tmp_path: Path, agentops: Run) -> None:
    assert "Did you mean 'apply'?" in agentops("aply").stderr


@pytest.mark.parametrize("arguments", [["plan"], ["apply", "--auto-approve"], ["catalog", "languages"]])
def test_every_run_on_a_sandbox_says_so_in_its_first_line(project: Path, agentops: Run, arguments: list[str]) -> None:
    result = agentops(*arguments, "--env", "sandbox")

    assert result.stdout.splitlines()[0] == "SANDBOX: nothing leaves this machine"


def test_json_leaves_nothing_but_json_on_stdout(project: Path, agentops: Run) -> None:
    plan = agentops("plan", "--env", "sandbox", "--json")
    catalog = agentops("catalog", "voices", "--env", "sandbox", "--json")

    assert json.loads(plan.stdout)["agentops"]["sandbox"] == "SANDBOX: nothing leaves this machine"
    assert {"id", "name"} <= json.loads(catalog.stdout)[0].keys()
    assert all(result.stderr.startswith("SANDBOX: ") for result in (plan, catalog))


def test_reader_that_goes_away_is_no_error(project: Path, agentops: Run) -> None:
    import subprocess
    import sys

    from tests.cli.conftest import environment

    command = f"{sys.executable} -m agentops plan --env sandbox | true; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(
        ["bash", "-c", command], cwd=project, env=environment(), capture_output=True, text=True, check=False
    )

    assert result.returncode == 0
    assert "Traceback" not in result.stderr
    assert "BrokenPipe" not in result.stderr


def test_saved_plan_is_for_its_owner_only(project: Path, agentops: Run) -> None:
    agentops("plan", "--env", "sandbox", "--out", "p.plan")

    assert (project / "p.plan").stat().st_mode & 0o777 == 0o600


def test_apply_without_a_terminal_names_the_option_that_would_go_on(project: Path, agentops: Run) -> None:
    result = agentops("apply", "--env", "sandbox", stdin="yes\n")

    assert result.returncode == 64
    assert "--auto-approve" in result.stderr
    assert not (project / ".agentops" / "state" / "sandbox.db").exists()


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--fault", "earthquake"], "no fault 'earthquake'"),
        (["--option", "nonsense"], "no option 'nonsense'"),
        (["--option", "rate_limit=often"], "takes a number"),
        (["--platform", "nowhere"], "'nowhere' is not one of"),
    ],
)
def test_sandbox_refuses_what_it_cannot_do(tmp_path: Path, agentops: Run, arguments: list[str], words: str) -> None:
    result = agentops("sandbox", "serve", "--port", "0", *arguments)

    assert result.returncode == 64
    assert words in result.stderr
