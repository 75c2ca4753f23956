"""SQLite under the sandbox: rows of JSON by kind and account, the API keys, and the log of requests."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]

PUBLIC = 0
"""The account of what everybody sees: languages, models, providers, public voices."""

_KEPT_REQUESTS = 100_000

_FORM = 1
"""Counts the forms that the tables have had."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS made_for (form INTEGER NOT NULL, platform TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL, id NOT NULL, account INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL, UNIQUE (kind, id));
CREATE INDEX IF NOT EXISTS in_order ON objects (kind, account, id, deleted);
CREATE INDEX IF NOT EXISTS by_number ON objects (account, json_extract(body, '$.phone_number_id'))
    WHERE kind = 'assistant';
CREATE TABLE IF NOT EXISTS counters (kind TEXT PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, balance REAL NOT NULL);
CREATE TABLE IF NOT EXISTS api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, name TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, account INTEGER, api_key INTEGER,
    method TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL, body TEXT NOT NULL, status INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Account:
    """Who a request's key belongs to; `api_key` is the key's number."""

    id: int
    name: str
    email: str
    balance: float
    api_key: int


@dataclass(frozen=True, slots=True)
class Logged:
    """A request that the sandbox answered. `path` is below the base URL, `status` what was answered."""

    time: str
    account: int | None
    method: str
    path: str
    query: str
    body: str
    status: int

    @property
    def json(self) -> Any:
        """The body parsed; None if there was none."""
        return json.loads(self.body) if self.body else None


class Database:
    """The sandbox's tables. One writer at a time: every use is inside `transaction()`."""

    def __init__(self, path: str | Path, platform: str) -> None:
        """Opens or makes the file. Raises ValueError if it was made for another platform or version."""
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(
            str(path), timeout=30, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            for statement in _SCHEMA.split(";\n"):
                self._connection.execute(statement)
            made_for = (_FORM, platform)
            if not self._all("SELECT * FROM made_for"):
                self._do("INSERT INTO made_for VALUES (?, ?)", *made_for)
            found = self._all("SELECT * FROM made_for")[0]
        if found != made_for:
            self.close()
            raise ValueError(f"{path} is a sandbox of {found[1]} (form {found[0]}), not of {platform} ({_FORM})")

    def close(self) -> None:
        """Closes the file; the database is not to be used afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or nothing of it; blocks of other threads and processes wait. May be nested."""
        with self._lock:
            if self._depth:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            else:
                self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def _do(self, sql: str, *values: object) -> sqlite3.Cursor:
        with self.transaction():
            return self._connection.execute(sql, values)

    # Objects

    def next_id(self, kind: str) -> int:
        """An id of this kind that was never given out before."""
        with self.transaction():
            found = self._all("SELECT next FROM counters WHERE kind = ?", kind)
            number: int = found[0][0] if found else 1
            self.reserve(kind, number + 1)
            return number

    def reserve(self, kind: str, number: int) -> None:
        """Makes `number` the lowest id that `next_id` may still give out."""
        self._do(
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET next = max(next, excluded.next)",
            kind,
            number,
        )

    def insert(self, kind: str, row: Row, account: int) -> None:
        """Adds a row, which has its `id`."""
        sql = "INSERT INTO objects (kind, id, account, body) VALUES (?, ?, ?, ?)"
        self._do(sql, kind, row["id"], account, json.dumps(row))

    def replace(self, kind: str, row: Row, *, deleted: bool = False) -> None:
        """Writes a row over the one with its id."""
        sql = "UPDATE objects SET body = ?, deleted = ? WHERE kind = ? AND id = ?"
        self._do(sql, json.dumps(row), int(deleted), kind, row["id"])

    def remove(self, kind: str, object_id: object) -> None:
        """Takes a row out for good."""
        self._do("DELETE FROM objects WHERE kind = ? AND id = ?", kind, object_id)

    def get(self, kind: str, object_id: object, account: int) -> Row | None:
        """The row that this account sees under this id: its own or a public one, and not deleted."""
        sql = "SELECT body FROM objects WHERE kind = ? AND id = ? AND account IN (?, 0) AND deleted = 0"
        found = self._all(sql, kind, object_id, account)
        return json.loads(found[0][0]) if found else None

    def exists(self, kind: str, object_id: object, account: int) -> bool:
        """Whether the account sees a row under this id."""
        sql = "SELECT 1 FROM objects WHERE kind = ? AND id = ? AND account IN (?, 0) AND deleted = 0"
        return bool(self._all(sql, kind, object_id, account))

    def rows(self, kind: str, account: int, *, deleted: bool = False, by_age: bool = False) -> list[Row]:
        """All rows of a kind that the account sees, by id; `deleted`: those that were deleted as well.

        `by_age`: the oldest first, where ids have no order.
        """
        order = "rowid" if by_age else "id"
        sql = f"SELECT body FROM objects WHERE kind = ? AND account IN (?, 0) AND deleted <= ? ORDER BY {order}"
        return [json.loads(body) for (body,) in self._all(sql, kind, account, int(deleted))]

    def page(
        self,
        kind: str,
        account: int,
        *,
        limit: int,
        offset: int,
        deleted: bool = False,
        newest: bool = False,
    ) -> list[Row]:
        """Rows `offset` to `offset + limit` of the account's own, by id; `newest`: the highest first."""
        order = "DESC" if newest else "ASC"
        # Ids first: stepping over the skipped rows must not read their bodies.
        sql = (
            "SELECT body FROM objects WHERE kind = ?1 AND id IN (SELECT id FROM objects WHERE kind = ?1"
            f" AND account = ?2 AND deleted <= ?3 ORDER BY id {order} LIMIT ?4 OFFSET ?5) ORDER BY id {order}"
        )
        return [json.loads(body) for (body,) in self._all(sql, kind, account, int(deleted), limit, offset)]

    def count(self, kind: str, account: int, *, deleted: bool = False) -> int:
        """How many rows of its own the account has."""
        sql = "SELECT count(*) FROM objects WHERE kind = ? AND account = ? AND deleted <= ?"
        return int(self._all(sql, kind, account, int(deleted))[0][0])

    def tally(self, kind: str, account: int, key: str) -> dict[Any, int]:
        """How often each value of `key` occurs in the account's rows; a list counts for each of its items."""
        sql = (
            "SELECT each.value, count(*) FROM objects, json_each(objects.body, ?) AS each"
            " WHERE kind = ? AND account = ? AND deleted = 0 AND each.value IS NOT NULL GROUP BY each.value"
        )
        return dict(self._all(sql, "$." + key, kind, account))

    def holders(self, number: int, account: int, *, deleted: bool = False) -> list[int]:
        """The ids of the inbound assistants that a phone number is assigned to."""
        sql = (
            "SELECT id FROM objects WHERE kind = 'assistant' AND account = ? AND deleted <= ?"
            " AND json_extract(body, '$.phone_number_id') = ? AND json_extract(body, '$.type') = 'inbound'"
        )
        return [holder for (holder,) in self._all(sql, account, int(deleted), number)]

    def detach(self, key: str, object_id: int, account: int) -> None:
        """Takes a reference out of all of the account's assistants: null, or out of the list in `key`."""
        for row in self.rows("assistant", account):
            held = row.get(key)
            if held == object_id:
                self.replace("assistant", row | {key: None})
            elif isinstance(held, list) and object_id in held:
                self.replace("assistant", row | {key: [item for item in held if item != object_id]})

    # Accounts

    def add_account(self, account: int | None, name: str, email: str, balance: float) -> int:
        """Adds an account and returns its id."""
        cursor = self._do("INSERT INTO accounts VALUES (?, ?, ?, ?)", account, name, email, balance)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def add_key(self, account: int, name: str, token: str, time: str) -> int:
        """Adds an API key and returns its number."""
        sql = "INSERT INTO api_keys (account, name, token, created_at) VALUES (?, ?, ?, ?)"
        cursor = self._do(sql, account, name, token, time)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def set_token(self, number: int, token: str) -> None:
        """Gives a key its token."""
        self._do("UPDATE api_keys SET token = ? WHERE id = ?", token, number)

    def remove_key(self, account: int, number: int) -> bool:
        """Whether the account had this key; it has no longer."""
        return self._do("DELETE FROM api_keys WHERE account = ? AND id = ?", account, number).rowcount > 0

    def keys(self, account: int) -> list[Row]:
        """The account's API keys without their tokens; `last_used_at` as the log has it."""
        sql = (
            "SELECT id, name, (SELECT max(time) FROM requests WHERE api_key = api_keys.id), created_at"
            " FROM api_keys WHERE account = ? ORDER BY id"
        )
        names = ("id", "name", "last_used_at", "created_at")
        return [dict(zip(names, found, strict=True)) for found in self._all(sql, account)]

    def owner(self, token: str) -> Account | None:
        """Whose API key this is."""
        sql = (
            "SELECT accounts.id, accounts.name, email, balance, api_keys.id FROM api_keys"
            " JOIN accounts ON accounts.id = account WHERE token = ?"
        )
        found = self._all(sql, token)
        return Account(*found[0]) if found else None

    def accounts(self) -> int:
        """How many accounts there are."""
        return int(self._all("SELECT count(*) FROM accounts")[0][0])

    # Requests

    def note(self, entry: Logged, api_key: int | None) -> None:
        """Adds to the log of requests; the oldest are forgotten."""
        sql = (
            "INSERT INTO requests (time, account, api_key, method, path, query, body, status)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        )
        with self.transaction():
            values = (entry.method, entry.path, entry.query, entry.body, entry.status)
            cursor = self._do(sql, entry.time, entry.account, api_key, *values)
            assert cursor.lastrowid is not None
            self._do("DELETE FROM requests WHERE number <= ?", cursor.lastrowid - _KEPT_REQUESTS)

    def log(self) -> list[Logged]:
        """The requests so far, oldest first."""
        sql = "SELECT time, account, method, path, query, body, status FROM requests ORDER BY number"
        return [Logged(*found) for found in self._all(sql)]

    def clear_log(self) -> None:
        """Forgets the requests so far."""
        self._do("DELETE FROM requests")
