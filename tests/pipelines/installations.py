"""Each way in which a pipeline gets agentops, with pip for real: the step of the action, GitLab's line, pre-commit."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from agentops import __version__
from agentops.cli.ci_files import GITLAB_FILE, CiEnvironment, ci_files
from agentops.cli.starter import starter_files
from tests.support.servers import ROOT

PATIENCE = 900
ENVIRONMENTS = (CiEnvironment("production", ("AUTOCALLS_TOKEN",)),)
PASSED_ON = ("HOME", "TMPDIR", "LANG", "SSL_CERT_FILE")


def run(
    command: list[str | Path], folder: Path, environ: Mapping[str, str], *, given: str | None = None
) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("PIP_")}
    return subprocess.run(
        command, cwd=folder, env={**own, **environ}, input=given, text=True, check=False, timeout=PATIENCE,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with what this one tracks or would track, and nothing else, as a user's pip gets it."""
    made = tmp_path_factory.mktemp("copy")
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split("\0"):
        if name and (ROOT / name).exists():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, made / name)
    _commit(made)
    return made


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The folder of a Python that has nothing but pip."""
    venv.create(tmp_path / "python", with_pip=True)
    return tmp_path / "python" / "bin"


def test_install_step_of_the_action_brings_the_command(copy: Path, python: Path, tmp_path: Path) -> None:
    steps = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    (script,) = (step["run"] for step in steps if step["name"] == "Install agentops")
    path = tmp_path / "path"
    environ = {
        "PATH": f"{python}:/usr/bin:/bin",
        "INSTALL": str(copy),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_PATH": str(path),
    }

    done = run(["bash", "-eo", "pipefail", "-c", script], tmp_path, environ)

    assert done.returncode == 0, done.stdout
    assert f"agentops {__version__}" in done.stdout
    assert (Path(path.read_text(encoding="utf-8").strip()) / "agentops").exists()


def test_before_script_of_gitlab_brings_the_command(copy: Path, python: Path, tmp_path: Path) -> None:
    template = yaml.safe_load(ci_files("gitlab", environments=ENVIRONMENTS)[GITLAB_FILE])
    script = "\n".join(["set -eo pipefail", *template[".agentops"]["before_script"]])

    environ = {"AGENTOPS_INSTALL": str(copy), "PIP_CACHE_DIR": str(copy / ".cache/pip")}
    done = run(["bash"], tmp_path, {"PATH": f"{python}:/usr/bin:/bin", **environ}, given=script)

    assert done.returncode == 0, done.stdout
    assert _git(copy, "status", "--porcelain") == ""
    assert f"agentops {__version__}" in done.stdout


def test_hooks_format_and_validate_before_a_commit(copy: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name, text in starter_files("voice", "autocalls").items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    revision = _git(copy, "rev-parse", "HEAD").strip()
    config = {"repos": [{"repo": str(copy), "rev": revision, "hooks": [{"id": name} for name in HOOKS]}]}
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    _commit(project)
    environ = {"PATH": os.environ["PATH"], "PRE_COMMIT_HOME": str(tmp_path / "hooks")}
    hooks: list[str | Path] = [sys.executable, "-m", "pre_commit", "run", "--all-files"]

    fine = run(hooks, project, environ)
    assert fine.returncode == 0, fine.stdout
    assert fine.stdout.count("Passed") == len(HOOKS), fine.stdout

    manifest = project / "assistants/front-desk.yaml"
    tidy = manifest.read_text(encoding="utf-8")
    manifest.write_text(tidy.replace("mode: pipeline", "mode:   pipeline"), encoding="utf-8")
    untidy = run(hooks, project, environ)
    assert untidy.returncode == 1
    assert "files were modified by this hook" in untidy.stdout
    assert manifest.read_text(encoding="utf-8") == tidy

    manifest.write_text(tidy.replace("type: inbound", "type: sideways"), encoding="utf-8")
    wrong = run(hooks, project, environ)
    assert wrong.returncode == 1
    assert "assistants/front-desk.yaml:8:9: error:" in wrong.stdout


HOOKS = ("agentops-fmt", "agentops-validate")


def _commit(folder: Path) -> None:
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(folder, "-c", "user.name=Author", "-c", "user.email=author@example.com", "commit", "--quiet", "-m", "Start")


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
