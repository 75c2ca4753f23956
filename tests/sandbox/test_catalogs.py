"""Catalogs: shapes, filters, and the ids that the documents use."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest

from agentops.sandbox import Sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.support import BRANDS, MULTIMODAL, connect, created, errors, fixture, ok


def get(client: httpx.Client, what: str, **query: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(client.get(f"/user/assistants/{what}", params=query))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("platform", BRANDS)
def test_languages(opened: Opener, platform: str) -> None:
    languages = get(connect(opened(platform)), "languages")
    assert languages[:5] == fixture("autocalls.languages")
    assert languages[:7] == fixture("famulor.languages")
    assert len(languages) == 12


def test_models(client: httpx.Client) -> None:
    llm = fixture("autocalls.models.llm")
    assert [model for model in get(client, "models") if model["id"] in (1, 2, 9)] == llm
    assert get(client, "models", type="llm") == get(client, "models")
    assert get(client, "models", type="multimodal") == fixture("autocalls.models.multimodal")
    assert get(client, "models", type="dualplex")[:1] == fixture("autocalls.models.dualplex")
    assert errors(client.get("/user/assistants/models?type=tts")).keys() == {"type"}


def test_providers(client: httpx.Client) -> None:
    for name in ("synthesizer-providers", "transcriber-providers"):
        assert get(client, name) == fixture(f"autocalls.{name}")
    assert [item["code"] for item in get(client, "synthesizer-providers", language_id=6)] == ["elevenlabs", "azure"]
    assert [item["code"] for item in get(client, "transcriber-providers", language_id=12)] == ["azure", "gladia"]


@pytest.mark.parametrize("platform", BRANDS)
def test_voices_are_many_and_alike(opened: Opener, platform: str) -> None:
    client = connect(opened(platform))
    voices = get(client, "voices")
    assert len(voices) == 60
    assert len({voice["language_id"] for voice in voices}) == 12
    assert {voice["synthesizer_provider_id"] for voice in voices} == {1, 2, 3, None}
    assert voices[0].keys() == fixture("autocalls.voices")[0].keys()
    assert voices[0] | {"id": 1, "name": "Sarah", "language_id": 1} == voices[0]
    within = Counter((voice["name"], voice["language_id"]) for voice in get(client, "voices", mode="pipeline"))
    assert max(within.values()) == 3
    names = Counter(voice["name"] for voice in voices)
    assert {"Sarah", "Emma", "Alex", "Sofia"} <= {name for name, count in names.items() if count > 2}


def test_voices_by_mode(client: httpx.Client) -> None:
    ids = {mode: {voice["id"] for voice in get(client, "voices", mode=mode)} for mode in MODES}
    assert 1 in ids["pipeline"] & ids["dualplex"]
    assert 1 not in ids["multimodal"]
    assert 41 in ids["multimodal"] - ids["pipeline"] - ids["dualplex"]
    assert ids["pipeline"] - ids["dualplex"]
    assert ids["dualplex"] - ids["pipeline"]
    assert len(set.union(*ids.values())) == 60
    assert errors(client.get("/user/assistants/voices?mode=speech")).keys() == {"mode"}


MODES = ("pipeline", "multimodal", "dualplex")


def test_voice_filters(client: httpx.Client) -> None:
    assert {voice["language_id"] for voice in get(client, "voices", language_id=5)} == {5}
    assert {voice["name"] for voice in get(client, "voices", search="sar")} == {"Sarah"}
    picked = get(client, "voices", synthesizer_provider_id=3, gender="female", accent="british", age="Young")
    assert [voice["id"] for voice in picked] == [4]
    assert errors(client.get("/user/assistants/voices?language_id=de")).keys() == {"language_id"}


@pytest.mark.parametrize("platform", ["famulor", "intellixent"])
def test_other_brands_know_fewer_voice_filters(opened: Opener, platform: str) -> None:
    client = connect(opened(platform))
    assert len(get(client, "voices", search="sar", gender="male")) == 60
    assert len(get(client, "voices", language_id=6)) == 2


def test_an_accounts_own_voice_is_its_own(sandbox: Sandbox) -> None:
    sandbox.store.add_account("2|other", "Other", "other@example.com")
    number = sandbox.store.add_voice(account=1, name="Clone", language_id=1)
    assert number in {voice["id"] for voice in get(connect(sandbox), "voices")}
    assert number not in {voice["id"] for voice in get(connect(sandbox, "2|other"), "voices")}


def test_phone_numbers(client: httpx.Client) -> None:
    numbers = {number["id"]: number for number in get(client, "phone-numbers")}
    assert numbers[7] == {
        "id": 7,
        "phone_number": "+12025550107",
        "country_code": "US",
        "type_label": "Normal",
        "is_available": True,
    }
    assert {number["type_label"] for number in numbers.values()} == {"Normal", "SIP", "Caller ID"}


def test_an_inbound_assistants_number_is_not_available(client: httpx.Client) -> None:
    created(client, MULTIMODAL, type="inbound", phone_number_id=7)
    created(client, type="outbound", phone_number_id=1)
    taken = [number["id"] for number in get(client, "phone-numbers") if not number["is_available"]]
    assert taken == [7]
    inbound = get(client, "phone-numbers", type="inbound")
    assert {number["id"] for number in inbound} == {1, 2, 3, 4, 5, 6, 8, 11, 12}
    assert len(get(client, "phone-numbers", type="outbound")) == 12
    assert errors(client.get("/user/assistants/phone-numbers?type=x")).keys() == {"type"}
