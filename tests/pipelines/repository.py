"""A user's repository with a project in it, the account that it describes, and where it is reviewed."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from agentops.cli.ci_files import CiEnvironment, ci_files
from agentops.cli.main import run
from agentops.cli.starter import starter_files
from agentops.sandbox import DEFAULT_TOKEN, Server

TOKEN_VARIABLE: Final = "AUTOCALLS_TOKEN"
PATIENCE: Final = 60
MANIFEST: Final = "assistants/front-desk.yaml"

_IDENTITY: Final = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (
    ("NAME", "Author"), ("EMAIL", "author@example.com"), ("DATE", "2026-01-02T03:04:05Z")
)}  # fmt: skip


@dataclass
class Account:
    """A served sandbox that stands for a real account: with a token, and a state that outlives a runner."""

    name: str
    server: Server
    state: Path

    def greetings(self) -> list[str]:
        """What the platform stores."""
        return [row["initial_message"] for row in self.server.sandbox.store.assistants()]

    def edit(self, **values: Any) -> None:
        """Somebody changes the only assistant in the portal."""
        (row,) = self.server.sandbox.store.assistants()
        self.server.sandbox.store.edit_assistant(row["id"], **values)

    @property
    def calls(self) -> int:
        """How many requests came so far."""
        return len(self.server.sandbox.store.log())


@dataclass
class Repository:
    """A working copy, and the bare repository that it pushes to."""

    folder: Path
    accounts: Mapping[str, Account]
    work: Path = field(init=False)
    origin: Path = field(init=False)

    def __post_init__(self) -> None:
        self.work, self.origin = self.folder / "work", self.folder / "origin.git"
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.origin), inside=False)
        self.git("init", "--quiet", "--initial-branch=main", str(self.work), inside=False)
        self.git("remote", "add", "origin", str(self.origin))

    # What a person does

    def start(self, pipeline: str) -> str:
        """The first commit: a new project, without an assistant so far, and its pipeline."""
        for path, text in starter_files("voice", "autocalls").items():
            self.write(path, text)
        environments = "".join(_ENVIRONMENT.format(**_place(account)) for account in self.accounts.values())
        self.write("agentops.yaml", _PROJECT + environments)
        environments_of_ci = [CiEnvironment(name, (TOKEN_VARIABLE,)) for name in self.accounts]
        for path, text in ci_files(pipeline, environments=environments_of_ci).items():
            self.write(path, text)
        return self.commit("main")

    def write(self, path: str, text: str) -> None:
        (self.work / path).parent.mkdir(parents=True, exist_ok=True)
        (self.work / path).write_text(text, encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.work / path).read_text(encoding="utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def branch(self, name: str) -> None:
        """Starts to work on something, from what is on the server."""
        self.git("switch", "--quiet", "--create", name, "main")

    def commit(self, branch: str) -> str:
        """Commits everything and pushes it."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Change")
        self.git("push", "--quiet", "--force", "origin", f"HEAD:{branch}")
        return self.head()

    def tried_merge(self, branch: str, number: int) -> str:
        """The commit that a forge makes to try how the request would be merged."""
        self.git("switch", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", "Try", branch)
        commit = self.head()
        self.git("push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/merge")
        self.git("switch", "--quiet", branch)
        return commit

    def squash(self, branch: str) -> str:
        """Merges as most teams do: one commit on main, with another ID."""
        self.git("switch", "--quiet", "main")
        self.git("merge", "--quiet", "--squash", branch)
        return self.commit("main")

    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    def agentops(self, *arguments: str) -> str:
        """stdout of the command line as this person runs it, in the working copy."""
        out, err = io.StringIO(), io.StringIO()
        environ = patch.dict(os.environ, {TOKEN_VARIABLE: DEFAULT_TOKEN, "CI": "true"})
        with environ, redirect_stdout(out), redirect_stderr(err):
            code = run(["-C", str(self.work), *arguments])
        assert code == 0, out.getvalue() + err.getvalue()
        return out.getvalue()

    def git(self, *arguments: str, inside: bool = True) -> str:
        command = ["git", *(["-C", str(self.work)] if inside else []), *arguments]
        environ = {**os.environ, **_IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout


_PROJECT: Final = """\
apiVersion: agentops/v1
kind: Project
metadata:
  name: voice
spec:
  environments:
"""

_ENVIRONMENT: Final = """\
    {name}:
      platform: autocalls
      base_url: {url}
      token: {{env: AUTOCALLS_TOKEN}}
      manifests: [assistants]
      state: {state}
      variables: {{company: Example Ltd}}
"""


def _place(account: Account) -> Mapping[str, str]:
    return {"name": account.name, "url": account.server.url, "state": str(account.state)}


def tools(folder: Path) -> Path:
    """A folder with the command agentops of this environment."""
    folder.mkdir()
    command = folder / "agentops"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m agentops "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return folder
