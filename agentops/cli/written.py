"""Writing files that a command was asked for."""

from pathlib import Path

from agentops.domain.errors import ProjectError


def write_file(path: Path, text: str) -> None:
    """Write `text` to `path`, and make its folder. Raises ProjectError when that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise ProjectError(f"cannot write {path}: {exc.strerror}", hint="choose a folder that can be written") from exc
