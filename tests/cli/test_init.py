"""From nothing to a first plan: what init writes, asks, refuses and leaves alone."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agentops import __version__
from agentops.cli.starter import PLATFORMS
from agentops.sandbox import DEFAULT_TOKEN
from agentops.yamlio.read import read
from tests.cli.conftest import ROOT, Run, environment
from tests.support.project import Outcome, Project

CALENDAR = """\
    - type: calendar_integration
      calcom_api_key: {env: SALES_CALCOM_API_KEY}
      calcom_event_slug: demo
"""


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, but for git's."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git/" not in path.as_posix()
    }


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_new_project_is_valid_formatted_and_has_a_first_plan(tmp_path: Path, agentops: Run, platform: str) -> None:
    assert agentops("init", "new", "--platform", platform).returncode == 0
    folder = tmp_path / "new"

    assert agentops("validate", cwd=folder).stderr == ""
    assert agentops("fmt", "--check", cwd=folder).returncode == 0
    assert "Plan: 1 to add" in agentops("plan", "--env", "sandbox", cwd=folder).stdout
    settings = json.loads((folder / ".vscode/settings.json").read_text(encoding="utf-8"))
    assert all((folder / schema).is_file() for schema in settings["yaml.schemas"])
    assert next(iter(settings["yaml.schemas"])) == "./schemas/agentops/v1/project.schema.json"


def test_the_quick_start_of_the_readme_is_true(tmp_path: Path, agentops: Run) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("## Quick start")[1]
    lines = [re.split(r"\s{2,}", line)[0] for line in text.split("```")[1].strip().splitlines()]

    assert lines[1:5] == [
        "agentops init my-project --platform autocalls",
        "cd my-project",
        "agentops plan --env sandbox",
        "agentops apply --env sandbox",
    ]
    assert agentops(*lines[1].split()[1:]).returncode == 0
    for line in lines[3:5]:
        yes = ["--auto-approve"] if "apply" in line else []
        assert agentops(*line.split()[1:], *yes, cwd=tmp_path / "my-project").returncode == 0


def test_without_a_terminal_the_message_names_the_option(tmp_path: Path, agentops: Run) -> None:
    result = agentops("init", "new")

    assert result.returncode == 64
    assert "--platform" in result.stderr
    assert all(name in result.stderr for name in PLATFORMS)
    assert files(tmp_path) == {}


def test_on_a_terminal_it_asks_what_was_not_said(tmp_path: Path) -> None:
    said = _on_a_terminal(tmp_path, ["init", "new"], "nowhere\nrevox\nmy-desk\ngithub\n\n")

    assert "This is none of the answers." in said
    project = read((tmp_path / "new/agentops.yaml").read_bytes(), "agentops.yaml")[0]
    assert project is not None
    assert "name: my-desk" in (tmp_path / "new/agentops.yaml").read_text(encoding="utf-8")
    assert "platform: revox" in (tmp_path / "new/agentops.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "new/.github/workflows/agentops.yml").is_file()


def test_on_a_terminal_it_asks_for_an_address_where_a_platform_has_none(tmp_path: Path) -> None:
    answers = "autocalls-legacy\n\n\n\nhttps://voice.example.com/api\n"
    assert "Address of its API" in _on_a_terminal(tmp_path, ["init", "new"], answers)

    project = (tmp_path / "new/agentops.yaml").read_text(encoding="utf-8")
    assert "base_url: https://voice.example.com/api" in project


def test_on_a_terminal_a_wrong_answer_is_refused_at_once_and_asked_again(tmp_path: Path) -> None:
    answers = "autocalls-legacy\nMy Desk\nmy-desk\n\n\nvoice.example.com\nhttps://voice.example.com/api\n"
    said = _on_a_terminal(tmp_path, ["init", "new"], answers)

    assert said.index("'My Desk' is no name for a project: lower-case letters") < said.index("Pipelines for CI")
    assert "'voice.example.com' is no address" in said
    assert "--name" not in said
    project = (tmp_path / "new/agentops.yaml").read_text(encoding="utf-8")
    assert "name: my-desk" in project
    assert "base_url: https://voice.example.com/api" in project


def test_on_a_terminal_nothing_is_asked_when_the_platform_is_said(tmp_path: Path) -> None:
    said = _on_a_terminal(tmp_path, ["init", "new", "--platform", "famulor"], "")

    assert "?" not in said
    assert (tmp_path / "new/agentops.yaml").is_file()


def test_an_end_of_input_leaves_nothing(tmp_path: Path) -> None:
    _on_a_terminal(tmp_path, ["init", "new"], "autocalls\n\x04")

    assert files(tmp_path) == {}


@pytest.mark.parametrize(
    "option",
    [
        ["--name", "My Desk"],
        ["--name", "desk\nspec: 1"],
        ["--base-url", "ftp://example.com"],
        ["--base-url", "https://example.com/ #"],
    ],
)
def test_what_would_make_the_project_file_wrong_is_refused(tmp_path: Path, agentops: Run, option: list[str]) -> None:
    result = agentops("init", "new", "--platform", "revox", *option)

    assert result.returncode == 64
    assert option[0] in result.stderr
    assert files(tmp_path) == {}


def test_the_name_can_be_said(tmp_path: Path, agentops: Run) -> None:
    assert agentops("init", "new", "--platform", "revox", "--name", "my-desk").returncode == 0
    assert "  name: my-desk\n" in (tmp_path / "new/agentops.yaml").read_text(encoding="utf-8")


def test_the_address_of_a_white_label_is_put_into_the_project(tmp_path: Path, agentops: Run) -> None:
    url = "https://voice.example.com/api"
    assert agentops("init", "new", "--platform", "autocalls-legacy", "--base-url", url).returncode == 0
    assert f"      base_url: {url}\n" in (tmp_path / "new/agentops.yaml").read_text(encoding="utf-8")
    assert agentops("validate", cwd=tmp_path / "new").returncode == 0


@pytest.mark.parametrize(
    "taken", ["agentops.yaml", "assistants/front-desk.yaml", "schemas/agentops/v1/project.schema.json"]
)
def test_a_file_that_is_there_already_stops_it_before_anything_is_written(
    tmp_path: Path, agentops: Run, taken: str
) -> None:
    (tmp_path / taken).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / taken).write_text("mine", encoding="utf-8")
    result = agentops("init", "--platform", "autocalls")

    assert result.returncode == 1
    assert "exists already" in result.stderr
    assert files(tmp_path) == {taken: b"mine"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"node_modules/\n*.plan\n", b"node_modules/\n*.plan\n\n%s\n.agentops/\n*.plan.html\n"),
        (b"node_modules/", b"node_modules/\n\n%s\n.agentops/\n*.plan\n*.plan.html\n"),
        (b"a\r\n", b"a\r\n\r\n%s\r\n.agentops/\r\n*.plan\r\n*.plan.html\r\n"),
        (b"/.agentops\n*.plan\n*.plan.html\n", b"/.agentops\n*.plan\n*.plan.html\n"),
        (b"", b"%s\n.agentops/\n*.plan\n*.plan.html\n"),
    ],
)
def test_a_gitignore_gets_the_lines_that_it_lacks(tmp_path: Path, agentops: Run, before: bytes, after: bytes) -> None:
    (tmp_path / ".gitignore").write_bytes(before)
    assert agentops("init", "--platform", "autocalls").returncode == 0

    title = b"# agentops: state, sandbox databases, saved plans and their pages"
    assert (tmp_path / ".gitignore").read_bytes() == after.replace(b"%s", title)


def test_plans_are_ignored_wherever_they_are_written(tmp_path: Path, agentops: Run) -> None:
    _git_init(tmp_path)
    (tmp_path / ".gitignore").write_text("node_modules/\n", encoding="utf-8")
    assert agentops("init", "voice/desk", "--platform", "autocalls").returncode == 0

    plans = ["production.plan", "voice/production.plan.html", "voice/desk/production.plan", "voice/desk/x/a.plan.html"]
    inside = ["voice/desk/.agentops/state/production.db"]
    ignored = subprocess.run(
        ["git", "check-ignore", *plans, *inside, "voice/desk/agentops.yaml"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ignored.stdout.split() == [*plans, *inside]


def test_settings_of_an_editor_stay_as_they_are(tmp_path: Path, agentops: Run) -> None:
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode/settings.json").write_text('{"editor.tabSize": 8}', encoding="utf-8")
    result = agentops("init", "--platform", "autocalls")

    assert result.returncode == 0
    assert (tmp_path / ".vscode/settings.json").read_text(encoding="utf-8") == '{"editor.tabSize": 8}'
    assert "Left as it is: .vscode/settings.json" in result.stderr
    assert "yaml.schemas" in result.stderr


# What is said in the end


@pytest.mark.parametrize(
    ("folder", "first"),
    [(".", "agentops"), ("new", "cd new && agentops"), ("Müller 📞", "cd 'Müller 📞' && agentops")],
)
def test_the_next_step_can_be_pasted_into_a_shell(tmp_path: Path, agentops: Run, folder: str, first: str) -> None:
    said = agentops("init", folder, "--platform", "autocalls").stdout

    (step,) = re.findall("^Next: (.*)$", said, re.MULTILINE)
    assert step == f"{first} plan --env sandbox"


# Pipelines


def test_pipelines_are_added_to_a_project_that_exists_and_only_once(tmp_path: Path, agentops: Run) -> None:
    agentops("init", "--platform", "autocalls")
    before = files(tmp_path)
    result = agentops("init", "--ci", "github", "--ci", "gitlab")
    after = files(tmp_path)

    assert result.returncode == 0
    assert "AUTOCALLS_TOKEN" in result.stdout
    assert after.keys() - before.keys() == {
        ".github/actions/agentops/action.yml",
        ".github/workflows/agentops.yml",
        ".gitlab-ci.yml",
    }
    assert before.items() <= after.items()

    (tmp_path / ".github/workflows/agentops.yml").write_text("mine", encoding="utf-8")
    again = agentops("init", "--ci", "github", "--ci", "gitlab")
    assert again.returncode == 0
    assert "Left as it is: .github/workflows/agentops.yml" in again.stderr
    assert files(tmp_path) == {**after, ".github/workflows/agentops.yml": b"mine"}


def test_what_a_pipeline_lacks_by_now_is_said_with_the_way_to_a_new_one(tmp_path: Path, agentops: Run) -> None:
    _git_init(tmp_path)
    agentops("init", "--platform", "autocalls", "--ci", "github", "--ci", "gitlab")
    workflow, gitlab = (tmp_path / name for name in (".github/workflows/agentops.yml", ".gitlab-ci.yml"))
    workflow.write_text(workflow.read_text(encoding="utf-8").replace("17 3 *", "17 4 *"), encoding="utf-8")
    kept = agentops("init", "--ci", "github")
    assert "lacks nothing of this project" in kept.stderr

    project = tmp_path / "agentops.yaml"
    place = "      token: {env: AUTOCALLS_TOKEN}\n      state: s3://acme/voice\n"
    text = project.read_text(encoding="utf-8").replace("      token: {env: AUTOCALLS_TOKEN}\n", place)
    project.write_text(text, encoding="utf-8")
    manifest = tmp_path / "assistants/front-desk.yaml"
    text = manifest.read_text(encoding="utf-8").replace("  variables:\n", f"{CALENDAR}  variables:\n")
    manifest.write_text(text, encoding="utf-8")
    before = files(tmp_path)
    result = agentops("init", "--ci", "github", "--ci", "gitlab")

    assert result.returncode == 0
    assert files(tmp_path) == before
    assert "need as secrets: AUTOCALLS_TOKEN, SALES_CALCOM_API_KEY, AWS_ACCESS_KEY_ID" in result.stdout
    assert "SALES_CALCOM_API_KEY: ${{ secrets.SALES_CALCOM_API_KEY }}" in result.stderr
    assert f'install: "agentops-reconciler[object-store]=={__version__}"' in result.stderr
    assert f'AGENTOPS_INSTALL: "agentops-reconciler[object-store]=={__version__}"' in result.stderr
    assert result.stderr.count("#   SALES_CALCOM_API_KEY") == 2
    assert "cron" not in result.stderr

    again = re.findall(r"rm (\S+) && (agentops init .*)", result.stderr)
    assert len(again) == 2
    for path, command in again:
        (tmp_path / path).unlink()
        assert agentops(*command.split()[1:]).returncode == 0
    assert "SALES_CALCOM_API_KEY: ${{ secrets.SALES_CALCOM_API_KEY }}" in workflow.read_text(encoding="utf-8")
    assert "agentops-reconciler[object-store]" in gitlab.read_text(encoding="utf-8")
    assert "Left as it is" not in agentops("init", "--ci", "github", "--ci", "gitlab").stderr


def test_pipelines_install_what_was_asked_for_and_keep_to_it(tmp_path: Path, agentops: Run) -> None:
    _git_init(tmp_path)
    wheel = "vendor/agentops_reconciler-0.1.0-py3-none-any.whl"
    result = agentops("init", "--platform", "autocalls", "--ci", "github", "--ci", "gitlab", "--install", wheel)

    assert result.returncode == 0
    assert f'install: "{wheel}"' in (tmp_path / ".github/workflows/agentops.yml").read_text(encoding="utf-8")
    assert f'AGENTOPS_INSTALL: "{wheel}"' in (tmp_path / ".gitlab-ci.yml").read_text(encoding="utf-8")
    assert f"{wheel}, and there is no such file" in result.stderr
    assert "PyPI" not in result.stderr

    (tmp_path / "vendor").mkdir()
    (tmp_path / wheel).write_bytes(b"")
    again = agentops("init", "--ci", "github", "--ci", "gitlab")
    assert again.stderr == ""
    assert again.stdout.count("is there already, and fits") == 3


def test_where_agentops_is_in_the_image_nothing_is_installed_and_nothing_said_of_it(
    tmp_path: Path, agentops: Run
) -> None:
    _git_init(tmp_path)
    first = agentops("init", "--platform", "autocalls", "--ci", "github", "--ci", "gitlab", "--install", "")
    again = agentops("init", "--ci", "github", "--ci", "gitlab")

    assert 'install: ""' in (tmp_path / ".github/workflows/agentops.yml").read_text(encoding="utf-8")
    assert 'AGENTOPS_INSTALL: ""' in (tmp_path / ".gitlab-ci.yml").read_text(encoding="utf-8")
    assert first.stderr == again.stderr == ""


def test_without_another_source_it_is_said_that_pypi_is_asked(tmp_path: Path, agentops: Run) -> None:
    _git_init(tmp_path)
    result = agentops("init", "--platform", "autocalls", "--ci", "github")

    assert f"install agentops-reconciler=={__version__} from PyPI" in result.stderr
    assert "--install" in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--install", "0.2.0"], "--ci github"),
        (["--ci", "github", "--install", "latest"], "neither a version, nor a path, nor a URL"),
        (["--ci", "github", "--install", "git+file:///srv/agentops"], "neither a version, nor a path, nor a URL"),
        (["--ci", "github", "--install", "vendor/$(id).whl"], "neither a version, nor a path, nor a URL"),
        (["--ci", "github", "--install", 'vendor/a"b.whl'], "neither a version, nor a path, nor a URL"),
        (["--ci", "github", "--install", "git+https://me:canary@git.example.com/x.git"], "password"),
    ],
)
def test_a_source_that_no_pipeline_could_install_is_refused(
    tmp_path: Path, agentops: Run, options: list[str], said: str
) -> None:
    result = agentops("init", "--platform", "autocalls", *options)

    assert result.returncode == 64
    assert said in result.stderr
    assert "canary" not in result.stderr
    assert files(tmp_path) == {}


def test_pipelines_outside_a_repository_come_with_a_warning(tmp_path: Path, agentops: Run) -> None:
    assert "git init" in agentops("init", "--platform", "autocalls", "--ci", "gitlab").stderr

    _git_init(tmp_path)
    assert "git init" not in agentops("init", "--ci", "gitlab").stderr


def test_from_inside_a_project_pipelines_are_added_to_it_and_a_new_project_is_a_new_one(
    tmp_path: Path, agentops: Run
) -> None:
    agentops("init", "--platform", "autocalls")
    (tmp_path / "inside").mkdir()

    assert agentops("init", "--ci", "github", cwd=tmp_path / "inside").returncode == 0
    assert (tmp_path / ".github/workflows/agentops.yml").is_file()
    assert files(tmp_path / "inside") == {}

    assert agentops("init", "--platform", "revox", cwd=tmp_path / "inside").returncode == 0
    assert (tmp_path / "inside/agentops.yaml").is_file()


def test_pipelines_of_a_project_in_a_folder_stand_at_the_top_of_the_repository(tmp_path: Path, agentops: Run) -> None:
    _git_init(tmp_path, "trunk")
    assert agentops("init", "voice/desk", "--platform", "autocalls", "--ci", "github").returncode == 0

    workflow = (tmp_path / ".github/workflows/agentops.yml").read_text(encoding="utf-8")
    assert 'folder: "voice/desk"' in workflow
    assert "trunk" in workflow
    assert not (tmp_path / "voice/desk/.github").exists()


def test_a_pipeline_of_ones_own_is_not_touched_but_can_include_ours(tmp_path: Path, agentops: Run) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("test: {script: [true]}\n", encoding="utf-8")
    result = agentops("init", "--platform", "autocalls", "--ci", "gitlab")

    assert (tmp_path / ".gitlab-ci.yml").read_text(encoding="utf-8") == "test: {script: [true]}\n"
    assert (tmp_path / ".gitlab/agentops.yml").is_file()
    assert "- local: .gitlab/agentops.yml" in result.stderr


@pytest.mark.parametrize("option", [["--platform", "revox"], ["--name", "other"], ["--from-account"]])
def test_a_project_that_exists_is_not_made_another(tmp_path: Path, agentops: Run, option: list[str]) -> None:
    agentops("init", "--platform", "autocalls")
    before = files(tmp_path)

    assert agentops("init", "--ci", "github", *option).returncode == 64
    assert agentops("init", *option).returncode == 1
    assert files(tmp_path) == before


def test_a_link_that_leads_nowhere_is_a_file_that_exists(tmp_path: Path, agentops: Run) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "agentops.yaml").symlink_to(elsewhere)

    result = agentops("init", "desk", "--platform", "autocalls")
    assert result.returncode != 0
    assert not elsewhere.exists()
    assert len(list((tmp_path / "desk").iterdir())) == 1


# From an account


def from_account(desk: Project, folder: Path, *options: str, token: str = DEFAULT_TOKEN) -> Outcome:
    desk.environ["AUTOCALLS_TOKEN"] = token
    return desk.run(
        "-C", str(folder.parent), "init", folder.name, "--platform", "autocalls", "--from-account",
        "--base-url", desk.server.url, *options,
    )  # fmt: skip


def test_what_the_account_has_becomes_a_project_whose_plan_is_empty(desk: Project, tmp_path: Path) -> None:
    desk.apply()
    result = from_account(desk, tmp_path / "taken", "--ci", "github")
    taken = Project(tmp_path / "taken", "autocalls", desk.server, desk.environ)

    assert result.code == 0, result
    assert "assistant.one" in result.out
    assert {"agentops.yaml", "assistants/one.yaml", "assistants/two.yaml", ".gitignore"} <= files(taken.folder).keys()
    assert (taken.folder / ".github/workflows/agentops.yml").is_file()
    assert result.out.count("Next:") == 1
    assert "need as secrets: AUTOCALLS_TOKEN" in result.out
    assert "No changes." in taken.succeed("plan").out
    assert taken.succeed("validate").err == ""


def test_without_a_token_nothing_is_written_and_the_variable_named(desk: Project, tmp_path: Path) -> None:
    result = from_account(desk, tmp_path / "taken", token="")

    assert result.code == 1
    assert "AUTOCALLS_TOKEN is not set" in result.err
    assert not (tmp_path / "taken").exists()


@pytest.mark.parametrize("there", [True, False])
def test_where_the_account_cannot_be_read_nothing_stays(desk: Project, tmp_path: Path, there: bool) -> None:
    if there:
        (tmp_path / "taken").mkdir()
        (tmp_path / "taken/notes.md").write_text("mine", encoding="utf-8")
    result = from_account(desk, tmp_path / "taken", token="7|wrong")

    assert result.code == 1
    assert "401" in result.err
    assert (files(tmp_path / "taken") == {"notes.md": b"mine"}) if there else not (tmp_path / "taken").exists()


def test_an_account_without_assistants_is_no_start(desk: Project, tmp_path: Path) -> None:
    result = from_account(desk, tmp_path / "taken")

    assert result.code == 1
    assert "the account is empty" in result.err
    assert result.out == "The account is empty.\n"
    assert not (tmp_path / "taken").exists()


def test_a_platform_without_an_address_of_its_own_asks_for_one(tmp_path: Path, agentops: Run) -> None:
    result = agentops("init", "new", "--platform", "autocalls-legacy", "--from-account")

    assert result.returncode == 64
    assert "--base-url" in result.stderr


def _git_init(folder: Path, branch: str = "main") -> None:
    subprocess.run(["git", "init", "--quiet", "--initial-branch", branch], cwd=folder, check=True)


def _on_a_terminal(folder: Path, arguments: list[str], answers: str) -> str:
    """What is said at a terminal at which somebody types `answers`."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "agentops", *arguments],
        cwd=folder,
        env=environment({"TERM": "xterm"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, answers.encode())
    seen = b""
    try:
        while chunk := os.read(ours, 1024):
            seen += chunk
    except OSError:
        pass  # the other end was closed: the process has ended
    os.close(ours)
    process.wait(timeout=60)
    return seen.decode()
