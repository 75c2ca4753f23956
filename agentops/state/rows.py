"""The tables of the local backend: a state as rows, and back."""

import json
import sqlite3
from typing import Final

from agentops.domain.address import Address
from agentops.domain.state import Entry, Intent, State, StateChange
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

_PUT_ENTRY = "INSERT INTO entries VALUES (?, ?) ON CONFLICT (address) DO UPDATE SET body = excluded.body"
_PUT_INTENT = (
    "INSERT INTO intents VALUES (?, ?, ?)"
    " ON CONFLICT (address) DO UPDATE SET body = excluded.body, listing = excluded.listing"
)
_SWEEP = "DELETE FROM listings WHERE id = ? AND NOT EXISTS (SELECT 1 FROM intents WHERE listing = listings.id)"


def load(connection: sqlite3.Connection) -> State:
    """The whole state. Raises ValueError, TypeError or KeyError when a row is damaged."""
    meta = connection.execute("SELECT lineage, serial, digest_key, binding, lock FROM meta").fetchone()
    if meta is None:
        raise ValueError("its head is missing")
    lineage, serial, key, binding, lock = meta
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
    )


def insert(connection: sqlite3.Connection, state: State) -> None:
    """Write the head of a new state into empty tables."""
    lock = state.lock
    row = (
        state.lineage,
        state.serial,
        state.digest_key,
        canonical_json(codec.encode_binding(state.binding)),
        lock.id if lock else None,
        canonical_json(codec.encode_lock(lock)) if lock else None,
    )
    connection.execute("INSERT INTO meta VALUES (1, ?, ?, ?, ?, ?, ?)", row)


def write(connection: sqlite3.Connection, change: StateChange) -> None:
    """Carry out `change`, inside the caller's transaction; costs what the change costs, whatever the state's size."""
    for address, entry in change.entries.items():
        _write_entry(connection, address, entry)
    listings: dict[frozenset[RemoteId], int] = {}
    for address, intent in change.intents.items():
        _write_intent(connection, address, intent, listings)
    if change.binding is not None:
        connection.execute("UPDATE meta SET binding = ?", (canonical_json(codec.encode_binding(change.binding)),))


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
