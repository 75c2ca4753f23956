"""Files that are no state, places that cannot hold one, and disks that fail: a clear error, nothing half-written."""

import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from agentops.domain.errors import StateError
from agentops.domain.state import StateChange
from agentops.state.filesystem import filesystem_type
from agentops.state.sqlite import SqliteBackend
from tests.state.samples import BINDING, DESK, entry, lock


def _text(path: Path) -> None:
    path.write_text("lineage: 1\n")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _folder(path: Path) -> None:
    path.mkdir()


def _other_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (text)")
    connection.close()


def _other_format(path: Path) -> None:
    SqliteBackend(path).create(BINDING)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def _cut_short(path: Path) -> None:
    SqliteBackend(path).create(BINDING)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _overwritten(path: Path) -> None:
    SqliteBackend(path).create(BINDING)
    data = bytearray(path.read_bytes())
    data[100:] = b"\xff" * (len(data) - 100)
    path.write_bytes(data)


def _damaged_row(path: Path) -> None:
    SqliteBackend(path).create(BINDING)
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO entries VALUES ('assistant.x', x'7a00ff')")
    connection.close()


def _without_head(path: Path) -> None:
    SqliteBackend(path).create(BINDING)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM meta")
    connection.close()


@pytest.mark.parametrize(
    "make, message",
    [
        (_text, "is no agentops state"),
        (_empty, "is no agentops state"),
        (_folder, "Is a directory"),
        (_other_database, "is no agentops state"),
        (_other_format, "has format 99"),
        (_cut_short, "malformed"),
        (_overwritten, "malformed|disk|not a database"),
        (_damaged_row, "damaged"),
        (_without_head, "damaged"),
    ],
)
def test_what_is_no_usable_state_is_refused(
    make: Callable[[Path], None], message: str, backend: SqliteBackend, path: Path
) -> None:
    path.parent.mkdir()
    make(path)
    with pytest.raises(StateError, match=message) as caught:
        backend.read()
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("make", [_text, _other_database, _other_format])
def test_a_foreign_file_is_neither_locked_nor_replaced(
    make: Callable[[Path], None], backend: SqliteBackend, path: Path
) -> None:
    path.parent.mkdir()
    make(path)
    before = path.read_bytes()
    with pytest.raises(StateError):
        backend.acquire(lock("mine"))
    with pytest.raises(StateError):
        backend.create(BINDING)
    assert path.read_bytes() == before


def test_a_failed_acquire_leaves_the_lock_free(backend: SqliteBackend, path: Path) -> None:
    path.parent.mkdir()
    _text(path)
    with pytest.raises(StateError):
        backend.acquire(lock("mine"))
    path.unlink()
    backend.acquire(lock("mine"))
    backend.create(BINDING)


def test_a_draft_left_by_a_crash_is_no_obstacle(backend: SqliteBackend, path: Path) -> None:
    path.parent.mkdir()
    path.with_name(path.name + ".new").write_bytes(b"half")
    backend.create(BINDING)
    assert backend.read() is not None


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_is_not_writable_is_a_state_error(backend: SqliteBackend, path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o500)
    with pytest.raises(StateError, match="Permission denied"):
        backend.acquire(lock("mine"))
    path.parent.chmod(0o700)


def test_a_folder_that_cannot_be_made_is_a_state_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="Not a directory"):
        SqliteBackend(tmp_path / "file" / "state" / "x.db").acquire(lock("mine"))


def test_a_full_disk_is_a_state_error_and_the_last_commit_stays(held: SqliteBackend) -> None:
    held.commit(0, lock("mine"), StateChange({DESK: entry(1)}))
    assert held._writer is not None
    held._writer.execute("PRAGMA max_page_count = 1")  # SQLite then answers as on a full disk
    long = random.Random(1).randbytes(100_000).hex()  # does not compress away
    with pytest.raises(StateError, match="full") as caught:
        held.commit(1, lock("mine"), StateChange({DESK: entry(2, system_prompt=long)}))
    assert "free some space" in caught.value.hint
    state = held.read()
    assert state is not None
    assert (state.serial, state.entries[DESK].remote_id) == (1, 1)


_MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 22 0:35 / /home rw - nfs4 files:/home rw
41 40 0:36 / /home/me/local\\040disk rw shared:3 - xfs /dev/vdb rw
42 22 0:37 / /mnt/c rw - 9p drvfs rw
43 22 0:38 / /data rw - ext4 /dev/vdc rw
44 22 0:39 / /data rw - fuse.sshfs host: rw
"""


@pytest.mark.parametrize(
    "path, type_",
    [
        ("/srv/state", "ext4"),
        ("/home", "nfs4"),
        ("/home/me/project/.agentops", "nfs4"),
        ("/home/me/local disk/project", "xfs"),
        ("/homestead/project", "ext4"),
        ("/mnt/c/project", "9p"),
        ("/data/project", "fuse.sshfs"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_the_nearest_mount(path: str, type_: str) -> None:
    assert filesystem_type(path, _MOUNTS) == type_


def test_a_network_file_system_is_refused_by_name(
    backend: SqliteBackend, path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text("22 1 0:35 / / rw - nfs4 files:/ rw\n")
    monkeypatch.setattr("agentops.state.filesystem._MOUNTS", mounts)
    with pytest.raises(StateError, match=r"network file system \(NFS\)"):
        backend.acquire(lock("mine"))
    with pytest.raises(StateError, match="NFS"):
        backend.create(BINDING)
    assert not path.parent.exists()
