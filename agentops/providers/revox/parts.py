"""What stands inside the fields of an assistant: retries, structured output, its own tools, integrations."""

from typing import Any, Final

from agentops.domain.fields import Field, FieldTable, Type
from agentops.providers.revox.forms import time_of_day
from agentops.providers.rows import choice, flag, list_of, long_text, object_of, text, whole

LARGEST: Final = 9007199254740991
"""The largest whole number that Revox takes."""

OUTCOMES: Final = ("not_interested", "interested", "completed", "requested_callback_later", "none")
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME: Final = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|(1[0-2]|0?[1-9])(:[0-5][0-9])?[ap]m)$"


def named(name: str, **traits: Any) -> Field:
    """A text that must not be empty."""
    return text(name, min_length=1, **traits)


def measure(name: str, minimum: float | None = None, maximum: float | None = None, **traits: Any) -> Field:
    """A number that is stored as it is."""
    return Field(name=name, type=Type.NUMBER, minimum=minimum, maximum=maximum, **traits)


def outcomes(name: str, **traits: Any) -> Field:
    """A set of the outcomes that a call may have."""
    return list_of(name, choice("outcome", *OUTCOMES), unordered=True, **traits)


def pairs(name: str, value: Field, **traits: Any) -> Field:
    """A list of keys with values."""
    return list_of(name, object_of("pair", named("key", required=True), value), **traits)


def extraction(name: str, **traits: Any) -> Field:
    """What to find out: the entries of `structured_output_config`, and of a tool's `input_schema`."""
    entry = object_of(
        "extracted",
        named("name", required=True),
        choice("type", "string", "number", "boolean", "enum", "date", "datetime", required=True),
        flag("required", required=True),
        text("description"),
        list_of("enum_options", text("option")),
    )
    return list_of(name, entry, **traits)


_WINDOW: Final = object_of(
    "calling_window",
    text("calling_window_start_time", required=True, pattern=_TIME, canon=time_of_day),
    text("calling_window_end_time", required=True, pattern=_TIME, canon=time_of_day),
    whole("retry_delay_seconds", 0, LARGEST, required=True),
)

RETRY_DEFAULTS: Final = {
    "allowed_days": ["friday", "monday", "thursday", "tuesday", "wednesday"],
    "call_twice_in_a_row": False,
    "calling_windows": [
        {"calling_window_start_time": "10:00", "calling_window_end_time": "18:00", "retry_delay_seconds": 7200}
    ],
    "max_retry_attempts": 3,
}

RETRIES: Final = (
    list_of("allowed_days", choice("day", *DAYS), required=True, unordered=True),
    flag("call_twice_in_a_row", required=True),
    list_of("calling_windows", _WINDOW, required=True),
    whole("max_retry_attempts", 1, LARGEST, required=True),
    text("timezone", format="timezone", nullable="the callee's country"),
)

LLM_MODELS: Final = (
    FieldTable("dedicated-instance", (choice("name", "gpt-4.1", "ministral-3-8b-instruct", required=True),)),
    FieldTable(
        "openrouter",
        (named("openrouter_model_id", required=True), named("openrouter_provider", required=True)),
    ),
    FieldTable(
        "custom",
        (
            text("api_url", required=True, format="url"),
            text("api_key", required=True, secret=True, hidden=True),
            named("model_name", required=True),
        ),
    ),
    FieldTable(
        "realtime",
        (
            choice("provider", "openai", "google", required=True),
            named("realtime_model_id", required=True),
            text("realtime_voice_id"),
        ),
    ),
)

CUSTOM_TOOL: Final = object_of(
    "custom_tool",
    text("name", required=True, pattern="^[a-z][a-z0-9_]*$"),
    long_text("description", required=True, min_length=1),
    choice("method", "GET", "POST", "PUT", "PATCH", "DELETE", required=True),
    named("url", required=True),
    pairs("headers", text("value", required=True, secret=True, spelled_out=True, hidden=True), required=True),
    pairs("query_params", text("value", required=True), required=True),
    long_text("body_template", required=True, nullable="no body"),
    extraction("input_schema", required=True),
)

SLACK: Final = (
    text("connection_id", required=True),
    list_of(
        "channels",
        object_of("channel", text("id", required=True), text("name", display=True, nullable="no display name")),
        required=True,
    ),
    outcomes("outcomes", required=True),
    long_text("template", nullable="Revox's own text"),
)

ZOHO: Final = (
    text("connection_id", required=True),
    named("module", required=True),
    list_of(
        "field_mapping",
        object_of("mapping", named("source", required=True), named("zoho_field", required=True)),
        required=True,
    ),
    flag("log_call_activity", required=True),
    outcomes("outcomes", required=True),
    long_text("template", nullable="Revox's own text"),
)

_POINT: Final = (measure("x", required=True), measure("y", required=True))

POSITION: Final = object_of("position", *_POINT, nullable="no place in the editor")

PROMPT_FLOW: Final = (
    list_of(
        "nodes",
        object_of(
            "node",
            text("id", required=True),
            choice("type", "promptBlock", required=True),
            object_of("position", *_POINT, required=True),
            object_of("data", text("title", required=True), long_text("body", required=True), required=True),
        ),
        required=True,
    ),
    list_of(
        "edges",
        object_of("edge", text("id", required=True), text("source", required=True), text("target", required=True)),
        required=True,
    ),
)
