"""Revox: assistants are made, read, changed, copied and deleted as documented."""

from __future__ import annotations

import httpx
import pytest

from agentops.sandbox import DEFAULT_TOKEN, Fault, FaultKind, Sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.revox_support import (
    EVERYTHING,
    MINIMUM,
    READ_ONLY,
    added,
    items,
    page,
    patched,
    questions,
    read,
)
from tests.sandbox.support import connect, ok


@pytest.fixture
def sandbox(opened: Opener) -> Sandbox:
    return opened("revox")


def test_the_defaults(client: httpx.Client) -> None:
    expected = page("assistants-list")["assistants"][1]
    assistant = added(client, {"name": expected["name"], "prompt": expected["prompt"]})
    assert assistant | {key: expected[key] for key in READ_ONLY} == expected
    assert assistant["created_at"] == "2026-03-09T16:40:12.000Z"
    assert assistant["created_by"]["email"] == "sandbox@example.com"


def test_every_field_is_read_back_as_written(client: httpx.Client) -> None:
    assistant = added(client, EVERYTHING)
    assert assistant.keys() == page("assistant-get").keys()
    assert {key: assistant[key] for key in EVERYTHING if key != "faq_items"} == {
        key: value for key, value in EVERYTHING.items() if key != "faq_items"
    }
    assert EVERYTHING.keys() | READ_ONLY == assistant.keys()
    assert questions(assistant) == [("Where?", "In Lyon.")]


@pytest.mark.parametrize("field", EVERYTHING)
def test_an_update_changes_the_key_sent_only(client: httpx.Client, field: str) -> None:
    before = added(client)
    after = patched(client, before["id"], **{field: EVERYTHING[field]})
    if field == "faq_items":
        assert questions(after) == [("Where?", "In Lyon.")]
    else:
        assert after[field] == EVERYTHING[field]
    assert {key for key in after if after[key] != before[key]} == {field}
    assert read(client, before["id"]) == after


def test_nested_values_are_replaced_whole(client: httpx.Client) -> None:
    assistant = added(client, EVERYTHING)
    after = patched(
        client,
        assistant["id"],
        voice={"id": "voice-en-katie", "provider": "cartesia"},
        transfer_destinations=[],
        slack={"connection_id": "c", "channels": [], "outcomes": []},
    )
    assert after["voice"] == {"id": "voice-en-katie", "provider": "cartesia"}
    assert after["transfer_destinations"] == []
    assert after["slack"] == {"connection_id": "c", "channels": [], "outcomes": []}


def test_envelopes(client: httpx.Client) -> None:
    made = ok(client.post("/assistants", json=MINIMUM))
    assert list(made) == ["assistant"]
    number = made["assistant"]["id"]
    assert ok(client.get(f"/assistants/{number}")) == made["assistant"]
    assert ok(client.patch(f"/assistants/{number}", json={})).keys() == {"assistant", "unpatchedCallsNotice"}
    assert list(ok(client.post(f"/assistants/{number}/clone"))) == ["assistant"]
    assert len(items(client, "assistants")) == 2
    assert ok(client.delete(f"/assistants/{number}")) == {"success": True}


def test_an_empty_update_changes_nothing(opened: Opener) -> None:
    sandbox = opened("revox")
    client = connect(sandbox)
    assistant = added(client)
    sandbox.store.edit_assistant(assistant["id"], updated_at="2026-01-01T00:00:00.000Z")
    assert patched(client, assistant["id"]) == assistant | {"updated_at": "2026-01-01T00:00:00.000Z"}
    assert patched(client, assistant["id"], name="Other")["updated_at"] == "2026-03-09T16:40:12.000Z"


def test_names_need_not_differ_and_texts_may_be_empty(client: httpx.Client) -> None:
    first, second = added(client), added(client)
    assert first["name"] == second["name"]
    assert first["id"] != second["id"]
    assert added(client, {"name": "", "prompt": ""})["prompt"] == ""


def test_sub_assistants_are_read_by_id_only(client: httpx.Client) -> None:
    sub = added(client, type="sub-assistant")
    plain = added(client)
    assert [item["id"] for item in items(client, "assistants")] == [plain["id"]]
    assert read(client, sub["id"]) == sub
    patched(client, sub["id"], type="standalone")
    assert len(items(client, "assistants")) == 2


def test_the_list_is_in_the_order_of_creation(client: httpx.Client) -> None:
    made = [added(client, name=f"A {index}")["id"] for index in range(12)]
    assert [item["id"] for item in items(client, "assistants")] == made


def test_a_deleted_assistant_is_gone(client: httpx.Client) -> None:
    number = added(client)["id"]
    headers = {"Content-Type": "application/json"}
    ok(client.delete(f"/assistants/{number}", headers=headers))
    assert items(client, "assistants") == []
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/clone")):
        answer = client.request(method, f"/assistants/{number}{path}", json={})
        assert ok(answer, 404) == {"message": "Assistant not found"}


def test_a_copy_has_all_fields_and_ids_of_its_own(client: httpx.Client, sandbox: Sandbox) -> None:
    original = added(client, EVERYTHING)
    sandbox.store.add_question(original["id"], "When?")
    copy = ok(client.post(f"/assistants/{original['id']}/clone"))["assistant"]
    original = read(client, original["id"])
    assert copy["name"] == "Lead qualifier (Copy)"
    assert questions(copy) == questions(original) == [("Where?", "In Lyon."), ("When?", "")]
    assert {item["id"] for item in copy["faq_items"]}.isdisjoint(item["id"] for item in original["faq_items"])
    assert {key for key in copy if copy[key] != original[key]} == {"id", "name", "faq_items"}


def test_questions_of_callers_are_kept_until_the_items_are_written(client: httpx.Client, sandbox: Sandbox) -> None:
    number = added(client, faq_items=[{"question": "Where?", "answer": "Here."}])["id"]
    sandbox.store.add_question(number, "When?")
    sandbox.store.add_question(number, "Why?", "Because.")
    assistant = read(client, number)
    assert [(item["source"], item["needs_human_answer"]) for item in assistant["faq_items"]] == [
        ("human", False),
        ("ai", True),
        ("ai", False),
    ]
    assert len({item["id"] for item in assistant["faq_items"]}) == 3
    assert assistant["pending_faq_count"] == 1
    assert len(patched(client, number, name="Other")["faq_items"]) == 3
    answers = [{"question": "When?", "answer": "Now."}, {"question": "Who?", "answer": "I."}]
    after = patched(client, number, faq_items=answers)
    assert questions(after) == [("When?", "Now."), ("Who?", "I.")]
    assert len({item["id"] for item in (*assistant["faq_items"], *after["faq_items"])}) == 5
    assert (after["faq_items"][0]["source"], after["pending_faq_count"]) == ("human", 0)
    assert patched(client, number, faq_items=[])["faq_items"] == []


def test_calls_that_lack_a_variable_of_the_new_prompt_are_told(client: httpx.Client, sandbox: Sandbox) -> None:
    number = added(client)["id"]
    for variables in ({"company": "A"}, {}, {"company": "B", "who": "x"}):
        sandbox.store.add_queued_call(assistant_id=number, prompt_variables=variables)

    def notice(**changes: object) -> object:
        return ok(client.patch(f"/assistants/{number}", json=changes))["unpatchedCallsNotice"]

    assert notice(prompt="{{company}} asks {{ who }}.") == {"count": 2, "variables": ["company", "who"]}
    assert notice(name="Other") is None
    assert notice(prompt="No variable.") is None


def test_what_the_platform_adds_comes_through(client: httpx.Client, sandbox: Sandbox) -> None:
    number = added(client)["id"]
    sandbox.store.edit_assistant(number, stt_model="stt-rt-v9", brand_new={"a": 1}, first_sentence_delay_ms=-1)
    assistant = read(client, number)
    assert (assistant["stt_model"], assistant["brand_new"]) == ("stt-rt-v9", {"a": 1})
    assert patched(client, number, name="Other")["brand_new"] == {"a": 1}


def test_organizations_do_not_see_each_other(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.store.add_account("sk_other", "Jo Doe", "jo@example.com")
    other = connect(sandbox, "sk_other")
    mine = added(client)
    assert items(other, "assistants") == []
    ok(other.get(f"/assistants/{mine['id']}"), 404)
    ok(other.delete(f"/assistants/{mine['id']}"), 404)
    theirs = added(other)
    assert theirs["organization_id"] != mine["organization_id"]
    assert theirs["created_by"]["first_name"] == "Jo"
    assert items(other, "phone-numbers") == []


def test_the_store_sees_and_changes_assistants(client: httpx.Client, sandbox: Sandbox) -> None:
    first = added(client)["id"]
    copy = sandbox.store.copy_assistant(first, name="Copy")
    assert [row["name"] for row in sandbox.store.assistants()] == ["Front Desk", "Copy"]
    sandbox.store.delete_assistant(first)
    assert [item["id"] for item in items(client, "assistants")] == [copy]


def test_faults_hit_the_assistant_of_the_path(client: httpx.Client, sandbox: Sandbox) -> None:
    first, second = added(client)["id"], added(client)["id"]
    with sandbox.faults.on(Fault(FaultKind.EDIT, "PATCH", changes={"prompt": "theirs"})):
        assert patched(client, second, name="Mine")["prompt"] == "theirs"
    with sandbox.faults.on(Fault(FaultKind.EDIT, "GET", assistant=second, changes={"name": "Again"})):
        assert [item["name"] for item in items(client, "assistants")] == ["Front Desk", "Again"]
    with sandbox.faults.on(Fault(FaultKind.CUT_LIST, "GET", "/assistants")):
        assert [item["id"] for item in items(client, "assistants")] == [first]
    with sandbox.faults.on(Fault(FaultKind.INSERT, "GET", changes={"name": "Theirs"})):
        assert len(items(client, "assistants")) == 3
    with sandbox.faults.on(Fault(FaultKind.DELETE, "PATCH")):
        ok(client.patch(f"/assistants/{second}", json={}), 404)
    with sandbox.faults.on(Fault(FaultKind.STATUS, status=500), Fault(FaultKind.STATUS, status=429, retry_after=2)):
        assert ok(client.get("/assistants"), 500) == {"message": "Internal server error"}
    fault = Fault.parse(f"edit,assistant={first},set.name=New")
    assert fault.assistant == first


@pytest.mark.parametrize("token", [None, "", "wrong", DEFAULT_TOKEN.upper()])
@pytest.mark.parametrize("path", ["/auth-status", "/assistants", "/users/me"])
def test_a_request_without_a_known_key_is_refused(sandbox: Sandbox, token: str | None, path: str) -> None:
    assert ok(connect(sandbox, token).get(path), 401) == {"message": "Unauthorized"}


@pytest.mark.parametrize(
    "path", ["/call", "/campaigns/1/rows", "/assistants/1/edges", "/user/me", "/assistants/", "/assistants/a/b"]
)
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str) -> None:
    ok(client.get(path), 404)


@pytest.mark.parametrize(
    "method, path",
    [("PUT", "/assistants/1"), ("DELETE", "/assistants"), ("POST", "/phone-numbers"), ("POST", "/voices")],
)
def test_a_wrong_verb_is_not_allowed(client: httpx.Client, method: str, path: str) -> None:
    ok(client.request(method, path, json={}), 405)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"a": NaN}'])
def test_a_body_that_is_no_json_object_is_refused(client: httpx.Client, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert ok(client.post("/assistants", content=content, headers=headers), 400)["message"]
