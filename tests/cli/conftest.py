"""Real `agentops` processes on a copy of the example project."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This environment without what would steer agentops."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AGENTOPS_", "NO_COLOR", "CI"))}
    return {**kept, "PYTHONPATH": str(ROOT), **(extra or {})}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example project, in a folder of its own."""
    shutil.copy(ROOT / "agentops.yaml", tmp_path)
    shutil.copytree(ROOT / "assistants", tmp_path / "assistants")
    return tmp_path


@pytest.fixture
def agentops(tmp_path: Path) -> Run:
    """Runs `agentops` there, without a terminal: `agentops("plan", "--env", "sandbox", env={...}, stdin="yes")`."""

    def run(
        *arguments: str, env: Mapping[str, str] | None = None, stdin: str = "", cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "agentops", *arguments],
            cwd=cwd or tmp_path,
            env=environment(env),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
