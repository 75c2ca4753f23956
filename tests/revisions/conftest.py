"""A project in a git repository of its own, and `agentops diff` on it, in this process and without the network."""

import io
import json
import os
import socket
import subprocess
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agentops.cli.main import run
from tests.support.project import Outcome

QUIET = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "author",
    "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_COMMITTER_NAME": "author",
    "GIT_COMMITTER_EMAIL": "author@example.com",
    "CI": "1",
}

PROJECT = """\
apiVersion: agentops/v1
kind: Project
metadata: {name: desk}
spec:
  environments:
    production:
      platform: autocalls
      token: {env: DESK_TOKEN}
      manifests: [assistants]
      variables: {company: Acme}
"""

MANIFEST = """\
apiVersion: autocalls/v1
kind: Assistant
metadata:
  name: front-desk
spec:
  name: Front desk
  type: inbound
  mode: pipeline
  timezone: Europe/Berlin
  language: English
  voice: {name: Sarah, language: English}
  llm_model: GPT-4.1
  llm_temperature: 0.2
  initial_message: Hello!
  system_prompt: Be kind.
  variables: {company: {var: company}}
  tools:
    - {type: end_call, description: When all is said.}
    - {type: calendar_integration, calcom_api_key: {env: CALCOM_KEY}, calcom_event_slug: demo}
"""


@dataclass(frozen=True, slots=True)
class Repository:
    """`folder` is the project's folder; the repository's top is there or above."""

    folder: Path

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def edit(self, old: str, new: str, name: str = "assistants/front-desk.yaml") -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write({name: text.replace(old, new)})

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout.strip()

    def commit(self, message: str = "change") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def run(self, *arguments: str) -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(["-C", str(self.folder), *arguments])
        return Outcome(code, out.getvalue(), err.getvalue())

    def diffs(self, *arguments: str) -> list[dict[str, Any]]:
        """What `diff --json` says."""
        outcome = self.run("diff", *arguments, "--json")
        assert outcome.code == 0, outcome
        found: list[dict[str, Any]] = json.loads(outcome.out)
        return found

    def fields(self, *arguments: str) -> dict[str, dict[str, str]]:
        """Address -> action, or field -> what happened to it, in the only environment."""
        (diff,) = self.diffs(*arguments)
        return {
            address: {"action": found["action"]} | {field["name"]: field["change"] for field in found["fields"]}
            for address, found in diff["agentops"]["resources"].items()
        }


def warnings(diff: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Code and message of each."""
    return [(item["agentops"]["code"], item["summary"]) for item in diff["agentops"]["diagnostics"]]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket can be made, no token is there."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for name, value in QUIET.items():
        monkeypatch.setenv(name, value)
    for name in ("DESK_TOKEN", "CALCOM_KEY", "AGENTOPS_ENV", "AGENTOPS_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def empty(tmp_path: Path) -> Repository:
    """A repository without a commit, and without a project."""
    made = Repository(tmp_path / "project")
    made.folder.mkdir()
    made.git("init", "--quiet", "--initial-branch", "main")
    return made


@pytest.fixture
def desk(empty: Repository) -> Repository:
    """The same with one manifest, committed."""
    empty.write({"agentops.yaml": PROJECT, "assistants/front-desk.yaml": MANIFEST})
    empty.commit()
    return empty
