"""A state as one document: what it costs, and what happens when the store, the process or the document lets it down."""

import gzip
import json
import logging

import pytest

from agentops.domain.errors import ConflictError, StateError
from agentops.domain.state import KEPT_VERSIONS, State, StateChange
from tests.state.places import LEASE, NAME, Process
from tests.state.samples import BINDING, DESK, SALES, entry, intent, lock
from tests.support.memory_documents import Fault, MemoryDocuments, MemoryStore

MINE, OTHER = lock("mine"), lock("other")


@pytest.fixture
def mine(documents: MemoryDocuments) -> Process:
    """Holds the lock, with a state at serial 1."""
    process = Process(documents)
    process.backend.acquire(MINE)
    process.backend.create(BINDING)
    process.backend.commit(0, MINE, StateChange({SALES: entry(8)}))
    documents.requests.clear()
    return process


@pytest.fixture
def other(store: MemoryStore) -> Process:
    return Process(MemoryDocuments(store))


def state_of(process: Process) -> State:
    state = process.backend.read()
    assert state is not None
    return state


# What it costs


def test_a_run_costs_a_get_and_a_put_for_each_thing_that_it_does(
    mine: Process, other: Process, store: MemoryStore
) -> None:
    mine.backend.release(MINE)
    requests = other.documents.requests  # type: ignore[attr-defined]
    other.backend.acquire(OTHER)
    assert state_of(other).serial == 1
    assert requests == [("get", NAME), ("put", NAME)]
    requests.clear()
    other.backend.commit(1, OTHER, StateChange(intents={DESK: intent(1)}))
    assert requests == [("put", f"{NAME}.history/{1:012}"), ("put", NAME)]
    requests.clear()
    other.backend.commit(2, OTHER, StateChange({DESK: entry()}, {DESK: None}))
    other.backend.assure(OTHER)
    assert state_of(other).serial == 3
    assert len(other.backend.history()) == 2
    other.backend.release(OTHER)
    assert requests == [("put", NAME)] * 2


def test_the_body_never_repeats(mine: Process, documents: MemoryDocuments, store: MemoryStore) -> None:
    bodies = set()
    documents.on_done = lambda name: bodies.add(store.documents[name].body)
    for _ in range(5):
        mine.time.now += 20
        mine.heart.beat()
    assert len(bodies) == 5


def test_a_secret_key_stays_out_of_messages_and_repr(mine: Process) -> None:
    key = state_of(mine).digest_key
    assert key.hex() not in repr(mine.backend.__dict__)
    assert repr(key) not in repr(mine.backend.__dict__)


# When no end can be found out


def go_silent_after_the_next_put(documents: MemoryDocuments) -> None:
    def cut(_: str) -> None:
        documents.is_down = True

    documents.on_done = cut
    documents.faults = [Fault.CUT_AFTER]


def test_a_commit_without_a_known_end_is_the_last_one(mine: Process, documents: MemoryDocuments) -> None:
    go_silent_after_the_next_put(documents)
    with pytest.raises(StateError, match=r"cannot be found out .* nothing more is sent or written") as caught:
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    assert not isinstance(caught.value, ConflictError)
    assert mine.time.now - 1000 < LEASE * 5 / 6
    documents.is_down, documents.on_done = False, None
    documents.requests.clear()
    with pytest.raises(StateError, match="cannot be found out"):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    with pytest.raises(ConflictError, match="cannot be found out"):
        mine.backend.assure(MINE)
    mine.time.now += 20
    mine.heart.beat()
    assert documents.requests == []


def test_after_a_commit_without_a_known_end_the_lock_can_still_be_given_back(
    mine: Process, documents: MemoryDocuments, other: Process
) -> None:
    go_silent_after_the_next_put(documents)
    with pytest.raises(StateError, match="cannot be found out"):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    documents.is_down, documents.on_done = False, None
    mine.backend.release(MINE)
    other.backend.acquire(OTHER)
    assert (state_of(other).serial, set(state_of(other).entries)) == (2, {SALES, DESK})


def test_a_write_that_comes_after_its_process_gave_up_does_no_harm(
    mine: Process, documents: MemoryDocuments, other: Process
) -> None:
    documents.faults = [Fault.LATE]
    documents.on_get = lambda _: setattr(documents, "is_down", True)
    with pytest.raises(StateError, match="cannot be found out"):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    other.take_over(OTHER)
    assert documents.land() == 0  # another version is there by now
    assert set(state_of(other).entries) == {SALES}
    assert other.backend.commit(1, OTHER, StateChange()) == 2


def land(documents: MemoryDocuments) -> None:
    documents.land()


def test_a_write_that_comes_late_is_seen_by_who_waits_for_the_lock(
    mine: Process, documents: MemoryDocuments, other: Process
) -> None:
    documents.faults = [Fault.LATE]
    documents.on_get = lambda _: setattr(documents, "is_down", True)
    with pytest.raises(StateError, match="cannot be found out"):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    other_documents = other.documents
    assert isinstance(other_documents, MemoryDocuments)
    with pytest.raises(StateError, match="mine@host"):
        other.backend.acquire(OTHER)
    other.time.now += LEASE
    other_documents.on_put = lambda _: land(documents)  # in between its look and its swap
    with pytest.raises(StateError, match="mine@host"):
        other.backend.acquire(OTHER)
    other_documents.on_put = None
    other.take_over(OTHER)
    assert set(state_of(other).entries) == {SALES, DESK}


def test_a_refusal_after_a_lost_answer_is_no_certain_no(mine: Process, documents: MemoryDocuments) -> None:
    documents.faults = [Fault.LATE, Fault.FORBIDDEN]
    with pytest.raises(StateError, match=r"cannot be found out .* 403 Forbidden"):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    with pytest.raises(ConflictError):
        mine.backend.assure(MINE)


def test_after_a_certain_no_the_next_commit_counts(mine: Process, documents: MemoryDocuments) -> None:
    documents.faults = [Fault.FORBIDDEN]
    with pytest.raises(StateError, match="403 Forbidden"):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    mine.backend.assure(MINE)
    assert mine.backend.commit(1, MINE, StateChange({DESK: entry()})) == 2


def test_a_short_outage_is_waited_for(mine: Process, documents: MemoryDocuments) -> None:
    documents.is_down = True
    mine.time.on_sleep = lambda: setattr(documents, "is_down", mine.time.now < 1030)
    assert mine.backend.commit(1, MINE, StateChange({DESK: entry()})) == 2
    assert len(mine.time.slept) < 20


def test_a_store_that_reads_but_does_not_write_is_given_up_in_time(mine: Process, documents: MemoryDocuments) -> None:
    documents.faults = [Fault.ERROR] * 1000
    with pytest.raises(StateError, match="cannot be found out"):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    assert LEASE / 2 <= mine.time.now - 1000 < LEASE * 5 / 6
    assert len(mine.time.slept) < 40


def test_an_unclear_acquire_says_what_it_means(documents: MemoryDocuments, mine: Process, other: Process) -> None:
    mine.backend.release(MINE)
    go_silent_after_the_next_put(documents)
    with pytest.raises(StateError, match="cannot be found out whether the lock was taken") as caught:
        mine.backend.acquire(MINE)
    assert "run out by itself after 120 s" in caught.value.hint
    assert not mine.heart.runs
    with pytest.raises(ConflictError):
        mine.backend.assure(MINE)
    other.take_over(OTHER)


def test_what_a_store_says_is_in_the_message(mine: Process, documents: MemoryDocuments) -> None:
    documents.is_down = True
    with pytest.raises(StateError, match=r"memory://test/acme/production.state: .* no answer"):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))


# When the process is interrupted in the middle of a request


def interrupt(_: str) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("is_done, beats", [(True, False), (False, False), (True, True), (False, True)])
def test_what_an_interrupted_commit_left_open_the_next_one_settles(
    mine: Process, documents: MemoryDocuments, other: Process, is_done: bool, beats: bool
) -> None:
    if is_done:
        documents.on_done = interrupt
    else:
        documents.on_put = interrupt
    with pytest.raises(KeyboardInterrupt):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    documents.on_done = documents.on_put = None
    if beats:
        mine.time.now += 20
        mine.heart.beat()
    serial = mine.backend.commit(1, MINE, StateChange({DESK: entry(3)}, {DESK: intent(1)}))
    assert serial == (3 if is_done else 2)
    assert mine.backend.commit(serial, MINE, StateChange()) == serial + 1
    assert state_of(other).entries == {SALES: entry(8), DESK: entry(3)}
    mine.backend.release(MINE)
    assert state_of(other).lock is None


def test_an_interrupted_acquire_gives_the_lock_back(mine: Process, documents: MemoryDocuments, other: Process) -> None:
    mine.backend.release(MINE)

    def interrupt_once(_: str) -> None:
        documents.on_done = None
        raise KeyboardInterrupt

    documents.on_done = interrupt_once
    with pytest.raises(KeyboardInterrupt):
        mine.backend.acquire(MINE)
    other.backend.acquire(OTHER)


# Former versions


def test_a_version_that_cannot_be_kept_stops_the_commit(mine: Process, documents: MemoryDocuments) -> None:
    mine.backend.release(MINE)
    mine.backend.acquire(MINE)
    documents.is_down = True
    with pytest.raises(StateError, match="the state was not written"):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    documents.is_down = False
    assert mine.backend.commit(1, MINE, StateChange({DESK: entry()})) == 2


def test_a_version_left_by_a_run_that_died_before_its_commit_is_no_obstacle(
    mine: Process, documents: MemoryDocuments, other: Process
) -> None:
    mine.backend.release(MINE)
    mine.backend.acquire(MINE)

    def die(name: str) -> None:
        if name == NAME:
            raise KeyboardInterrupt

    documents.on_put = die
    with pytest.raises(KeyboardInterrupt):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    assert [version.serial for version in other.backend.history()] == [0]  # nothing has changed since
    other.take_over(OTHER)
    assert other.backend.commit(1, OTHER, StateChange()) == 2
    assert [(version.serial, version.who) for version in other.backend.history()] == [
        (1, "other@host"),
        (0, "mine@host"),
    ]
    assert set(other.backend.version(1).entries) == {SALES}


def test_old_versions_that_cannot_be_deleted_are_only_a_warning(
    mine: Process, documents: MemoryDocuments, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> None:
        raise StateError(f"{name}: 403 Forbidden")

    monkeypatch.setattr(documents, "delete", refuse)
    with caplog.at_level(logging.WARNING):
        for serial in range(1, KEPT_VERSIONS + 1):
            assert "could not be deleted" not in caplog.text
            mine.backend.release(MINE)
            mine.backend.acquire(MINE)
            assert mine.backend.commit(serial, MINE, StateChange()) == serial + 1
    assert f"{NAME}.history/{0:012} could not be deleted" in caplog.text


def test_versions_outlive_the_state_itself(mine: Process, documents: MemoryDocuments, store: MemoryStore) -> None:
    mine.backend.release(MINE)
    mine.backend.acquire(MINE)
    mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    mine.backend.release(MINE)
    documents.delete(NAME)
    assert [version.serial for version in mine.backend.history()] == [1, 0]
    assert set(mine.backend.version(1).entries) == {SALES}
    mine.backend.acquire(MINE)
    mine.backend.release(MINE)  # somebody looked into it: there is a document again, without a state
    mine.backend.acquire(MINE)
    assert [version.serial for version in mine.backend.history()] == [1, 0]
    assert mine.backend.replace(None, MINE, mine.backend.version(1)) == 2


# When the document is not what it should be


def test_a_document_that_vanishes_takes_the_lock_with_it(mine: Process, store: MemoryStore) -> None:
    del store.documents[NAME]
    with pytest.raises(ConflictError, match="the lock was lost: the state is gone"):
        mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    assert NAME not in store.documents


def test_a_document_that_vanishes_under_an_acquire_is_made_anew(
    documents: MemoryDocuments, other: Process, store: MemoryStore
) -> None:
    other.backend.acquire(OTHER)
    other.backend.release(OTHER)
    process = Process(documents)
    documents.on_put = lambda _: vanish(store)
    process.backend.acquire(MINE)
    assert process.backend.create(BINDING).serial == 0


def vanish(store: MemoryStore) -> None:
    if not any(name.startswith("again") for name in store.writes):
        store.documents.pop(NAME)
        store.writes.append("again")


@pytest.mark.parametrize("was_interrupted", [False, True])
def test_an_edit_by_hand_under_our_lock_is_not_overwritten(
    mine: Process, store: MemoryStore, documents: MemoryDocuments, was_interrupted: bool
) -> None:
    serial = 1
    if was_interrupted:
        documents.on_put = interrupt
        with pytest.raises(KeyboardInterrupt):
            mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
        documents.on_put = None
        serial = mine.backend.commit(1, MINE, StateChange({DESK: entry()}))
    now = store.documents[NAME]
    store.put(NAME, changed(now.body, serial=7), replacing=now.tag)
    with pytest.raises(ConflictError, match="the state moved on to serial 7"):
        mine.backend.commit(serial, MINE, StateChange({DESK: entry()}))
    with pytest.raises(ConflictError, match="serial 7"):
        mine.backend.assure(MINE)


def whole(document: bytes) -> dict[str, object]:
    data = json.loads(gzip.decompress(document))
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize(
    "damage, message",
    [
        (lambda body: b"", "this document is no agentops state"),
        (lambda body: b"{}", "this document is no agentops state"),
        (lambda body: body[:-40], "this document is no agentops state"),
        (lambda body: gzip.compress(b"[]"), "this document is no agentops state"),
        (lambda body: gzip.compress(b"\xff"), "this document is no agentops state"),
        (lambda body: changed(body, format=99), "format 99; this version of agentops knows"),
        (lambda body: changed(body, lock={"id": 1}), "the state is damaged"),
        (lambda body: changed(body, lease_seconds="soon"), "the state is damaged"),
        (lambda body: changed(body, entries={"assistant.desk": {"remote_id": 1}}), "the state is damaged"),
        (lambda body: changed(body, entries={"nonsense": {}}), "the state is damaged"),
        (lambda body: changed(body, entries=[]), "the state is damaged"),
        (lambda body: changed(body, versions=None), "the state is damaged"),
        (lambda body: changed(body, digest_key="zz"), "the state is damaged"),
        (lambda body: changed(body, listings=3), "the state is damaged"),
    ],
)
def test_a_damaged_or_foreign_document_is_refused_by_name(
    mine: Process, store: MemoryStore, documents: MemoryDocuments, other: Process, damage: object, message: str
) -> None:
    assert callable(damage)
    tag = documents.put(NAME, damage(store.documents[NAME].body), replacing=store.documents[NAME].tag)
    with pytest.raises(StateError, match=message) as caught:
        other.backend.read()
    assert str(caught.value).startswith(f"memory://test/{NAME}: ")
    assert caught.value.hint
    assert store.documents[NAME].tag == tag


def changed(body: bytes, **parts: object) -> bytes:
    return gzip.compress(json.dumps(whole(body) | parts).encode())


def test_a_document_can_be_mended_with_ordinary_tools(
    mine: Process, store: MemoryStore, documents: MemoryDocuments, other: Process
) -> None:
    body = gzip.compress(json.dumps(whole(store.documents[NAME].body) | {"lock": None}, indent=2).encode())
    documents.put(NAME, body, replacing=store.documents[NAME].tag)
    other.backend.acquire(OTHER)
    assert other.backend.commit(1, OTHER, StateChange({DESK: entry()})) == 2


def test_a_closed_backend_keeps_nothing_open(mine: Process, documents: MemoryDocuments) -> None:
    mine.backend.close()
    assert documents.is_closed
    assert not mine.heart.runs
    with pytest.raises(ConflictError):
        mine.backend.assure(MINE)
