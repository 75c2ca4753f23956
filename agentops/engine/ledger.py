"""The ledger of a run: a file of JSON lines on this machine that says what the run did, request by request."""

import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from agentops.domain.address import Address
from agentops.domain.errors import ProjectError

FORMAT: Final = 1
KEPT: Final = 100
"""How many ledgers are kept, the newest."""

_ENDING: Final = ".jsonl"
_NEW: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL

_subject: ContextVar[Address | None] = ContextVar("subject", default=None)


@contextmanager
def about(address: Address) -> Iterator[None]:
    """While inside, in this thread, what is called is about the resource at `address`."""
    token = _subject.set(address)
    try:
        yield
    finally:
        _subject.reset(token)


def subject() -> Address | None:
    """What the calls of this thread are about; None if nobody said so."""
    return _subject.get()


class Ledger:
    """Appends lines, from any thread; each is whole in the file before the method returns.

    `clean` takes secrets out of every text. When a line cannot be written `complain` is told, once, and the ledger ends
    there: the run it describes matters more.
    """

    def __init__(
        self,
        path: Path,
        file: int,
        *,
        clock: Callable[[], datetime],
        clean: Callable[[str], str],
        complain: Callable[[str], None],
    ) -> None:
        self.path = path
        self._file = file
        self._clock = clock
        self._clean = clean
        self._complain = complain
        self._mutex = threading.Lock()
        self._is_open = True

    def write(self, kind: str, /, **fields: object) -> None:
        """One line: the time, its kind, and `fields` but for those that are None."""
        try:
            with self._mutex:
                if self._is_open:
                    self._append(kind, fields)
        except OSError as exc:
            self._is_open = False
            self._complain(f"{self.path} could not be written any further: {exc.strerror}")

    def begin(self, **fields: object) -> None:
        """The first line. Raises ProjectError when it cannot be written."""
        try:
            self._append("run", {"format": FORMAT, **fields})
        except OSError as exc:
            raise _unwritable(self.path, exc) from exc

    def close(self) -> None:
        """Free the file."""
        with self._mutex:
            self._is_open = False
            os.close(self._file)

    def _append(self, kind: str, fields: Mapping[str, object]) -> None:
        shown = {name: self._cleaned(value) for name, value in fields.items() if value is not None}
        line = {"type": kind, "time": _moment(self._clock()), **shown}
        data = json.dumps(line, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace") + b"\n"
        while data:
            data = data[os.write(self._file, data) :]

    def _cleaned(self, value: object) -> object:
        """`value` without secrets. In its leaves, as a digit of a number or a quote must not be taken for one."""
        match value:
            case str():
                return self._clean(value)
            case Mapping():
                return {self._clean(str(key)): self._cleaned(item) for key, item in value.items()}
            case list() | tuple():
                return [self._cleaned(item) for item in value]
        return value


def open_ledger(
    folder: Path,
    *,
    clock: Callable[[], datetime],
    clean: Callable[[str], str],
    complain: Callable[[str], None],
) -> Ledger:
    """A new ledger in `folder`, which only its owner may read; the oldest are removed. Raises ProjectError."""
    path = folder / f"{new_id(clock())}{_ENDING}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, _NEW, 0o600)
    except OSError as exc:
        raise _unwritable(path, exc) from exc
    _prune(folder, complain)
    return Ledger(path, file, clock=clock, clean=clean, complain=complain)


def new_id(now: datetime) -> str:
    """A name for a run: those of later runs sort behind it."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S}.{now.microsecond // 1000:03}Z-{secrets.token_hex(3)}"


def _prune(folder: Path, complain: Callable[[str], None]) -> None:
    try:
        for path in sorted(folder.glob(f"*{_ENDING}"))[:-KEPT]:
            path.unlink(missing_ok=True)
    except OSError as exc:
        complain(f"old ledgers in {folder} could not be removed: {exc.strerror}")


def _unwritable(path: Path, exc: OSError) -> ProjectError:
    return ProjectError(
        f"the ledger of this run, {path}, cannot be written: {exc.strerror}; nothing was sent",
        hint="free some space, or make the folder writable for you",
    )


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")
