"""Reading files of the project without leaving it: regular files only, bounded, symlinks followed and checked."""

import os
import stat
from pathlib import Path

MAX_BYTES = 1_000_000


class FileFault(Exception):
    """A file that cannot be read, or must not be. The text says why; `code` and `hint` go with it."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


def is_inside(real: str, root: str) -> bool:
    """Whether the resolved path `real` is `root` (resolved) or below it."""
    return real == root or real.startswith(root.rstrip(os.sep) + os.sep)


def read_inside(path: Path, root: str, name: str) -> bytes:
    """The content of `path`, which must lie inside the resolved folder `root`. Raises FileFault, which says `name`."""
    real = os.path.realpath(path)
    if not is_inside(real, root):
        raise FileFault("file-outside", f"{name} lies outside the project folder", "copy the file into the project")
    return read_regular(real, name)


def read_regular(path: str, name: str) -> bytes:
    """The content of the file at `path`, wherever it is. Raises FileFault, which says `name`."""
    try:
        # Not blocking: opening a FIFO would wait for a writer for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise FileFault("file-missing", f"there is no file {name}", "paths are relative to the manifest") from None
    except (OSError, ValueError) as exc:
        raise FileFault("file-unreadable", f"{name} cannot be read: {_reason(exc)}") from exc
    try:
        return _content(handle, name)
    finally:
        os.close(handle)


def _content(descriptor: int, name: str) -> bytes:
    details = os.fstat(descriptor)
    if not stat.S_ISREG(details.st_mode):
        raise FileFault("file-unreadable", f"{name} is no regular file")
    if details.st_size > MAX_BYTES:
        message = f"{name} has {details.st_size} bytes, more than the {MAX_BYTES} that are read"
        raise FileFault("file-too-large", message)
    chunks, left = [], MAX_BYTES + 1
    while left > 0 and (chunk := os.read(descriptor, left)):
        chunks.append(chunk)
        left -= len(chunk)
    if left <= 0:  # it grew since
        raise FileFault("file-too-large", f"{name} has more than the {MAX_BYTES} bytes that are read")
    return b"".join(chunks)


def _reason(exc: OSError | ValueError) -> str:
    return (exc.strerror if isinstance(exc, OSError) else None) or str(exc)
