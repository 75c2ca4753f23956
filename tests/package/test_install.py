"""The wheel and the sdist, each installed into an empty environment, are whole: schemas and all."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = {"wheel": "*.whl", "sdist": "*.tar.gz"}


def run(command: Sequence[object], folder: Path) -> str:
    """stdout of a command that must succeed, run without anything of this environment."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    result = subprocess.run(
        [str(part) for part in command], cwd=folder, env=clean, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module", params=sorted(BUILT))
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `agentops` of an environment that has the built distribution, and its dependencies from this one."""
    folder = tmp_path_factory.mktemp(request.param)
    build = [sys.executable, "-m", "build", "--no-isolation", f"--{request.param}", "--outdir", folder, ROOT]
    run(build, folder)
    environment = folder / "venv"
    venv.create(environment, with_pip=False, symlinks=True)
    paths = sysconfig.get_paths("venv", vars={"base": str(environment), "platbase": str(environment)})
    # Only what is installed there counts, not this project: a path file below a path file is not read.
    (Path(paths["purelib"]) / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    python = Path(paths["scripts"]) / "python"
    (distribution,) = folder.glob(BUILT[request.param])
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, "--no-deps", "--no-index", "--no-build-isolation", distribution], folder)
    return Path(paths["scripts"]) / "agentops"


def test_package_comes_from_the_environment_and_not_from_the_repository(installed: Path, tmp_path: Path) -> None:
    code = "import agentops, sys; print(agentops.__file__)"

    assert str(installed.parent.parent) in run([installed.with_name("python"), "-c", code], tmp_path)


def test_schemas_travel_along(installed: Path, tmp_path: Path) -> None:
    source = ROOT / "schemas" / "autocalls" / "v1" / "assistant.schema.json"

    assert run([installed, "schema", "autocalls/v1/assistant"], tmp_path) == source.read_text(encoding="utf-8")


def test_example_project_is_valid_planned_and_applied(installed: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "agentops.yaml", tmp_path)
    shutil.copytree(ROOT / "assistants", tmp_path / "assistants")

    run([installed, "validate"], tmp_path)
    run([installed, "apply", "--env", "sandbox", "--auto-approve"], tmp_path)

    assert "No changes." in run([installed, "plan", "--env", "sandbox"], tmp_path)


def test_page_for_reviewers_is_made_from_templates_that_travel_along(installed: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "agentops.yaml", tmp_path)
    shutil.copytree(ROOT / "assistants", tmp_path / "assistants")

    run([installed, "plan", "--env", "sandbox", "--html", "plan.html"], tmp_path)

    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    for name in ("report.css", "report.js"):
        assert (ROOT / "agentops/render/templates" / name).read_text(encoding="utf-8") in page
