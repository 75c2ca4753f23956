"""Revisions of the repository that a project lies in, found by git, which writes nothing and stays offline."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agentops.domain.errors import ProjectError, UsageError

_PATIENCE: Final = 120  # seconds
_ENVIRONMENT: Final = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # older ones do not know the line above: a partial clone must not go on the net
}
_OF_A_HOOK: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""Where git's hooks run: another repository, perhaps, than the one that the project lies in."""
_SHALLOW: Final = (
    "this clone is shallow: fetch the whole history (`fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` in GitLab, "
    "`git fetch --unshallow` by hand)"
)


def git_environment() -> Mapping[str, str]:
    """The process's environment, with which git stays offline, asks nothing, and looks at the folder it is told."""
    return {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK} | _ENVIRONMENT


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository of a project. `prefix` is the project's folder in it, empty at the top."""

    folder: Path
    prefix: str

    def commit(self, revision: str) -> str:
        """The ID of the commit that `revision` names. Raises UsageError for none, ProjectError for an unknown one."""
        if not revision or revision.startswith("-"):
            raise UsageError(f"{revision!r} is no revision", hint="name a branch, a tag or a commit, such as main")
        if ".." in revision:
            ends = [end or "HEAD" for end in revision.replace("...", "..").split("..", 1)]
            way = " ".join(["agentops diff", *ends, *(["--merge-base"] if "..." in revision else [])])
            raise UsageError(f"{revision!r} is a range of revisions", hint=f"write: {way}")
        found = self.said("rev-parse", "--verify", "--quiet", revision)
        commit = found and self.said("rev-parse", "--verify", "--quiet", f"{found.strip()}^{{commit}}")
        if not commit:
            raise ProjectError(f"there is no revision {revision!r} in this repository", hint=self._missing(revision))
        return commit.strip()

    def merge_base(self, one: str, other: str) -> str:
        """The newest commit that both come from."""
        found = self.said("merge-base", one, other)
        if not found:
            hint = _SHALLOW if self._is_shallow() else "leave out --merge-base to compare the two as they are"
            raise ProjectError("the two revisions have no commit in common", hint=hint)
        return found.split()[0]

    def folder_in(self, commit: str) -> str:
        """The ID of the project's folder in a commit; empty where it has none."""
        found = self.said("rev-parse", "--verify", "--quiet", f"{commit}:{self.prefix}")
        kind = found and self.said("cat-file", "-t", found.strip())
        return found.strip() if found and kind and kind.strip() == "tree" else ""

    def said(self, *arguments: str) -> str | None:
        """What git prints; None when it says no."""
        done = _git(self.folder, *arguments)
        return None if done.returncode else done.stdout

    def _missing(self, revision: str) -> str:
        if self._is_shallow():
            return _SHALLOW
        remote = "" if "/" in revision else f", or of a remote: origin/{revision}"
        return f"`git branch --all` lists what there is; `git fetch` gets what is new{remote}"

    def _is_shallow(self) -> bool:
        return (self.said("rev-parse", "--is-shallow-repository") or "").strip() == "true"


def repository_of(folder: Path) -> Repository:
    """The repository that `folder` lies in. Raises ProjectError, saying what to do, when there is none, or no git."""
    done = _git(folder, "rev-parse", "--show-prefix")
    if done.returncode:
        reason = done.stderr.strip().partition("\n")[0].removeprefix("fatal: ")
        hint = "agentops diff compares revisions of git: run it inside a repository"
        if "dubious ownership" in reason:
            hint = f"git does not trust the folder: git config --global --add safe.directory {folder}"
        raise ProjectError(f"git cannot read {folder}: {reason}", hint=hint)
    return Repository(folder, done.stdout.rstrip("\n").rstrip("/"))


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            env=git_environment(),
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise ProjectError("git is not installed", hint="agentops diff reads revisions with git: install it") from None
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise ProjectError(f"git {arguments[0]} failed: {type(exc).__name__}", hint="run it by hand") from exc
    said = (os.fsdecode(stream) for stream in (done.stdout, done.stderr))  # bytes: names of files are not text
    return subprocess.CompletedProcess(command, done.returncode, *said)
