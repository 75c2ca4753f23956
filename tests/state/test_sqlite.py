"""The SQLite backend as `Backend` promises it: nothing lost, nothing half-written, one writer."""

import stat
from pathlib import Path

import pytest

from agentops.domain.errors import ConflictError, LockedError
from agentops.domain.state import StateChange
from agentops.state.sqlite import SqliteBackend
from tests.state.samples import BINDING, DESK, SALES, entry, intent, lock


def test_reading_makes_no_file(backend: SqliteBackend, path: Path) -> None:
    assert backend.read() is None
    assert not path.parent.exists()


def test_a_new_state_has_a_lineage_and_key_of_its_own(tmp_path: Path) -> None:
    states = [SqliteBackend(tmp_path / name).create(BINDING) for name in ("a.db", "b.db")]
    assert states[0].lineage != states[1].lineage
    assert states[0].digest_key != states[1].digest_key
    assert {len(state.digest_key) for state in states} == {32}


def test_a_state_is_made_once(held: SqliteBackend, path: Path) -> None:
    with pytest.raises(ConflictError, match="already"):
        held.create(BINDING)


def test_only_the_owner_may_read_the_files(held: SqliteBackend, path: Path) -> None:
    held.commit(0, lock("mine"), StateChange({DESK: entry()}))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_what_was_committed_is_read_back_unchanged(held: SqliteBackend, path: Path) -> None:
    change = StateChange({DESK: entry()}, {SALES: intent(1, 2)})
    assert held.commit(0, lock("mine"), change) == 1
    state = SqliteBackend(path).read()
    assert state is not None
    assert (state.serial, state.entries, state.intents) == (1, {DESK: entry()}, {SALES: intent(1, 2)})
    assert (state.binding, state.lock) == (BINDING, lock("mine"))


def test_a_commit_leaves_other_addresses_alone(held: SqliteBackend) -> None:
    held.commit(0, lock("mine"), StateChange({DESK: entry(), SALES: entry(8)}, {DESK: intent(1)}))
    held.commit(1, lock("mine"), StateChange({SALES: None}))
    state = held.read()
    assert state is not None
    assert (set(state.entries), set(state.intents)) == ({DESK}, {DESK})


def test_an_entry_and_the_end_of_its_intent_are_one_commit(held: SqliteBackend) -> None:
    held.commit(0, lock("mine"), StateChange(intents={DESK: intent(1)}))
    held.commit(1, lock("mine"), StateChange({DESK: entry()}, {DESK: None}))
    state = held.read()
    assert state is not None
    assert (set(state.entries), dict(state.intents)) == ({DESK}, {})


def test_the_binding_can_change(held: SqliteBackend) -> None:
    other = type(BINDING)("acme-voice", "production", "famulor", "https://app.famulor.de/api", "ops@acme.example")
    held.commit(0, lock("mine"), StateChange(binding=other))
    state = held.read()
    assert state is not None
    assert state.binding == other


def test_a_wrong_serial_writes_nothing(held: SqliteBackend) -> None:
    held.commit(0, lock("mine"), StateChange({DESK: entry()}))
    with pytest.raises(ConflictError, match="moved on to serial 1"):
        held.commit(0, lock("mine"), StateChange({SALES: entry(8)}))
    state = held.read()
    assert state is not None
    assert set(state.entries) == {DESK}


def test_a_commit_without_the_lock_writes_nothing(held: SqliteBackend, path: Path) -> None:
    with pytest.raises(ConflictError, match="not held"):
        SqliteBackend(path).commit(0, lock("mine"), StateChange({DESK: entry()}))
    with pytest.raises(ConflictError, match="not held"):
        held.commit(0, lock("other"), StateChange({DESK: entry()}))


def test_who_lost_the_lock_cannot_write(held: SqliteBackend, path: Path) -> None:
    """The lock file was removed by hand, so another process could take the lock."""
    path.with_name(path.name + ".lock").unlink()
    other = SqliteBackend(path)
    other.acquire(lock("other"))
    with pytest.raises(ConflictError, match="other@host holds the lock"):
        held.commit(0, lock("mine"), StateChange({DESK: entry()}))
    assert other.commit(0, lock("other"), StateChange({SALES: entry()})) == 1
    held.release(lock("mine"))
    assert other.commit(1, lock("other"), StateChange({SALES: None})) == 2


def test_a_held_lock_names_its_holder(held: SqliteBackend, path: Path) -> None:
    with pytest.raises(LockedError, match=r"mine@host holds the lock since 2026-03-01 12:00:00 UTC \(apply"):
        SqliteBackend(path).acquire(lock("other"))


def test_a_held_lock_names_its_holder_before_there_is_a_state(backend: SqliteBackend, path: Path) -> None:
    backend.acquire(lock("mine"))
    with pytest.raises(LockedError, match="mine@host"):
        SqliteBackend(path).acquire(lock("other"))
    with pytest.raises(LockedError, match="mine@host"):
        SqliteBackend(path).create(BINDING)


def test_one_object_cannot_take_the_lock_twice(held: SqliteBackend) -> None:
    with pytest.raises(LockedError):
        held.acquire(lock("other"))
    assert held.commit(0, lock("mine"), StateChange()) == 1


def test_a_released_lock_is_free_and_gone_from_the_state(held: SqliteBackend, path: Path) -> None:
    held.release(lock("mine"))
    held.release(lock("mine"))  # no error
    other = SqliteBackend(path)
    state = other.read()
    assert state is not None
    assert state.lock is None
    other.acquire(lock("other"))


def test_releasing_another_lock_changes_nothing(held: SqliteBackend) -> None:
    held.release(lock("other"))
    assert held.commit(0, lock("mine"), StateChange()) == 1


def test_readers_see_the_last_commit_while_the_lock_is_held(held: SqliteBackend, path: Path) -> None:
    reader = SqliteBackend(path)
    for serial in range(3):
        held.commit(serial, lock("mine"), StateChange({DESK: entry(serial)}))
        state = reader.read()
        assert state is not None
        assert state.entries[DESK].remote_id == serial


def test_ids_that_existed_are_stored_once_for_all_intents_of_a_wave(held: SqliteBackend, path: Path) -> None:
    import sqlite3

    existing = intent(*range(500))
    addresses = [type(DESK)("assistant", f"a{number}") for number in range(20)]
    held.commit(0, lock("mine"), StateChange(intents=dict.fromkeys(addresses, existing)))
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM listings").fetchone() == (1,)
        for serial, address in enumerate(addresses, 1):
            held.commit(serial, lock("mine"), StateChange(intents={address: None}))
        assert connection.execute("SELECT count(*) FROM listings").fetchone() == (0,)
    connection.close()


def test_an_intent_can_be_renewed(held: SqliteBackend) -> None:
    held.commit(0, lock("mine"), StateChange(intents={DESK: intent(1)}))
    held.commit(1, lock("mine"), StateChange(intents={DESK: intent(1, 2)}))
    state = held.read()
    assert state is not None
    assert state.intents == {DESK: intent(1, 2)}
