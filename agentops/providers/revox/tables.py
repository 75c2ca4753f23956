"""The fields of an assistant and of a phone number on Revox."""

from typing import Final

from agentops.domain.fields import Codec, Field, FieldTable, Reference, Type
from agentops.domain.values import Value
from agentops.providers.revox.forms import addresses, answered_by_people, lost_with_a_write
from agentops.providers.revox.parts import (
    CUSTOM_TOOL,
    LARGEST,
    LLM_MODELS,
    POSITION,
    PROMPT_FLOW,
    RETRIES,
    RETRY_DEFAULTS,
    SLACK,
    ZOHO,
    extraction,
    measure,
    named,
    outcomes,
    pairs,
)
from agentops.providers.revox.voices import VOICE
from agentops.providers.rows import choice, flag, list_of, long_text, object_of, reference, text, whole


def _same(value: Value) -> Value:
    return value


def _defaults_for_null(value: Value) -> Value:
    return RETRY_DEFAULTS if value is None else value


def _id_of(value: Value) -> Value:
    """The number shows its assistant as a whole."""
    return value.get("id") if isinstance(value, dict) else value


ASSISTANT: Final = FieldTable(
    "assistant",
    (
        text("name", required=True, min_length=1),
        long_text("prompt", required=True, min_length=1),
        long_text("first_sentence", min_length=1),
        choice("first_sentence_mode", "generated", "static", "none"),
        whole("first_sentence_delay_ms", 0, LARGEST, default=400),
        long_text("end_of_call_sentence", min_length=1),
        VOICE,
        Field(name="llm_model", type=Type.VARIANT, variants=LLM_MODELS),
        choice("stt_model", "stt-rt-v4", "stt-rt-v5", default="stt-rt-v5"),
        object_of(
            "stt_context",
            pairs("general", named("value", required=True), required=True),
            list_of("terms", named("term"), required=True),
            nullable="none",
        ),
        text("webhook_url", min_length=1, format="url"),
        measure("max_call_duration_secs", 0),
        long_text("max_duration_end_message", nullable="ends silently"),
        extraction("structured_output_config"),
        long_text("structured_output_prompt", nullable="Revox's own prompt"),
        object_of("call_retry_config", *RETRIES, default=RETRY_DEFAULTS, codec=Codec(_same, _defaults_for_null)),
        choice("background_sound", "audio/office.ogg", nullable="off"),
        measure("background_sound_volume", 0, 1),
        choice(
            "thinking_sound",
            "city-ambience.ogg",
            "forest-ambience.ogg",
            "office-ambience.ogg",
            "crowded-room.ogg",
            "keyboard-typing.ogg",
            "keyboard-typing2.ogg",
            "hold_music.ogg",
            nullable="off",
        ),
        measure("thinking_sound_probability", 0, 1),
        measure("thinking_sound_volume", 0, 1),
        list_of(
            "transfer_destinations",
            object_of(
                "destination",
                named("label", required=True),
                text("phone_number", required=True, format="e164"),
            ),
            nullable="off",
        ),
        choice("human_transfer_mode", "warm", "cold", nullable="none"),
        long_text("warm_transfer_summary_instructions", nullable="Revox's own text"),
        flag("ivr_navigation_enabled"),
        long_text("voicemail_message", nullable="hangs up"),
        long_text("voicemail_sms_prompt", nullable="no SMS"),
        reference("from_phone_number", "phone_numbers", "", nullable="the organization's number"),
        flag("sms_enabled"),
        long_text("sms_template", nullable="none"),
        outcomes("after_call_sms_outcomes", nullable="none"),
        long_text("after_call_sms_prompt", nullable="none"),
        text("email_notification_address", nullable="none", canon=addresses),
        outcomes("email_notification_outcomes", nullable="none"),
        list_of("custom_tools", CUSTOM_TOOL, nullable="none"),
        list_of(
            "faq_items",
            object_of("faq_item", text("question", required=True), text("answer", required=True)),
            codec=Codec(_same, answered_by_people),
            loses=lost_with_a_write,
        ),
        object_of(
            "calendly",
            text("connection_id", required=True),
            text("event_type_id", required=True),
            nullable="not connected",
        ),
        object_of("slack", *SLACK, nullable="not connected"),
        object_of("zoho", *ZOHO, nullable="not connected"),
        named("cartesia_dictionary_pronunciation_id", nullable="none"),
        text("precall_lookup_url", nullable="none", format="url", pattern=r"^https?://.*\{\{phone\}\}.*$"),
        text("logo_url", nullable="none", format="url"),
        choice("type", "standalone", "multi-step", "sub-assistant", default="standalone"),
        POSITION,
        object_of("prompt_flow", *PROMPT_FLOW, nullable="none"),
    ),
)

PHONE_NUMBER: Final = FieldTable(
    "phone_number",
    (
        text("phone_number", required=True, format="e164", identity=True),
        text("label", nullable="clears"),
        Field(
            name="inbound_assistant",
            type=Type.REFERENCE,
            wire="inbound_assistant_id",
            read="inbound_assistant",
            ref=Reference("assistants"),
            nullable="detaches",
            codec=Codec(_same, _id_of),
        ),
    ),
)

FORMER: Final = {
    "transfer_phone_number": 'write transfer_destinations: [{label: Transfer, phone_number: "+..."}], or null for none',
}
"""Keys of the page of early 2026 that are gone, and what to write today."""
