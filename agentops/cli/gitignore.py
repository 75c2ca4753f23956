"""What git must not take of a project: its local state, sandboxes and saved plans, which hold prompts."""

from pathlib import Path
from typing import Final

from agentops.domain.errors import ProjectError

FILE: Final = ".gitignore"
_TITLE: Final = "# agentops: state, sandbox databases, saved plans"
_LINES: Final = (".agentops/", "*.plan")


def missing_lines(root: Path) -> tuple[str, ...]:
    """The lines that the project's .gitignore does not have."""
    there = {line.strip().strip("/") for line in _content(root / FILE).decode("utf-8", "replace").splitlines()}
    return tuple(line for line in _LINES if line.strip("/") not in there)


def add_lines(root: Path) -> tuple[str, ...]:
    """Append the missing lines, and return them; what is there stays byte for byte."""
    lines, path = missing_lines(root), root / FILE
    if lines:
        before = _content(path)
        end = "\r\n" if b"\r\n" in before else "\n"
        gap = "" if not before else end if before.endswith(b"\n") else end + end
        added = gap + end.join([_TITLE, *lines, ""])
        try:
            with path.open("ab") as file:
                file.write(added.encode())
        except OSError as exc:
            raise ProjectError(f"cannot write {path}: {exc.strerror}") from exc
    return lines


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as exc:
        raise ProjectError(f"cannot read {path}: {exc.strerror}") from exc
