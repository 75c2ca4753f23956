"""Pages of assistants, folders and labels."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import Opener
from tests.sandbox.support import connect, created, errors, fixture, ok


def links(client: httpx.Client, **query: int) -> list[str]:
    found: list[dict[str, Any]] = ok(client.get("/user/assistants/get", params=query))["links"]
    return [("*" if link["active"] else "") + link["label"] for link in found[1:-1]]


def test_the_full_envelope(opened: Opener) -> None:
    client = connect(opened())
    for _ in range(3):
        created(client)
    for number in (1, 2):
        expected = fixture(f"autocalls.assistants-get.page{number}", host="sandbox.invalid")
        page = ok(client.get("/user/assistants/get", params={"per_page": 2, "page": number}))
        assert len(page.pop("data")) == len(expected.pop("data"))
        assert page == expected


def test_the_empty_envelope(opened: Opener) -> None:
    page = ok(connect(opened()).get("/user/assistants/get"))
    expected = fixture("autocalls.assistants-get.empty")
    assert (page["from"], page["to"], page["last_page"], page["data"]) == (None, None, 1, [])
    assert page.keys() == expected.keys()
    assert len(page["links"]) == 3


@pytest.mark.parametrize("platform", ["famulor", "intellixent"])
def test_the_short_envelope(opened: Opener, platform: str) -> None:
    client = connect(opened(platform))
    created(client)
    page = ok(client.get("/user/assistants/get"))
    assert page.keys() == fixture(f"{platform}.assistants-get").keys()
    assert {key: page[key] for key in page if key != "data"} == {
        "current_page": 1,
        "per_page": 10,
        "total": 1,
        "last_page": 1,
    }


def test_ten_by_default_in_the_order_of_ids(opened: Opener) -> None:
    client = connect(opened())
    for _ in range(25):
        created(client)
    pages = [ok(client.get("/user/assistants/get", params={"page": page})) for page in (1, 2, 3, 4)]
    assert [len(page["data"]) for page in pages] == [10, 10, 5, 0]
    assert [item["id"] for page in pages for item in page["data"]] == list(range(789, 814))
    assert {page["total"] for page in pages} == {25}


def test_a_page_size_above_the_limit_is_clamped(opened: Opener) -> None:
    client = connect(opened())
    for _ in range(101):
        created(client)
    page = ok(client.get("/user/assistants/get", params={"per_page": 500}))
    assert (page["per_page"], len(page["data"]), page["last_page"]) == (100, 100, 2)


@pytest.mark.parametrize("name", ["page", "per_page"])
@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "9999999999999"])
def test_numbers_that_are_none(opened: Opener, name: str, value: str) -> None:
    assert errors(connect(opened()).get("/user/assistants/get", params={name: value})).keys() == {name}


def test_long_lists_link_to_both_ends(opened: Opener) -> None:
    client = connect(opened())
    for _ in range(20):
        created(client)
    assert links(client, per_page=2) == ["*1", *"23456789", "10"]
    near_start = ["1", "2", "*3", *"456789", "10", "...", "19", "20"]
    assert links(client, per_page=1, page=3) == near_start
    middle = ["1", "2", "...", "7", "8", "9", "*10", "11", "12", "13", "...", "19", "20"]
    assert links(client, per_page=1, page=10) == middle
    assert links(client, per_page=1, page=20)[:4] == ["1", "2", "...", "11"]


@pytest.mark.parametrize("kind, total", [("folders", 18), ("labels", 17)])
def test_folders_and_labels_come_in_fifteens(opened: Opener, kind: str, total: int) -> None:
    client = connect(opened())
    first, second = (ok(client.get(f"/user/{kind}", params={"page": page})) for page in (1, 2))
    assert first.keys() == fixture(f"autocalls.{kind}").keys()
    assert (first["per_page"], first["total"], first["current_page"]) == (15, total, 1)
    names = [item["name"] for page in (first, second) for item in page["data"]]
    assert len(set(names)) == total
