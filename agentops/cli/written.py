"""Writing files that a command was asked for."""

import os
import shlex
import tempfile
from pathlib import Path
from typing import Final

from agentops.cli.redaction import redact
from agentops.domain.errors import ProjectError


def require_writable(*paths: Path | None) -> None:
    """Raises ProjectError where a file could not be written, before anybody works for what would be in it.

    It is tried, because permissions do not tell of file systems that are read-only or full.
    """
    for path in paths:
        if path is None:
            continue
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            os.close(handle)
            Path(name).unlink()
        except OSError as exc:
            raise _unwritable(path, exc) from exc


def write_file(path: Path, text: str) -> None:
    """Write `text` to `path`, and make its folder. Raises ProjectError when that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")  # halves of characters have no bytes
    except OSError as exc:
        raise _unwritable(path, exc) from exc


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
        raise _unwritable(path, exc) from exc


def write_privately(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all, readable by its owner only. Raises ProjectError."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as exc:
        raise _unwritable(path, exc) from exc
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as exc:
        Path(name).unlink(missing_ok=True)
        raise _unwritable(path, exc) from exc


def _unwritable(path: Path, error: OSError) -> ProjectError:
    missing = isinstance(error, FileNotFoundError)
    hint = f"make the folder first: mkdir -p {shlex.quote(str(path.parent))}" if missing else _ELSEWHERE
    return ProjectError(f"cannot write {path}: {error.strerror}", hint=hint)


_ELSEWHERE: Final = "choose a folder that can be written"


def _umask() -> int:
    """What new files may not be; there is no way to ask without setting it for a moment."""
    found = os.umask(0o077)
    os.umask(found)
    return found
