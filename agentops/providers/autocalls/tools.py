"""The built-in tools of the dialect: what an entry of `tools` may hold, type by type."""

from agentops.domain.fields import Codec, Field, FieldTable, Type
from agentops.domain.values import Value
from agentops.providers.rows import choice, flag, list_of, long_text, object_of, reference, text, whole


def flatten(entry: Value) -> Value:
    """A tool as it is read, `{type, data}`, in the flat form that it is written in."""
    match entry:
        case {"type": str(type_), "data": dict(data)}:
            return {**data, "type": type_}
        case {"type": str(type_), "data": None | []}:  # how an empty map may be read
            return {"type": type_}
    return entry


def _same(value: Value) -> Value:
    return value


_BOOKING_FIELD = object_of(
    "calcom_booking_field",
    text("slug", required=True),
    text("type", required=True),
    text("label", required=True),
    flag("required", default=False),
    list_of("options", text("option")),
)

CALL_TRANSFER = FieldTable(
    "call_transfer",
    (
        text("phone_number", required=True, format="e164"),
        long_text("description"),
        flag("custom"),
        text("timezone", format="timezone"),
        flag("warm_transfer", default=False),
        long_text("warm_transfer_message"),
    ),
)

WARM_CALL_TRANSFER = FieldTable(
    "warm_call_transfer",
    (
        text("supervisor_phone", required=True),  # E.164 unless custom_sip: see rules.py
        reference("outbound_phone", "phone_numbers", "outbound_phone_id", required=True),
        long_text("description", required=True),
        flag("custom_sip", default=False),
        choice("caller_id_mode", "outbound_number", "customer_number", "custom", default="outbound_number"),
        text("custom_caller_id"),
        choice("hold_music", "hold_music", "none", default="hold_music"),
        whole("hold_music_volume", 0, 100, default=80),
        long_text("hold_message", default="Please hold while I connect you with a supervisor."),
        long_text(
            "summary_instructions",
            default=(
                "Introduce the conversation from your perspective:\n- WHO is calling (name, company if mentioned)\n"
                "- WHY they called (their goal or problem)\n- WHY a human is needed at this point\n\n"
                "Keep it brief (2-3 sentences)."
            ),
        ),
        long_text(
            "briefing_initial_message",
            default=("Hello! I have a caller on the line who needs your assistance. May I brief you on the situation?"),
        ),
        long_text("connected_message", default="You are now connected with a supervisor. I'll leave you to it."),
    ),
)

END_CALL = FieldTable("end_call", (long_text("description"),))

DTMF_INPUT = FieldTable("dtmf_input", (long_text("description"),))

COLLECT_KEYPAD = FieldTable(
    "collect_keypad", (whole("timeout", 1, 30, default=5), choice("stop_key", "#", "*", default="#"))
)

CALENDAR_INTEGRATION = FieldTable(
    "calendar_integration",
    (
        text("calcom_api_key", required=True, secret=True, hidden=True),
        text("calcom_event_slug", required=True),
        text("calcom_team_slug"),
        choice("calcom_endpoint", "us", "eu", "custom", default="us"),
        text("calcom_custom_endpoint", format="url"),
        list_of("calcom_booking_fields", _BOOKING_FIELD),
        long_text("description"),
    ),
)

ASSISTANT_TRANSFER = FieldTable(
    "assistant_transfer",
    (
        reference("assistant", "assistants", "assistant_id", required=True),
        long_text(
            "description",
            max_length=500,
            default="Transfer the conversation to this assistant when appropriate.",
        ),
        long_text("message_before_transfer", max_length=500),
        flag("speak_transfer_greeting", default=True),
    ),
)

TOOL = Field(
    name="tool",
    type=Type.VARIANT,
    codec=Codec(encode=_same, decode=flatten),
    variants=(
        CALL_TRANSFER,
        WARM_CALL_TRANSFER,
        END_CALL,
        DTMF_INPUT,
        COLLECT_KEYPAD,
        CALENDAR_INTEGRATION,
        ASSISTANT_TRANSFER,
    ),
)
