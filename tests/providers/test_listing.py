"""A listing is whole, or it is an error."""

from typing import Any

import httpx
import pytest

from agentops.domain.errors import UnavailableError
from agentops.domain.values import Ref
from agentops.providers.rest.adapter import RestProvider
from agentops.sandbox import Fault, FaultKind, Sandbox
from tests.providers.conftest import OpenSandbox, provider_of
from tests.providers.support import PIPELINE, page, rows, scripted


def listed(*pages: httpx.Response) -> tuple[list[Any], list[str]]:
    """The IDs of a listing that is answered by `pages`, and the pages that were asked for."""
    provider, script = scripted(pages)
    ids = list(provider.list("Assistant"))
    return ids, [request.url.params["page"] for request in script.requests]


def test_all_pages_are_read_by_hundreds() -> None:
    provider, script = scripted([page(rows(1, 2), number=1, total=3, last=2), page(rows(3), number=2, total=3, last=2)])
    assert list(provider.list("Assistant")) == [1, 2, 3]
    assert [str(request.url.query, "ascii") for request in script.requests] == [
        "page=1&per_page=100",
        "page=2&per_page=100",
    ]


def test_an_empty_account_is_whole() -> None:
    assert listed(page([], total=0, last=1)) == ([], ["1"])


def test_deleted_rows_count_but_do_not_show() -> None:
    gone = [{"id": 2, "name": "B", "deleted_at": "2026-03-09T16:40:12.000000Z"}]
    assert listed(page([*rows(1), *gone], total=2, last=1)) == ([1], ["1"])


@pytest.mark.parametrize(
    "pages",
    [
        [page(rows(1, 2), total=3, last=1)],  # cut short
        [page(rows(1, 2, 2), total=3, last=1)],  # one twice
        [page(rows(1, 2, 3), total=2, last=1)],  # too many
        [page(rows(1, 2), number=1, total=4, last=2), page(rows(2, 3), number=2, total=4, last=2)],  # shifted
        [page(rows(1, 2), number=1, total=4, last=2), page(rows(3), number=2, total=3, last=2)],  # total fell
        [page(rows(1, 2), number=1, total=4, last=2), page(rows(3, 4), number=1, total=4, last=2)],  # another page
        [page(rows(1, 2), number=1, total=4), page([], number=2, total=4)],
        [page(rows(1, 2), number=1, last=2, per_page=3)],  # a gap
        [page(rows(1, 2), number=1, last=2), page(rows(3), number=2, last=3)],
    ],
)
def test_a_list_that_is_not_whole_is_read_again_and_then_an_error(pages: list[httpx.Response]) -> None:
    whole = page(rows(1, 2, 3, 4), total=4, last=1)
    assert listed(*pages, *pages, whole)[0] == [1, 2, 3, 4]
    provider, script = scripted([*pages, *pages, *pages, *pages])
    with pytest.raises(UnavailableError, match="the list could not be read as a whole"):
        provider.list("Assistant")
    assert len(script.requests) == 3 * len(pages)


def test_without_a_last_page_the_total_says_when_to_stop() -> None:
    assert listed(page(rows(1, 2), number=1, total=3), page(rows(3), number=2, total=3)) == ([1, 2, 3], ["1", "2"])


def test_without_a_total_the_last_page_says_when_to_stop() -> None:
    assert listed(page(rows(1), number=1, last=2), page(rows(2), number=2, last=2)) == ([1, 2], ["1", "2"])


def test_an_envelope_that_says_nothing_is_read_until_a_page_is_empty() -> None:
    assert listed(page(rows(1)), page(rows(2), number=2), page([], number=3)) == ([1, 2], ["1", "2", "3"])


def test_a_platform_that_shows_the_same_page_for_ever_is_an_error() -> None:
    provider, _ = scripted([httpx.Response(200, json=rows(1, 2))])
    with pytest.raises(UnavailableError, match="it shows 1 twice"):
        provider.list("Assistant")


def test_an_id_that_is_a_text_is_the_same_id() -> None:
    assert listed(page([{"id": "12", "name": "A"}], total=1, last=1))[0] == [12]


def fill(sandbox: Sandbox, provider: RestProvider, count: int) -> list[Any]:
    """That many assistants in the sandbox's account."""
    first = provider.create("Assistant", PIPELINE)
    return [first, *(sandbox.store.copy_assistant(int(first), name=f"Copy {number}") for number in range(1, count))]


@pytest.mark.parametrize("envelope", ["full", "short"])
def test_every_assistant_of_a_large_account_is_read(opened: OpenSandbox, envelope: str) -> None:
    sandbox = opened(list_envelope=envelope)
    provider = provider_of(sandbox)
    ids = fill(sandbox, provider, 230)
    sandbox.store.clear_log()
    live = provider.list("Assistant")
    assert sorted(live) == ids
    assert live[ids[-1]].name == "Copy 229"
    assert len(sandbox.store.log()) == 3


def test_deleted_assistants_in_the_list_are_gone(opened: OpenSandbox) -> None:
    sandbox = opened(show_deleted=True)
    provider = provider_of(sandbox)
    ids = fill(sandbox, provider, 3)
    provider.delete("Assistant", ids[1])
    assert sorted(provider.list("Assistant")) == [ids[0], ids[2]]


def test_a_list_that_was_cut_once_is_read_again(sandbox: Sandbox, provider: RestProvider) -> None:
    ids = fill(sandbox, provider, 5)
    sandbox.faults.add(Fault(FaultKind.CUT_LIST, method="GET", path="/user/assistants/get"))
    assert sorted(provider.list("Assistant")) == ids


def test_a_list_that_is_always_cut_is_an_error(sandbox: Sandbox, provider: RestProvider) -> None:
    fill(sandbox, provider, 5)
    sandbox.faults.add(Fault(FaultKind.CUT_LIST, method="GET", path="/user/assistants/get", times=None))
    with pytest.raises(UnavailableError, match="it has 5 entries and shows 4"):
        provider.list("Assistant")


@pytest.mark.parametrize("kind", [FaultKind.INSERT, FaultKind.DELETE])
def test_a_list_that_changes_while_it_is_read_is_read_again(
    sandbox: Sandbox, provider: RestProvider, kind: FaultKind
) -> None:
    ids = fill(sandbox, provider, 150)
    sandbox.faults.add(
        Fault(kind, method="GET", path="/user/assistants/get", after=1, assistant=ids[0], changes={"name": "New"})
    )
    live = provider.list("Assistant")
    assert sorted(live) == [row["id"] for row in sandbox.store.assistants() if row["deleted_at"] is None]


def test_folders_and_labels_are_read_to_the_last(sandbox: Sandbox, provider: RestProvider) -> None:
    for number in range(250):
        sandbox.store.add("folder", name=f"Folder {number:03}")
    catalog = provider.catalog(("folders", ""))
    assert len(catalog.items) == len(sandbox.store.objects("folder"))
    assert catalog.by_id[1].name == "Sales"


def test_references_of_a_list_are_by_id_and_without_a_label(sandbox: Sandbox, provider: RestProvider) -> None:
    (id_,) = fill(sandbox, provider, 1)
    voice = provider.list("Assistant")[id_].values["voice"]
    assert isinstance(voice, Ref)
    assert (voice.id, voice.label, voice.query) == (1, "", "")
