"""Writing files that a command was asked for."""

import os
import tempfile
from pathlib import Path

from agentops.cli.redaction import redact
from agentops.domain.errors import ProjectError


def write_file(path: Path, text: str) -> None:
    """Write `text` to `path`, and make its folder. Raises ProjectError when that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")  # halves of characters have no bytes
    except OSError as exc:
        raise ProjectError(f"cannot write {path}: {exc.strerror}", hint="choose a folder that can be written") from exc


def replace_file(path: Path, text: str) -> None:
    """Write `text`, without secrets, to `path`: whole or not at all. Raises ProjectError when that cannot be done."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(redact(text))
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as exc:
        raise ProjectError(f"cannot write {path}: {exc.strerror}", hint="choose a folder that can be written") from exc


def write_privately(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all, readable by its owner only. Raises ProjectError."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as exc:
        raise ProjectError(f"cannot write {path}: {exc.strerror}") from exc
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as exc:
        Path(name).unlink(missing_ok=True)
        raise ProjectError(f"cannot write {path}: {exc.strerror}") from exc


def _umask() -> int:
    """What new files may not be; there is no way to ask without setting it for a moment."""
    found = os.umask(0o077)
    os.umask(found)
    return found
