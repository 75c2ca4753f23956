"""The fields of an assistant in the older dialect: what differs from the current one, row by row."""

from collections.abc import Mapping
from typing import Any, Final

from agentops.domain.fields import Codec, Field, FieldTable, Reference, Spread, Type
from agentops.domain.values import Value
from agentops.providers.autocalls import tables as current
from agentops.providers.autocalls.tools import TOOL
from agentops.providers.rest.reading import UNREADABLE
from agentops.providers.rows import choice, object_of, text

_DIALECT: Final = "the older dialect"

_ABSENT: Final = (
    "secondary_languages",
    "multimodal_model",
    "chat_llm_fallback",
    "turn_detection_threshold",
    "knowledgebase",
    "knowledgebase_mode",
    "folder",
    "labels",
    "tts_emotion_enabled",
    "synthesizer_provider",
    "transcriber_provider",
    "filler_config",
    "max_initial_silence_duration",
    "ringing_time",
    "reengagement_prompt",
    "voice_mail_message",
    "ambient_sound",
    "conversation_inactivity_timeout",
    "conversation_ended_retrigger",
    "conversation_ended_webhook_url",
)

_DIRECTIONS: Final = {"inbound": "receive", "outbound": "make"}
_SPEAKERS: Final = {False: "AI assistant", True: "Customer"}


def _same(value: Value) -> Value:
    return value


def _written_as(words: Mapping[Any, str]) -> Codec:
    """A value that is written in other words than it is read in; reads in those words are understood as well."""
    meanings = {word: value for value, word in words.items()}
    return Codec(
        lambda value: words.get(value, value),
        lambda value: meanings.get(value, value) if isinstance(value, str) else value,
    )


def _interrupt_words(count: object) -> Mapping[str, object]:
    if count is None:
        return {"use_min_interrupt_words": False}
    return {"use_min_interrupt_words": True, "min_interrupt_words": count}


def _end_call(tools: object) -> Mapping[str, object]:
    """The one tool as the dialect writes it; the rules see to it that it is one."""
    assert isinstance(tools, list), "the rules say so"
    (tool,) = tools
    return {"end_call_tool": {"description": tool["description"]}}


def _tools_if_any(tools: Value) -> Value:
    # Older deployments show an empty list whatever the tools are.
    return UNREADABLE if tools == [] else tools


def _tool(table: FieldTable) -> FieldTable:
    if table.name != "end_call":
        return FieldTable(table.name, table.fields, absent=f"{_DIALECT} has no {table.name}")
    return table.revise({"description": {"required": True, "max_length": 500, "limited": "required, up to 500"}})


def _tools() -> Field:
    return Field(
        name=TOOL.name,
        type=Type.VARIANT,
        codec=TOOL.codec,
        variants=tuple(_tool(table) for table in TOOL.variants),
    )


_SCHEMA_ENTRY: Final = object_of(
    "post_call_schema_entry",
    text("name", required=True, min_length=1, pattern="^[A-Za-z0-9_]+$"),
    choice("type", "string", "number", "bool", required=True, codec=current.BOOL_FOR_BOOLEAN),
    text("description", required=True, min_length=1),
)

_DIFFERENT: Final[Mapping[str, Mapping[str, Any]]] = {
    "name": {"wire": "assistant_name", "read": "name"},
    "type": {"wire": "calls_direction", "read": "type", "codec": _written_as(_DIRECTIONS)},
    "mode": {
        "wire": "engine_type",
        "read": "mode",
        "choices": ("pipeline", "multimodal"),
        "limited": "pipeline and multimodal only",
    },
    "voice": {"limited": "found by name only"},
    "language": {"wire": "language", "read": "language_id", "ref": Reference("languages", by_name=True)},
    "initial_message": {"max_length": None},
    "llm_model": {
        "wire": "llm_model",
        "read": "llm_model_id",
        "ref": Reference("llm_models", by_name=True),
        "bound": None,
        "required": True,
        "limited": "required in every mode",
    },
    "tools": {
        "empties": False,
        "item": _tools(),
        "codec": Codec(_same, _tools_if_any),
        "spread": Spread(("end_call_tool",), _end_call),
        "limited": "exactly one end_call with a description",
    },
    "fillers": {"wire": "filler_audios", "read": "fillers"},
    "record": {"wire": "record_call", "read": "record"},
    "enable_noise_cancellation": {"wire": "noise_cancellation", "read": "enable_noise_cancellation"},
    "wait_for_customer": {"wire": "who_speaks_first", "read": "wait_for_customer", "codec": _written_as(_SPEAKERS)},
    "max_duration": {"wire": "max_call_duration", "read": "max_duration"},
    "max_silence_duration": {"maximum": 120, "limited": "up to 120"},
    "reengagement_interval": {"wire": "re_engagement_interval", "read": "reengagement_interval"},
    "min_interrupt_words": {"spread": Spread(("use_min_interrupt_words", "min_interrupt_words"), _interrupt_words)},
    "post_call_schema": {"item": _SCHEMA_ENTRY},
}


def _older() -> FieldTable:
    lacking: dict[str, dict[str, Any]] = {name: {"absent": f"{_DIALECT} has no {name}"} for name in _ABSENT}
    return current.ASSISTANT.revise(lacking).revise(_DIFFERENT)


ASSISTANT: Final = _older()
