"""The document of a remote state: what goes in comes out, and a small change costs little."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agentops.domain.address import Address
from agentops.domain.state import KEPT_VERSIONS, Entry, State, StateChange, Version
from agentops.state import document_codec
from agentops.state.document_codec import Encoder, Lease, StateDocument, open_page
from tests.state.samples import BINDING, DESK, SALES, entry, intent, lock

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
STATE = State("lineage", 4, BINDING, b"k" * 32, {DESK: entry()}, {SALES: intent(1, 2)}, moved_to="s3://x")
FULL = replace(
    StateDocument().holding(STATE),
    lease=Lease(replace(lock("mine"), ci_url="https://ci.example/1"), 30.0),
    versions=(Version(3, NOW, "apply", "me"), Version(1, NOW, "import", "you")),
)


def numbered(count: int) -> State:
    entries = {Address("assistant", f"a{number:04}"): entry(number) for number in range(count)}
    return replace(STATE, entries=entries)


@pytest.mark.parametrize(
    "document",
    [StateDocument(), StateDocument(lease=FULL.lease), replace(FULL, lease=None), FULL, FULL.holding(numbered(300))],
    ids=["empty", "only a lock", "free", "full", "long"],
)
def test_what_was_encoded_is_decoded(document: StateDocument) -> None:
    page = open_page(Encoder().encode(document, "write-1"), "here")
    assert (page.write_id, page.lease, page.document()) == ("write-1", document.lease, document)


def test_a_state_comes_out_whole_with_its_lock() -> None:
    assert FULL.lease is not None
    assert FULL.state("here") == replace(STATE, lock=FULL.lease.lock)
    assert StateDocument(lease=FULL.lease).state("here") is None


def test_the_bytes_are_one_json_text_for_any_gunzip() -> None:
    data = json.loads(gzip.decompress(Encoder().encode(FULL.holding(numbered(300)), "write-1")))
    assert list(data["entries"]) == sorted(data["entries"])
    assert (len(data["entries"]), data["digest_key"], data["lease_seconds"]) == (300, "6b" * 32, 30.0)


def test_equal_documents_have_equal_bytes_whatever_was_encoded_before() -> None:
    document = FULL.holding(numbered(300))
    encoder = Encoder()
    encoder.encode(document.changed(StateChange({DESK: entry(9)})), "write-0")
    assert encoder.encode(document, "write-1") == Encoder().encode(document, "write-1")


def test_an_entry_that_changes_comes_or_goes_costs_one_block(monkeypatch: pytest.MonkeyPatch) -> None:
    compressed: list[str] = []
    compress = document_codec._compressed

    def counting(text: str) -> bytes:
        compressed.append(text)
        return compress(text)

    monkeypatch.setattr(document_codec, "_compressed", counting)
    encoder = Encoder()
    document = FULL.holding(numbered(2000))
    encoder.encode(document, "write-1")
    whole = sum(map(len, compressed))
    for change in (entry(5000), None, entry(5001)):
        document = document.changed(StateChange({Address("assistant", "a1000"): change}))
        compressed.clear()
        encoder.encode(document, "write-2")
        assert len(compressed) == 2  # the head and a block
        assert sum(map(len, compressed)) < whole / 5


def test_a_change_is_one_serial_later_and_leaves_the_rest() -> None:
    after = FULL.changed(StateChange({SALES: Entry(8, {})}, {SALES: None, DESK: intent(3)}, moved_to=""))
    state = after.state("here")
    assert state is not None
    assert (state.serial, set(state.entries), set(state.intents), state.moved_to) == (5, {DESK, SALES}, {DESK}, "")
    assert (after.lease, after.versions) == (FULL.lease, FULL.versions)


def test_a_version_counts_once_and_the_oldest_go() -> None:
    document = FULL.keeping(Version(3, NOW, "destroy", "her"))
    assert [(version.serial, version.who) for version in document.versions] == [(3, "her"), (1, "you")]
    for serial in range(4, 40):
        document = document.keeping(Version(serial, NOW, "apply", "me"))
    assert [version.serial for version in document.versions] == list(range(39, 39 - KEPT_VERSIONS, -1))
    assert document.keeping(None) is document
