"""Every documented answer to a write and every documented error body comes from the sandbox."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from agentops.sandbox import Fault, FaultKind, Options, Sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.support import DUALPLEX, PIPELINE, connect, created, fixture, ok

TOOL = {
    "name": "lookup_order",
    "description": "Look up the state of an order when the caller gives an order number.",
    "endpoint": "https://api.example.com/orders/state",
    "method": "GET",
    "headers": [{"name": "Authorization", "value": "Bearer example"}],
    "schema": [
        {"name": "order_id", "type": "string", "description": "Order number spoken by the caller"},
    ],
}


def test_create_refused(client: httpx.Client) -> None:
    body = {key: value for key, value in PIPELINE.items() if key != "name"} | {"voice_id": 41}
    answer = client.post("/user/assistant", json=body)
    assert ok(answer, 422) == fixture("autocalls-family.error.422.assistant-create")


def test_update_refused(client: httpx.Client) -> None:
    number = created(client, DUALPLEX)
    body = {"speech_speed": 1.5, "allow_interruptions": False}
    answer = client.put(f"/user/assistant/{number}", json=body)
    assert ok(answer, 422) == fixture("autocalls-family.error.422.assistant-update")


def test_webhook_without_a_url_refused(client: httpx.Client) -> None:
    answer = client.post("/user/assistant", json=PIPELINE | {"is_webhook_active": True})
    legacy = fixture("autocalls-family.error.422.assistant-create.legacy")
    assert ok(answer, 422)["errors"]["webhook_url"] == legacy["errors"]["webhook_url"]


def test_toggle_refused(client: httpx.Client) -> None:
    answer = client.post("/user/assistants/disable-webhook", json={})
    assert ok(answer, 422) == fixture("autocalls-family.error.422.webhook-toggle")


def test_knowledge_base_refused(client: httpx.Client) -> None:
    answer = client.post("/user/knowledgebases", json={})
    assert ok(answer, 422) == fixture("autocalls-family.error.422.knowledgebase")


def test_tool_over_the_plans_limit_refused(opened: Opener) -> None:
    sandbox = opened(tool_limit=5)
    answer = connect(sandbox).post("/user/tools", json=TOOL)
    assert ok(answer, 422) == fixture("autocalls-family.error.422.tool-plan-limit")


@pytest.mark.parametrize("platform", ["autocalls", "intellixent"])
def test_assistant_not_found(opened: Opener, platform: str) -> None:
    client = connect(opened(platform))
    expected = fixture("autocalls-family.error.404.assistant")
    assert ok(client.delete("/user/assistant/1"), 404) == expected
    assert ok(client.put("/user/assistant/1", json={}), 404) == expected
    toggle = client.post("/user/assistants/disable-webhook", json={"assistant_id": 1})
    assert ok(toggle, 404) == expected


def test_assistant_not_found_on_famulor(opened: Opener) -> None:
    client = connect(opened("famulor"))
    missing = fixture("autocalls-family.error.404.assistant-delete.famulor")
    assert ok(client.delete("/user/assistant/1"), 404) == missing
    assert ok(client.put("/user/assistant/1", json={}), 404) == fixture("autocalls-family.error.404.assistant")


@pytest.mark.parametrize(
    "path, body",
    [
        ("/user/tools/99", {"message": "Tool not found"}),
        ("/user/knowledgebases/99", {"error": "Knowledgebase not found."}),
        ("/user/knowledgebases/1/documents/99", {"error": "Document not found."}),
        ("/user/knowledgebases/99/documents/1", {"error": "Knowledgebase not found."}),
        ("/user/knowledgebases/2/documents/1", {"error": "Document not found."}),
        ("/user/phone-numbers/99", {"error": "Phone number not found."}),
        ("/user/folder/99", {"message": "Folder not found"}),
        ("/user/label/99", {"message": "Label not found"}),
        ("/user/api-keys/99", {"message": "API key not found."}),
    ],
)
def test_others_not_found(client: httpx.Client, path: str, body: dict[str, str]) -> None:
    assert ok(client.delete(path), 404) == body


@pytest.mark.parametrize("number", [0, 2**63, 10**30])
def test_impossible_ids_are_not_found(client: httpx.Client, number: int) -> None:
    ok(client.delete(f"/user/assistant/{number}"), 404)


def test_documented_failures(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    with sandbox.faults.on(Fault(FaultKind.STATUS, times=None)):
        created_ = client.post("/user/assistant", json=PIPELINE)
        base = client.post("/user/knowledgebases", json={"name": "x"})
        updated = client.put("/user/assistant/1", json={})
        deleted = client.delete("/user/assistant/1")
        other = client.get("/user/tools")
    assert ok(created_, 500) == fixture("autocalls-family.error.500.assistant-create")
    assert ok(base, 500) == fixture("autocalls-family.error.500.knowledgebase-create")
    assert ok(updated, 500) == {"message": "Assistant update failed"}
    assert ok(deleted, 500) == {"message": "Assistant deletion failed"}
    assert ok(other, 500) == {"message": "Server Error"}


def test_too_many_requests(sandbox: Sandbox) -> None:
    with sandbox.faults.on(Fault(FaultKind.STATUS, status=429)):
        answer = connect(sandbox).get("/user/me")
    assert ok(answer, 429) == fixture("autocalls-family.error.429.laravel")


def test_answers_to_writes_of_assistants(opened: Opener) -> None:
    sandbox = opened()
    sandbox.store.reserve("assistant", 4101)
    client = connect(sandbox)
    number = created(client, name="Clinic Reception", type="inbound")
    sandbox.store.set_status(number, "active")
    updated = client.put(f"/user/assistant/{number}", json={"max_duration": 900})
    assert ok(updated) == fixture("autocalls-family.write.assistant-update.200")
    toggled = client.post("/user/assistants/disable-inbound-webhook", json={"assistant_id": number})
    assert ok(toggled) == fixture("autocalls-family.write.assistant-webhook.200")
    deleted = client.delete(f"/user/assistant/{number}")
    assert ok(deleted) == fixture("autocalls-family.write.assistant-delete.200")
    sandbox.store.reserve("assistant", 4104)
    answer = client.post("/user/assistant", json=PIPELINE | {"name": "New One"})
    assert ok(answer, 201) == fixture("autocalls-family.write.assistant-create.201")


def test_answer_to_a_new_tool(opened: Opener) -> None:
    expected = fixture("autocalls-family.write.tool-create.201")
    sandbox = opened("famulor", seed=False)
    sandbox.store.reserve("tool", 11)
    assert _timeless(ok(connect(sandbox).post("/user/tools", json=TOOL), 201)) == _timeless(expected)


def test_answers_to_writes_of_knowledge_bases(opened: Opener) -> None:
    sandbox = opened(seed=False)
    sandbox.store.reserve("knowledgebase", 31)
    sandbox.store.reserve("document", 302)
    client = connect(sandbox)
    ok(client.post("/user/knowledgebases", json={"name": "Clinic"}), 201)
    sandbox.store.add_document(id=301, knowledgebase_id=31, name="Price list", status="active")
    body = {"name": "Clinic FAQ", "description": "Opening hours and prices"}
    expected = fixture("autocalls-family.write.knowledgebase-update.200")
    assert ok(client.put("/user/knowledgebases/31", json=body)) == expected
    empty = client.post("/user/knowledgebases", json={"name": "Empty base"})
    assert ok(empty, 201) == fixture("autocalls-family.write.knowledgebase-create.201")
    site = {"name": "Clinic site", "type": "website", "url": "https://clinic.example.com"}
    document = client.post("/user/knowledgebases/31/documents", json=site)
    assert ok(document, 201) == fixture("autocalls-family.write.document-create.201")


def test_answer_to_a_new_folder(opened: Opener) -> None:
    sandbox = opened(seed=False)
    sandbox.store.reserve("folder", 73)
    answer = connect(sandbox).post("/user/folder", json={"name": "New folder", "color": "teal"})
    assert ok(answer, 201) == fixture("autocalls-family.write.folder-create.201")


def test_an_old_dialects_name_is_refused(client: httpx.Client) -> None:
    answer = client.post("/user/assistant", json=PIPELINE | {"engine_type": "pipeline"})
    assert ok(answer, 422)["errors"] == {"engine_type": ["The engine type field is prohibited."]}


def test_the_options_are_frozen() -> None:
    assert hash(Options()) == hash(Options(trim=False))


def _timeless(answer: dict[str, Any]) -> dict[str, Any]:
    times = {"created_at": None, "updated_at": None}
    return answer | {"data": answer["data"] | times}
