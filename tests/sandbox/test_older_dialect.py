"""The older dialect: its own names, limits and catalogs on write, the current names on read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from agentops.sandbox import Sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.support import OLDER, OLDER_MULTIMODAL, connect, created, errors, fixture, listed, ok

REQUIRED = (
    *("assistant_name", "voice_id", "language", "llm_model", "calls_direction", "engine_type", "timezone"),
    *("initial_message", "system_prompt"),
)

VALUES: dict[str, tuple[object, str, object]] = {
    "assistant_name": ("Reception", "name", "Reception"),
    "language": ("German", "language_id", 4),
    "llm_model": ("GPT-4.1", "llm_model_id", 3),
    "calls_direction": ("receive", "type", "inbound"),
    "timezone": ("America/New_York", "timezone", "America/New_York"),
    "initial_message": ("x" * 5000, "initial_message", "x" * 5000),
    "system_prompt": ("Be kind.", "system_prompt", "Be kind."),
    "voice_id": (3, "voice_id", 3),
    "phone_number_id": (7, "phone_number_id", 7),
    "endpoint_type": ("ai", "endpoint_type", "ai"),
    "endpoint_sensitivity": (5, "endpoint_sensitivity", 5.0),
    "interrupt_sensitivity": (0, "interrupt_sensitivity", 0.0),
    "ambient_sound_volume": (0.25, "ambient_sound_volume", "0.25"),
    "post_call_evaluation": (False, "post_call_evaluation", False),
    "send_webhook_only_on_completed": (False, "send_webhook_only_on_completed", False),
    "include_recording_in_webhook": (False, "include_recording_in_webhook", False),
    "webhook_url": ("https://example.com/hook", "webhook_url", "https://example.com/hook"),
    "variables": ({"company": "Acme"}, "variables", {"company": "Acme"}),
    "llm_temperature": (0.2, "llm_temperature", "0.20"),
    "voice_stability": (0.8, "voice_stability", "0.80"),
    "voice_similarity": (1, "voice_similarity", "1.00"),
    "speech_speed": (1.1, "speech_speed", "1.10"),
    "allow_interruptions": (False, "allow_interruptions", False),
    "filler_audios": (True, "fillers", 1),
    "re_engagement_interval": (600, "reengagement_interval", 600),
    "max_call_duration": (1200, "max_duration", 1200),
    "max_silence_duration": (120, "max_silence_duration", 120),
    "end_call_on_voicemail": (False, "end_call_on_voicemail", 0),
    "noise_cancellation": (False, "enable_noise_cancellation", False),
    "record_call": (True, "record", True),
    "who_speaks_first": ("Customer", "wait_for_customer", True),
    "end_call_tool": (
        {"description": "Hang up."},
        "tools",
        [{"type": "end_call", "data": {"description": "Hang up."}}],
    ),
}
"""A value for each field, and where and how it is read back."""

WRONG: tuple[tuple[str, object, str, str], ...] = (
    ("assistant_name", "x" * 256, "assistant_name", "The {} field must not be greater than 255 characters."),
    ("language", "x" * 101, "language", "The {} field must not be greater than 100 characters."),
    ("language", "english", "language", "The selected {} is invalid."),
    ("language", 1, "language", "The {} field must be a string."),
    ("llm_model", "GPT 4.1", "llm_model", "The selected {} is invalid."),
    ("llm_model", 2, "llm_model", "The {} field must be a string."),
    ("calls_direction", "inbound", "calls_direction", "The selected {} is invalid."),
    ("engine_type", "dualplex", "engine_type", "The selected {} is invalid."),
    ("who_speaks_first", "customer", "who_speaks_first", "The selected {} is invalid."),
    ("filler_audios", 1, "filler_audios", "The {} field must be true or false."),
    ("max_call_duration", 19, "max_call_duration", "The {} must be between 20 and 1200."),
    ("re_engagement_interval", 6, "re_engagement_interval", "The {} must be between 7 and 600."),
    ("max_silence_duration", 121, "max_silence_duration", "The {} must be between 1 and 120."),
    ("max_silence_duration", 0, "max_silence_duration", "The {} must be between 1 and 120."),
    ("min_interrupt_words", 11, "min_interrupt_words", "The {} must be between 0 and 10."),
    ("min_interrupt_words", None, "min_interrupt_words", "The {} field must be an integer."),
    ("speech_speed", 1.3, "speech_speed", "The {} must be between 0.7 and 1.2."),
    ("end_call_tool", {}, "end_call_tool.description", "The {} field is required."),
    ("end_call_tool", None, "end_call_tool", "The {} field must be an object."),
    (
        "end_call_tool",
        {"description": "x" * 501},
        "end_call_tool.description",
        "The {} field must not be greater than 500 characters.",
    ),
    ("voice_id", 41, "voice_id", "The selected voice is not compatible with the chosen engine type."),
    ("tool_ids", [99], "tool_ids.0", "The selected {} is invalid."),
    ("phone_number_id", 99, "phone_number_id", "The selected {} is invalid."),
)

CURRENT = (
    *("name", "language_id", "type", "mode", "llm_model_id", "multimodal_model_id", "tools", "fillers"),
    *("record", "enable_noise_cancellation", "wait_for_customer", "max_duration", "reengagement_interval"),
)
LACKING = (
    *("secondary_language_ids", "knowledgebase_id", "knowledgebase_mode", "synthesizer_provider_id"),
    *("transcriber_provider_id", "filler_config", "ambient_sound", "ringing_time", "max_initial_silence_duration"),
    *("reengagement_prompt", "voice_mail_message", "conversation_inactivity_timeout", "folder_id", "label_ids"),
    *("chat_llm_fallback_id", "turn_detection_threshold", "tts_emotion_enabled", "end_call_tool.description"),
)


@pytest.fixture
def sandbox(opened: Opener) -> Sandbox:
    return opened("autocalls-legacy")


def refused(client: httpx.Client, **changes: Any) -> dict[str, list[str]]:
    """The errors of a create; an update with the same fields is refused alike."""
    on_create = errors(client.post("/user/assistant", json=OLDER | changes))
    on_update = errors(client.put(f"/user/assistant/{created(client, OLDER)}", json=changes))
    assert on_update == on_create
    return on_create


@pytest.mark.parametrize("field", VALUES)
def test_a_field_is_read_back_under_its_current_name(client: httpx.Client, field: str) -> None:
    sent, name, shown = VALUES[field]
    created(client, OLDER, **{field: sent})
    ok(client.put(f"/user/assistant/{created(client, OLDER)}", json={field: sent}))
    assert [item[name] for item in listed(client)] == [shown, shown]


@pytest.mark.parametrize("field", REQUIRED)
@pytest.mark.parametrize("empty", ["absent", None, ""])
@pytest.mark.parametrize("base", [OLDER, OLDER_MULTIMODAL])
def test_required(client: httpx.Client, field: str, empty: str | None, base: dict[str, Any]) -> None:
    body: dict[str, Any] = {**base, field: empty}
    if empty == "absent":
        del body[field]
    expected = [f"The {field.replace('_', ' ')} field is required."]
    assert errors(client.post("/user/assistant", json=body))[field] == expected


@pytest.mark.parametrize("field, value, path, text", WRONG)
def test_a_wrong_value_is_refused(client: httpx.Client, field: str, value: object, path: str, text: str) -> None:
    label = path if "." in path else path.replace("_", " ")
    assert refused(client, **{field: value}) == {path: [text.format(label)]}


@pytest.mark.parametrize("field", [*CURRENT, *LACKING])
def test_names_of_the_current_dialect_are_refused(client: httpx.Client, field: str) -> None:
    label = field if "." in field else field.replace("_", " ")
    assert refused(client, **{field: 1}) == {field: [f"The {label} field is prohibited."]}


def test_the_documented_refusal(client: httpx.Client) -> None:
    body = {key: value for key, value in OLDER.items() if key != "assistant_name"}
    answer = client.post("/user/assistant", json=body | {"is_webhook_active": True})
    assert ok(answer, 422) == fixture("autocalls-family.error.422.assistant-create.legacy")


def test_the_documented_answer_to_a_create(opened: Opener) -> None:
    sandbox = opened("autocalls-legacy")
    sandbox.store.reserve("assistant", 4202)
    answer = connect(sandbox).post("/user/assistant", json=OLDER | {"assistant_name": "New One"})
    assert ok(answer, 201) == fixture("autocalls-family.write.assistant-create.201.legacy")


def test_rules_across_fields_name_the_fields_sent(client: httpx.Client) -> None:
    answer = client.post("/user/assistant", json=OLDER_MULTIMODAL | {"filler_audios": True})
    assert errors(answer) == {"filler_audios": ["Fillers are only available in pipeline mode."]}
    answer = client.post("/user/assistant", json=OLDER_MULTIMODAL | {"allow_interruptions": False})
    assert errors(answer).keys() == {"allow_interruptions"}


def test_a_multimodal_assistant_has_an_llm_model(client: httpx.Client) -> None:
    created(client, OLDER_MULTIMODAL, llm_model="GPT-4.1")
    (item,) = listed(client)
    assert (item["mode"], item["llm_model_id"], item["multimodal_model_id"]) == ("multimodal", 3, None)


def test_another_mode_puts_the_model_back(client: httpx.Client) -> None:
    number = created(client, OLDER, llm_model="GPT-4.1")
    ok(client.put(f"/user/assistant/{number}", json={"engine_type": "multimodal", "voice_id": 41}))
    assert listed(client)[0]["llm_model_id"] == 1
    change = {"engine_type": "pipeline", "voice_id": 1, "llm_model": "GPT-4o"}
    ok(client.put(f"/user/assistant/{number}", json=change))
    assert listed(client)[0]["llm_model_id"] == 5


def test_words_before_an_interruption_count_while_they_are_used(client: httpx.Client) -> None:
    number = created(client, OLDER, use_min_interrupt_words=True, min_interrupt_words=3)
    for change, words in (
        ({"min_interrupt_words": 4}, 4),
        ({"use_min_interrupt_words": True}, 4),
        ({"assistant_name": "Other"}, 4),
        ({"use_min_interrupt_words": False}, None),
        ({"min_interrupt_words": 2}, None),
        ({"use_min_interrupt_words": True, "min_interrupt_words": 0}, 0),
        ({"use_min_interrupt_words": False, "min_interrupt_words": 5}, None),
    ):
        ok(client.put(f"/user/assistant/{number}", json=change))
        assert listed(client)[0]["min_interrupt_words"] == words, change
    expected = {
        "min_interrupt_words": ["The min interrupt words field is required when use min interrupt words is true."]
    }
    assert refused(client, use_min_interrupt_words=True) == expected


def test_nulls_and_empty_lists_that_clear(client: httpx.Client, sandbox: Sandbox) -> None:
    fields = {"phone_number_id": 7, "webhook_url": "https://example.com", "tool_ids": [1, 2]}
    number = created(client, OLDER, **fields)
    assert {key: sandbox.store.assistant(number)[key] for key in fields} == fields
    cleared: dict[str, object] = {"phone_number_id": None, "webhook_url": None, "tool_ids": []}
    ok(client.put(f"/user/assistant/{number}", json=cleared))
    assert {key: sandbox.store.assistant(number)[key] for key in fields} == cleared


def test_names_in_a_schema_may_be_long_and_in_capitals(client: httpx.Client) -> None:
    schema = [{"name": "WhetherTheCustomerWasHappy_1", "type": "bool", "description": "?"}]
    created(client, OLDER, post_call_schema=schema)
    assert listed(client)[0]["post_call_schema"] == schema
    assert refused(client, post_call_schema=[schema[0] | {"name": "a-b"}]).keys() == {"post_call_schema.0.name"}
    assert refused(client, post_call_schema=[{"name": "a"}]).keys() == {
        "post_call_schema.0.type",
        "post_call_schema.0.description",
    }


def test_a_new_assistant_is_active_and_reads_like_the_page(client: httpx.Client) -> None:
    created(client, OLDER)
    (item,), (expected,) = listed(client), fixture("autocalls-legacy.assistants-get")["data"]
    assert item.keys() == expected.keys()
    assert (item["status"], item["tools"], item["ambient_sound"]) == ("active", [], None)


def test_voices_name_their_mode(client: httpx.Client) -> None:
    voices = ok(client.get("/user/assistants/voices"))
    assert all(voice.keys() == {"id", "name", "mode"} for voice in voices)
    for mode in ("pipeline", "multimodal"):
        filtered = ok(client.get("/user/assistants/voices", params={"mode": mode}))
        assert filtered == [voice for voice in voices if voice["mode"] == mode] != []
    assert errors(client.get("/user/assistants/voices?mode=dualplex")).keys() == {"mode"}


def test_there_is_one_list_of_models(client: httpx.Client) -> None:
    models = ok(client.get("/user/assistants/models"))
    assert models[:2] == fixture("autocalls-legacy.models")[:2]
    assert ok(client.get("/user/assistants/models?type=multimodal")) == models


def test_languages_have_ids_of_their_own(client: httpx.Client) -> None:
    names = {item["name"]: item["id"] for item in ok(client.get("/user/assistants/languages"))}
    assert list(names.items())[:5] == [("English", 1), ("Spanish", 2), ("French", 3), ("German", 4), ("Italian", 5)]
    assert len(names) == 12


def test_filler_words_are_in_the_assistants_language(client: httpx.Client) -> None:
    created(client, OLDER, language="German")
    assert "Verstehe." in listed(client)[0]["filler_config"]["neutral"]


@pytest.mark.parametrize(
    "path",
    [
        *("/user/assistants/synthesizer-providers", "/user/assistants/transcriber-providers", "/user/folders"),
        *("/user/labels", "/user/knowledgebases", "/user/assistants", "/user/assistant/789"),
        "/user/assistants/enable-conversation-ended-webhook",
    ],
)
def test_what_came_later_is_not_found(client: httpx.Client, path: str) -> None:
    created(client, OLDER)
    ok(client.get(path), 404)


def test_what_was_there_before_is_found(client: httpx.Client) -> None:
    number = created(client, OLDER)
    for path in ("/user/me", "/user/tools", "/user/phone-numbers/all", "/user/assistants/outbound"):
        ok(client.get(path))
    ok(client.get("/user/assistants/phone-numbers?type=inbound"))
    hook = {"assistant_id": number, "webhook_url": "https://example.com"}
    ok(client.post("/user/assistants/enable-inbound-webhook", json=hook))
    assert listed(client)[0]["inbound_webhook_url"] == "https://example.com"
    assert "nickname" not in ok(client.get("/user/phone-numbers/all"))["data"][0]
    ok(client.put("/user/phone-numbers/7", json={"nickname": "x"}), 405)


def test_the_account_of_the_page(opened: Opener) -> None:
    sandbox = opened("autocalls-legacy", seed=False)
    store = sandbox.store
    store.add_language(name="English", iso_2="en")
    for model in fixture("autocalls-legacy.models"):
        store.add_llm_model(**model)
    for voice in fixture("autocalls-legacy.voices"):
        store.add_voice(id=voice["id"], name=voice["name"], modes=[voice["mode"]])
    store.add_phone_number(id=51, phone_number="+12025550151")
    expected = fixture("autocalls-legacy.assistants-get", host="sandbox.invalid")
    client = connect(sandbox)
    body = OLDER | {
        "assistant_name": "Legacy Reception",
        "calls_direction": "receive",
        "voice_id": 201,
        "llm_model": "GPT-4.1-mini",
        "timezone": "America/New_York",
        "initial_message": "Hello.",
        "system_prompt": "You are the reception.",
        "phone_number_id": 51,
        "filler_audios": True,
        "end_call_on_voicemail": False,
        "llm_temperature": 0.2,
        "post_call_schema": expected["data"][0]["post_call_schema"],
    }
    created(client, body)
    answer = ok(client.get("/user/assistants/get"))
    made = {key: expected["data"][0][key] for key in ("id", "user_id", "uuid", "created_at", "updated_at")}
    assert [item | made for item in answer.pop("data")] == expected.pop("data")
    assert answer == expected
    assert ok(client.get("/user/assistants/voices")) == fixture("autocalls-legacy.voices")
    assert ok(client.get("/user/assistants/models")) == fixture("autocalls-legacy.models")
