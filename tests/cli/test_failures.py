"""What a user sees when something is wrong with the surroundings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agentops.cli import planfiles
from agentops.cli.binding import check_binding
from agentops.cli.redaction import redact
from agentops.cli.token import read_token
from agentops.domain.errors import ProjectError
from agentops.domain.project import CommandToken, EnvToken, FileToken
from agentops.domain.state import Binding, State
from tests.cli.conftest import CALCOM_KEY, Run, Served, environment

HERE = Binding("acme", "production", "famulor", "https://app.famulor.de/api", "a@example.com")


def test_unexpected_exception_asks_for_a_report_and_keeps_its_words_to_itself(tmp_path: Path) -> None:
    code = (
        "from agentops.cli import main, redaction, version;"
        f"redaction.remember_secret({CALCOM_KEY!r});"
        f"version.terminal_for = lambda _: (_ for _ in ()).throw(RuntimeError({CALCOM_KEY!r}));"
        "import sys; main.main(sys.argv[1:])"
    )

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, "version", *arguments]
        return subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)

    short, long = run(), run("--log-level", "debug")

    assert short.returncode == long.returncode == 1
    assert "Please report it" in short.stderr
    assert "Traceback" not in short.stderr
    assert "Traceback" in long.stderr
    assert "(sensitive value)" in long.stderr
    assert CALCOM_KEY not in short.stderr + long.stderr


def test_token_comes_from_a_variable_a_file_or_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", " 1|from-env \n")
    (tmp_path / "token").write_text("1|from-file\n", encoding="utf-8")
    printing = CommandToken((sys.executable, "-c", "print('1|from-command')"))

    assert read_token(EnvToken("SOME_TOKEN"), tmp_path) == "1|from-env"
    assert read_token(FileToken("token"), tmp_path) == "1|from-file"
    assert read_token(printing, tmp_path) == "1|from-command"
    assert redact("1|from-env 1|from-file 1|from-command") == " ".join(["(sensitive value)"] * 3)


@pytest.mark.parametrize(
    "source, words",
    [
        (EnvToken("AGENTOPS_TEST_NOT_SET"), "AGENTOPS_TEST_NOT_SET is not set"),
        (FileToken("missing"), "cannot read the token file"),
        (FileToken("empty"), "is empty"),
        (FileToken("prose"), "holds more than a token"),
        (CommandToken(("agentops-no-such-command",)), "agentops-no-such-command failed"),
        (CommandToken((sys.executable, "-c", "raise SystemExit(3)")), "exit code 3"),
    ],
)
def test_token_that_is_none_says_where_it_was_looked_for(
    tmp_path: Path, source: EnvToken | FileToken | CommandToken, words: str
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "prose").write_text("here is my token: 1|abc", encoding="utf-8")

    with pytest.raises(ProjectError, match=words):
        read_token(source, tmp_path)


@pytest.mark.parametrize("field", ["project", "environment", "platform", "base_url", "account"])
def test_state_of_something_else_stops_and_says_what_to_do(field: str) -> None:
    there = Binding(**{name: getattr(HERE, name) for name in Binding.__slots__} | {field: "other"})

    with pytest.raises(ProjectError, match="nothing was planned") as caught:
        check_binding(State("lineage", 1, there, b""), HERE, "state.db")

    assert "other" in str(caught.value)
    assert caught.value.hint


def test_warnings_do_not_fail_and_faults_show_their_line(served: Served, agentops: Run) -> None:
    path = served.manifest("one")
    path.write_text(path.read_text(encoding="utf-8").replace("Be kind.", "Be kind to {{nobody}}."), encoding="utf-8")

    result = agentops("validate")

    assert result.returncode == 0
    assert "[undeclared-placeholder]" in result.stderr
    assert "system_prompt: Be kind to" in result.stderr


def test_the_line_of_a_fault_is_shown_of_regular_files_of_the_project_only(served: Served, agentops: Run) -> None:
    """Nothing waits for a pipe, and no line of a file elsewhere is printed."""
    secret = served.project.parent / f"{served.project.name}-elsewhere.yaml"
    secret.write_text("canary: elsewhere\n", encoding="utf-8")
    served.manifest("link").symlink_to(secret)
    os.mkfifo(served.manifest("pipe"))

    result = agentops("validate")

    assert result.returncode == 1
    assert "[file-outside]" in result.stderr
    assert "[file-unreadable]" in result.stderr
    assert "canary" not in result.stderr


def test_output_that_cannot_be_written_does_not_stop_an_apply(served: Served, agentops: Run) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("needs /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "agentops", "apply", "--auto-approve"],
            cwd=served.project,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert len(served.sandbox.store.assistants(account=2)) == 2
    assert done.returncode == 1
    assert "output could not be written" in done.stderr
    assert "No changes." in agentops("plan").stdout


def test_a_saved_plan_without_end_is_not_read_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planfiles, "_LARGEST", 1000)
    with pytest.raises(ProjectError, match="too large for a saved plan"):
        planfiles.load(Path("/dev/zero"))


def test_a_saved_plan_may_come_through_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = subprocess.Popen(["sh", "-c", 'echo {} > "$0"', str(pipe)])
    with pytest.raises(ProjectError, match="this is no plan file"):
        planfiles.load(pipe)
    assert writer.wait() == 0
