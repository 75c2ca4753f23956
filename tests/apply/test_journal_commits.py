"""What the journal makes durable, when, and as what: against a real state, with every commit counted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.address import Address
from agentops.domain.errors import ConflictError, ProjectError
from agentops.domain.secrets import Secrets
from agentops.domain.state import VALUES_FORM, Entry, Intent, StateChange
from agentops.domain.values import Secret, Values
from agentops.engine.journal import Journal
from agentops.state.sqlite import SqliteBackend
from tests.state.samples import BINDING, lock

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
LOCK = lock("mine")
A, B, C = (Address("assistant", name) for name in "abc")
SENT: Values = {"name": "A", "key": Secret("KEY")}


class Kept:
    """A journal over a state on disk, and what it has committed."""

    def __init__(self, folder: Path, entries: Mapping[Address, Entry], intents: Mapping[Address, Intent]) -> None:
        self.path = folder / "state.db"
        self.backend = SqliteBackend(self.path)
        self.backend.acquire(LOCK)
        state = self.backend.create(BINDING)
        if entries or intents:
            self.backend.commit(state.serial, LOCK, StateChange(dict(entries), dict(intents)))
        self.serials: list[int] = []
        self.journal = self.opened(self.backend)

    def opened(self, backend: Any) -> Journal:
        state = self.backend.read()
        assert state is not None
        return Journal(backend, LOCK, state, Secrets({"KEY": "hunter2"}, b"another key"), self.serials.append)

    @property
    def durable(self) -> tuple[Mapping[Address, Entry], Mapping[Address, Intent]]:
        """Entries and intents as another process would find them now."""
        state = SqliteBackend(self.path).read()
        assert state is not None
        return state.entries, state.intents

    @property
    def known(self) -> tuple[Mapping[Address, Entry], Mapping[Address, Intent]]:
        return self.journal.entries, self.journal.intents

    def sealed(self, values: Values) -> Values:
        """With the digest under the key of this state."""
        state = self.backend.read()
        assert state is not None
        digest = Secrets({}, state.digest_key).digest("hunter2")
        return {
            name: Secret(value.env, digest) if isinstance(value, Secret) else value for name, value in values.items()
        }


class Batching:
    """A backend where a commit costs a request."""

    batches = True

    def __init__(self, backend: SqliteBackend) -> None:
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)


def entry(remote_id: int = 1, **values: object) -> Entry:
    return Entry(remote_id, values)


def intent(
    started: datetime = NOW, *, protect: bool = False, existing: frozenset[int | str] = frozenset(), **values: object
) -> Intent:
    return Intent(values, started, existing, protect)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Any]:
    opened: list[Kept] = []

    def make(entries: Mapping[Address, Entry] | None = None, intents: Mapping[Address, Intent] | None = None) -> Kept:
        opened.append(Kept(tmp_path / str(len(opened)), entries or {}, intents or {}))
        return opened[-1]

    yield make
    for kept in opened:
        kept.backend.close()


def test_what_was_there_is_known_from_the_start(make: Any) -> None:
    kept = make({A: entry(x=1)}, {B: intent(y=2)})
    assert kept.known == ({A: entry(x=1)}, {B: intent(y=2)})


def test_what_is_noted_is_known_at_once_and_durable_with_the_next_flush(make: Any) -> None:
    kept = make({A: entry(x=1)})
    kept.journal.note(StateChange({A: None, B: entry(2, y=2)}, {C: intent(z=3)}))
    assert kept.known == ({B: entry(2, y=2)}, {C: intent(z=3)})
    assert kept.durable == ({A: entry(x=1)}, {})
    kept.journal.flush()
    assert kept.durable == ({B: entry(2, y=2)}, {C: intent(z=3)})


def test_what_is_not_there_can_go_as_well(make: Any) -> None:
    kept = make({A: entry(x=1)})
    kept.journal.commit(StateChange({C: None}, {C: None}))
    assert kept.known == kept.durable == ({A: entry(x=1)}, {})


def test_several_notes_are_one_commit_and_nothing_is_none(make: Any) -> None:
    kept = make()
    kept.journal.flush()
    assert kept.serials == []
    kept.journal.note(StateChange({A: entry(x=1)}))
    kept.journal.note(StateChange({A: entry(x=2)}, {B: intent()}))
    kept.journal.flush()
    kept.journal.flush()
    assert kept.serials == [kept.backend.read().serial]
    kept.journal.commit(StateChange(intents={B: None}))
    assert kept.serials == [kept.backend.read().serial - 1, kept.backend.read().serial]
    assert kept.durable == ({A: entry(x=2)}, {})


def test_an_intent_alone_and_an_entry_alone_are_worth_a_commit(make: Any) -> None:
    kept = make()
    kept.journal.commit(StateChange(intents={A: intent(x=1)}))
    assert kept.durable == ({}, {A: intent(x=1)})
    kept.journal.commit(StateChange({B: entry()}))
    assert kept.durable == ({B: entry()}, {A: intent(x=1)})
    assert len(kept.serials) == 2


def test_a_commit_that_somebody_else_came_before_is_refused_and_not_told(make: Any) -> None:
    kept = make()
    state = kept.backend.read()
    kept.backend.commit(state.serial, LOCK, StateChange({C: entry(3)}))
    with pytest.raises(ConflictError):
        kept.journal.commit(StateChange({A: entry()}))
    assert kept.serials == []
    assert kept.durable == ({C: entry(3)}, {})


@pytest.mark.parametrize("is_cheap", [True, False])
def test_where_a_commit_costs_a_request_it_waits_for_the_end_of_the_wave(is_cheap: bool, make: Any) -> None:
    kept = make()
    journal = kept.journal if is_cheap else kept.opened(Batching(kept.backend))
    journal.note(StateChange({A: entry()}))
    journal.flush_if_cheap()
    assert kept.durable == (({A: entry()} if is_cheap else {}), {})
    journal.flush()
    assert kept.durable == ({A: entry()}, {})


def test_a_create_is_intended_with_what_existed_and_takes_the_place_of_an_entry_that_is_gone(make: Any) -> None:
    kept = make({A: entry(7, x=1), C: entry(8)})
    before = frozenset({7, 8})
    kept.journal.intend([(A, SENT, True), (B, {"name": "B"}, False)], before, NOW)
    assert kept.durable == ({A: entry(7, x=1), C: entry(8)}, {})
    kept.journal.flush()
    sealed = Intent(kept.sealed(SENT), NOW, before, True)
    assert kept.durable == ({C: entry(8)}, {A: sealed, B: intent(existing=before, name="B")})
    assert kept.known == kept.durable


def test_an_update_is_noted_beside_what_was_applied(make: Any) -> None:
    kept = make({A: entry(x=1)})
    kept.journal.intend_updates([(A, {"x": 2, "key": Secret("KEY")}), (B, {"x": 3})])
    kept.journal.flush()
    assert kept.durable == ({A: replace(entry(x=1), sending=kept.sealed({"x": 2, "key": Secret("KEY")}))}, {})


def test_a_create_that_is_sent_once_more_keeps_what_existed_before_the_first_time(make: Any) -> None:
    before = frozenset({5})
    kept = make({}, {A: intent(protect=True, existing=before, name="Old"), B: intent()})
    kept.journal.renew([(A, SENT)], LATER)
    kept.journal.flush()
    assert kept.durable == ({}, {A: Intent(kept.sealed(SENT), LATER, before, True), B: intent()})


def test_a_create_that_is_put_off_is_only_younger(make: Any) -> None:
    kept = make({}, {A: intent(protect=True, existing=frozenset({5}), name="A"), B: intent(), C: intent()})
    kept.journal.put_off([A, C], LATER)
    kept.journal.flush()
    younger = intent(LATER, protect=True, existing=frozenset({5}), name="A")
    assert kept.durable == ({}, {A: younger, B: intent(), C: intent(LATER)})


@pytest.mark.parametrize("protect", [True, False])
def test_what_was_intended_is_what_is_managed(protect: bool, make: Any) -> None:
    kept = make({}, {A: intent(protect=protect, name="A"), B: intent()})
    kept.journal.created(A, 9)
    kept.journal.flush()
    assert kept.durable == ({A: Entry(9, {"name": "A"}, protect)}, {B: intent()})


def test_what_was_certainly_not_done_leaves_nothing_behind(make: Any) -> None:
    kept = make(
        {A: replace(entry(x=1), sending={"x": 2}), B: entry(2, y=1)},
        {B: intent(), C: intent(), Address("assistant", "d"): intent()},
    )
    kept.journal.abandoned(iter([A, B, C, Address("assistant", "unknown")]))
    kept.journal.flush()
    assert kept.durable == ({A: entry(x=1), B: entry(2, y=1)}, {Address("assistant", "d"): intent()})
    assert kept.known == kept.durable


def test_to_abandon_what_left_no_trace_costs_nothing(make: Any) -> None:
    kept = make({A: entry(x=1)})
    kept.journal.abandoned([A, B])
    kept.journal.flush()
    assert kept.serials == []


def test_what_was_sent_is_what_is_applied_and_dropped_fields_are_not_ours(make: Any) -> None:
    kept = make({A: Entry(1, {"x": 1, "y": 1, "z": 1}, True, sending={"x": 2})})
    kept.journal.updated(A, {"x": 2, "key": Secret("KEY"), "w": 4}, frozenset({"z", "w"}))
    kept.journal.flush()
    values = kept.sealed({"x": 2, "y": 1, "key": Secret("KEY")})
    assert kept.durable == ({A: Entry(1, values, True)}, {})


def test_an_update_of_an_entry_in_another_form_starts_anew(make: Any) -> None:
    kept = make({A: Entry(1, {"x": 1, "y": 1}, form=VALUES_FORM - 1)})
    kept.journal.updated(A, {"x": 2}, frozenset())
    assert kept.known == ({A: Entry(1, {"x": 2}, form=VALUES_FORM)}, {})


def test_what_is_deleted_is_forgotten_with_what_was_begun(make: Any) -> None:
    kept = make({A: entry(), B: entry(2)}, {A: intent(), C: intent()})
    kept.journal.deleted(A)
    kept.journal.deleted(B)
    kept.journal.flush()
    assert kept.durable == ({}, {C: intent()})
    assert len(kept.serials) == 1


def test_secrets_are_sealed_wherever_they_stand(make: Any) -> None:
    kept = make()
    digest = kept.sealed(SENT)["key"].digest
    given = {
        "a": [Secret("KEY"), {"b": Secret("KEY")}],
        "c": Secret("", "old", "hunter2"),
        "d": Secret("", "read"),
        "e": 1,
    }
    found = kept.journal.seal(given)
    assert found["a"] == [Secret("KEY", digest), {"b": Secret("KEY", digest)}]
    assert [found["a"][0].env, found["a"][1]["b"].env] == ["KEY", "KEY"]
    assert (found["c"].env, found["c"].digest, found["c"].text) == ("", digest, "")
    assert (found["d"].digest, found["e"]) == ("read", 1)
    assert list(found) == ["a", "c", "d", "e"]


def test_a_secret_that_is_not_there_stops_before_anything_is_noted(make: Any) -> None:
    kept = make()
    with pytest.raises(ProjectError, match="OTHER is not set"):
        kept.journal.intend([(A, {"key": Secret("OTHER")}, False)], frozenset(), NOW)
    kept.journal.flush()
    assert (kept.known, kept.serials) == (({}, {}), [])
