"""Revox: the user, voices, phone numbers and campaigns."""

from __future__ import annotations

import base64
from collections import Counter
from typing import Any

import httpx
import pytest

from agentops.sandbox import Sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.revox_support import RETRY, added, issues, items, page, patched, read
from tests.sandbox.support import connect, ok

CLONE = {
    "name": "Reception",
    "language": "fr",
    "audio": base64.b64encode(b"RIFF").decode(),
    "contentType": "audio/wav",
}


@pytest.fixture
def sandbox(opened: Opener) -> Sandbox:
    return opened("revox")


def number(client: httpx.Client, digits: str) -> dict[str, Any]:
    (found,) = [item for item in items(client, "phone-numbers") if item["phone_number"] == digits]
    return found


# The user


def test_the_key_opens_the_account(client: httpx.Client) -> None:
    assert ok(client.get("/auth-status")) == {"authenticated": True}
    user = ok(client.get("/users/me"))["user"]
    assert user.keys() == page("users-me")["user"].keys()
    assert added(client)["organization_id"] == user["organization_id"]


def test_an_account_without_a_user_has_one_made_up(sandbox: Sandbox) -> None:
    sandbox.store.add_account("sk_2", "Jo", "jo@example.com")
    user = ok(connect(sandbox, "sk_2").get("/users/me"))["user"]
    assert (user["email"], user["first_name"], user["last_name"]) == ("jo@example.com", "Jo", None)
    assert "organization_country" not in user


# Voices


def test_the_seeded_voices(client: httpx.Client) -> None:
    voices = items(client, "voices")
    assert {voice["language"] for voice in voices} == {"en", "fr", "es", "de", "it", "pt", "ru", "zh"}
    assert {voice["provider"] for voice in voices} == {"cartesia", "elevenlabs", "gradium"}
    assert {voice.get("modelCompat") for voice in voices} == {None, "universal", "sonic-3", "sonic-3.5"}
    assert len({(voice["provider"], voice["id"]) for voice in voices}) == len(voices) == 23
    names = Counter(voice["name"] for voice in voices)
    assert (names["Noah"], names["Camille"], names["Katie"]) == (2, 3, 1)
    assert [voice["name"] for voice in voices if voice.get("isCloned")] == ["Our receptionist"]


def test_a_voice_is_read_with_its_provider(client: httpx.Client) -> None:
    voice = ok(client.get("/voices/voice-en-katie?provider=cartesia"))["voice"]
    assert (voice["id"], voice["name"]) == ("voice-en-katie", "Katie")
    assert voice.keys() == page("voice-get")["voice"].keys()
    for query in ("", "?provider=", "?provider=azure"):
        assert issues(client.get(f"/voices/voice-en-katie{query}")).keys() == {"provider"}
    ok(client.get("/voices/voice-en-katie?provider=gradium"), 404)
    assert ok(client.get("/voices/none?provider=gradium"), 404) == {"message": "Voice not found"}


def test_ids_of_two_providers_may_be_the_same(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.store.add_voice(voice_id="voice-en-katie", provider="gradium", name="Kate")
    assert ok(client.get("/voices/voice-en-katie?provider=gradium"))["voice"]["name"] == "Kate"
    voice = {"id": "voice-en-katie", "provider": "gradium", "speed": 1.5}
    assert added(client, voice=voice)["voice"] == voice


def test_a_cloned_voice_can_be_used_and_deleted(client: httpx.Client) -> None:
    answer = ok(client.post("/voices/clone", json=CLONE))
    assert answer.keys() == {"id", "cartesiaVoiceId", "createdAt", "language", "name"}
    (voice,) = [voice for voice in items(client, "voices") if voice["id"] == answer["id"]]
    assert (voice["provider"], voice["name"], voice["language"], voice["isCloned"]) == (
        *("cartesia", "Reception", "fr"),
        True,
    )
    assistant = added(client, voice={"id": voice["id"], "provider": "cartesia"})["id"]
    assert "in use" in ok(client.delete(f"/voices/{voice['id']}"), 409)["message"]
    patched(client, assistant, voice={"id": "voice-en-katie", "provider": "cartesia"})
    assert ok(client.delete(f"/voices/{voice['id']}")) == {"success": True}
    ok(client.delete(f"/voices/{voice['id']}"), 404)
    assert len(items(client, "voices")) == 23


def test_a_preset_voice_cannot_be_deleted(client: httpx.Client) -> None:
    ok(client.delete("/voices/voice-en-katie"), 400)
    ok(client.delete("/voices/none"), 404)


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"language": "nl"}, {"audio": "?"}, {"audio": ""}, {"audio": 1}, {"contentType": "audio/aac"}],
)
def test_a_wrong_recording_is_refused(client: httpx.Client, change: dict[str, Any]) -> None:
    assert issues(client.post("/voices/clone", json=CLONE | change)).keys() == change.keys()


def test_a_recording_that_is_too_large_is_refused(client: httpx.Client) -> None:
    audio = base64.b64encode(bytes(7_600_000)).decode()
    assert issues(client.post("/voices/clone", json=CLONE | {"audio": audio})).keys() == {"audio"}


def test_clones_are_seen_by_their_organization_only(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.store.add_account("sk_2", "Jo", "jo@example.com")
    other = connect(sandbox, "sk_2")
    assert len(items(other, "voices")) == 22
    voice = {"id": "voice-clone-0001", "provider": "cartesia"}
    assert issues(other.post("/assistants", json={"name": "a", "prompt": "b", "voice": voice})).keys() == {"voice.id"}


def test_a_preview_is_a_recording(client: httpx.Client) -> None:
    body = {"provider": "cartesia", "voiceId": "voice-en-katie", "text": "Hello", "speed": 0.6, "volume": 2}
    answer = client.post("/voices/preview", json=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "audio/mpeg")
    assert answer.content.startswith(b"ID3")
    assert issues(client.post("/voices/preview", json={"text": "x" * 2001})).keys() == {"provider", "voiceId", "text"}
    ok(client.post("/voices/preview", json=body | {"provider": "gradium"}), 404)


# Phone numbers


def test_the_seeded_numbers(client: httpx.Client) -> None:
    numbers = items(client, "phone-numbers")
    assert all(item.keys() == page("phone-numbers-list")["phone_numbers"][0].keys() for item in numbers)
    assert {item["provider"] for item in numbers} == {"twilio", "telnyx", "sip"}
    assert {item["source"] for item in numbers} == {"user_imported", "revox_provisioned", "revox_purchased"}
    assert {item["type"] for item in numbers} == {"owned_number", "verified_caller_id"}
    assert all(item["inbound_assistant"] is None for item in numbers)


def test_a_number_is_labelled_and_linked(client: httpx.Client) -> None:
    assistant = added(client)
    first = number(client, "+12025550102")
    path = f"/phone-numbers/{first['id']}"
    changed = ok(client.patch(path, json={"label": "Desk", "inbound_assistant_id": assistant["id"]}))
    assert list(changed) == ["phone_number"]
    assert changed["phone_number"] == first | {"label": "Desk", "inbound_assistant": assistant}
    assert number(client, "+12025550102") == changed["phone_number"]
    assert ok(client.patch(path, json={}))["phone_number"] == changed["phone_number"]
    cleared = ok(client.patch(path, json={"label": None, "inbound_assistant_id": None}))["phone_number"]
    assert cleared == first


def test_one_assistant_may_have_many_numbers(client: httpx.Client) -> None:
    assistant = added(client)["id"]
    for digits in ("+12025550101", "+12025550102", "+15555550100"):
        path = f"/phone-numbers/{number(client, digits)['id']}"
        ok(client.patch(path, json={"inbound_assistant_id": assistant}))
    linked = [item["inbound_assistant"] for item in items(client, "phone-numbers") if item["inbound_assistant"]]
    assert [one["id"] for one in linked] == [assistant] * 3


def test_a_number_shows_its_assistant_as_it_is_now(client: httpx.Client, sandbox: Sandbox) -> None:
    assistant = added(client)["id"]
    path = f"/phone-numbers/{number(client, '+12025550101')['id']}"
    ok(client.patch(path, json={"inbound_assistant_id": assistant}))
    patched(client, assistant, name="Other")
    assert number(client, "+12025550101")["inbound_assistant"] == read(client, assistant)
    ok(client.delete(f"/assistants/{assistant}"))
    assert number(client, "+12025550101")["inbound_assistant"] is None
    assert {row["inbound_assistant_id"] for row in sandbox.store.objects("phone_number")} == {None}


@pytest.mark.parametrize(
    "digits, body, path",
    [
        ("+12025550101", {"inbound_assistant_id": "none"}, "inbound_assistant_id"),
        ("+12025550101", {"inbound_assistant_id": 1}, "inbound_assistant_id"),
        ("+12025550101", {"label": 1}, "label"),
        ("+12025550101", {"phone_number": "+1"}, "phone_number"),
    ],
)
def test_a_wrong_change_of_a_number_is_refused(
    client: httpx.Client, digits: str, body: dict[str, Any], path: str
) -> None:
    before = number(client, digits)
    assert issues(client.patch(f"/phone-numbers/{before['id']}", json=body)).keys() == {path}
    assert number(client, digits) == before


def test_a_caller_id_takes_no_inbound_calls(client: httpx.Client) -> None:
    assistant = added(client)["id"]
    path = f"/phone-numbers/{number(client, '+442079460109')['id']}"
    assert issues(client.patch(path, json={"inbound_assistant_id": assistant})).keys() == {"inbound_assistant_id"}
    assert (
        ok(client.patch(path, json={"inbound_assistant_id": None, "label": "Desk"}))["phone_number"]["label"] == "Desk"
    )


def test_a_deleted_number_is_gone(client: httpx.Client) -> None:
    path = f"/phone-numbers/{number(client, '+12025550101')['id']}"
    assert ok(client.delete(path)) == {"success": True}
    assert ok(client.delete(path), 404) == {"message": "Phone number not found"}
    ok(client.patch(path, json={}), 404)
    assert len(items(client, "phone-numbers")) == 6


# Campaigns


def test_campaigns_are_seen_with_their_assistants_id(client: httpx.Client, sandbox: Sandbox) -> None:
    assistant = added(client)
    for status in ("running", "paused", "completed"):
        sandbox.store.add_campaign(name=status, assistant_id=assistant["id"], status=status, call_retry_config=RETRY)
    campaigns = items(client, "campaigns")
    assert [item["status"] for item in campaigns] == ["running", "paused", "completed"]
    assert campaigns[0].keys() == page("campaign-get")["campaign"].keys()
    assert campaigns[0]["organization_id"] == assistant["organization_id"]
    assert ok(client.get(f"/campaigns/{campaigns[1]['id']}")) == {"campaign": campaigns[1]}
    ok(client.delete(f"/assistants/{assistant['id']}"))
    assert items(client, "campaigns")[0]["assistant_id"] == assistant["id"]
    assert ok(client.get("/campaigns/none"), 404) == {"message": "Campaign not found"}
