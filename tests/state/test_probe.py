"""A store that does not keep its word is refused before anything is entrusted to it."""

from dataclasses import dataclass

import pytest

from agentops.domain.errors import StateError
from agentops.state.documents import Document
from agentops.state.probe import probe
from tests.state.places import NAME, Process
from tests.state.samples import BINDING, lock
from tests.support.memory_documents import Fault, MemoryDocuments


@dataclass
class Careless(MemoryDocuments):
    """A store that ignores preconditions: all of them, or only those on one kind of put."""

    creates: bool = True
    swaps: bool = True

    def put(self, name: str, body: bytes, *, replacing: str | None) -> str:
        if self.creates if replacing is None else self.swaps:
            now = self.store.documents.get(name)
            replacing = now.tag if now else None
        return super().put(name, body, replacing=replacing)


class Forgetful(MemoryDocuments):
    """A store whose reads lag behind."""

    def get(self, name: str) -> Document | None:
        found = super().get(name)
        return Document(found.body, "another tag") if found else None


@pytest.mark.parametrize(
    "documents, why",
    [
        (Careless(), "was created once more"),
        (Careless(swaps=False), "was created once more"),
        (Careless(creates=False), "a version that is gone was replaced once more"),
        (Forgetful(), "what is read is not what was written last"),
    ],
)
def test_a_store_without_preconditions_is_refused(documents: MemoryDocuments, why: str) -> None:
    process = Process(documents)
    with pytest.raises(StateError, match=f"memory://test ignores preconditions: .*{why}") as caught:
        process.backend.acquire(lock("mine"))
    assert "keep the state in another store" in caught.value.hint
    assert documents.store.documents == {}
    assert NAME not in documents.store.writes


def test_a_fit_store_is_left_as_it_was() -> None:
    documents = MemoryDocuments()
    probe(documents, NAME)
    assert documents.store.documents == {}
    assert all(name.startswith(f"{NAME}.probe/") for name in documents.store.writes)


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.FORBIDDEN])
@pytest.mark.parametrize("place", range(4))
def test_a_bad_moment_is_no_verdict(fault: Fault, place: int) -> None:
    documents = MemoryDocuments(faults=[*[None] * place, fault])
    probe(documents, NAME)
    documents.land()
    assert [name for name in documents.store.documents if fault is not Fault.LATE] == []


def test_a_store_that_never_answers_clearly_is_refused_for_now() -> None:
    with pytest.raises(StateError, match="no clear answer to the first writes: connection reset"):
        probe(MemoryDocuments(faults=[Fault.CUT_AFTER] * 3), NAME)


class Undeletable(MemoryDocuments):
    def delete(self, name: str) -> None:
        raise StateError(f"{name}: deleting is not allowed")


def test_what_cannot_be_cleaned_up_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    probe(Undeletable(), NAME)
    assert "deleting is not allowed" in caplog.text
    with pytest.raises(StateError, match="403 Forbidden"):
        probe(Undeletable(faults=[Fault.FORBIDDEN]), NAME)


def test_a_place_with_a_document_is_not_tried_again() -> None:
    documents = MemoryDocuments()
    process = Process(documents)
    process.backend.acquire(lock("mine"))
    process.backend.release(lock("mine"))
    documents.requests.clear()
    process.backend.acquire(lock("mine"))
    assert {name for _, name in documents.requests} == {NAME}


def test_a_state_made_without_a_lock_is_probed_too() -> None:
    with pytest.raises(StateError, match="ignores preconditions"):
        Process(Careless()).backend.create(BINDING)
