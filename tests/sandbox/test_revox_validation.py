"""Revox: types, limits, required keys and nulls of every field of an assistant."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import httpx
import pytest

from agentops.sandbox import Sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.revox_support import EVERYTHING, MINIMUM, RETRY, TOOL, WINDOW, added, issues, patched
from tests.sandbox.support import ok

MOST = 2**53 - 1

NULLABLE = (
    *("max_duration_end_message", "structured_output_prompt", "background_sound", "thinking_sound"),
    *("transfer_destinations", "human_transfer_mode", "warm_transfer_summary_instructions", "voicemail_message"),
    *("voicemail_sms_prompt", "from_phone_number", "sms_template", "after_call_sms_outcomes"),
    *("after_call_sms_prompt", "email_notification_address", "email_notification_outcomes", "custom_tools"),
    *("calendly", "slack", "zoho", "cartesia_dictionary_pronunciation_id", "precall_lookup_url", "logo_url"),
    *("position", "prompt_flow", "stt_context"),
)

TEXTS = (
    *("name", "prompt", "first_sentence", "end_of_call_sentence", "webhook_url", "max_duration_end_message"),
    *("structured_output_prompt", "warm_transfer_summary_instructions", "voicemail_message"),
    *("voicemail_sms_prompt", "sms_template", "after_call_sms_prompt", "email_notification_address"),
)

CHOICES: dict[str, tuple[str, ...]] = {
    "first_sentence_mode": ("generated", "static", "none"),
    "stt_model": ("stt-rt-v4", "stt-rt-v5"),
    "background_sound": ("audio/office.ogg",),
    "thinking_sound": (
        *("city-ambience.ogg", "forest-ambience.ogg", "office-ambience.ogg", "crowded-room.ogg"),
        *("keyboard-typing.ogg", "keyboard-typing2.ogg", "hold_music.ogg"),
    ),
    "human_transfer_mode": ("warm", "cold"),
    "type": ("standalone", "multi-step", "sub-assistant"),
}

RANGES: tuple[tuple[str, float, float], ...] = (
    ("first_sentence_delay_ms", 0, MOST),
    ("max_call_duration_secs", 0, MOST),
    ("background_sound_volume", 0, 1),
    ("thinking_sound_probability", 0, 1),
    ("thinking_sound_volume", 0, 1),
)

FLAGS = ("ivr_navigation_enabled", "sms_enabled")

SCHEMA = {"name": "a", "type": "string", "required": True}
ENUM = {"name": "a", "type": "enum", "required": False, "enum_options": ["x"]}
SLACK = {"connection_id": "c", "channels": [{"id": "C1"}], "outcomes": []}
BLOCK = EVERYTHING["prompt_flow"]["nodes"][0]

VALID: tuple[tuple[str, object], ...] = (
    ("llm_model", {"type": "dedicated-instance", "name": "ministral-3-8b-instruct"}),
    ("llm_model", {"type": "openrouter", "openrouter_model_id": "openai/gpt-4.1", "openrouter_provider": "azure"}),
    ("llm_model", {"type": "realtime", "provider": "google", "realtime_model_id": "m", "realtime_voice_id": "Puck"}),
    ("llm_model", {"type": "realtime", "provider": "openai", "realtime_model_id": "m"}),
    ("voice", {"id": "voice-en-0001", "provider": "elevenlabs", "speed": 1.2}),
    ("voice", {"id": "voice-en-0002", "provider": "gradium", "speed": 1.5, "model": "sonic-3.5"}),
    ("voice", {"id": "voice-clone-0001", "provider": "cartesia", "speed": 0.6, "volume": 0.5}),
    ("call_retry_config", {key: value for key, value in RETRY.items() if key != "timezone"}),
    ("call_retry_config", RETRY | {"timezone": None, "allowed_days": []}),
    ("call_retry_config", RETRY | {"calling_windows": [WINDOW | {"calling_window_start_time": "00:00"}]}),
    (
        "call_retry_config",
        RETRY
        | {
            "calling_windows": [
                WINDOW,
                WINDOW | {"calling_window_start_time": "7:00", "calling_window_end_time": "9:30am"},
                WINDOW | {"calling_window_start_time": "18:00", "calling_window_end_time": "11:59pm"},
            ]
        },
    ),
    ("structured_output_config", []),
    ("structured_output_config", [SCHEMA, SCHEMA, ENUM]),
    (
        "custom_tools",
        [TOOL, TOOL | {"name": "other", "body_template": None, "query_params": [{"key": "a", "value": ""}]}],
    ),
    ("faq_items", [{"question": "", "answer": ""}]),
    ("from_phone_number", "+442079460109"),
    ("slack", SLACK | {"template": None}),
    ("precall_lookup_url", "http://a.example.com/{{phone}}"),
    ("position", {"x": -1.5, "y": 0}),
)

INVALID: tuple[tuple[str, object, str, str], ...] = (
    ("voice", {"provider": "cartesia"}, "voice.id", "required"),
    ("voice", {"id": "", "provider": "cartesia"}, "voice.id", "at least 1"),
    ("voice", {"id": "voice-en-katie"}, "voice.provider", "required"),
    ("voice", {"id": "voice-en-katie", "provider": "azure"}, "voice.provider", "invalid"),
    ("voice", {"id": "voice-en-katie", "provider": "gradium"}, "voice.id", "invalid"),
    ("voice", {"id": "voice-en-katie", "provider": "cartesia", "model": "sonic-2"}, "voice.model", "invalid"),
    ("voice", {"id": "voice-en-katie", "provider": "cartesia", "speed": 1.6}, "voice.speed", "between 0.6 and 1.5"),
    ("voice", {"id": "voice-en-0001", "provider": "elevenlabs", "speed": 0.6}, "voice.speed", "between 0.7 and 1.2"),
    ("voice", {"id": "voice-en-0002", "provider": "gradium", "speed": 0.5}, "voice.speed", "between 0.6 and 1.5"),
    ("voice", {"id": "voice-en-katie", "provider": "cartesia", "volume": 2.1}, "voice.volume", "between 0.5 and 2"),
    ("voice", {"id": "voice-en-katie", "provider": "cartesia", "speed": None}, "voice.speed", "number"),
    ("voice", {"id": "voice-en-katie", "provider": "cartesia", "name": "Katie"}, "voice.name", "prohibited"),
    ("voice", "voice-en-katie", "voice", "object"),
    ("llm_model", {}, "llm_model.type", "required"),
    ("llm_model", {"type": "gpt"}, "llm_model.type", "invalid"),
    ("llm_model", {"type": "dedicated-instance", "name": "gpt-5"}, "llm_model.name", "invalid"),
    ("llm_model", {"type": "custom", "api_url": "u", "model_name": "m"}, "llm_model.api_key", "required"),
    ("llm_model", {"type": "openrouter", "openrouter_model_id": "m"}, "llm_model.openrouter_provider", "required"),
    (
        "llm_model",
        {"type": "realtime", "provider": "azure", "realtime_model_id": "m"},
        "llm_model.provider",
        "invalid",
    ),
    ("llm_model", {"type": "dedicated-instance", "name": "gpt-4.1", "api_key": "k"}, "llm_model.api_key", "prohibited"),
    ("stt_context", {"general": []}, "stt_context.terms", "required"),
    ("stt_context", {"general": [], "terms": [""]}, "stt_context.terms.0", "at least 1"),
    ("stt_context", {"general": [{"key": "", "value": "v"}], "terms": []}, "stt_context.general.0.key", "at least 1"),
    ("structured_output_config", {}, "structured_output_config", "array"),
    ("structured_output_config", [SCHEMA | {"name": ""}], "structured_output_config.0.name", "at least 1"),
    ("structured_output_config", [SCHEMA | {"type": "bool"}], "structured_output_config.0.type", "invalid"),
    ("structured_output_config", [SCHEMA | {"required": 1}], "structured_output_config.0.required", "true or false"),
    ("structured_output_config", [{"name": "a", "type": "date"}], "structured_output_config.0.required", "required"),
    (
        "structured_output_config",
        [SCHEMA, ENUM | {"enum_options": []}],
        "structured_output_config.1.enum_options",
        "required when",
    ),
    (
        "structured_output_config",
        [SCHEMA | {"enum_options": ["x"]}],
        "structured_output_config.0.enum_options",
        "prohibited unless",
    ),
    ("call_retry_config", RETRY | {"max_retry_attempts": 0}, "call_retry_config.max_retry_attempts", "between 1"),
    ("call_retry_config", RETRY | {"timezone": "Paris"}, "call_retry_config.timezone", "timezone"),
    ("call_retry_config", RETRY | {"allowed_days": ["Monday"]}, "call_retry_config.allowed_days.0", "invalid"),
    ("call_retry_config", RETRY | {"calling_windows": []}, "call_retry_config.calling_windows", "at least 1"),
    (
        "call_retry_config",
        RETRY | {"calling_windows": [WINDOW, WINDOW]},
        "call_retry_config.calling_windows",
        "overlap",
    ),
    ("transfer_destinations", [{"label": "", "phone_number": "+331"}], "transfer_destinations.0.label", "at least 1"),
    (
        "transfer_destinations",
        [{"label": "a", "phone_number": "0155"}],
        "transfer_destinations.0.phone_number",
        "format",
    ),
    ("transfer_destinations", [{"label": "a"}], "transfer_destinations.0.phone_number", "required"),
    ("after_call_sms_outcomes", ["maybe"], "after_call_sms_outcomes.0", "invalid"),
    ("email_notification_outcomes", [None], "email_notification_outcomes.0", "invalid"),
    ("custom_tools", [TOOL | {"name": "checkStock"}], "custom_tools.0.name", "format"),
    ("custom_tools", [TOOL, TOOL], "custom_tools.1.name", "duplicate"),
    ("custom_tools", [TOOL | {"description": ""}], "custom_tools.0.description", "at least 1"),
    ("custom_tools", [TOOL | {"method": "get"}], "custom_tools.0.method", "invalid"),
    ("custom_tools", [TOOL | {"headers": None}], "custom_tools.0.headers", "required"),
    ("custom_tools", [TOOL | {"headers": [{"key": "", "value": ""}]}], "custom_tools.0.headers.0.key", "at least 1"),
    ("custom_tools", [TOOL | {"input_schema": [{}]}], "custom_tools.0.input_schema.0.name", "required"),
    ("faq_items", [{"question": "q"}], "faq_items.0.answer", "required"),
    ("faq_items", [{"question": "q", "answer": "a", "source": "human"}], "faq_items.0.source", "prohibited"),
    ("calendly", {"connection_id": "c"}, "calendly.event_type_id", "required"),
    ("slack", {"connection_id": "c", "outcomes": []}, "slack.channels", "required"),
    ("slack", SLACK | {"channels": [{"name": "x"}]}, "slack.channels.0.id", "required"),
    ("zoho", EVERYTHING["zoho"] | {"module": ""}, "zoho.module", "at least 1"),
    ("zoho", EVERYTHING["zoho"] | {"field_mapping": [{"source": "x"}]}, "zoho.field_mapping.0.zoho_field", "required"),
    ("zoho", EVERYTHING["zoho"] | {"log_call_activity": "yes"}, "zoho.log_call_activity", "true or false"),
    ("cartesia_dictionary_pronunciation_id", "", "cartesia_dictionary_pronunciation_id", "at least 1"),
    ("precall_lookup_url", "https://example.com", "precall_lookup_url", "must contain {{phone}}"),
    ("precall_lookup_url", "ftp://example.com/{{phone}}", "precall_lookup_url", "valid URL"),
    ("logo_url", "logo.png", "logo_url", "valid URL"),
    ("from_phone_number", "+4912345", "from_phone_number", "invalid"),
    ("from_phone_number", "1000", "from_phone_number", "format"),
    ("position", {"x": 1}, "position.y", "required"),
    ("position", {"x": "1", "y": 1}, "position.x", "number"),
    ("prompt_flow", {"nodes": []}, "prompt_flow.edges", "required"),
    ("prompt_flow", {"nodes": [BLOCK | {"type": "x"}], "edges": []}, "prompt_flow.nodes.0.type", "invalid"),
    ("prompt_flow", {"nodes": [BLOCK | {"data": {}}], "edges": []}, "prompt_flow.nodes.0.data.title", "required"),
    ("max_call_duration_secs", "600", "max_call_duration_secs", "number"),
    ("first_sentence_delay_ms", 0.5, "first_sentence_delay_ms", "integer"),
)


@pytest.fixture
def sandbox(opened: Opener) -> Sandbox:
    return opened("revox")


def refused(client: httpx.Client, **changes: Any) -> dict[str, str]:
    """What is told about a create; an update of the same field is refused alike."""
    on_create = issues(client.post("/assistants", json=MINIMUM | changes))
    on_update = issues(client.patch(f"/assistants/{added(client)['id']}", json=changes))
    assert on_update == on_create
    return on_create


@pytest.mark.parametrize("field", ["name", "prompt"])
def test_required(client: httpx.Client, field: str) -> None:
    body = {key: value for key, value in MINIMUM.items() if key != field}
    assert issues(client.post("/assistants", json=body)).keys() == {field}
    assert refused(client, **{field: None}).keys() == {field}


@pytest.mark.parametrize("field", NULLABLE)
def test_null_clears(client: httpx.Client, field: str) -> None:
    number = added(client, EVERYTHING)["id"]
    assert patched(client, number, **{field: None})[field] is None
    assert added(client, **{field: None})[field] is None


@pytest.mark.parametrize("field", sorted(EVERYTHING.keys() - set(NULLABLE)))
def test_any_other_null_is_refused(client: httpx.Client, field: str) -> None:
    assert refused(client, **{field: None}).keys() in ({field}, {f"{field}.type"})


@pytest.mark.parametrize("field", TEXTS)
def test_texts(client: httpx.Client, field: str) -> None:
    for value in ("", " a\r\n", "ä" * 100_000):
        assert added(client, **{field: value})[field] == value
    wrongs: tuple[object, ...] = (1, True, ["x"], {})
    for wrong in wrongs:
        assert refused(client, **{field: wrong}).keys() == {field}


@pytest.mark.parametrize("field", CHOICES)
def test_choices(client: httpx.Client, field: str) -> None:
    for value in CHOICES[field]:
        assert added(client, **{field: value})[field] == value
    wrongs: tuple[object, ...] = ("", CHOICES[field][0].upper(), 1, [CHOICES[field][0]])
    for wrong in wrongs:
        assert refused(client, **{field: wrong}).keys() == {field}


@pytest.mark.parametrize("field, low, high", RANGES)
def test_ranges(client: httpx.Client, field: str, low: float, high: float) -> None:
    for value in (low, high):
        assert added(client, **{field: value})[field] == value
    for wrong in (low - 1, high + 1, "1", True):
        assert refused(client, **{field: wrong}).keys() == {field}


@pytest.mark.parametrize("field", FLAGS)
def test_flags(client: httpx.Client, field: str) -> None:
    for value in (True, False):
        assert added(client, **{field: value})[field] is value
    for wrong in (1, "true"):
        assert refused(client, **{field: wrong}).keys() == {field}


@pytest.mark.parametrize("field, value", VALID)
def test_valid_values(client: httpx.Client, field: str, value: object) -> None:
    assistant = added(client, **{field: value})
    if field != "faq_items":
        assert assistant[field] == value


@pytest.mark.parametrize("field, value, path, told", INVALID)
def test_invalid_values(client: httpx.Client, field: str, value: object, path: str, told: str) -> None:
    assert told in refused(client, **{field: value})[path]


@pytest.mark.parametrize(
    "start, end, path",
    [
        ("18:00", "10:00", "calling_window_end_time"),
        ("6pm", "18:00", "calling_window_end_time"),
        ("12am", "00:00", "calling_window_end_time"),
        ("24:00", "10:00", "calling_window_start_time"),
        ("13pm", "18:00", "calling_window_start_time"),
        ("10", "18:00", "calling_window_start_time"),
        ("10:00", "6 pm", "calling_window_end_time"),
    ],
)
def test_wrong_times(client: httpx.Client, start: str, end: str, path: str) -> None:
    window = WINDOW | {"calling_window_start_time": start, "calling_window_end_time": end}
    found = refused(client, call_retry_config=RETRY | {"calling_windows": [window]})
    assert found.keys() == {f"call_retry_config.calling_windows.0.{path}"}


@pytest.mark.parametrize("key", [key for key in RETRY if key != "timezone"])
def test_all_keys_of_a_retry_configuration_are_required(client: httpx.Client, key: str) -> None:
    config = {name: value for name, value in RETRY.items() if name != key}
    assert refused(client, call_retry_config=config).keys() == {f"call_retry_config.{key}"}


@pytest.mark.parametrize("key", TOOL)
def test_all_keys_of_a_tool_are_required(client: httpx.Client, key: str) -> None:
    tool = {name: value for name, value in TOOL.items() if name != key}
    assert refused(client, custom_tools=[tool]).keys() == {f"custom_tools.0.{key}"}


@pytest.mark.parametrize("key", WINDOW)
def test_all_keys_of_a_window_are_required(client: httpx.Client, key: str) -> None:
    window = {name: value for name, value in WINDOW.items() if name != key}
    found = refused(client, call_retry_config=RETRY | {"calling_windows": [window]})
    assert found.keys() == {f"call_retry_config.calling_windows.0.{key}"}


@pytest.mark.parametrize("field", ["id", "organization_id", "transfer_phone_number", "description", "voice_id", ""])
def test_an_unknown_key_is_refused(client: httpx.Client, field: str) -> None:
    assert refused(client, **{field: None}).keys() == {field}


def test_all_faults_are_told_at_once_with_their_paths(client: httpx.Client) -> None:
    answer = client.post("/assistants", json={"prompt": 1, "custom_tools": [TOOL | {"headers": [{"key": "a"}]}]})
    paths = [issue["path"] for issue in ok(answer, 400)["issues"]]
    assert paths == [["prompt"], ["custom_tools", 0, "headers", 0, "value"], ["name"]]


def test_a_refused_update_changes_nothing(client: httpx.Client, sandbox: Sandbox) -> None:
    number = added(client, EVERYTHING)["id"]
    before = deepcopy(sandbox.store.assistant(number))
    issues(client.patch(f"/assistants/{number}", json={"name": "New", "faq_items": [], "stt_model": "x"}))
    assert sandbox.store.assistant(number) == before
