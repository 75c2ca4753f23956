"""API keys, unknown paths, wrong verbs, unreadable bodies, and the log."""

from __future__ import annotations

import json

import httpx
import pytest

from agentops.sandbox import DEFAULT_TOKEN, Sandbox, open_sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.support import BRANDS, PIPELINE, connect, created, fixture, listed, ok


@pytest.mark.parametrize("token", [None, "", "wrong", DEFAULT_TOKEN.upper()])
def test_a_request_without_a_known_key_is_unauthenticated(sandbox: Sandbox, token: str | None) -> None:
    answer = connect(sandbox, token).get("/user/assistants/get")
    assert ok(answer, 401) == fixture("autocalls-family.error.401.unauthenticated")


def test_nothing_is_done_without_a_key(sandbox: Sandbox) -> None:
    ok(connect(sandbox, None).post("/user/assistant", json=PIPELINE), 401)
    assert sandbox.store.assistants() == []


def test_the_scheme_must_be_bearer(sandbox: Sandbox) -> None:
    client = connect(sandbox, None)
    ok(client.get("/user/me", headers={"Authorization": f"Basic {DEFAULT_TOKEN}"}), 401)


def test_accounts_do_not_see_each_other(sandbox: Sandbox) -> None:
    other = sandbox.store.add_account("2|other", "Other", "other@example.com")
    mine, theirs = connect(sandbox), connect(sandbox, "2|other")
    number = created(mine)
    assert listed(theirs) == []
    ok(theirs.put(f"/user/assistant/{number}", json={"name": "Stolen"}), 404)
    ok(theirs.delete(f"/user/assistant/{number}"), 404)
    assert ok(theirs.get("/user/tools")) == []
    ok(theirs.get("/user/tools/1"), 404)
    assert ok(theirs.get("/user/me"))["email"] == "other@example.com"
    assert sandbox.store.assistants(account=other) == []


@pytest.mark.parametrize(
    "field, number",
    [
        ("phone_number_id", 7),
        ("knowledgebase_id", 1),
        ("folder_id", 1),
        ("tool_ids", [1]),
        ("label_ids", [1]),
    ],
)
def test_another_accounts_objects_cannot_be_referred_to(sandbox: Sandbox, field: str, number: object) -> None:
    sandbox.store.add_account("2|other", "Other", "other@example.com")
    answer = connect(sandbox, "2|other").post("/user/assistant", json=PIPELINE | {field: number})
    assert ok(answer, 422)["errors"].keys() in ({field}, {f"{field}.0"})


@pytest.mark.parametrize("platform", BRANDS)
@pytest.mark.parametrize("path", ["/user/assistants", "/user/assistant/789", "/user/assistants/789"])
def test_reads_that_no_document_lists_are_not_found(opened: Opener, platform: str, path: str) -> None:
    client = connect(opened(platform))
    created(client)
    assert ok(client.get(path), 404) == {"message": f"The route api{path} could not be found."}


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("POST", "/user/assistants", "GET, HEAD"),
        ("PUT", "/user/assistants/789", "GET, HEAD"),
        ("DELETE", "/user/assistants/789", "GET, HEAD"),
        ("PATCH", "/user/assistant/789", "DELETE, GET, HEAD, PUT"),
        ("GET", "/user/assistant", "POST"),
        ("POST", "/user/folders", "GET, HEAD"),
        ("POST", "/user/assistants/get", "GET, HEAD"),
        ("PATCH", "/user/tools/1", "DELETE, GET, HEAD, PUT"),
    ],
)
def test_a_wrong_verb_is_not_allowed(client: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path, json={})
    assert ok(answer, 405)["message"].startswith(f"The {method} method is not supported for route api{path}.")
    assert answer.headers["Allow"] == allowed


def test_paths_outside_the_base_are_not_found(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    ok(client.get("http://sandbox.invalid/user/me"), 404)
    ok(client.get("/user/mid-call-tools"), 404)
    ok(client.get("/user/assistant/abc"), 404)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{'a': 1}", b'{"a": NaN}', b'{"a": Infinity}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_body_that_is_not_json_is_refused(client: httpx.Client, content: bytes) -> None:
    answer = client.post("/user/assistant", content=content, headers={"Content-Type": "application/json"})
    assert ok(answer, 400) == {"message": "The request body is not valid JSON."}


@pytest.mark.parametrize("body", [[], "text", 1, True, None])
def test_a_body_that_is_no_object_is_refused(client: httpx.Client, body: object) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post("/user/assistant", content=json.dumps(body), headers=headers)
    assert ok(answer, 400) == {"message": "The request body must be a JSON object."}


def test_a_body_of_another_media_type_is_refused(client: httpx.Client) -> None:
    ok(client.post("/user/assistant", data={"name": "x"}), 415)


def test_a_body_that_is_too_large_is_refused(client: httpx.Client) -> None:
    ok(client.post("/user/assistant", json={"system_prompt": "x" * 27_000_000}), 413)


def test_lone_surrogates_are_stored_and_read_back(client: httpx.Client, sandbox: Sandbox) -> None:
    content = httpx.Request("POST", "http://x", json=PIPELINE).content.replace(b"You answer", b"\\ud800")
    headers = {"Content-Type": "application/json"}
    number = ok(client.post("/user/assistant", content=content, headers=headers), 201)["data"]["id"]
    assert sandbox.store.assistant(number)["system_prompt"] == "\ud800 calls."
    assert listed(client)[0]["system_prompt"] == "\ud800 calls."


def test_every_request_is_logged(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    number = created(client)
    client.get("/user/assistants/get", params={"page": 2})
    connect(sandbox, None).get("/user/me")
    log = sandbox.store.log()
    assert [(entry.method, entry.path, entry.query, entry.status) for entry in log] == [
        ("POST", "/user/assistant", "", 201),
        ("GET", "/user/assistants/get", "page=2", 200),
        ("GET", "/user/me", "", 401),
    ]
    assert log[0].json == PIPELINE
    assert log[0].time == "2026-03-09T16:40:12.000000Z"
    assert [entry.account for entry in log] == [1, 1, None]
    assert number == 789
    sandbox.store.clear_log()
    assert sandbox.store.log() == []


def test_the_log_does_not_hold_the_key(sandbox: Sandbox) -> None:
    connect(sandbox).get("/user/me")
    assert all(DEFAULT_TOKEN not in repr(entry) for entry in sandbox.store.log())


def test_an_unknown_platform_is_refused() -> None:
    with pytest.raises(ValueError, match="there are autocalls, famulor, intellixent"):
        open_sandbox("dialtone", ":memory:")
