"""How assistants are read back, with each brand's quirks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Opener
from tests.sandbox.support import BRANDS, DUALPLEX, PIPELINE, connect, created, data, fixture, listed, ok

FIRST_ITEMS = {
    "autocalls": "autocalls.assistants-get.page1",
    "famulor": "famulor.assistants-get",
    "intellixent": "intellixent.assistants-get",
}


@pytest.mark.parametrize("platform", BRANDS)
def test_items_have_the_keys_and_types_of_the_documents(opened: Opener, platform: str) -> None:
    client = connect(opened(platform))
    created(client)
    item, expected = listed(client)[0], fixture(FIRST_ITEMS[platform])["data"][0]
    assert item.keys() == expected.keys()
    for key, value in expected.items():
        if item[key] is not None and value is not None:
            assert type(item[key]) is type(value), key


def test_the_defaults(opened: Opener) -> None:
    client = connect(opened())
    created(client)
    assert listed(client)[0] == {
        "id": 789,
        "user_id": 1,
        "phone_number_id": None,
        "engine_id": None,
        "synthesizer_id": None,
        "transcriber_id": None,
        "voice_id": 1,
        "instance_id": 1,
        "name": "Front Desk",
        "variables": {},
        "post_call_evaluation": True,
        "fillers": 0,
        "post_call_schema": [
            {"name": "status", "type": "bool", "description": "Was the call objective achieved"},
            {"name": "summary", "type": "string", "description": "Brief summary of the call"},
        ],
        "tools": [],
        "is_webhook_active": False,
        "webhook_url": None,
        "inbound_webhook_url": None,
        "language": None,
        "type": "outbound",
        "status": "inactive",
        "max_duration": 600,
        "record": False,
        "initial_message": "Hello!",
        "system_prompt": "You answer calls.",
        "flows_platform_id": None,
        "timezone": "Europe/Berlin",
        "created_at": "2026-03-09T16:40:12.000000Z",
        "updated_at": "2026-03-09T16:40:12.000000Z",
        "max_silence_duration": 40,
        "reengagement_interval": 30,
        "deleted_at": None,
        "end_call_on_voicemail": 1,
        "llm_temperature": "0.10",
        "voice_stability": "0.70",
        "voice_similarity": "0.50",
        "allow_interruptions": True,
        "enable_noise_cancellation": True,
        "endpoint_sensitivity": 0.5,
        "speech_speed": "1.00",
        "endpoint_type": "vad",
        "wait_for_customer": False,
        "mode": "pipeline",
        "language_id": 1,
        "transcriber_provider_id": None,
        "synthesizer_provider_id": None,
        "llm_model_id": 2,
        "multimodal_model_id": None,
        "ambient_sound": "off",
        "uuid": listed(client)[0]["uuid"],
        "send_webhook_only_on_completed": True,
        "include_recording_in_webhook": True,
        "interrupt_sensitivity": 0.5,
        "filler_config": {
            "neutral": ["Ok.", "I see."],
            "negative": ["Hmm.", "I understand."],
            "positive": ["Great!", "Perfect!"],
            "question": ["Let me check.", "Good question."],
        },
        "knowledgebase_id": None,
        "knowledgebase_mode": None,
        "min_interrupt_words": None,
        "ambient_sound_volume": "0.50",
        "widget_settings": None,
    }


def test_the_hidden_defaults(opened: Opener) -> None:
    sandbox = opened()
    stored = sandbox.store.assistant(created(connect(sandbox)))
    assert {key: stored[key] for key in ("tool_ids", "label_ids", "folder_id")} == {
        "tool_ids": [],
        "label_ids": [],
        "folder_id": None,
    }
    assert stored["tts_emotion_enabled"] is True
    assert (stored["ringing_time"], stored["max_initial_silence_duration"]) == (30, None)
    assert (stored["conversation_inactivity_timeout"], stored["conversation_ended_retrigger"]) == (30, False)


def test_famulors_own_keys(opened: Opener) -> None:
    client = connect(opened("famulor"))
    created(client, language_id=5, voice_id=21, ringing_time=45, max_initial_silence_duration=9)
    item = listed(client)[0]
    assert (item["ringing_time"], item["max_initial_silence_duration"]) == (45, 9)
    assert item["language"] == "de"
    assert item["created_at"] == "2026-03-09T16:40:12Z"


@pytest.mark.parametrize("written, two, one", [(0.35, "0.35", "0.35"), (0.8, "0.80", "0.8"), (1, "1.00", "1.0")])
def test_decimals_are_texts(opened: Opener, written: float, two: str, one: str) -> None:
    for platform, expected in (("autocalls", two), ("famulor", one), ("intellixent", two)):
        client = connect(opened(platform))
        names = ("llm_temperature", "voice_stability", "voice_similarity", "ambient_sound_volume")
        created(client, **dict.fromkeys(names, written))
        item = listed(client)[0]
        assert [item[name] for name in names] == [expected] * 4


@pytest.mark.parametrize("language, question", [(5, "Gute Frage."), (12, "دعني أتحقق.")])
def test_filler_words_follow_the_language(opened: Opener, language: int, question: str) -> None:
    client = connect(opened())
    created(client, language_id=language)
    assert question in listed(client)[0]["filler_config"]["question"]


def test_every_language_has_filler_words(opened: Opener) -> None:
    client = connect(opened())
    words = []
    for language in ok(client.get("/user/assistants/languages")):
        number = created(client, language_id=language["id"])
        item = next(item for item in listed(client) if item["id"] == number)
        assert all(item["filler_config"].values())
        words.append(str(item["filler_config"]))
    assert len(set(words)) == 12


@pytest.mark.parametrize(
    "platform, body, providers",
    [
        ("autocalls", PIPELINE, (None, None)),
        ("famulor", PIPELINE, (1, 1)),
        ("famulor", DUALPLEX, (1, None)),
        ("famulor", PIPELINE | {"language_id": 12}, (1, 2)),
        ("famulor", PIPELINE | {"synthesizer_provider_id": None, "transcriber_provider_id": 3}, (None, 3)),
        ("intellixent", PIPELINE, (None, None)),
    ],
)
def test_providers_left_out(
    opened: Opener, platform: str, body: dict[str, Any], providers: tuple[int | None, int | None]
) -> None:
    client = connect(opened(platform))
    created(client, body)
    item = listed(client)[0]
    assert (item["synthesizer_provider_id"], item["transcriber_provider_id"]) == providers


def test_tools_are_nested_with_the_numbers_id_as_a_text(opened: Opener) -> None:
    client = connect(opened())
    first = created(client, data("autocalls.pipeline"))
    created(client, tools=[{"type": "assistant_transfer", "assistant_id": first}])
    one, two = listed(client)
    warm = one["tools"][2]
    assert (warm["type"], warm["data"]["outbound_phone_id"]) == ("warm_call_transfer", "7")
    assert one["tools"][3] == {"type": "collect_keypad", "data": {"timeout": 5, "stop_key": "#"}}
    assert two["tools"] == [{"type": "assistant_transfer", "data": {"assistant_id": first}}]


def test_the_calendar_key_is_not_shown(opened: Opener) -> None:
    client = connect(opened())
    created(client, tools=[{"type": "calendar_integration", "calcom_api_key": "cal_s3cret", "calcom_event_slug": "e"}])
    answer = client.get("/user/assistants/get")
    assert "cal_s3cret" not in answer.text
    assert listed(client)[0]["tools"][0]["data"] == {"calcom_event_slug": "e"}


def test_uuids_are_unique_and_stay(opened: Opener) -> None:
    client = connect(opened())
    created(client), created(client)
    uuids = [item["uuid"] for item in listed(client)]
    assert len(set(uuids)) == 2
    client.put("/user/assistant/789", json={"name": "New"})
    assert [item["uuid"] for item in listed(client)] == uuids


def test_the_list_of_outbound_assistants(opened: Opener) -> None:
    client = connect(opened())
    created(client, type="inbound")
    created(client)
    (item,) = ok(client.get("/user/assistants/outbound"))
    expected = fixture("autocalls.assistants-outbound")[0]
    assert item.keys() == expected.keys()
    assert item["id"] == 790


def test_status_set_in_the_portal_is_read(opened: Opener) -> None:
    sandbox = opened()
    client = connect(sandbox)
    sandbox.store.set_status(created(client), "active")
    assert listed(client)[0]["status"] == "active"
