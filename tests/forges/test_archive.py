"""An artifact is read in memory and within bounds, whatever is in it."""

import io
import struct
import zipfile
from contextlib import suppress

import pytest

from agentops.domain.errors import ForgeError
from agentops.forges import archive as archives
from agentops.forges.archive import plan_in
from tests.support.forge_double import archive


def read(data: bytes) -> str:
    return plan_in(data, "agentops-plan-production", "production")


@pytest.mark.parametrize(
    "files",
    [
        {"production.plan": "the plan"},
        {"deep/down/any.plan": "the plan"},
        {"plan.html": "x", "a.plan": "the plan"},
        {"production.plan": "the plan", "staging.plan": "another"},
        {"out/production.plan": "the plan", "out/x.plan": "another"},
        {"../../etc/cron.d/evil.plan": "the plan"},  # a name only: nothing is written there
    ],
)
def test_the_plan_is_found(files: dict[str, str | bytes]) -> None:
    assert read(archive(files)) == "the plan"


@pytest.mark.parametrize(
    "files, problem",
    [
        ({}, "holds no plan file"),
        ({"plan.json": "{}"}, "holds no plan file"),
        ({"dir.plan/": ""}, "holds no plan file"),
        ({"a.plan": "1", "b.plan": "2"}, "holds 2 plan files"),
        ({"x/production.plan": "1", "y/production.plan": "2"}, "holds 2 plan files"),
        ({"a.plan": b"\xff\xfe"}, "is no text"),
        ({f"{number}.txt": "" for number in range(1001)}, "more than 1000 files"),
    ],
)
def test_what_is_not_clear_is_refused(files: dict[str, str | bytes], problem: str) -> None:
    with pytest.raises(ForgeError, match=problem) as told:
        read(archive(files))
    assert "agentops plan --out FILE" in told.value.hint


@pytest.mark.parametrize("data", [b"", b"PK", b"<html>", b"PK\x03\x04" + b"\0" * 100])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(ForgeError, match="no zip archive"):
        read(data)


@pytest.mark.parametrize("position", range(0, 160, 7))
def test_a_damaged_archive_is_no_traceback(position: int) -> None:
    whole = bytearray(archive({"a.plan": "the plan " * 50}))
    whole[position % len(whole)] ^= 0xFF
    with suppress(ForgeError):
        assert read(bytes(whole)) == "the plan " * 50


def test_a_bomb_is_read_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_LARGEST", 1_000_000)
    with pytest.raises(ForgeError, match="too large"):
        read(archive({"a.plan": b"0" * 1_000_001}))


def test_a_size_that_is_a_lie_does_not_lift_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_LARGEST", 1_000_000)
    data = bytearray(archive({"a.plan": b"0" * 5_000_000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)  # the uncompressed size in the directory
    with pytest.raises(ForgeError):
        read(bytes(data))


def test_an_encrypted_entry_is_refused() -> None:
    data = bytearray(archive({"a.plan": "the plan"}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + offset] |= 1
    with pytest.raises(ForgeError, match="no zip archive that can be read"):
        read(bytes(data))


def test_an_unusual_compression_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_BZIP2) as out:
        out.writestr("a.plan", "the plan")
    with pytest.raises(ForgeError, match="compressed in an unknown way"):
        read(made.getvalue())
