"""The two dialects of requests: the current one, and that of mid 2025 with its own names and limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from agentops.sandbox.autocalls.assistant_fields import OLDER_MODES, write_fields
from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.autocalls.rules import BOUND, OLDER_RULES, RULES, Rule
from agentops.sandbox.checks import Check, Choice, Flag, Key, Named, Several, Shape, Text, Whole
from agentops.sandbox.database import Row

Stored = Callable[[Row, Row | None, Check], Row]


def _as_sent(sent: Row, _before: Row | None, _check: Check) -> Row:
    return sent


@dataclass(frozen=True, slots=True)
class Dialect:
    """What requests may hold, the rules on it, and how it is stored, which is always under current names."""

    fields: Shape
    defaults: Row
    rules: tuple[Rule, ...]
    bound: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields with a value in some modes only."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What requests call a stored field, where that differs."""
    stored: Stored = _as_sent
    """The stored form of the valid fields sent; the row before an update is given."""


def dialect_of(brand: Brand) -> Dialect:
    """The dialect that a brand speaks."""
    current = write_fields(brand)
    defaults = {key.name: key.default for key in current.keys}
    if not brand.older:
        return Dialect(current, defaults, RULES, BOUND)
    defaults["ambient_sound"] = None
    return Dialect(_older_fields(current), defaults, OLDER_RULES, names=_NAMES, stored=_stored)


_NAMES: Mapping[str, str] = {
    "name": "assistant_name",
    "type": "calls_direction",
    "mode": "engine_type",
    "language_id": "language",
    "llm_model_id": "llm_model",
    "fillers": "filler_audios",
    "record": "record_call",
    "enable_noise_cancellation": "noise_cancellation",
    "wait_for_customer": "who_speaks_first",
    "max_duration": "max_call_duration",
    "reengagement_interval": "re_engagement_interval",
}

_SAME = (
    *("voice_id", "timezone", "phone_number_id", "tool_ids", "voice_stability", "voice_similarity"),
    *("speech_speed", "llm_temperature", "allow_interruptions", "end_call_on_voicemail", "endpoint_type"),
    *("endpoint_sensitivity", "interrupt_sensitivity", "ambient_sound_volume", "is_webhook_active"),
    *("webhook_url", "send_webhook_only_on_completed", "include_recording_in_webhook"),
    *("post_call_evaluation", "variables"),
)
"""Fields with the same name, limits and nulls in both dialects."""

_RENAMED = ("fillers", "record", "enable_noise_cancellation", "max_duration", "reengagement_interval")
"""Fields of which only the name differs."""

_SCHEMA_ITEM = Shape(
    (
        Key("name", Text(pattern="[A-Za-z0-9_]+"), required=True),
        Key("type", Choice(("string", "number", "bool")), required=True),
        Key("description", Text(), required=True),
    )
)

_VALUES: Mapping[str, Mapping[str, Any]] = {
    "calls_direction": {"receive": "inbound", "make": "outbound"},
    "who_speaks_first": {"AI assistant": False, "Customer": True},
}


def _older_fields(current: Shape) -> Shape:
    keys = {key.name: key for key in current.keys}
    return Shape(
        (
            Key("assistant_name", Text(255), required=True),
            Key("language", Named("language", 100), required=True),
            Key("llm_model", Named("llm_model", 100), required=True),
            Key("calls_direction", Choice(tuple(_VALUES["calls_direction"])), required=True),
            Key("engine_type", Choice(OLDER_MODES), required=True),
            Key("initial_message", Text(), required=True),
            Key("system_prompt", Text(), required=True),
            *(keys[name] for name in _SAME),
            *(replace(keys[name], name=_NAMES[name]) for name in _RENAMED),
            Key("who_speaks_first", Choice(tuple(_VALUES["who_speaks_first"])), default="AI assistant"),
            replace(keys["max_silence_duration"], type=Whole(1, 120)),
            Key("use_min_interrupt_words", Flag(), default=False),
            Key("min_interrupt_words", Whole(0, 10)),
            replace(keys["post_call_schema"], type=Several(_SCHEMA_ITEM)),
            Key("end_call_tool", Shape((Key("description", Text(500), required=True),))),
        )
    )


def _stored(sent: Row, before: Row | None, check: Check) -> Row:
    stored = dict(sent)
    for name, values in _VALUES.items():
        if name in stored:
            stored[name] = values[stored[name]]
    for current, older in _NAMES.items():
        if older in stored:
            stored[current] = stored.pop(older)
    if "end_call_tool" in stored:
        tool = stored.pop("end_call_tool")
        stored["tools"] = [] if tool is None else [{"type": "end_call", **tool}]
    return _interrupt_words(stored, before, check)


def _interrupt_words(stored: Row, before: Row | None, check: Check) -> Row:
    """The number of words counts while `use_min_interrupt_words` is true; stored is null for false."""
    held = None if before is None else before["min_interrupt_words"]
    words = stored.pop("min_interrupt_words", held)
    used = stored.pop("use_min_interrupt_words", held is not None)
    if used and words is None:
        text = "The {} field is required when use min interrupt words is true."
        check.refuse("min_interrupt_words", text)
    return stored | {"min_interrupt_words": words if used else None}
