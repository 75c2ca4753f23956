"""Knowledge bases and their documents."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from agentops.sandbox import Sandbox
from tests.sandbox.support import connect, created, errors, fixture, ok

SITE: dict[str, Any] = {"name": "Site", "type": "website", "url": "https://example.com"}


def status(client: httpx.Client, base: int) -> str:
    found: str = ok(client.get(f"/user/knowledgebases/{base}"))["data"]["status"]
    return found


def test_reads_have_the_documented_shape(client: httpx.Client) -> None:
    created(client, knowledgebase_id=1)
    base = ok(client.get("/user/knowledgebases/1"))["data"]
    assert base.keys() == fixture("autocalls.knowledgebase")["data"].keys()
    assert (base["documents_count"], base["assistants_count"], base["status_label"]) == (2, 1, "Active")
    every = ok(client.get("/user/knowledgebases"))
    assert [item["name"] for item in every["data"]] == ["Product FAQ", "Opening Hours", "Price List", "Empty Base"]
    document = ok(client.get("/user/knowledgebases/1/documents/1"))["data"]
    assert document.keys() == fixture("autocalls.knowledgebase-document")["data"].keys()


def test_the_status_follows_the_documents(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    base = ok(client.post("/user/knowledgebases", json={"name": "New"}), 201)["data"]["id"]
    assert status(client, base) == "empty"
    document = ok(client.post(f"/user/knowledgebases/{base}/documents", json=SITE), 201)["data"]
    assert document["status"] == "processing"
    assert [status(client, base) for _ in range(2)] == ["processing", "active"]
    sandbox.store.add_document(knowledgebase_id=base, name="Bad", type="pdf", status="failed")
    assert status(client, base) == "failed"


def test_a_document_is_done_when_it_is_read_again(client: httpx.Client) -> None:
    path = "/user/knowledgebases/4/documents"
    number = ok(client.post(path, json=SITE), 201)["data"]["id"]
    reads = [ok(client.get(f"{path}/{number}"))["data"]["status_label"] for _ in range(3)]
    assert reads == ["Processing", "Active", "Active"]
    other = ok(client.post(path, json=SITE | {"links": [{"link": "https://example.com/a"}]}), 201)["data"]["id"]
    lists = [{item["id"]: item["status"] for item in ok(client.get(path))["data"]} for _ in range(2)]
    assert [found[other] for found in lists] == ["processing", "active"]


def test_a_file_is_uploaded_as_a_form(client: httpx.Client, sandbox: Sandbox) -> None:
    path = "/user/knowledgebases/4/documents"
    form = {"name": "Prices", "type": "pdf"}
    document = ok(client.post(path, data=form, files={"file": ("p.pdf", b"%PDF")}), 201)["data"]
    assert (document["type_label"], document["description"]) == ("PDF", None)
    assert errors(client.post(path, data=form, files={"other": ("p.pdf", b"%PDF")})).keys() == {"file"}
    assert sandbox.store.log()[0].body == ""
    assert errors(client.post(path, json=form)).keys() == {"file"}


def test_a_file_that_is_too_large_is_refused(client: httpx.Client) -> None:
    files = {"file": ("p.pdf", b"x" * (20 * 1024 * 1024 + 1))}
    answer = client.post("/user/knowledgebases/4/documents", data={"name": "P", "type": "pdf"}, files=files)
    assert errors(answer).keys() == {"file"}


@pytest.mark.parametrize(
    "change, path",
    [
        ({"url": None}, "url"),
        ({"url": "example.com"}, "url"),
        ({"relative_links_limit": 51}, "relative_links_limit"),
        ({"links": ["https://example.com"]}, "links.0"),
        ({"type": "html"}, "type"),
        ({"name": ""}, "name"),
    ],
)
def test_a_wrong_website_is_refused(client: httpx.Client, change: dict[str, Any], path: str) -> None:
    answer = client.post("/user/knowledgebases/1/documents", json=SITE | change)
    assert path in errors(answer)


def test_names_can_be_changed_and_content_cannot(client: httpx.Client) -> None:
    path = "/user/knowledgebases/1/documents/1"
    assert ok(client.put(path, json={"name": "New"}))["data"]["name"] == "New"
    assert errors(client.put(path, json={"url": "https://example.com"})).keys() == {"url"}
    assert ok(client.put("/user/knowledgebases/1", json={"description": None}))["data"]["description"] is None


def test_documents_go_with_their_base(client: httpx.Client, sandbox: Sandbox) -> None:
    ok(client.delete("/user/knowledgebases/1/documents/1"))
    assert len(ok(client.get("/user/knowledgebases/1/documents"))["data"]) == 1
    ok(client.delete("/user/knowledgebases/1"))
    ok(client.get("/user/knowledgebases/1"), 404)
    assert all(document["knowledgebase_id"] != 1 for document in sandbox.store.objects("document"))
