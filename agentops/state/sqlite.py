"""The local backend: one SQLite file for each environment, locked by a file beside it."""

import json
import os
import secrets
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from agentops.domain.errors import AgentopsError, ConflictError, LockedError, StateError
from agentops.domain.state import Binding, Lock, Serial, State, StateChange, Version
from agentops.domain.values import canonical_json
from agentops.state import codec, rows
from agentops.state.filelock import FileLock
from agentops.state.filesystem import refuse_network
from agentops.state.holder import describe

T = TypeVar("T")

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
        self.batches = False
        self._path = path
        self._file_lock = FileLock(path.with_name(path.name + ".lock"))
        self._lock: Lock | None = None
        self._is_version_kept = False  # of the state as it was when the lock was taken
        self._writer: sqlite3.Connection | None = None

    def read(self) -> State | None:
        """A snapshot, taken without a lock; None if there is no file, and none is made."""
        return self._look(rows.load, None)

    def create(self, binding: Binding) -> State:
        """A new state, in place at once or not at all. Raises ConflictError if there is one already."""
        state = State(str(uuid.uuid4()), 0, binding, secrets.token_bytes(32), lock=self._lock)
        self._place(state)
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
        self._lock, self._is_version_kept = lock, False

    def assure(self, lock: Lock) -> None:
        """Raises ConflictError when the lock was broken. For any thread."""
        if self._lock is None or self._lock.id != lock.id or not self._file_lock.in_place:
            raise ConflictError(f"{self.location}: the lock is not held any more; nothing more is sent or written")

    def unlock(self, lock_id: str) -> Lock:
        """Break the lock with this ID: its holder can neither write nor send any more, and others can take it."""
        holder = _lock_of(self._file_lock.holder())
        if holder is None or self._is_free():
            raise StateError(f"{self.location} is not locked")
        if holder.id != lock_id:
            raise StateError(f"{self.location}: {describe(holder)}, not {lock_id}", hint="give the ID of that lock")
        self._file_lock.break_()
        return holder

    def _is_free(self) -> bool:
        taken = self._file_lock.take()
        if taken:
            self._file_lock.free()
        return taken

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
        with self._swap(expected, lock, expected + 1) as connection:
            rows.write(connection, change)
        return expected + 1

    def replace(self, expected: Serial | None, lock: Lock, state: State) -> Serial:
        """Put `state` in place of the whole one. Raises ConflictError when the serial or the lock moved on."""
        serial = max(state.serial, expected or 0) + 1
        if expected is None:
            self.assure(lock)
            self._place(replace(state, serial=serial, lock=lock))
            return serial
        with self._swap(expected, lock, serial) as connection:
            before = rows.load(connection)
            entries = dict.fromkeys(before.entries) | dict(state.entries)
            intents = dict.fromkeys(before.intents) | dict(state.intents)
            rows.write(connection, StateChange(entries, intents, state.binding, state.moved_to))
            head = (state.lineage, state.digest_key)
            connection.execute("UPDATE meta SET lineage = ?, digest_key = ?", head)
        return serial

    def history(self) -> list[Version]:
        """The versions that are kept, newest first."""
        return self._look(rows.versions, [])

    def version(self, serial: Serial) -> State:
        """A former version. Raises StateError when it is not kept."""
        state = self._look(lambda connection: rows.load_version(connection, serial), None)
        if state is None:
            raise StateError(
                f"{self.location}: serial {serial} is not kept", hint="`agentops state history` shows what is"
            )
        return state

    def close(self) -> None:
        """Free the file and the lock. The lock row may stay: without the flock it means nothing."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._lock = None
        self._file_lock.free()

    def _look(self, load: Callable[[sqlite3.Connection], T], nothing: T) -> T:
        """What `load` finds in a snapshot, or `nothing` if there is no file."""
        if not self._exists():
            return nothing
        with self._told(), closing(_connect(self._path, writing=False)) as connection:
            connection.execute("BEGIN")
            if _format_of(connection, self.location) == 1 and load is not rows.load:
                return nothing  # format 1 kept no versions
            try:
                return load(connection)
            except (ValueError, TypeError, KeyError) as exc:
                hint = _HINTS[sqlite3.SQLITE_CORRUPT]
                raise StateError(f"{self.location}: the state is damaged: {exc}", hint=hint) from exc

    @contextmanager
    def _swap(self, expected: Serial, lock: Lock, serial: Serial) -> Iterator[sqlite3.Connection]:
        """A transaction that brings the state from serial `expected` to `serial`, or does nothing at all."""
        if self._lock is None or self._lock.id != lock.id or self._writer is None:
            raise ConflictError(f"{self.location}: the lock is not held any more; nothing was written")
        with self._told(), _transaction(self._writer) as connection:
            mine = "FROM meta WHERE serial = ? AND lock_id = ?"
            if connection.execute(f"SELECT 1 {mine}", (expected, lock.id)).fetchone() is None:
                raise _conflict(connection, self.location, lock)
            if not self._is_version_kept:
                rows.keep_version(connection, lock, datetime.now(UTC))
            yield connection
            connection.execute("UPDATE meta SET serial = ?", (serial,))
        self._is_version_kept = True

    def _place(self, state: State) -> None:
        """Make the file with `state` in it. Raises ConflictError if there is one already."""
        refuse_network(self._path)
        self._make_folder()
        with self._locked_for_creation():
            if self._exists():
                raise ConflictError(f"{self.location}: there is a state already")
            with self._told():
                self._build(state)
                if self._lock is not None:
                    self._writer = _connect(self._path, writing=True)
                    _make_durable(self._writer)

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
            holder = _lock_of(self._file_lock.holder())
            raise LockedError(
                f"{self.location}: {describe(holder) if holder else 'another process holds the lock'}",
                hint="wait until it is done; a lock whose holder has died frees itself",
                holder=holder,
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
        """Write `state` beside its place and move it there."""
        draft = self._path.with_name(self._path.name + ".new")
        draft.unlink(missing_ok=True)  # left by a crash
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(_connect(draft, writing=True)) as connection:
            _make_durable(connection)
            connection.executescript(rows.SCHEMA)
            with _transaction(connection):
                _upgrade(connection)
                rows.insert(connection, state)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        draft.replace(self._path)
        _sync_folder(self._path.parent)

    def _open_writer(self, lock: Lock) -> None:
        with self._told():
            self._writer = _connect(self._path, writing=True)
            format_ = _format_of(self._writer, self.location)
            _make_durable(self._writer)
            if format_ < codec.FORMAT:
                with _transaction(self._writer):
                    _upgrade(self._writer)
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


def _upgrade(connection: sqlite3.Connection) -> None:
    """From format 1 to 2, inside the caller's transaction."""
    for statement in rows.VERSIONS:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {codec.FORMAT}")


def _format_of(connection: sqlite3.Connection, location: str) -> int:
    """The format of the file. Raises StateError unless it is a state that this version reads."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (format_,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise _foreign(location)
    try:
        codec.refuse_format(format_)
    except StateError as exc:
        raise StateError(f"{location}: {exc}", hint=exc.hint) from exc
    return int(format_)


def _foreign(location: str) -> StateError:
    return StateError(f"{location}: this file is no agentops state", hint=_HINTS[sqlite3.SQLITE_NOTADB])


def _conflict(connection: sqlite3.Connection, location: str, lock: Lock) -> ConflictError:
    serial, lock_id, text = connection.execute("SELECT serial, lock_id, lock FROM meta").fetchone()
    if lock_id != lock.id:
        holder = _lock_of((text or "").encode())
        who = describe(holder) if holder else "nobody holds it now"
        return ConflictError(f"{location}: the lock was lost: {who}; nothing was written")
    return ConflictError(f"{location}: the state moved on to serial {serial}; nothing was written")


def _lock_of(text: bytes) -> Lock | None:
    """The lock that a holder wrote down; None when there is none, or half of one."""
    try:
        return codec.decode_lock(json.loads(text))
    except (ValueError, TypeError, KeyError):
        return None


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
