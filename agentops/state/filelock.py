"""A lock between processes that the death of its holder frees: flock on a file beside the state."""

import os
from pathlib import Path

from agentops.domain.errors import StateError


class FileLock:
    """One lock file. Its content says who holds it; only breaking the lock removes the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    @property
    def held(self) -> bool:
        return self._fd is not None

    @property
    def in_place(self) -> bool:
        """Whether the lock is held, and nobody broke it."""
        return self._fd is not None and self._is_ours(self._fd)

    def take(self) -> bool:
        """Take the lock if it is free; whether that worked. Raises StateError when the file cannot be used."""
        import fcntl  # not on every system, and only needed by those who write

        while self._fd is None:
            fd = self._open()
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(fd)
                return False
            except OSError as exc:
                os.close(fd)
                raise StateError(f"{self._path}: cannot be locked: {exc.strerror}") from exc
            if self._is_ours(fd):
                self._fd = fd
                return True
            os.close(fd)  # it was broken between opening and locking: the file that is there now counts
        return False

    def break_(self) -> None:
        """Put whoever holds the lock out of it: from now on another file is the lock. Raises StateError."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as exc:
            raise StateError(f"{self._path}: cannot be removed: {exc.strerror}") from exc

    def describe(self, holder: bytes) -> None:
        """Write who holds the lock, for others to read. Raises StateError when that fails."""
        if self._fd is None:
            raise RuntimeError("describe() needs the lock")
        try:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, holder, 0)
        except OSError as exc:
            raise StateError(f"{self._path}: cannot be written: {exc.strerror}") from exc

    def holder(self) -> bytes:
        """What the last holder wrote; empty when there is none."""
        try:
            return self._path.read_bytes()
        except OSError:
            return b""  # only for a message, which then names nobody

    def free(self) -> None:
        """Give the lock back, if it is held."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _is_ours(self, fd: int) -> bool:
        try:
            return os.path.samestat(os.fstat(fd), self._path.stat())
        except FileNotFoundError:
            return False

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as exc:
            raise StateError(
                f"{self._path}: {exc.strerror}", hint="the folder of the state must be writable for you"
            ) from exc
