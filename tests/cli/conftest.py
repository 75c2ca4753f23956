"""Real `agentops` processes on a copy of the example project."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agentops.sandbox import Sandbox, Server, open_sandbox
from tests.support.generate import Setting, Spec
from tests.support.project import Project
from tests.support.project import project as made_project
from tests.support.samples import base

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]
TOKEN = "7|canary-token-c0ffee"
CALCOM_KEY = "canary-calcom-key-c0ffee"
SECRETS = {"CANARY_TOKEN": TOKEN, "CANARY_CALCOM_KEY": CALCOM_KEY}

PROJECT = """\
apiVersion: agentops/v1
kind: Project
metadata: {{name: canary}}
spec:
  environments:
    served:
      platform: autocalls
      base_url: {url}
      token: {{env: CANARY_TOKEN}}
      manifests: [small]
      settle_seconds: 0
"""

MANIFEST = """\
apiVersion: autocalls/v1
kind: Assistant
metadata: {{name: {name}}}
spec:
  name: Assistant {name}
  type: inbound
  mode: pipeline
  timezone: Europe/Berlin
  language: English
  voice: {{name: Emma, language: English}}
  llm_model: GPT-4.1
  initial_message: Hello!
  system_prompt: Be kind.
  tools:
    - {{type: calendar_integration, calcom_api_key: {{env: CANARY_CALCOM_KEY}}, calcom_event_slug: demo}}
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A sandbox behind a port, and the project that works on it."""

    sandbox: Sandbox
    project: Path
    server: Server

    def manifest(self, name: str) -> Path:
        return self.project / "small" / f"{name}.yaml"


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This environment without what would steer agentops."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AGENTOPS_", "NO_COLOR", "CI"))}
    return {**kept, "PYTHONPATH": str(ROOT), **SECRETS, **(extra or {})}


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


@pytest.fixture
def served(project: Path) -> Iterator[Served]:
    """A sandbox over HTTP that the environment `served` of the project works on, with two small manifests."""
    sandbox = open_sandbox("autocalls", ":memory:")
    sandbox.store.add_account(TOKEN, "Canary", "canary@example.com")
    with Server(sandbox) as server:
        (project / "small").mkdir()
        for name in ("one", "two"):
            (project / "small" / f"{name}.yaml").write_text(MANIFEST.format(name=name), encoding="utf-8")
        (project / "agentops.yaml").write_text(PROJECT.format(url=server.url), encoding="utf-8")
        yield Served(sandbox, project, server)
    sandbox.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Project]:
    """A project with the manifests `one` and `two`, nothing applied yet; its commands run in this process."""
    with made_project(tmp_path, "autocalls") as made:
        made.extra["settle_seconds"] = 0
        made.write({"one": simple(made, name="One"), "two": simple(made, name="Two")})
        yield made


def simple(made: Project, **fields: Any) -> Spec:
    """What an assistant needs, and these fields."""
    return {**base(Setting(made.account)), **fields}
