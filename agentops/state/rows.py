"""The tables of the local backend: a state as rows, and back."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from agentops.domain.address import Address
from agentops.domain.state import KEPT_VERSIONS, Entry, Intent, Lock, Serial, State, StateChange, Version
from agentops.domain.values import RemoteId, canonical_json
from agentops.state import codec

SCHEMA: Final = """
CREATE TABLE meta (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    lineage TEXT NOT NULL, serial INTEGER NOT NULL, digest_key BLOB NOT NULL, binding TEXT NOT NULL,
    lock_id TEXT, lock TEXT
);
CREATE TABLE entries (address TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE listings (id INTEGER PRIMARY KEY, ids BLOB NOT NULL);
CREATE TABLE intents (address TEXT PRIMARY KEY, body BLOB NOT NULL, listing INTEGER NOT NULL);
CREATE INDEX intents_listing ON intents (listing);
"""

VERSIONS: Final = (
    "ALTER TABLE meta ADD COLUMN moved_to TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE versions"
    " (serial INTEGER PRIMARY KEY, saved TEXT NOT NULL, operation TEXT NOT NULL, who TEXT NOT NULL)",
    "CREATE TABLE undo (serial INTEGER NOT NULL, address TEXT NOT NULL, entry BLOB, intent BLOB, existing BLOB,"
    " PRIMARY KEY (serial, address)) WITHOUT ROWID",
)
"""What format 2 added to format 1: of each version, what its addresses had before they were first written."""

_PUT_ENTRY = "INSERT INTO entries VALUES (?, ?) ON CONFLICT (address) DO UPDATE SET body = excluded.body"
_PUT_INTENT = (
    "INSERT INTO intents VALUES (?, ?, ?)"
    " ON CONFLICT (address) DO UPDATE SET body = excluded.body, listing = excluded.listing"
)
_KEEP = (
    "INSERT OR IGNORE INTO undo SELECT :serial, :address,"
    " (SELECT body FROM entries WHERE address = :address), (SELECT body FROM intents WHERE address = :address),"
    " (SELECT ids FROM intents JOIN listings ON listings.id = listing WHERE address = :address)"
)
_SWEEP = "DELETE FROM listings WHERE id = ? AND NOT EXISTS (SELECT 1 FROM intents WHERE listing = listings.id)"


def load(connection: sqlite3.Connection) -> State:
    """The whole state. Raises ValueError, TypeError or KeyError when a row is damaged."""
    (format_,) = connection.execute("PRAGMA user_version").fetchone()
    moved_to = "moved_to" if format_ > 1 else "''"
    head = connection.execute(f"SELECT lineage, serial, digest_key, binding, lock, {moved_to} FROM meta").fetchone()
    if head is None:
        raise ValueError("its head is missing")
    lineage, serial, key, binding, lock, moved = head
    listings = {
        id_: codec.decode_ids(codec.unpack(ids)) for id_, ids in connection.execute("SELECT id, ids FROM listings")
    }
    return State(
        lineage=lineage,
        serial=serial,
        binding=codec.decode_binding(json.loads(binding)),
        digest_key=key,
        entries={
            Address.parse(address): codec.decode_entry(codec.unpack(body))
            for address, body in connection.execute("SELECT address, body FROM entries ORDER BY address")
        },
        intents={
            Address.parse(address): codec.decode_intent(codec.unpack(body), listings[listing])
            for address, body, listing in connection.execute("SELECT * FROM intents ORDER BY address")
        },
        lock=codec.decode_lock(json.loads(lock)) if lock else None,
        moved_to=moved,
    )


def insert(connection: sqlite3.Connection, state: State) -> None:
    """Write `state` into empty tables."""
    lock = state.lock
    row = (
        state.lineage,
        state.serial,
        state.digest_key,
        canonical_json(codec.encode_binding(state.binding)),
        lock.id if lock else None,
        canonical_json(codec.encode_lock(lock)) if lock else None,
        state.moved_to,
    )
    connection.execute("INSERT INTO meta VALUES (1, ?, ?, ?, ?, ?, ?, ?)", row)
    write(connection, StateChange(state.entries, state.intents))


def keep_version(connection: sqlite3.Connection, lock: Lock, now: datetime) -> None:
    """Let the state as it is, which `lock` is about to change, be a version; the oldest go when there are too many."""
    (serial,) = connection.execute("SELECT serial FROM meta").fetchone()
    row = (serial, codec.encode_time(now), lock.operation, lock.who)
    connection.execute("INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?)", row)
    surplus = "(SELECT serial FROM versions ORDER BY serial DESC LIMIT -1 OFFSET ?)"
    for table in ("undo", "versions"):
        connection.execute(f"DELETE FROM {table} WHERE serial IN {surplus}", (KEPT_VERSIONS,))


def versions(connection: sqlite3.Connection) -> list[Version]:
    """The versions that are kept, newest first. Raises ValueError when a row is damaged."""
    found = connection.execute("SELECT serial, saved, operation, who FROM versions ORDER BY serial DESC")
    return [Version(serial, codec.decode_time(saved), operation, who) for serial, saved, operation, who in found]


def load_version(connection: sqlite3.Connection, serial: Serial) -> State | None:
    """The version with this serial: today's state with every later change undone. Raises as `load` does."""
    if connection.execute("SELECT 1 FROM versions WHERE serial = ?", (serial,)).fetchone() is None:
        return None
    state = load(connection)
    entries, intents = dict(state.entries), dict(state.intents)
    later = "SELECT address, entry, intent, existing FROM undo WHERE serial >= ? ORDER BY serial DESC"
    for text, entry, intent, existing in connection.execute(later, (serial,)):
        address = Address.parse(text)
        entries.pop(address, None)
        intents.pop(address, None)
        if entry is not None:
            entries[address] = codec.decode_entry(codec.unpack(entry))
        if intent is not None:
            ids = codec.decode_ids(codec.unpack(existing))
            intents[address] = codec.decode_intent(codec.unpack(intent), ids)
    return replace(state, serial=serial, entries=entries, intents=intents, lock=None, moved_to="")


def write(connection: sqlite3.Connection, change: StateChange) -> None:
    """Carry out `change`, inside the caller's transaction; costs what the change costs, whatever the state's size."""
    _keep(connection, (*change.entries, *change.intents))
    for address, entry in change.entries.items():
        _write_entry(connection, address, entry)
    listings: dict[frozenset[RemoteId], int] = {}
    for address, intent in change.intents.items():
        _write_intent(connection, address, intent, listings)
    if change.binding is not None:
        connection.execute("UPDATE meta SET binding = ?", (canonical_json(codec.encode_binding(change.binding)),))
    if change.moved_to is not None:
        connection.execute("UPDATE meta SET moved_to = ?", (change.moved_to,))


def _keep(connection: sqlite3.Connection, addresses: Iterable[Address]) -> None:
    """Note what `addresses` have now for the newest version, unless it is noted already."""
    newest = connection.execute("SELECT max(serial) FROM versions").fetchone()
    if newest != (None,):
        connection.executemany(_KEEP, ({"serial": newest[0], "address": str(address)} for address in addresses))


def _write_entry(connection: sqlite3.Connection, address: Address, entry: Entry | None) -> None:
    if entry is None:
        connection.execute("DELETE FROM entries WHERE address = ?", (str(address),))
    else:
        connection.execute(_PUT_ENTRY, (str(address), codec.pack(codec.encode_entry(entry))))


def _write_intent(
    connection: sqlite3.Connection, address: Address, intent: Intent | None, listings: dict[frozenset[RemoteId], int]
) -> None:
    """`listings` are the IDs that this commit stored already: the intents of one wave share one row."""
    before = connection.execute("SELECT listing FROM intents WHERE address = ?", (str(address),)).fetchone()
    if intent is None:
        connection.execute("DELETE FROM intents WHERE address = ?", (str(address),))
    else:
        if intent.existing not in listings:
            ids = codec.pack(codec.encode_ids(intent.existing))
            listings[intent.existing] = _rowid(connection.execute("INSERT INTO listings (ids) VALUES (?)", (ids,)))
        body = codec.pack(codec.encode_intent(intent))
        connection.execute(_PUT_INTENT, (str(address), body, listings[intent.existing]))
    if before is not None:
        connection.execute(_SWEEP, before)


def _rowid(cursor: sqlite3.Cursor) -> int:
    if cursor.lastrowid is None:
        raise RuntimeError("an insert gave no row")
    return cursor.lastrowid
