"""The write fields of an assistant: one row per field, with type, range and default."""

from __future__ import annotations

from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.autocalls.builtin_tools import built_in_tools
from agentops.sandbox.checks import (
    Choice,
    Flag,
    Key,
    Number,
    Reference,
    Several,
    Shape,
    Text,
    Texts,
    Url,
    Whole,
    Zone,
)

MODES = ("pipeline", "multimodal", "dualplex")
OLDER_MODES = ("pipeline", "multimodal")

CONVERSATION_FIELDS = (
    "conversation_inactivity_timeout",
    "conversation_ended_retrigger",
    "conversation_ended_webhook_url",
)

DEFAULT_SCHEMA = [
    {"name": "status", "type": "bool", "description": "Was the call objective achieved"},
    {"name": "summary", "type": "string", "description": "Brief summary of the call"},
]

_SCHEMA_ITEM = Shape(
    (
        Key("name", Text(16, least=3, pattern="[a-z0-9_]+"), required=True),
        Key("type", Choice(("string", "number", "bool")), required=True),
        Key("description", Text(255, least=3), required=True),
    )
)

_FILLERS = Shape(tuple(Key(name, Several(Text())) for name in ("positive", "negative", "question", "neutral")))

_GROUP_FIELDS = (
    Key("folder_id", Reference("folder"), null=True),
    Key("label_ids", Several(Reference("label")), default=[]),
)


def write_fields(brand: Brand) -> Shape:
    """Everything that a create may hold; an update may hold any part of it."""
    return Shape(
        (
            Key("name", Text(255), required=True),
            Key("voice_id", Reference("voice"), required=True),
            Key("language_id", Reference("language"), required=True),
            Key("type", Choice(("inbound", "outbound")), required=True),
            Key("mode", Choice(MODES), required=True),
            Key("timezone", Zone(), required=True),
            Key("initial_message", Text(200), required=True),
            Key("system_prompt", Text(), required=True),
            Key("llm_model_id", Reference("llm_model")),
            Key("multimodal_model_id", Reference("multimodal_model")),
            Key("chat_llm_fallback_id", Reference("llm_model"), null=True),
            Key("turn_detection_threshold", Number(0, 1), null=True),
            Key("secondary_language_ids", Several(Reference("language"))),
            Key("knowledgebase_id", Reference("knowledgebase"), null=True),
            Key("knowledgebase_mode", Choice(("function_call", "prompt"))),
            *(_GROUP_FIELDS if brand.groups else ()),
            Key("phone_number_id", Reference("phone_number"), null=True),
            Key("tool_ids", Several(Reference("tool")), default=[]),
            Key("tools", Several(built_in_tools(brand)), default=[]),
            Key("tts_emotion_enabled", Flag(), default=True),
            Key("voice_stability", Number(0, 1), default=0.7),
            Key("voice_similarity", Number(0, 1), default=0.5),
            Key("speech_speed", Number(0.7, 1.2), default=1.0),
            Key("llm_temperature", Number(0, 1), default=0.1),
            Key("synthesizer_provider_id", Reference("synthesizer_provider"), null=True),
            Key("transcriber_provider_id", Reference("transcriber_provider"), null=True),
            Key("allow_interruptions", Flag(), default=True),
            Key("fillers", Flag(), default=False),
            Key("filler_config", _FILLERS),
            Key("record", Flag(), default=False),
            Key("enable_noise_cancellation", Flag(), default=True),
            Key("wait_for_customer", Flag(), default=False),
            Key("max_duration", Whole(20, 1200), default=600),
            Key("max_silence_duration", Whole(1, 360), default=40),
            Key("max_initial_silence_duration", Whole(1, 120), null=True),
            Key("ringing_time", Whole(1, 60), default=30),
            Key("reengagement_interval", Whole(7, 600), default=30),
            Key("reengagement_prompt", Text(1000), null=True),
            Key("end_call_on_voicemail", Flag(), default=True),
            Key("voice_mail_message", Text(1000), null=True),
            Key("endpoint_type", Choice(("vad", "ai")), default="vad"),
            Key("endpoint_sensitivity", Number(0, 5), default=0.5),
            Key("interrupt_sensitivity", Number(0, 5), default=0.5),
            Key("min_interrupt_words", Whole(0, 10), null=True),
            Key(
                "ambient_sound",
                Choice(("off", "office", "city", "forest", "crowded_room", "cafe", "nature")),
                default="off",
            ),
            Key("ambient_sound_volume", Number(0, 1), default=0.5),
            Key("is_webhook_active", Flag(), default=False),
            Key("webhook_url", Url(), null=True),
            Key("send_webhook_only_on_completed", Flag(), default=True),
            Key("include_recording_in_webhook", Flag(), default=True),
            Key("post_call_evaluation", Flag(), default=True),
            Key("post_call_schema", Several(_SCHEMA_ITEM), default=DEFAULT_SCHEMA),
            Key("variables", Texts(), default={}),
            Key("conversation_inactivity_timeout", Whole(1, 1440), default=30, null=True),
            Key("conversation_ended_retrigger", Flag(), default=False),
            Key("conversation_ended_webhook_url", Url(), null=True),
        )
    )
