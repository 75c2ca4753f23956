"""What holds for documents in every store, asked of the real ones."""

import os
import re
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from agentops.domain.errors import StateError
from agentops.state.documents import Document, Documents, RefusedSwap, UnclearSwap
from agentops.state.locations import open_documents
from tests.support.components import SECRET, Component, Remote, use
from tests.support.servers import free_port

ODD = [
    "prod",
    "with space.state",
    "per%20cent",
    "plus+and&more=?#",
    "quotes'\"",
    "grün/straße.state",
    "日本/本番.state",
    "tilde~(1)*!$,;:@",
    "dots.../.hidden",
    "a" * 200,
]


@dataclass
class Place:
    """A new place in one of the stores: `open` gives one more client of it."""

    kind: str
    location: str
    opened: list[Documents] = field(default_factory=list)

    def open(self, environment: str = "prod", project: str = "demo") -> tuple[Documents, str]:
        documents, name = open_documents(self.location, project=project, environment=environment)
        self.opened.append(documents)
        return documents, name


@pytest.fixture
def place(remote_location: Remote) -> Iterator[Place]:
    place = Place(remote_location.kind, remote_location.location)
    yield place
    for documents in place.opened:
        documents.close()


@pytest.fixture
def documents(place: Place) -> Documents:
    return place.open()[0]


@pytest.fixture
def name(place: Place) -> str:
    return place.open()[1]


def read(documents: Documents, name: str) -> Document:
    found = documents.get(name)
    assert found is not None
    return found


def test_what_was_never_put_is_not_there(documents: Documents, name: str) -> None:
    assert documents.get(name) is None
    assert documents.names(name) == []


def test_a_document_reads_back_with_the_tag_that_its_put_gave(documents: Documents, name: str) -> None:
    tag = documents.put(name, b"one", replacing=None)
    assert documents.get(name) == Document(b"one", tag)


def test_any_bytes_are_kept(documents: Documents, name: str) -> None:
    body = bytes(range(256)) * 3
    documents.put(name, body, replacing=None)
    assert read(documents, name).body == body


def test_an_empty_document_is_one(documents: Documents, name: str) -> None:
    documents.put(name, b"", replacing=None)
    assert read(documents, name).body == b""


def test_creating_twice_is_refused(documents: Documents, name: str) -> None:
    documents.put(name, b"one", replacing=None)
    with pytest.raises(RefusedSwap):
        documents.put(name, b"two", replacing=None)
    assert read(documents, name).body == b"one"


def test_a_swap_of_the_current_version_is_done(documents: Documents, name: str) -> None:
    first = documents.put(name, b"one", replacing=None)
    second = documents.put(name, b"two", replacing=first)
    assert documents.get(name) == Document(b"two", second)
    assert second != first


def test_a_swap_of_an_old_version_is_refused(documents: Documents, name: str) -> None:
    first = documents.put(name, b"one", replacing=None)
    documents.put(name, b"two", replacing=first)
    with pytest.raises(RefusedSwap):
        documents.put(name, b"three", replacing=first)
    assert read(documents, name).body == b"two"


def test_a_swap_of_what_is_gone_is_refused(documents: Documents, name: str) -> None:
    tag = documents.put(name, b"one", replacing=None)
    documents.delete(name)
    with pytest.raises(RefusedSwap):
        documents.put(name, b"two", replacing=tag)
    assert documents.get(name) is None


def test_a_swap_where_nothing_was_ever_put_is_refused(documents: Documents, name: str) -> None:
    tag = documents.put(f"{name}.other", b"one", replacing=None)
    with pytest.raises(RefusedSwap):
        documents.put(name, b"two", replacing=tag)
    assert documents.get(name) is None


def test_a_tag_does_not_come_back(documents: Documents, name: str) -> None:
    tags = [documents.put(name, b"body 0", replacing=None)]
    for turn in range(1, 4):
        tags.append(documents.put(name, f"body {turn}".encode(), replacing=tags[-1]))
    documents.delete(name)
    tags.append(documents.put(name, b"body 4", replacing=None))
    assert len(set(tags)) == len(tags)


def test_a_tag_does_not_come_back_for_equal_bytes(place: Place, documents: Documents, name: str) -> None:
    first = documents.put(name, b"same", replacing=None)
    second = documents.put(name, b"same", replacing=first)
    documents.delete(name)
    third = documents.put(name, b"same", replacing=None)
    # Except in S3, where it is a digest of the bytes: that is why no two bodies of a state are equal.
    assert len({first, second, third}) == (1 if place.kind == "s3" else 3)


def test_names_are_those_below_a_prefix_sorted(documents: Documents, name: str) -> None:
    wanted = [f"{name}.history/{serial:012}" for serial in (3, 1, 2, 10, 7, 5, 4)]
    for one in [*wanted, name, f"{name}.histories/1", f"other-{name}"]:
        documents.put(one, b"x", replacing=None)
    assert documents.names(f"{name}.history/") == sorted(wanted)
    assert documents.names(f"{name}.history/00000000000") == sorted(wanted)[:6]
    assert documents.names(f"{name}.hist") == sorted([*wanted, f"{name}.histories/1"])
    assert documents.names(f"{name}.nothing/") == []


def test_deleting_twice_is_no_error(documents: Documents, name: str) -> None:
    documents.put(name, b"one", replacing=None)
    documents.delete(name)
    documents.delete(name)
    assert documents.get(name) is None


def test_deleting_what_was_never_there_is_no_error(documents: Documents, name: str) -> None:
    documents.delete(name)


def test_five_megabytes_are_one_document(documents: Documents, name: str) -> None:
    body = os.urandom(5_000_000)
    tag = documents.put(name, body, replacing=None)
    assert documents.get(name) == Document(body, tag)
    documents.put(name, body[::-1], replacing=tag)
    assert read(documents, name).body == body[::-1]


@pytest.mark.parametrize("environment", ODD)
def test_an_odd_name_is_a_name(place: Place, environment: str) -> None:
    documents, name = place.open(environment)
    tag = documents.put(name, b"one", replacing=None)
    documents.put(name, b"two", replacing=tag)
    assert read(documents, name).body == b"two"
    assert documents.names(name) == [name]
    documents.delete(name)
    assert documents.get(name) is None


def test_environments_do_not_share_a_document(place: Place) -> None:
    documents, one = place.open("one")
    _, two = place.open("two")
    documents.put(one, b"1", replacing=None)
    assert documents.get(two) is None


@pytest.mark.parametrize("clients", [1, 8])
def test_no_update_of_eight_threads_is_lost(place: Place, clients: int) -> None:
    opened = [place.open() for _ in range(clients)]
    first, name = opened[0]
    first.put(name, b"0", replacing=None)
    start = threading.Barrier(8)

    def count_up(worker: int) -> int:
        documents = opened[worker % clients][0]
        start.wait()
        refused = 0
        done = 0
        while done < 5:
            found = read(documents, name)
            try:
                documents.put(name, f"{int(found.body) + 1}".encode(), replacing=found.tag)
                done += 1
            except RefusedSwap:
                refused += 1
        return refused

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(8)))
    assert read(first, name).body == b"40"


def test_of_eight_that_create_at_once_one_wins(place: Place) -> None:
    # On a database this also races for making the table.
    opened = [place.open() for _ in range(8)]
    name = opened[0][1]
    start = threading.Barrier(8)

    def create(worker: int) -> str | None:
        start.wait()
        try:
            return opened[worker][0].put(name, f"{worker}".encode(), replacing=None)
        except RefusedSwap:
            return None

    with ThreadPoolExecutor(8) as pool:
        tags = list(pool.map(create, range(8)))
    winners = [worker for worker, tag in enumerate(tags) if tag]
    assert len(winners) == 1
    assert read(opened[0][0], name) == Document(f"{winners[0]}".encode(), str(tags[winners[0]]))


def test_the_location_tells_the_place_and_no_secret(remote_location: Remote, documents: Documents) -> None:
    assert documents.location.split("://")[0] == remote_location.location.split("://")[0]
    assert SECRET not in documents.location
    assert SECRET not in repr(documents)


def test_a_bucket_or_database_that_is_not_there_is_an_error(place: Place) -> None:
    place.location = NOWHERE[place.kind](place.location)
    documents, name = place.open()
    with pytest.raises(StateError, match=r"no such (bucket|container|database)") as caught:
        documents.get(name)
    assert caught.value.hint
    for attempt in (None, "1"):
        with pytest.raises(StateError, match=r"no such (bucket|container|database)"):
            documents.put(name, b"x", replacing=attempt)
    with pytest.raises(StateError, match=r"no such (bucket|container|database)"):
        documents.names(name)


NOWHERE: dict[str, Callable[[str], str]] = {
    "s3": lambda location: "s3://nowhere-at-all/x",
    "gs": lambda location: "gs://nowhere-at-all/x",
    "az": lambda location: "az://nowhere-at-all/x",
    "postgresql": lambda location: location.rpartition("/")[0] + "/nowhere",
}

WRONG = {
    "gs": {"GOOGLE_BEARER_TOKEN": f"wrong-{SECRET}"},
    "az": {"AZURE_STORAGE_ACCOUNT_KEY": "d3Jvbmc="},
    "postgresql": {"PGPASSWORD": f"wrong-{SECRET}"},
    "rclone": {"AWS_SECRET_ACCESS_KEY": f"wrong-{SECRET}"},
}
"""moto lets everybody in; rclone, which speaks the same, does not."""


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_credentials_are_an_error_that_quotes_none(
    components: Callable[[str], Component], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    remote = components(kind).fresh()
    use(Remote(kind, remote.location, {**remote.environ, **WRONG[kind]}), monkeypatch)
    documents, name = open_documents(remote.location, project="demo", environment="prod")
    for call in every_call(documents, name):
        with pytest.raises(StateError, match="refused") as caught:
            call()
        assert SECRET not in "".join(traceback.format_exception(caught.value)) + caught.value.hint
        assert caught.value.hint
    documents.close()


def every_call(documents: Documents, name: str) -> list[Callable[[], object]]:
    return [
        lambda: documents.get(name),
        lambda: documents.put(name, b"x", replacing=None),
        lambda: documents.put(name, b"x", replacing="1"),
        lambda: documents.names(name),
        lambda: documents.delete(name),
    ]


def test_where_nobody_listens_a_put_is_unclear_and_a_read_fails(
    remote_location: Remote, monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    port = free_port()
    for variable, value in remote_location.environ.items():
        monkeypatch.setenv(variable, with_port(value, port))
    place.location = with_port(place.location, port)
    documents, name = place.open()
    get, create, swap, names, delete = every_call(documents, name)
    for put in (create, swap):
        with pytest.raises(UnclearSwap):
            put()
    for call in (get, names, delete):
        with pytest.raises(StateError, match="cannot be reached") as caught:
            call()
        assert caught.value.hint


def with_port(url: str, port: int) -> str:
    return re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", url)
