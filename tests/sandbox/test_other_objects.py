"""Phone numbers, folders and labels, webhooks, the account and its keys."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from agentops.sandbox import Sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.support import connect, created, errors, fixture, listed, ok


def test_all_phone_numbers(opened: Opener) -> None:
    for platform, name in (
        ("autocalls", "famulor.phone-numbers-all"),
        ("famulor", "famulor.phone-numbers-all"),
        ("intellixent", "autocalls.phone-numbers-all.before-nickname"),
    ):
        numbers = ok(connect(opened(platform)).get("/user/phone-numbers/all"))["data"]
        assert numbers[0].keys() == fixture(name)["data"][0].keys()
        labels = {number["type"]: number["type_label"] for number in numbers}
        assert labels == {"normal": "Dedicated Number", "sip": "SIP", "caller_id": "Caller ID"}


def test_nicknames(client: httpx.Client) -> None:
    path = "/user/phone-numbers/2"
    assert ok(client.put(path, json={"nickname": "Front"}))["data"]["nickname"] == "Front"
    assert ok(client.put(path, json={"nickname": ""}))["data"]["nickname"] is None
    ok(client.put(path, json={"nickname": "x" * 50}))
    assert ok(client.put(path, json={"nickname": None}))["data"]["nickname"] is None
    assert errors(client.put(path, json={"nickname": "x" * 51})).keys() == {"nickname"}
    ok(client.put("/user/phone-numbers/99", json={"nickname": "x"}), 404)


def test_intellixent_has_no_nicknames_folders_and_labels(opened: Opener) -> None:
    client = connect(opened("intellixent"))
    ok(client.put("/user/phone-numbers/2", json={"nickname": "x"}), 405)
    ok(client.get("/user/folders"), 404)
    ok(client.post("/user/label", json={"name": "x"}), 404)
    assert errors(client.put(f"/user/assistant/{created(client)}", json={"folder_id": 1})).keys() == {"folder_id"}


def test_the_older_list_of_numbers(client: httpx.Client) -> None:
    assert [number["id"] for number in ok(client.get("/user/phone-numbers"))["data"]] == [1, 7]


def test_search_and_purchase(opened: Opener) -> None:
    client = connect(opened())
    offers = ok(client.get("/user/phone-numbers/search"))["data"]
    assert offers[0].keys() == fixture("autocalls.phone-numbers-search")["data"][0].keys()
    assert {offer["country_code"] for offer in offers} == {"US"}
    found = ok(client.get("/user/phone-numbers/search?contains=0180"))["data"]
    assert [offer["phone_number"] for offer in found] == ["+14155550180"]
    assert errors(client.get("/user/phone-numbers/search?contains=12345678901")).keys() == {"contains"}
    german = ok(connect(opened("famulor")).get("/user/phone-numbers/search"))["data"]
    assert german[0]["phone_number"].startswith("+49")
    assert "error" in ok(client.post("/user/phone-numbers/purchase", json={"phone_number": "+1"}), 402)


def test_sip_trunks(client: httpx.Client) -> None:
    trunks = ok(client.get("/user/phone-numbers/sip-trunks"))["data"]
    assert [trunk["phone_number"] for trunk in trunks] == ["1000", "2000"]
    assert trunks[0].keys() == fixture("autocalls.phone-numbers-sip-trunks")["data"][0].keys()
    assert ok(client.get("/user/phone-numbers/sip-trunks/6"))["data"] == trunks[0]
    ok(client.get("/user/phone-numbers/sip-trunks/7"), 404)


@pytest.mark.parametrize("kind, title", [("folder", "Folder"), ("label", "Label")])
def test_folders_and_labels(client: httpx.Client, kind: str, title: str) -> None:
    answer = ok(client.post(f"/user/{kind}", json={"name": "New"}), 201)
    number = answer["data"]["id"]
    assert answer["message"] == f"{title} created successfully"
    field: dict[str, Any] = {"folder_id": number} if kind == "folder" else {"label_ids": [number, 1]}
    created(client, **field)
    changed = ok(client.put(f"/user/{kind}/{number}", json={"color": "pink"}))
    assert changed["data"] == {"id": number, "name": "New", "color": "pink", "assistants_count": 1}
    every = ok(client.get(f"/user/{kind}s?per_page=100"))["data"]
    assert changed["data"] in every
    assert ok(client.delete(f"/user/{kind}/{number}")) == {"message": f"{title} deleted successfully"}
    ok(client.put(f"/user/{kind}/{number}", json={}), 404)


@pytest.mark.parametrize("kind", ["folder", "label"])
def test_a_wrong_folder_or_label_is_refused(client: httpx.Client, kind: str) -> None:
    taken = {"name": ["The name has already been taken."]}
    ok(client.post(f"/user/{kind}", json={"name": "New"}), 201)
    assert ok(client.post(f"/user/{kind}", json={"name": "New"}), 422) == {
        "message": "The name has already been taken.",
        "errors": taken,
    }
    assert errors(client.put(f"/user/{kind}/1", json={"name": "New"})) == taken
    assert errors(client.post(f"/user/{kind}", json={"name": "x" * 256})).keys() == {"name"}
    assert errors(client.post(f"/user/{kind}", json={"name": "y", "color": "black"})).keys() == {"color"}
    ok(client.put(f"/user/{kind}/1", json={"color": None}))


TOGGLES = (
    ("enable-inbound-webhook", "disable-inbound-webhook", "inbound_webhook_url"),
    (
        "enable-conversation-ended-webhook",
        "disable-conversation-ended-webhook",
        "conversation_ended_webhook_url",
    ),
)


@pytest.mark.parametrize("enable, disable, field", TOGGLES)
def test_webhook_toggles(sandbox: Sandbox, enable: str, disable: str, field: str) -> None:
    client = connect(sandbox)
    number = created(client)
    url = "https://hooks.example.com/x"
    answer = client.post(f"/user/assistants/{enable}", json={"assistant_id": number, "webhook_url": url})
    assert ok(answer)["data"] == []
    assert sandbox.store.assistant(number)[field] == url
    ok(client.post(f"/user/assistants/{disable}", json={"assistant_id": number}))
    assert sandbox.store.assistant(number)[field] is None
    wrong = client.post(f"/user/assistants/{enable}", json={"assistant_id": number, "webhook_url": "x"})
    assert ok(wrong, 422)["message"] == "The given data was invalid."


def test_disabling_the_webhook_clears_flag_and_url(client: httpx.Client) -> None:
    number = created(client, is_webhook_active=True, webhook_url="https://hooks.example.com/x")
    ok(client.post("/user/assistants/disable-webhook", json={"assistant_id": number}))
    item = listed(client)[0]
    assert (item["is_webhook_active"], item["webhook_url"]) == (False, None)


def test_the_webhook_cannot_be_enabled_that_way(client: httpx.Client) -> None:
    ok(client.post("/user/assistants/enable-webhook", json={}), 404)


def test_the_account(client: httpx.Client) -> None:
    assert ok(client.get("/user/me")).keys() == fixture("autocalls.me").keys()


def test_api_keys(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    answer = ok(client.post("/user/api-keys", json={"name": "CI"}), 201)["api_key"]
    token = answer["token"]
    assert token.split("|")[0] == "2"
    ok(connect(sandbox, token).get("/user/me"))
    keys = ok(client.get("/user/api-keys"))["api_keys"]
    assert keys[0].keys() == fixture("autocalls.api-keys")["api_keys"][0].keys()
    assert [key["name"] for key in keys] == ["Default", "CI"]
    assert token not in client.get("/user/api-keys").text
    ok(client.delete("/user/api-keys/2"))
    ok(connect(sandbox, token).get("/user/me"), 401)
    assert errors(client.post("/user/api-keys", json={})).keys() == {"name"}
