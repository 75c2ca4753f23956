"""Types, ranges and lengths of every assistant field, and of every built-in tool."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from agentops.sandbox import Sandbox
from tests.sandbox.support import MULTIMODAL, PIPELINE, created, errors

REQUIRED = ("name", "voice_id", "language_id", "type", "mode", "timezone", "initial_message", "system_prompt")

RANGES: tuple[tuple[str, float, float], ...] = (
    ("voice_stability", 0, 1),
    ("voice_similarity", 0, 1),
    ("speech_speed", 0.7, 1.2),
    ("llm_temperature", 0, 1),
    ("endpoint_sensitivity", 0, 5),
    ("interrupt_sensitivity", 0, 5),
    ("ambient_sound_volume", 0, 1),
    ("max_duration", 20, 1200),
    ("max_silence_duration", 1, 360),
    ("max_initial_silence_duration", 1, 120),
    ("ringing_time", 1, 60),
    ("reengagement_interval", 7, 600),
    ("min_interrupt_words", 0, 10),
    ("conversation_inactivity_timeout", 1, 1440),
)

LENGTHS = (("name", 255), ("initial_message", 200), ("reengagement_prompt", 1000), ("voice_mail_message", 1000))

FLAGS = (
    *("tts_emotion_enabled", "allow_interruptions", "fillers", "record", "enable_noise_cancellation"),
    *("wait_for_customer", "end_call_on_voicemail", "is_webhook_active", "send_webhook_only_on_completed"),
    *("include_recording_in_webhook", "post_call_evaluation", "conversation_ended_retrigger"),
)

CHOICES = {
    "type": ("inbound", "outbound"),
    "knowledgebase_mode": ("function_call", "prompt"),
    "endpoint_type": ("vad", "ai"),
    "ambient_sound": ("off", "office", "city", "forest", "crowded_room", "cafe", "nature"),
}

REFERENCES = {
    "voice_id": 2,
    "language_id": 5,
    "llm_model_id": 1,
    "knowledgebase_id": 1,
    "folder_id": 1,
    "phone_number_id": 7,
    "synthesizer_provider_id": 3,
    "transcriber_provider_id": 3,
}

LISTS = {"secondary_language_ids": [2, 3], "label_ids": [1, 2], "tool_ids": [1, 5]}

NULLABLE = (
    *("knowledgebase_id", "folder_id", "phone_number_id", "synthesizer_provider_id"),
    *("transcriber_provider_id", "max_initial_silence_duration", "reengagement_prompt", "voice_mail_message"),
    *("min_interrupt_words", "webhook_url", "conversation_inactivity_timeout", "chat_llm_fallback_id"),
    *("conversation_ended_webhook_url", "turn_detection_threshold"),
)


def refused(client: httpx.Client, **changes: Any) -> dict[str, list[str]]:
    """The errors of a create; an update of an assistant with the same field is refused alike."""
    on_create = errors(client.post("/user/assistant", json=PIPELINE | changes))
    number = created(client)
    on_update = errors(client.put(f"/user/assistant/{number}", json=changes))
    assert on_update == on_create
    return on_create


@pytest.mark.parametrize("field", REQUIRED)
@pytest.mark.parametrize("empty", ["absent", None, ""])
def test_required(client: httpx.Client, field: str, empty: str | None) -> None:
    body: dict[str, Any] = {**PIPELINE, field: empty}
    if empty == "absent":
        del body[field]
    text = f"The {field.replace('_', ' ')} field is required."
    assert errors(client.post("/user/assistant", json=body))[field] == [text]


@pytest.mark.parametrize("field, low, high", RANGES)
def test_range(client: httpx.Client, sandbox: Sandbox, field: str, low: float, high: float) -> None:
    for value in (low, high):
        assert sandbox.store.assistant(created(client, **{field: value}))[field] == value
    step = 0.01 if high <= 5 else 1
    text = f"The {field.replace('_', ' ')} must be between {low:g} and {high:g}."
    for value in (low - step, high + step):
        assert refused(client, **{field: value}) == {field: [text]}


@pytest.mark.parametrize("field, low, high", RANGES)
@pytest.mark.parametrize("value", ["1", True, [1], {}])
def test_a_number_is_a_number(client: httpx.Client, field: str, low: float, high: float, value: object) -> None:
    assert refused(client, **{field: value}).keys() == {field}


@pytest.mark.parametrize("field", [field for field, low, high in RANGES if high > 5])
def test_a_fraction_is_no_integer(client: httpx.Client, field: str) -> None:
    expected = [f"The {field.replace('_', ' ')} field must be an integer."]
    assert refused(client, **{field: 10.5}) == {field: expected}
    assert refused(client, **{field: 10.0}) == {field: expected}


@pytest.mark.parametrize("field, most", LENGTHS)
def test_length(client: httpx.Client, sandbox: Sandbox, field: str, most: int) -> None:
    text = "ä" * most
    assert sandbox.store.assistant(created(client, **{field: text}))[field] == text
    expected = f"The {field.replace('_', ' ')} field must not be greater than {most} characters."
    assert refused(client, **{field: text + "x"}) == {field: [expected]}


@pytest.mark.parametrize("field", [*(field for field, _ in LENGTHS), "system_prompt"])
@pytest.mark.parametrize("value", [1, True, ["x"], {}])
def test_a_text_is_a_text(client: httpx.Client, field: str, value: object) -> None:
    expected = [f"The {field.replace('_', ' ')} field must be a string."]
    assert refused(client, **{field: value}) == {field: expected}


def test_a_system_prompt_has_no_limit(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(client, system_prompt="x" * 200_000)
    assert len(sandbox.store.assistant(number)["system_prompt"]) == 200_000


@pytest.mark.parametrize("field", FLAGS)
def test_flag(client: httpx.Client, sandbox: Sandbox, field: str) -> None:
    for value in (True, False):
        number = created(client, **{field: value, "webhook_url": "https://example.com"})
        assert sandbox.store.assistant(number)[field] is value
    wrongs: tuple[object, ...] = (1, 0, "true", None, [])
    for wrong in wrongs:
        expected = [f"The {field.replace('_', ' ')} field must be true or false."]
        assert refused(client, **{field: wrong}) == {field: expected}


@pytest.mark.parametrize("field", CHOICES)
def test_choice(client: httpx.Client, sandbox: Sandbox, field: str) -> None:
    for value in CHOICES[field]:
        assert sandbox.store.assistant(created(client, **{field: value}))[field] == value
    for wrong in ("Inbound ", 1, ["vad"]):
        expected = [f"The selected {field.replace('_', ' ')} is invalid."]
        assert refused(client, **{field: wrong}) == {field: expected}


@pytest.mark.parametrize("field", REFERENCES)
def test_reference(client: httpx.Client, sandbox: Sandbox, field: str) -> None:
    number = REFERENCES[field]
    assert sandbox.store.assistant(created(client, **{field: number}))[field] == number
    label = field.replace("_", " ")
    for unknown in (4711, 0, -1, 2**70):
        assert refused(client, **{field: unknown}) == {field: [f"The selected {label} is invalid."]}
    for wrong in ("1", 1.0, True, [1]):
        assert refused(client, **{field: wrong}) == {field: [f"The {label} field must be an integer."]}


@pytest.mark.parametrize("field", LISTS)
def test_list_of_references(client: httpx.Client, sandbox: Sandbox, field: str) -> None:
    for value in (LISTS[field], []):
        assert sandbox.store.assistant(created(client, **{field: value}))[field] == value
    assert refused(client, **{field: [1, 4711]}) == {f"{field}.1": [f"The selected {field}.1 is invalid."]}
    expected = [f"The {field.replace('_', ' ')} field must be an array."]
    wrongs: tuple[object, ...] = (1, {}, None, "1,2")
    for wrong in wrongs:
        assert refused(client, **{field: wrong}) == {field: expected}


@pytest.mark.parametrize("field", NULLABLE)
def test_a_documented_null_clears(client: httpx.Client, sandbox: Sandbox, field: str) -> None:
    number = created(client, **{field: None})
    assert sandbox.store.assistant(number)[field] is None
    assert client.put(f"/user/assistant/{number}", json={field: None}).status_code == 200
    assert sandbox.store.assistant(number)[field] is None


def test_any_other_null_is_refused(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(client)
    written = set(PIPELINE) | {key for key, *_ in RANGES} | {*FLAGS, *CHOICES, *LISTS}
    written |= {"tools", "variables", "filler_config", "post_call_schema", "multimodal_model_id"}
    for field in sorted(written - set(NULLABLE)):
        answer = client.put(f"/user/assistant/{number}", json={field: None})
        assert errors(answer).keys() == {field}, field


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC", "Europe/Bucharest"])
def test_timezone(client: httpx.Client, zone: str) -> None:
    created(client, timezone=zone)


@pytest.mark.parametrize("zone", ["Berlin", "europe/berlin", "+01:00", 1])
def test_wrong_timezone(client: httpx.Client, zone: object) -> None:
    expected = {"timezone": ["The timezone field must be a valid timezone."]}
    assert refused(client, timezone=zone) == expected


@pytest.mark.parametrize("field", ["webhook_url", "conversation_ended_webhook_url"])
def test_url(client: httpx.Client, sandbox: Sandbox, field: str) -> None:
    url = "https://hooks.example.com/a?b=c"
    assert sandbox.store.assistant(created(client, **{field: url}))[field] == url
    label = field.replace("_", " ")
    for wrong in ("hooks.example.com", "ftp://x.example.com", "https://", "https://a b", "https://[::1", 1, ""):
        assert refused(client, **{field: wrong}) == {field: [f"The {label} must be a valid URL."]}


def test_decimals_are_stored_at_two_places(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(client, llm_temperature=0.333, voice_stability=0.125, endpoint_sensitivity=1.999)
    stored = sandbox.store.assistant(number)
    assert (stored["llm_temperature"], stored["voice_stability"]) == (0.33, 0.13)
    assert stored["endpoint_sensitivity"] == 2.0


def test_an_infinite_number_is_out_of_range(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    number = created(client)
    answer = client.put(f"/user/assistant/{number}", content=b'{"llm_temperature": 1e999}', headers=headers)
    assert errors(answer).keys() == {"llm_temperature"}


@pytest.mark.parametrize("field", ["id", "status", "assistant_name", "metadata", "inbound_webhook_url", "", "a.b"])
def test_an_unknown_key_is_refused(client: httpx.Client, field: str) -> None:
    label = field if "." in field else field.replace("_", " ")
    assert refused(client, **{field: "x"}) == {field: [f"The {label} field is prohibited."]}


def test_filler_config(client: httpx.Client, sandbox: Sandbox) -> None:
    value = {"neutral": ["Ok."], "question": []}
    assert sandbox.store.assistant(created(client, filler_config=value))["filler_config"] == value
    assert refused(client, filler_config={"enabled": True}).keys() == {"filler_config.enabled"}
    assert refused(client, filler_config={"neutral": "Ok."}).keys() == {"filler_config.neutral"}
    assert refused(client, filler_config={"neutral": [1]}).keys() == {"filler_config.neutral.0"}
    assert refused(client, filler_config=["Ok."]).keys() == {"filler_config"}


def test_variables(client: httpx.Client, sandbox: Sandbox) -> None:
    for value in ({"company": "Acme", "a b.c": ""}, {}):
        assert sandbox.store.assistant(created(client, variables=value))["variables"] == value
    assert refused(client, variables={"count": 1}).keys() == {"variables.count"}
    assert refused(client, variables=[]).keys() == {"variables"}


SCHEMA_ITEM = {"name": "status", "type": "bool", "description": "Whether it went well"}


@pytest.mark.parametrize(
    "change, key, text",
    [
        ({"name": "x" * 17}, "name", "The {} field must not be greater than 16 characters."),
        ({"name": "ab"}, "name", "The {} field must be at least 3 characters."),
        ({"name": "Status"}, "name", "The {} field format is invalid."),
        ({"name": "a-b"}, "name", "The {} field format is invalid."),
        ({"name": None}, "name", "The {} field is required."),
        ({"type": "boolean"}, "type", "The selected {} is invalid."),
        ({"type": ""}, "type", "The {} field is required."),
        ({"description": "ab"}, "description", "The {} field must be at least 3 characters."),
        ({"description": "x" * 256}, "description", "The {} field must not be greater than 255 characters."),
        ({"required": True}, "required", "The {} field is prohibited."),
    ],
)
def test_post_call_schema_items(client: httpx.Client, change: dict[str, Any], key: str, text: str) -> None:
    path = f"post_call_schema.0.{key}"
    assert refused(client, post_call_schema=[SCHEMA_ITEM | change]) == {path: [text.format(path)]}


def test_post_call_schema_needs_all_keys(client: httpx.Client) -> None:
    found = refused(client, post_call_schema=[SCHEMA_ITEM, {}])
    assert set(found) == {f"post_call_schema.1.{key}" for key in SCHEMA_ITEM}
    assert refused(client, post_call_schema=[[]]).keys() == {"post_call_schema.0"}


TOOLS: tuple[dict[str, Any], ...] = (
    {"type": "call_transfer", "phone_number": "+1234567890"},
    {
        "type": "call_transfer",
        "phone_number": "+4915112345678",
        "description": "d",
        "custom": True,
        "timezone": "Europe/Berlin",
        "warm_transfer": True,
        "warm_transfer_message": "m",
    },
    {"type": "warm_call_transfer", "supervisor_phone": "+1234", "outbound_phone_id": 7, "description": "d"},
    {
        "type": "warm_call_transfer",
        "supervisor_phone": "sip:desk@example.com",
        "custom_sip": True,
        "outbound_phone_id": 6,
        "description": "d",
        "caller_id_mode": "custom",
        "custom_caller_id": "+1234",
        "hold_music": "none",
        "hold_music_volume": 0,
        "hold_message": "h",
        "summary_instructions": "s",
        "briefing_initial_message": "b",
        "connected_message": "c",
    },
    {"type": "end_call"},
    {"type": "end_call", "description": "x" * 2000},
    {"type": "dtmf_input", "description": "d"},
    {"type": "collect_keypad", "timeout": 30, "stop_key": "*"},
    {"type": "collect_keypad"},
    {"type": "calendar_integration", "calcom_api_key": "k", "calcom_event_slug": "e"},
    {
        "type": "calendar_integration",
        "calcom_api_key": "k",
        "calcom_event_slug": "e",
        "calcom_team_slug": "t",
        "calcom_endpoint": "custom",
        "calcom_custom_endpoint": "https://cal.example.com",
        "calcom_booking_fields": [
            {"slug": "a", "type": "select", "label": "A", "required": True, "options": ["x"]},
            {"slug": "b", "type": "text", "label": "B"},
        ],
        "description": "d",
    },
)


@pytest.mark.parametrize("tool", TOOLS)
def test_tools_are_stored_as_written(client: httpx.Client, sandbox: Sandbox, tool: dict[str, Any]) -> None:
    tools = [tool, {"type": "end_call"}, {"type": "end_call", "description": "again"}]
    assert sandbox.store.assistant(created(client, tools=tools))["tools"] == tools


WARM = TOOLS[2]
CALENDAR = TOOLS[9]
FIELD = {"slug": "a", "type": "text", "label": "A"}


@pytest.mark.parametrize(
    "tool, key, text",
    [
        ({}, "type", "The {} field is required."),
        ({"type": "ghl_booking"}, "type", "The selected {} is invalid."),
        ({"type": 1}, "type", "The selected {} is invalid."),
        ({"type": "end_call", "data": {}}, "data", "The {} field is prohibited."),
        ({"type": "end_call", "phone_number": "+1234"}, "phone_number", "The {} field is prohibited."),
        ({"type": "end_call", "description": None}, "description", "The {} field must be a string."),
        ({"type": "call_transfer"}, "phone_number", "The {} field is required."),
        ({"type": "call_transfer", "custom": True}, "phone_number", "The {} field is required."),
        ({"type": "call_transfer", "phone_number": "12345"}, "phone_number", "The {} field format is invalid."),
        ({"type": "call_transfer", "phone_number": 12345}, "phone_number", "The {} field must be a string."),
        (TOOLS[1] | {"timezone": "x"}, "timezone", "The {} field must be a valid timezone."),
        (TOOLS[1] | {"warm_transfer": 1}, "warm_transfer", "The {} field must be true or false."),
        (WARM | {"supervisor_phone": "sip:x"}, "supervisor_phone", "The {} field format is invalid."),
        (WARM | {"outbound_phone_id": "7"}, "outbound_phone_id", "The {} field must be an integer."),
        (WARM | {"outbound_phone_id": 99}, "outbound_phone_id", "The selected {} is invalid."),
        (WARM | {"description": ""}, "description", "The {} field is required."),
        (WARM | {"caller_id_mode": "x"}, "caller_id_mode", "The selected {} is invalid."),
        (
            WARM | {"custom_caller_id": "+1"},
            "custom_caller_id",
            "The {} field is only allowed when caller_id_mode is custom.",
        ),
        (WARM | {"hold_music": "jazz"}, "hold_music", "The selected {} is invalid."),
        (WARM | {"hold_music_volume": 101}, "hold_music_volume", "The {} must be between 0 and 100."),
        ({"type": "collect_keypad", "timeout": 0}, "timeout", "The {} must be between 1 and 30."),
        ({"type": "collect_keypad", "stop_key": "0"}, "stop_key", "The selected {} is invalid."),
        ({"type": "calendar_integration", "calcom_event_slug": "e"}, "calcom_api_key", "The {} field is required."),
        (CALENDAR | {"calcom_event_slug": ""}, "calcom_event_slug", "The {} field is required."),
        (CALENDAR | {"calcom_endpoint": "eu2"}, "calcom_endpoint", "The selected {} is invalid."),
        (
            CALENDAR | {"calcom_custom_endpoint": "https://cal.example.com"},
            "calcom_custom_endpoint",
            "The {} field is only allowed when calcom_endpoint is custom.",
        ),
        (
            CALENDAR | {"calcom_booking_fields": [FIELD | {"slug": None}]},
            "calcom_booking_fields.0.slug",
            "The {} field is required.",
        ),
        (
            CALENDAR | {"calcom_booking_fields": [FIELD | {"options": [1]}]},
            "calcom_booking_fields.0.options.0",
            "The {} field must be a string.",
        ),
        (
            CALENDAR | {"calcom_booking_fields": [FIELD | {"placeholder": "x"}]},
            "calcom_booking_fields.0.placeholder",
            "The {} field is prohibited.",
        ),
        ({"type": "assistant_transfer"}, "assistant_id", "The {} field is required."),
        ({"type": "assistant_transfer", "assistant_id": 99}, "assistant_id", "The selected {} is invalid."),
    ],
)
def test_a_wrong_tool_is_refused(client: httpx.Client, tool: dict[str, Any], key: str, text: str) -> None:
    path = f"tools.1.{key}"
    assert refused(client, tools=[{"type": "end_call"}, tool]) == {path: [text.format(path)]}


def test_tools_must_be_a_list_of_objects(client: httpx.Client) -> None:
    assert refused(client, tools={"type": "end_call"}).keys() == {"tools"}
    assert refused(client, tools=["end_call"]).keys() == {"tools.0"}


def test_transfer_to_another_assistant(client: httpx.Client, sandbox: Sandbox) -> None:
    first = created(client, MULTIMODAL)
    tool = {
        "type": "assistant_transfer",
        "assistant_id": first,
        "description": "d" * 500,
        "message_before_transfer": "m" * 500,
        "speak_transfer_greeting": False,
    }
    second = created(client, tools=[tool])
    assert sandbox.store.assistant(second)["tools"] == [tool]
    for key in ("description", "message_before_transfer"):
        answer = client.put(f"/user/assistant/{second}", json={"tools": [tool | {key: "x" * 501}]})
        assert errors(answer).keys() == {f"tools.0.{key}"}


def test_no_transfer_to_itself(client: httpx.Client) -> None:
    number = created(client)
    tools = [{"type": "assistant_transfer", "assistant_id": number}]
    answer = client.put(f"/user/assistant/{number}", json={"tools": tools})
    assert errors(answer) == {"tools.0.assistant_id": ["An assistant cannot transfer to itself."]}


def test_no_transfer_to_a_deleted_assistant(client: httpx.Client) -> None:
    number = created(client)
    client.delete(f"/user/assistant/{number}")
    tools = [{"type": "assistant_transfer", "assistant_id": number}]
    assert refused(client, tools=tools).keys() == {"tools.0.assistant_id"}


def test_a_refused_update_changes_nothing(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(client)
    before = sandbox.store.assistant(number)
    errors(client.put(f"/user/assistant/{number}", json={"name": "New", "max_duration": 1}))
    assert sandbox.store.assistant(number) == before


def test_all_faults_are_told_at_once(client: httpx.Client) -> None:
    found = refused(client, name=1, max_duration=1, tools=[{"type": "x"}], nonsense=1, is_webhook_active=True)
    assert set(found) == {"name", "max_duration", "tools.0.type", "nonsense", "webhook_url"}
