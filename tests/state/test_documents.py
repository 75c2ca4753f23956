"""What holds for documents in every store, asked of the real ones."""

from collections.abc import Iterator

import pytest

from agentops.state.documents import Documents, RefusedSwap
from agentops.state.locations import open_documents
from tests.support.components import Remote


@pytest.fixture
def place(remote_location: Remote) -> Iterator[tuple[Documents, str]]:
    documents, name = open_documents(remote_location.location, project="demo", environment="prod")
    yield documents, name
    documents.close()


def test_create(place: tuple[Documents, str]) -> None:
    documents, name = place
    assert documents.get(name) is None
    tag = documents.put(name, b"1", replacing=None)
    found = documents.get(name)
    assert found is not None
    assert found.tag == tag
    with pytest.raises(RefusedSwap):
        documents.put(name, b"1", replacing=None)
