"""Revox is no echo: each fixture's account is built by writes, and reads like the fixture.

Only what no API writes comes in by another door: the user, voices, numbers and campaigns, and the
questions that the platform notes by itself.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from agentops.sandbox import Sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.revox_support import READ_ONLY, added, items, page, read
from tests.sandbox.support import connect, ok

SERVER_MADE = ("id", "created_at", "updated_at")
CLEARABLE_BY_LEAVING_OUT = (
    *("first_sentence", "end_of_call_sentence", "webhook_url", "voice", "call_retry_config"),
    "structured_output_config",
)


@pytest.fixture
def sandbox(opened: Opener) -> Sandbox:
    """The fixtures' organization, with numbers and voices."""
    sandbox = opened("revox", seed=False)
    store = sandbox.store
    store.add_user(**page("users-me")["user"])
    for voice in page("voices-list")["voices"]:
        store.add_voice(voice_id=voice["id"], **{key: value for key, value in voice.items() if key != "id"})
    for number in page("phone-numbers-list")["phone_numbers"]:
        store.add_phone_number(**{key: value for key, value in number.items() if key != "inbound_assistant"})
    return sandbox


def written(item: dict[str, Any]) -> dict[str, Any]:
    """The body that makes an assistant read as this item."""
    body = {key: value for key, value in item.items() if key not in READ_ONLY}
    for key in CLEARABLE_BY_LEAVING_OUT:
        if body[key] is None:
            del body[key]
    answers = [faq for faq in item["faq_items"] if faq["source"] == "human"]
    return body | {"faq_items": [{key: faq[key] for key in ("question", "answer")} for faq in answers]}


def build(client: httpx.Client, sandbox: Sandbox, expected: list[dict[str, Any]]) -> dict[str, str]:
    """Creates the assistants; the sandbox's ids to the fixture's, of items too."""
    ids = {}
    for item in expected:
        number = added(client, written(item))["id"]
        for faq in item["faq_items"]:
            if faq["source"] == "ai":
                sandbox.store.add_question(number, faq["question"], faq["answer"])
        ids[number] = item["id"]
        made = read(client, number)["faq_items"]
        ids |= {own["id"]: faq["id"] for own, faq in zip(made, item["faq_items"], strict=True)}
    return ids


def comparable(item: dict[str, Any], expected: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    """An item with the fixture's ids and times."""
    item = item | {key: expected[key] for key in ("created_at", "updated_at")}
    faqs = [faq | {"id": ids[faq["id"]]} for faq in item["faq_items"]]
    return item | {"id": ids[item["id"]], "faq_items": faqs}


def test_the_assistants(client: httpx.Client, sandbox: Sandbox) -> None:
    expected = page("assistants-list")["assistants"]
    ids = build(client, sandbox, expected)
    found = items(client, "assistants")
    assert [comparable(item, wanted, ids) for item, wanted in zip(found, expected, strict=True)] == expected
    assert comparable(read(client, found[0]["id"]), expected[0], ids) == page("assistant-get")


def test_the_phone_numbers(client: httpx.Client, sandbox: Sandbox) -> None:
    expected = page("phone-numbers-list")["phone_numbers"]
    assistant = expected[0]["inbound_assistant"]
    ids = build(client, sandbox, [assistant])
    own = next(iter(ids))
    ok(client.patch(f"/phone-numbers/{expected[0]['id']}", json={"inbound_assistant_id": own}))
    found = items(client, "phone-numbers")
    found[0]["inbound_assistant"] = comparable(found[0]["inbound_assistant"], assistant, ids)
    assert found == expected


def test_the_campaigns(client: httpx.Client, sandbox: Sandbox) -> None:
    (expected,) = page("campaigns-list")["campaigns"]
    sandbox.store.add_campaign(**expected)
    assert items(client, "campaigns") == [expected]
    assert ok(client.get(f"/campaigns/{expected['id']}")) == page("campaign-get")


def test_the_voices(client: httpx.Client) -> None:
    expected = page("voices-list")["voices"]
    assert items(client, "voices") == expected
    path = f"/voices/{expected[0]['id']}"
    assert ok(client.get(path, params={"provider": expected[0]["provider"]})) == page("voice-get")


def test_the_user(client: httpx.Client) -> None:
    assert ok(client.get("/users/me")) == page("users-me")
    assert ok(client.get("/auth-status")) == page("auth-status")


def test_another_sandbox_gives_the_same_ids(opened: Opener) -> None:
    first, second = (added(connect(opened("revox")))["id"] for _ in range(2))
    assert first == second
