"""Faults in process: answers instead of work, meddling before, spoilt answers after."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest

from agentops.sandbox import Fault, FaultKind, Sandbox, open_sandbox
from tests.sandbox.support import PIPELINE, connect, created, listed, ok


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_status_before_the_commit(sandbox: Sandbox, status: int) -> None:
    client = connect(sandbox)
    with sandbox.faults.on(Fault(FaultKind.STATUS, "POST", "/user/assistant", status=status)):
        assert client.post("/user/assistant", json=PIPELINE).status_code == status
        assert sandbox.store.assistants() == []
        created(client)
    assert [entry.status for entry in sandbox.store.log()] == [status, 201]


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_status_after_the_commit(sandbox: Sandbox, status: int) -> None:
    client = connect(sandbox)
    with sandbox.faults.on(Fault(FaultKind.STATUS_AFTER, "POST", status=status)):
        assert client.post("/user/assistant", json=PIPELINE).status_code == status
    assert [row["name"] for row in sandbox.store.assistants()] == [PIPELINE["name"]]


def test_retry_after_is_in_header_and_body(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    sandbox.faults.add(Fault(FaultKind.STATUS, status=429, retry_after=7))
    answer = client.get("/user/me")
    assert (answer.headers["Retry-After"], answer.json()["retry_after"]) == ("7", 7)
    sandbox.faults.add(Fault(FaultKind.STATUS, status=503, retry_after=3))
    answer = client.get("/user/me")
    assert (answer.headers["Retry-After"], answer.headers["Content-Type"]) == ("3", "text/html")


@pytest.mark.parametrize("status", [429, 503])
def test_the_moment_to_come_back_may_be_told_as_a_date(status: int) -> None:
    noon = datetime(2026, 3, 1, 12, 0, 0, 999999, tzinfo=UTC)
    sandbox = open_sandbox("autocalls", ":memory:", clock=lambda: noon)
    sandbox.faults.add(Fault(FaultKind.STATUS, status=status, retry_after=7, dated=True))
    answer = connect(sandbox).get("/user/me")
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "Sun, 01 Mar 2026 12:00:07 GMT")
    assert "retry_after" not in answer.text
    sandbox.close()


def test_a_web_page_with_200(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    with sandbox.faults.on(Fault(FaultKind.HTML)):
        answer = client.post("/user/assistant", json=PIPELINE)
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, "text/html")
    assert sandbox.store.assistants() == []


def test_truncated_json(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    with sandbox.faults.on(Fault(FaultKind.TRUNCATED)):
        answer = client.post("/user/assistant", json=PIPELINE)
    assert answer.status_code == 201
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert len(sandbox.store.assistants()) == 1


def test_json_of_another_type(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    with sandbox.faults.on(Fault(FaultKind.WRONG_TYPE, times=2)):
        assert isinstance(ok(client.get("/user/assistants/get")), list)
        assert isinstance(ok(client.get("/user/tools")), dict)


def test_somebody_elses_edit_comes_in_between(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    first, second = created(client), created(client)
    edit = Fault(FaultKind.EDIT, "PUT", "/user/assistant/*", changes={"system_prompt": "theirs"})
    with sandbox.faults.on(edit):
        ok(client.put(f"/user/assistant/{second}", json={"name": "Mine"}))
    stored = sandbox.store.assistant(second)
    assert (stored["name"], stored["system_prompt"]) == ("Mine", "theirs")
    with sandbox.faults.on(Fault(FaultKind.EDIT, "GET", changes={"name": "Theirs"})):
        assert [item["name"] for item in listed(client)] == ["Theirs", "Mine"]
    named = Fault(FaultKind.EDIT, "GET", assistant=second, changes={"name": "Again"})
    with sandbox.faults.on(named):
        assert listed(client)[1]["name"] == "Again"
    assert first != second


def pages(client: httpx.Client) -> tuple[list[int], list[int]]:
    """The ids of all pages of ten, and the totals that they told."""
    ids, totals, page, last = [], [], 1, 1
    while page <= last:
        answer = ok(client.get("/user/assistants/get", params={"page": page}))
        ids += [item["id"] for item in answer["data"]]
        totals.append(answer["total"])
        last, page = answer["last_page"], page + 1
    return ids, totals


@pytest.mark.parametrize("kind, total", [(FaultKind.DELETE, 24), (FaultKind.INSERT, 26)])
def test_the_list_changes_between_pages(sandbox: Sandbox, kind: FaultKind, total: int) -> None:
    client = connect(sandbox)
    for _ in range(25):
        created(client)
    with sandbox.faults.on(Fault(kind, "GET", "/user/assistants/get", after=1)):
        ids, totals = pages(client)
    assert totals == [25, total, total]
    assert (799 in ids) is (kind is FaultKind.INSERT)


def test_a_listing_cut_short(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    for _ in range(3):
        created(client)
    with sandbox.faults.on(Fault(FaultKind.CUT_LIST, "GET", "/user/assistants/get")):
        answer = ok(client.get("/user/assistants/get"))
    assert (len(answer["data"]), answer["total"]) == (2, 3)
    with sandbox.faults.on(Fault(FaultKind.CUT_LIST, path="/user/assistants/languages")):
        assert len(ok(client.get("/user/assistants/languages"))) == 11


def test_a_fault_spares_and_counts(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    with sandbox.faults.on(Fault(FaultKind.STATUS, "GET", "/user/me", times=2, after=1, status=503)):
        client.get("/user/tools")
        assert [client.get("/user/me").status_code for _ in range(5)] == [200, 503, 503, 200, 200]
    with sandbox.faults.on(Fault(FaultKind.STATUS, "GET", "/user/me", times=2, after=1, every=2, status=503)):
        assert [client.get("/user/me").status_code for _ in range(6)] == [200, 503, 200, 503, 200, 200]
    sandbox.faults.add(Fault(FaultKind.STATUS, times=None))
    assert {client.get("/user/me").status_code for _ in range(5)} == {500}
    sandbox.faults.clear()
    ok(client.get("/user/me"))


@pytest.mark.parametrize("kind", ["slow", "drop-before", "drop-after", "cut-body", "drip"])
def test_a_fault_of_the_connection_needs_one(sandbox: Sandbox, kind: str) -> None:
    with (
        sandbox.faults.on(Fault(FaultKind(kind))),
        pytest.raises(RuntimeError, match="serve the sandbox"),
    ):
        connect(sandbox).get("/user/me")


def test_a_fault_as_text() -> None:
    text = "status-after,method=post,path=/user/assistant*,times=2,after=1,status=502,retry_after=3,seconds=0.5"
    assert Fault.parse(text) == Fault(
        FaultKind.STATUS_AFTER, "POST", "/user/assistant*", 2, 1, 502, retry_after=3, seconds=0.5
    )
    edit = Fault.parse("edit,assistant=789,set.name=New Name,set.max_duration=900,times=all")
    assert (edit.assistant, edit.times) == (789, None)
    assert Fault.parse("status,status=429,every=2,dated=true") == Fault(
        FaultKind.STATUS, status=429, every=2, dated=True
    )
    assert edit.changes == {"name": "New Name", "max_duration": 900}


@pytest.mark.parametrize(
    "text, told",
    [
        ("teapot", "no fault 'teapot'; there are status, status-after"),
        ("status,503", "'503' is not key=value"),
        ("status,status=many", "status=many is not a number"),
        ("status,every=0", "every=0 is not a number"),
        ("status,dated=no", "dated=no is neither true nor false"),
        ("status,code=503", "no key 'code'; there are method, path"),
    ],
)
def test_a_wrong_fault_is_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told.replace("(", "\\(")):
        Fault.parse(text)
