"""The fields of an assistant in the dialect that Autocalls, Famulor and Intellixent speak."""

from typing import Final

from agentops.domain.fields import Bound, Codec, Field, FieldTable, Type
from agentops.domain.values import Value
from agentops.providers.autocalls.tools import TOOL
from agentops.providers.rest.reading import UNREADABLE
from agentops.providers.rows import (
    choice,
    flag,
    list_of,
    long_text,
    number,
    object_of,
    reference,
    references,
    text,
    whole,
)

_PIPELINE: Final = Bound(frozenset({"pipeline"}))
_SPEECH: Final = Bound(frozenset({"multimodal", "dualplex"}))
_OWN_VOICE: Final = Bound(frozenset({"pipeline", "dualplex"}))


def _same(value: Value) -> Value:
    return value


def _off_for_null(value: Value) -> Value:
    return "off" if value is None else value


def _bool_for_boolean(value: Value) -> Value:
    return "bool" if value == "boolean" else value


BOOL_FOR_BOOLEAN: Final = Codec(_same, _bool_for_boolean)
"""The type that Famulor reads as `boolean`."""

_FILLERS = ("positive", "negative", "question", "neutral")


def _known_fillers(value: Value) -> Value:
    # {enabled, phrases} occurs: another shape, which says nothing about the four lists.
    if isinstance(value, dict) and value and not value.keys() & set(_FILLERS):
        return UNREADABLE
    return value


_SCHEMA_ENTRY = object_of(
    "post_call_schema_entry",
    text("name", required=True, min_length=3, max_length=16, pattern="^[a-z0-9_]+$"),
    choice("type", "string", "number", "bool", required=True, codec=BOOL_FOR_BOOLEAN),
    text("description", required=True, min_length=3, max_length=255),
)

ASSISTANT = FieldTable(
    "assistant",
    (
        text("name", required=True, min_length=1, max_length=255),
        choice("type", "inbound", "outbound", required=True),
        choice("mode", "pipeline", "multimodal", "dualplex", required=True),
        reference("voice", "voices", "voice_id", scope="mode", required=True),
        reference("language", "languages", "language_id", required=True),
        references("secondary_languages", "languages", "secondary_language_ids", hidden=True),
        text("timezone", required=True, format="timezone"),
        long_text("initial_message", required=True, max_length=200),
        long_text("system_prompt", required=True),
        reference("llm_model", "llm_models", "llm_model_id", bound=_PIPELINE),
        reference("multimodal_model", "multimodal_models", "multimodal_model_id", scope="mode", bound=_SPEECH),
        reference(
            "chat_llm_fallback", "llm_models", "chat_llm_fallback_id", bound=_SPEECH, hidden=True, nullable="none"
        ),
        number("turn_detection_threshold", 0, 1, bound=_SPEECH, hidden=True, nullable="automatic"),
        reference("knowledgebase", "knowledgebases", "knowledgebase_id", nullable="detaches"),
        choice(
            "knowledgebase_mode",
            "function_call",
            "prompt",
            bound=Bound(frozenset({"pipeline"}), only="prompt"),
            beside="knowledgebase",
        ),
        reference("folder", "folders", "folder_id", hidden=True, nullable="uncategorised"),
        references("labels", "labels", "label_ids", hidden=True),
        reference("phone_number", "phone_numbers", "phone_number_id", nullable="unassigns"),
        references("mid_call_tools", "mid_call_tools", "tool_ids", hidden=True),
        list_of("tools", TOOL, empties=True),
        flag("tts_emotion_enabled", default=True, hidden=True),
        number("voice_stability", 0, 1, default=0.7),
        number("voice_similarity", 0, 1, default=0.5),
        number("speech_speed", 0.7, 1.2, default=1.0),
        number("llm_temperature", 0, 1, default=0.1),
        reference(
            "synthesizer_provider",
            "synthesizer_providers",
            "synthesizer_provider_id",
            bound=_OWN_VOICE,
            nullable="automatic",
            filled=True,
        ),
        reference(
            "transcriber_provider",
            "transcriber_providers",
            "transcriber_provider_id",
            bound=_PIPELINE,
            nullable="automatic",
            filled=True,
        ),
        flag("allow_interruptions", default=True, bound=Bound(frozenset({"pipeline"}), only=False)),
        flag("fillers", default=False, bound=Bound(frozenset({"pipeline"}), only=True)),
        object_of(
            "filler_config",
            *(list_of(name, text("phrase")) for name in _FILLERS),
            codec=Codec(_same, _known_fillers),
            filled=True,
        ),
        flag("record", default=False),
        flag("enable_noise_cancellation", default=True),
        flag("wait_for_customer", default=False),
        whole("max_duration", 20, 1200, default=600),
        whole("max_silence_duration", 1, 360, default=40),
        whole("max_initial_silence_duration", 1, 120, hidden=True, nullable="off"),
        whole("ringing_time", 1, 60, default=30, hidden=True),
        whole("reengagement_interval", 7, 600, default=30),
        long_text("reengagement_prompt", max_length=1000, hidden=True, nullable="the platform's text"),
        flag("end_call_on_voicemail", default=True),
        long_text("voice_mail_message", max_length=1000, hidden=True, nullable="no message"),
        choice("endpoint_type", "vad", "ai", default="vad"),
        number("endpoint_sensitivity", 0, 5, default=0.5),
        number("interrupt_sensitivity", 0, 5, default=0.5),
        whole("min_interrupt_words", 0, 10, nullable="off"),
        choice(
            "ambient_sound",
            "off",
            "office",
            "city",
            "forest",
            "crowded_room",
            "cafe",
            "nature",
            codec=Codec(_same, _off_for_null),
        ),
        number("ambient_sound_volume", 0, 1, default=0.5),
        flag("is_webhook_active", default=False),
        text("webhook_url", format="url", nullable="removes"),
        flag("send_webhook_only_on_completed", default=True),
        flag("include_recording_in_webhook", default=True),
        flag("post_call_evaluation", default=True),
        list_of("post_call_schema", _SCHEMA_ENTRY),
        Field(name="variables", type=Type.MAP, item=text("value")),
        whole("conversation_inactivity_timeout", 1, 1440, default=30, hidden=True, nullable="off"),
        flag("conversation_ended_retrigger", default=False, hidden=True),
        text("conversation_ended_webhook_url", format="url", hidden=True, nullable="removes"),
    ),
)
