"""What git must not take of a project: its local state, sandboxes and saved plans, which hold prompts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from agentops.domain.errors import ProjectError

FILE: Final = ".gitignore"
_TITLE: Final = "# agentops: state, sandbox databases, saved plans and their pages"
ANYWHERE: Final = ("*.plan", "*.plan.html")
"""Plans are written wherever somebody stands, also above the project folder."""
IN_PROJECT: Final = (".agentops/", *ANYWHERE)


def missing_lines(root: Path, lines: Sequence[str] = IN_PROJECT) -> tuple[str, ...]:
    """Those of the lines that the folder's .gitignore does not have."""
    there = {line.strip().strip("/") for line in _content(root / FILE).decode("utf-8", "replace").splitlines()}
    return tuple(line for line in lines if line.strip("/") not in there)


def add_lines(root: Path, lines: Sequence[str] = IN_PROJECT) -> tuple[str, ...]:
    """Append the missing lines, and return them; what is there stays byte for byte."""
    missing, path = missing_lines(root, lines), root / FILE
    if missing:
        before = _content(path)
        end = "\r\n" if b"\r\n" in before else "\n"
        gap = "" if not before else end if before.endswith(b"\n") else end + end
        added = gap + end.join([_TITLE, *missing, ""])
        try:
            with path.open("ab") as file:
                file.write(added.encode())
        except OSError as exc:
            raise ProjectError(f"cannot write {path}: {exc.strerror}") from exc
    return missing


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as exc:
        raise ProjectError(f"cannot read {path}: {exc.strerror}") from exc
