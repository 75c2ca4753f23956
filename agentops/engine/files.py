"""Reading files of the project without leaving it: regular files only, bounded, symlinks followed and checked."""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

MAX_BYTES = 1_000_000

ReadFile: TypeAlias = Callable[[Path, str, str], bytes]
"""How a file of the project is read: `read_inside`, or something that stands in for it."""


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


def as_if_written(texts: Mapping[str, str], root: Path) -> ReadFile:
    """Reads as `read_inside` would if `texts`, by their paths relative to `root`, were on the disk already."""
    planned = {os.path.realpath(root / path): text.encode() for path, text in texts.items()}

    def read(path: Path, real_root: str, name: str) -> bytes:
        data = planned.get(os.path.realpath(path))
        if data is None:
            return read_inside(path, real_root, name)
        if len(data) > MAX_BYTES:
            raise FileFault(
                "file-too-large", f"{name} would have {len(data)} bytes, more than the {MAX_BYTES} that are read"
            )
        return data

    return read


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
