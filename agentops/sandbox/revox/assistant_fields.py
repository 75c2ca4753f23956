"""The write fields of an assistant: one row per field, with type, limits, default, and whether null clears it."""

from __future__ import annotations

from functools import partial
from typing import Any

from agentops.sandbox.checks import (
    E164,
    Choice,
    Flag,
    Key,
    Number,
    Several,
    Shape,
    Tagged,
    Text,
    Type,
    Url,
    Whole,
    Zone,
)
from agentops.sandbox.revox.values import (
    CLOCK,
    Ruled,
    in_order,
    known_voice,
    options_with_enum,
    own_number,
    unlike_names,
    with_phone,
)

MOST = 2**53 - 1

RETRY_DEFAULTS: dict[str, Any] = {
    "allowed_days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
    "call_twice_in_a_row": False,
    "calling_windows": [
        {
            "calling_window_start_time": "10:00",
            "calling_window_end_time": "18:00",
            "retry_delay_seconds": 7200,
        }
    ],
    "max_retry_attempts": 3,
    "timezone": None,
}

_WEEKEND = ("saturday", "sunday")


def _must(name: str, kind: Type) -> Key:
    """A required key; an empty text will do unless its type says otherwise."""
    return Key(name, kind, required=True, blank=True)


_clearable = partial(Key, null=True)

_WORD = Text(least=1)
_PROVIDER = Choice(("cartesia", "elevenlabs", "gradium"))
_PHONE = Text(pattern=E164)
_UNIT = Number(0, 1, exact=True)
_COORDINATE = Number(-MOST, MOST, exact=True)
_POSITION = Shape((_must("x", _COORDINATE), _must("y", _COORDINATE)))
_OUTCOMES = Several(Choice(("not_interested", "interested", "completed", "requested_callback_later", "none")))

_VOICE = Shape(
    (
        _must("id", _WORD),
        _must("provider", _PROVIDER),
        Key("model", Choice(("sonic-3", "sonic-3.5"))),
        Key("speed", Number(0.6, 1.5, exact=True)),
        Key("volume", Number(0.5, 2, exact=True)),
    )
)

_LLM_MODEL = Tagged(
    {
        "dedicated-instance": Shape((_must("name", Choice(("gpt-4.1", "ministral-3-8b-instruct"))),)),
        "openrouter": Shape((_must("openrouter_model_id", Text()), _must("openrouter_provider", Text()))),
        "custom": Shape((_must("api_url", Text()), _must("api_key", Text()), _must("model_name", Text()))),
        "realtime": Shape(
            (
                _must("provider", Choice(("openai", "google"))),
                _must("realtime_model_id", Text()),
                Key("realtime_voice_id", Text()),
            )
        ),
    }
)

_STT_CONTEXT = Shape(
    (
        _must("general", Several(Shape((_must("key", _WORD), _must("value", _WORD))))),
        _must("terms", Several(_WORD)),
    )
)

_SCHEMA = Several(
    Ruled(
        Shape(
            (
                _must("name", _WORD),
                _must("type", Choice(("string", "number", "boolean", "enum", "date", "datetime"))),
                _must("required", Flag()),
                Key("description", Text()),
                Key("enum_options", Several(Text())),
            )
        ),
        options_with_enum,
    )
)

_WINDOW = Shape(
    (
        _must("calling_window_start_time", Text(pattern=CLOCK)),
        _must("calling_window_end_time", Text(pattern=CLOCK)),
        _must("retry_delay_seconds", Whole(0, MOST)),
    )
)

RETRY_CONFIG = Shape(
    (
        _must("allowed_days", Several(Choice((*RETRY_DEFAULTS["allowed_days"], *_WEEKEND)))),
        _must("call_twice_in_a_row", Flag()),
        _must("calling_windows", Ruled(Several(_WINDOW), in_order)),
        _must("max_retry_attempts", Whole(1, MOST)),
        _clearable("timezone", Zone()),
    )
)

_PAIRS = Several(Shape((_must("key", _WORD), _must("value", Text()))))

_TOOL = Shape(
    (
        _must("name", Text(pattern="[a-z][a-z0-9_]*")),
        _must("description", _WORD),
        _must("method", Choice(("GET", "POST", "PUT", "PATCH", "DELETE"))),
        _must("url", _WORD),
        _must("headers", _PAIRS),
        _must("query_params", _PAIRS),
        Key("body_template", Text(), required=True, null=True, blank=True),
        _must("input_schema", _SCHEMA),
    )
)

_CALENDLY = Shape((_must("connection_id", Text()), _must("event_type_id", Text())))

_SLACK = Shape(
    (
        _must("connection_id", Text()),
        _must("channels", Several(Shape((_must("id", Text()), _clearable("name", Text()))))),
        _must("outcomes", _OUTCOMES),
        _clearable("template", Text()),
    )
)

_ZOHO = Shape(
    (
        _must("connection_id", Text()),
        _must("module", _WORD),
        _must("field_mapping", Several(Shape((_must("source", _WORD), _must("zoho_field", _WORD))))),
        _must("log_call_activity", Flag()),
        _must("outcomes", _OUTCOMES),
        _clearable("template", Text()),
    )
)

_BLOCK = Shape(
    (
        _must("id", Text()),
        _must("type", Choice(("promptBlock",))),
        _must("position", _POSITION),
        _must("data", Shape((_must("title", Text()), _must("body", Text())))),
    )
)
_EDGE = Shape((_must("id", Text()), _must("source", Text()), _must("target", Text())))
_PROMPT_FLOW = Shape((_must("nodes", Several(_BLOCK)), _must("edges", Several(_EDGE))))

_SOUNDS = (
    *("city-ambience.ogg", "forest-ambience.ogg", "office-ambience.ogg", "crowded-room.ogg"),
    *("keyboard-typing.ogg", "keyboard-typing2.ogg", "hold_music.ogg"),
)

ASSISTANT = Shape(
    (
        _must("name", Text()),
        _must("prompt", Text()),
        Key("first_sentence", Text()),
        Key("first_sentence_mode", Choice(("generated", "static", "none")), default="generated"),
        Key("first_sentence_delay_ms", Whole(0, MOST), default=400),
        Key("end_of_call_sentence", Text()),
        Key("voice", Ruled(_VOICE, known_voice)),
        Key("llm_model", _LLM_MODEL, default={"type": "dedicated-instance", "name": "gpt-4.1"}),
        Key("stt_model", Choice(("stt-rt-v4", "stt-rt-v5")), default="stt-rt-v5"),
        _clearable("stt_context", _STT_CONTEXT),
        Key("webhook_url", Text()),
        Key("max_call_duration_secs", Number(0, MOST, exact=True), default=600),
        _clearable("max_duration_end_message", Text()),
        Key("structured_output_config", _SCHEMA),
        _clearable("structured_output_prompt", Text()),
        Key("call_retry_config", RETRY_CONFIG),
        _clearable("background_sound", Choice(("audio/office.ogg",))),
        Key("background_sound_volume", _UNIT, default=1),
        _clearable("thinking_sound", Choice(_SOUNDS)),
        Key("thinking_sound_probability", _UNIT, default=0.5),
        Key("thinking_sound_volume", _UNIT, default=0.5),
        _clearable("transfer_destinations", Several(Shape((_must("label", _WORD), _must("phone_number", _PHONE))))),
        _clearable("human_transfer_mode", Choice(("warm", "cold"))),
        _clearable("warm_transfer_summary_instructions", Text()),
        Key("ivr_navigation_enabled", Flag(), default=False),
        _clearable("voicemail_message", Text()),
        _clearable("voicemail_sms_prompt", Text()),
        _clearable("from_phone_number", Ruled(_PHONE, own_number)),
        Key("sms_enabled", Flag(), default=False),
        _clearable("sms_template", Text()),
        _clearable("after_call_sms_outcomes", _OUTCOMES),
        _clearable("after_call_sms_prompt", Text()),
        _clearable("email_notification_address", Text()),
        _clearable("email_notification_outcomes", _OUTCOMES),
        _clearable("custom_tools", Ruled(Several(_TOOL), unlike_names)),
        Key("faq_items", Several(Shape((_must("question", Text()), _must("answer", Text())))), default=[]),
        _clearable("calendly", _CALENDLY),
        _clearable("slack", _SLACK),
        _clearable("zoho", _ZOHO),
        _clearable("cartesia_dictionary_pronunciation_id", _WORD),
        _clearable("precall_lookup_url", Ruled(Url(), with_phone)),
        _clearable("logo_url", Url()),
        Key("type", Choice(("standalone", "multi-step", "sub-assistant")), default="standalone"),
        _clearable("position", _POSITION),
        _clearable("prompt_flow", _PROMPT_FLOW),
    )
)
"""Everything that a create may hold; an update may hold any part of it."""
