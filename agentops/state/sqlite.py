"""The local backend: one SQLite file for each environment, locked by a file beside it."""

import json
import os
import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from agentops.domain.errors import AgentopsError, ConflictError, LockedError, StateError
from agentops.domain.state import Binding, Lock, Serial, State, StateChange
from agentops.domain.values import canonical_json
from agentops.state import codec, rows
from agentops.state.filelock import FileLock
from agentops.state.filesystem import refuse_network

APPLICATION_ID: Final = 0x61676F70  # "agop", in the header of the file

_MAGIC = b"SQLite format 3\0"

_HINTS: Final = {
    sqlite3.SQLITE_FULL: "free some space on the disk, then run again",
    sqlite3.SQLITE_READONLY: "the file and its folder must be writable for you",
    sqlite3.SQLITE_CANTOPEN: "the file and its folder must be readable and writable for you",
    sqlite3.SQLITE_PERM: "the file and its folder must be readable and writable for you",
    sqlite3.SQLITE_CORRUPT: "restore the file from a backup",
    sqlite3.SQLITE_NOTADB: "restore the file from a backup, or set `state` in agentops.yaml to another place",
    sqlite3.SQLITE_BUSY: "another program has the file open; end it, then run again",
    sqlite3.SQLITE_IOERR: "check the disk that the state is on",
}


class SqliteBackend:
    """`Backend` over one file: a row for each resource, durable with every commit, at a cost that does not grow.

    Use it from one thread. The lock is an flock on `<file>.lock`: it dies with its holder, so whoever gets it may
    take over the lock row that a dead holder left.
    """

    def __init__(self, path: Path) -> None:
        self.location = str(path)
        self._path = path
        self._file_lock = FileLock(path.with_name(path.name + ".lock"))
        self._lock: Lock | None = None
        self._writer: sqlite3.Connection | None = None

    def read(self) -> State | None:
        """A snapshot, taken without a lock; None if there is no file, and none is made."""
        if not self._exists():
            return None
        with self._told(), closing(_connect(self._path, writing=False)) as connection:
            connection.execute("BEGIN")
            _check(connection, self.location)
            try:
                return rows.load(connection)
            except (ValueError, TypeError, KeyError) as exc:
                hint = _HINTS[sqlite3.SQLITE_CORRUPT]
                raise StateError(f"{self.location}: the state is damaged: {exc}", hint=hint) from exc

    def create(self, binding: Binding) -> State:
        """A new state, in place at once or not at all. Raises ConflictError if there is one already."""
        refuse_network(self._path)
        self._make_folder()
        with self._locked_for_creation():
            if self._exists():
                raise ConflictError(f"{self.location}: there is a state already")
            state = State(str(uuid.uuid4()), 0, binding, secrets.token_bytes(32), lock=self._lock)
            with self._told():
                self._build(state)
                if self._lock is not None:
                    self._writer = _connect(self._path, writing=True)
                    _make_durable(self._writer)
        return state

    def acquire(self, lock: Lock) -> None:
        """Take the lock, also while there is no state yet. Raises LockedError, naming the holder."""
        refuse_network(self._path)
        self._make_folder()
        self._take_file_lock()
        try:
            self._file_lock.describe(canonical_json(codec.encode_lock(lock)).encode())
            if self._exists():
                self._open_writer(lock)
        except BaseException:
            self.close()
            raise
        self._lock = lock

    def release(self, lock: Lock) -> None:
        """Give the lock back; no error when it is lost already."""
        if self._lock is None or self._lock.id != lock.id:
            return
        try:
            if self._writer is not None:
                with self._told():
                    self._writer.execute("UPDATE meta SET lock_id = NULL, lock = NULL WHERE lock_id = ?", (lock.id,))
        finally:
            self.close()

    def commit(self, expected: Serial, lock: Lock, change: StateChange) -> Serial:
        """Make `change` durable, all of it or nothing. Raises ConflictError when the serial or the lock moved on."""
        if self._lock is None or self._lock.id != lock.id or self._writer is None:
            raise ConflictError(f"{self.location}: the lock is not held any more; nothing was written")
        with self._told(), _transaction(self._writer) as connection:
            swap = "UPDATE meta SET serial = serial + 1 WHERE serial = ? AND lock_id = ?"
            if connection.execute(swap, (expected, lock.id)).rowcount != 1:
                raise _conflict(connection, self.location, lock)
            rows.write(connection, change)
        return expected + 1

    def close(self) -> None:
        """Free the file and the lock. The lock row may stay: without the flock it means nothing."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._lock = None
        self._file_lock.free()

    def _exists(self) -> bool:
        """Whether there is a file. Raises StateError when it cannot be read or is something else than a state."""
        try:
            with self._path.open("rb") as file:
                head = file.read(len(_MAGIC))
        except FileNotFoundError:
            return False
        except OSError as exc:
            raise StateError(f"{self.location}: {exc.strerror}") from exc
        if head != _MAGIC:
            raise _foreign(self.location)
        return True

    def _make_folder(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise StateError(f"{self._path.parent}: cannot be made: {exc.strerror}") from exc

    def _take_file_lock(self) -> None:
        if not self._file_lock.take():
            raise LockedError(
                f"{self.location}: {_describe(self._file_lock.holder())}",
                hint="wait until it is done; a lock whose holder has died frees itself",
            )

    @contextmanager
    def _locked_for_creation(self) -> Iterator[None]:
        if self._file_lock.held:
            yield
            return
        self._take_file_lock()
        try:
            yield
        finally:
            self._file_lock.free()

    def _build(self, state: State) -> None:
        """Write `state`, which has no resources yet, beside its place and move it there."""
        draft = self._path.with_name(self._path.name + ".new")
        draft.unlink(missing_ok=True)  # left by a crash
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(_connect(draft, writing=True)) as connection:
            _make_durable(connection)
            connection.executescript(rows.SCHEMA)
            rows.insert(connection, state)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {codec.FORMAT}")
        draft.replace(self._path)
        _sync_folder(self._path.parent)

    def _open_writer(self, lock: Lock) -> None:
        with self._told():
            self._writer = _connect(self._path, writing=True)
            _check(self._writer, self.location)
            _make_durable(self._writer)
            row = (lock.id, canonical_json(codec.encode_lock(lock)))
            self._writer.execute("UPDATE meta SET lock_id = ?, lock = ?", row)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns the errors of the file and of SQLite into ours."""
        try:
            yield
        except AgentopsError:
            raise
        except sqlite3.Error as exc:
            code = getattr(exc, "sqlite_errorcode", 0) & 0xFF  # the rest is the extended part
            raise StateError(f"{self.location}: {exc}", hint=_HINTS.get(code, "")) from exc
        except OSError as exc:
            raise StateError(f"{self.location}: {exc.strerror}") from exc


def _connect(path: Path, *, writing: bool) -> sqlite3.Connection:
    mode = "rw" if writing else "ro"  # neither makes a file
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=5)


def _make_durable(connection: sqlite3.Connection) -> None:
    """What `connection` commits survives a power cut."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _check(connection: sqlite3.Connection, location: str) -> None:
    """Raises StateError unless this is a state in this version's format."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (format_,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise _foreign(location)
    if format_ != codec.FORMAT:
        raise StateError(
            f"{location}: the state has format {format_}; this version of agentops knows {codec.FORMAT}",
            hint="use the version of agentops that wrote it",
        )


def _foreign(location: str) -> StateError:
    return StateError(f"{location}: this file is no agentops state", hint=_HINTS[sqlite3.SQLITE_NOTADB])


def _conflict(connection: sqlite3.Connection, location: str, lock: Lock) -> ConflictError:
    serial, lock_id, text = connection.execute("SELECT serial, lock_id, lock FROM meta").fetchone()
    if lock_id != lock.id:
        return ConflictError(f"{location}: the lock was lost: {_describe((text or '').encode())}; nothing was written")
    return ConflictError(f"{location}: the state moved on to serial {serial}; nothing was written")


def _describe(holder: bytes) -> str:
    """Who holds the lock, from what the holder wrote down."""
    try:
        lock = codec.decode_lock(json.loads(holder))
    except (ValueError, TypeError, KeyError):
        return "another process holds the lock"
    return f"{lock.who} holds the lock since {lock.created:%Y-%m-%d %H:%M:%S} UTC ({lock.operation}, lock {lock.id})"


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
