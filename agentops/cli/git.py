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


def _ask(root: Path, *arguments: str) -> str | None:
    command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
