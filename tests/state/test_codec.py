"""A state as JSON: what `state pull` prints, and what other backends will keep."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from agentops.domain.errors import StateError
from agentops.domain.state import State, StateChange
from agentops.state import codec
from agentops.state.sqlite import SqliteBackend
from tests.state.samples import BINDING, DESK, SALES, entry, intent, lock

KEY = bytes(range(32))
STATE = State(
    "0b54a3c8-0000-4000-8000-000000000000",
    3,
    BINDING,
    KEY,
    {DESK: entry()},
    {SALES: intent(9, 10), DESK: intent(9, 10)},
    lock("mine"),
)


def test_a_state_survives_json() -> None:
    text = codec.dump_state(STATE)
    assert codec.decode_state(json.loads(text), digest_key=KEY) == STATE


def test_keys_are_sorted_and_the_same_state_gives_the_same_text() -> None:
    text = codec.dump_state(STATE)
    assert text == codec.dump_state(codec.decode_state(json.loads(text), digest_key=KEY))
    assert text == json.dumps(json.loads(text), sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def test_the_digest_key_stays_in_the_backend() -> None:
    text = codec.dump_state(STATE)
    assert KEY.hex() not in text
    assert "digest_key" not in text
    assert KEY.hex() not in repr(STATE)


def test_an_id_keeps_its_type() -> None:
    for remote_id in (7, "7"):
        state = State("x", 0, BINDING, KEY, {DESK: entry(remote_id)})  # type: ignore[arg-type]
        assert codec.decode_state(codec.encode_state(state), digest_key=KEY).entries[DESK].remote_id == remote_id


@pytest.mark.parametrize(
    "change, message",
    [
        ({"format": codec.FORMAT + 1}, f"has format {codec.FORMAT + 1}"),
        ({"format": "1"}, "has format '1'"),
        ({"serial": "many"}, "damaged"),
        ({"entries": {"front-desk": {}}}, "damaged"),
        ({"entries": {"assistant.x": {"remote_id": 1.5, "values": {}, "protect": False, "form": 1}}}, "damaged"),
        ({"entries": {"assistant.x": {"remote_id": 1, "values": {"a": {"$what": 1}}, "protect": 0, "form": 1}}}, "dam"),
        ({"intents": {"assistant.x": {"values": {}, "started": "now", "protect": 0, "listing": "1"}}}, "damaged"),
        ({"listings": []}, "damaged"),
    ],
)
def test_a_damaged_document_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(StateError, match=message):
        codec.decode_state(codec.encode_state(STATE) | change, digest_key=KEY)


def test_a_document_without_a_format_is_no_state() -> None:
    with pytest.raises(StateError, match="no agentops state"):
        codec.decode_state({}, digest_key=KEY)
    with pytest.raises(StateError, match="no agentops state"):
        codec.decode_state([], digest_key=KEY)


def test_long_rows_are_compressed_and_short_ones_are_not() -> None:
    long, short = {"prompt": "again " * 1000}, {"name": "x"}
    assert len(codec.pack(long)) < 200
    assert b'"name":"x"' in codec.pack(short)
    assert [codec.unpack(codec.pack(data)) for data in (long, short)] == [long, short]


@pytest.mark.parametrize("blob", [b"", b"x{}", b"j{", b"z{}"])
def test_a_damaged_row_is_an_error(blob: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        codec.unpack(blob)


def test_a_time_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        codec.decode_time(datetime(2026, 1, 1).isoformat())  # noqa: DTZ001


def test_no_byte_of_the_file_holds_what_is_not_given_to_it(held: SqliteBackend, path: Path) -> None:
    """A secret reaches the state as a digest; only this is in the file."""
    held.commit(0, lock("mine"), StateChange({DESK: entry(system_prompt="short")}))
    held.release(lock("mine"))
    assert b"ab" * 32 in path.read_bytes()
