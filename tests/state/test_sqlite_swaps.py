"""What the local swap says and leaves when something is in its way: older files, drafts of a crash, unknown holders."""

import fcntl
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from agentops.domain.errors import LockedError, StateError
from agentops.domain.state import State, StateChange
from agentops.state.sqlite import SqliteBackend, _connect
from tests.state.samples import BINDING, DESK, SALES, entry, intent, lock

MINE = lock("mine")


@pytest.fixture
def first_format(path: Path) -> Path:
    """A state at serial 1 in the format of the first version, which kept no former ones."""
    backend = SqliteBackend(path)
    backend.acquire(MINE)
    backend.create(BINDING)
    backend.commit(0, MINE, StateChange({DESK: entry()}, {SALES: intent(3)}))
    backend.release(MINE)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP TABLE versions; DROP TABLE undo; ALTER TABLE meta DROP COLUMN moved_to; PRAGMA user_version = 1"
        )
    return path


def format_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_a_file_of_the_first_format_is_read_as_it_is(first_format: Path) -> None:
    backend = SqliteBackend(first_format)
    state = backend.read()
    assert state is not None
    assert (state.serial, state.entries, state.intents, state.moved_to) == (1, {DESK: entry()}, {SALES: intent(3)}, "")
    assert list(backend.history()) == []
    with pytest.raises(StateError, match="serial 1 is not kept") as caught:
        backend.version(1)
    assert caught.value.hint == "`agentops state history` shows what is"
    assert format_of(first_format) == 1


def test_a_file_of_the_first_format_is_brought_up_to_date_by_whoever_takes_the_lock(first_format: Path) -> None:
    backend = SqliteBackend(first_format)
    backend.acquire(MINE)
    assert format_of(first_format) == 2
    assert backend.commit(1, MINE, StateChange({DESK: None}, moved_to="s3://bucket")) == 2
    backend.release(MINE)
    state = SqliteBackend(first_format).read()
    assert state is not None
    assert (state.serial, state.entries, state.intents) == (2, {}, {SALES: intent(3)})
    assert (state.moved_to, state.lock) == ("s3://bucket", None)
    assert [version.serial for version in backend.history()] == [1]
    assert backend.version(1).entries == {DESK: entry()}


def test_a_local_commit_costs_no_request(backend: SqliteBackend) -> None:
    assert backend.batches is False


def test_a_state_may_be_put_into_folders_that_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.db"
    SqliteBackend(path).create(BINDING)
    assert SqliteBackend(path).read() is not None


def test_a_draft_that_a_crash_left_is_in_nobodys_way(path: Path) -> None:
    path.parent.mkdir()
    draft = path.with_name(path.name + ".new")
    draft.write_bytes(b"half a state")
    backend = SqliteBackend(path)
    backend.create(BINDING)
    assert backend.read() is not None
    assert not draft.exists()
    assert not [file.name for file in path.parent.iterdir() if "new" in file.name.lower()]


def test_a_holder_that_did_not_say_who_it_is_holds_the_lock_all_the_same(path: Path) -> None:
    path.parent.mkdir()
    with path.with_name(path.name + ".lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(LockedError) as caught:
            SqliteBackend(path).acquire(MINE)
    assert str(caught.value) == f"{path}: another process holds the lock"
    assert caught.value.hint == "wait until it is done; a lock whose holder has died frees itself"
    assert caught.value.holder is None


def test_another_lock_than_the_one_that_is_held_cannot_be_broken(held: SqliteBackend, path: Path) -> None:
    with pytest.raises(StateError, match="not other") as caught:
        SqliteBackend(path).unlock("other")
    assert caught.value.hint == "give the ID of that lock"
    assert str(caught.value).startswith(f"{path}: ")


def test_a_whole_state_brings_its_account_and_where_it_went(held: SqliteBackend, path: Path) -> None:
    binding = replace(BINDING, account="other@acme.example")
    state = State("lineage-2", 7, binding, b"j" * 32, {SALES: entry(8)}, moved_to="s3://bucket")
    assert held.replace(0, MINE, state) == 8
    found = SqliteBackend(path).read()
    assert found is not None
    assert replace(found, lock=None) == replace(state, serial=8)
    assert held.replace(8, MINE, replace(state, serial=2, moved_to="")) == 9
    again = held.read()
    assert again is not None
    assert (again.serial, again.moved_to) == (9, "")


def test_the_first_whole_state_is_one_serial_later(backend: SqliteBackend) -> None:
    backend.acquire(MINE)
    assert backend.replace(None, MINE, State("lineage-2", 0, BINDING, b"j" * 32)) == 1


def test_a_file_of_a_later_format_is_named_when_its_lock_is_taken(path: Path) -> None:
    SqliteBackend(path).create(BINDING)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="has format 99") as caught:
        SqliteBackend(path).acquire(MINE)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_damaged_row_is_told_with_the_file_and_what_to_do(held: SqliteBackend, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO entries VALUES ('assistant.x', x'6a7b')")
        connection.commit()
    with pytest.raises(StateError, match="the state is damaged") as caught:
        SqliteBackend(path).read()
    assert caught.value.hint == "restore the file from a backup"
    assert str(caught.value).startswith(f"{path}: ")


def test_what_reads_cannot_write(held: SqliteBackend, path: Path) -> None:
    with (
        closing(_connect(path, writing=False)) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        connection.execute("DELETE FROM entries")
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        _connect(path.with_name("other.db"), writing=True)
    assert sorted(os.listdir(path.parent))[:1] == [path.name]
