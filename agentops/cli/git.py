"""What git says of the project folder; for information only, so without git nothing is said."""

import subprocess
from pathlib import Path

_PATIENCE = 10  # seconds


def commit_of(root: Path) -> str:
    """The commit that the project folder is at; empty where there is none, or no git."""
    said = _ask(root, "rev-parse", "--verify", "--quiet", "HEAD")
    return said.strip() if said else ""


def is_dirty(root: Path) -> bool | None:
    """Whether something below the project folder is not committed as it is; None where there is no git."""
    said = _ask(root, "status", "--porcelain", "--", ".")
    return None if said is None else bool(said.strip())


def prefix_of(folder: Path) -> str:
    """The way from the top of the repository to `folder`, "voice/" or "" at the top; empty where there is no git."""
    said = _ask(folder, "rev-parse", "--show-prefix")
    return said.removesuffix("\n") if said else ""


def top_of(folder: Path) -> Path | None:
    """The top of the repository that a folder lies in, or will lie in; None where there is no git."""
    there = next(each for each in (folder, *folder.parents) if each.is_dir())
    said = _ask(there, "rev-parse", "--show-toplevel")
    return Path(said.removesuffix("\n")) if said else None


def default_branch(top: Path) -> str:
    """The branch that changes are merged into: the remote's, else one of the usual names, else the one checked out."""
    remote = _ask(top, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    if remote:
        return remote.strip().removeprefix("origin/")
    usual = next((name for name in ("main", "master") if _ask(top, "rev-parse", f"refs/heads/{name}")), "")
    return usual or (_ask(top, "symbolic-ref", "--short", "HEAD") or "main").strip()


def _ask(root: Path, *arguments: str) -> str | None:
    command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
