"""How assistants are read back: the keys of list items, and what becomes of each stored value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.autocalls.builtin_tools import read_tool
from agentops.sandbox.checks import Tagged
from agentops.sandbox.database import Row
from agentops.sandbox.options import Options

_KEYS = (
    *("id", "user_id", "phone_number_id", "engine_id", "synthesizer_id", "transcriber_id", "voice_id"),
    *("instance_id", "name", "variables", "post_call_evaluation", "fillers", "post_call_schema", "tools"),
    *("is_webhook_active", "webhook_url", "inbound_webhook_url", "language", "type", "status"),
    *("max_duration", "record", "initial_message", "system_prompt", "flows_platform_id", "timezone"),
    *("created_at", "updated_at", "max_silence_duration", "reengagement_interval", "deleted_at"),
    *("end_call_on_voicemail", "llm_temperature", "voice_stability", "voice_similarity"),
    *("allow_interruptions", "enable_noise_cancellation", "endpoint_sensitivity", "speech_speed"),
    *("endpoint_type", "wait_for_customer", "mode", "language_id", "transcriber_provider_id"),
    *("synthesizer_provider_id", "llm_model_id", "multimodal_model_id", "ambient_sound", "uuid"),
    *("send_webhook_only_on_completed", "include_recording_in_webhook", "interrupt_sensitivity"),
    *("filler_config", "knowledgebase_id", "knowledgebase_mode", "min_interrupt_words"),
    *("ambient_sound_volume", "widget_settings"),
)

_EXAMPLE_KEYS = (
    *("id", "user_id", "name", "type", "mode", "status", "initial_message", "system_prompt", "voice_id"),
    *("language_id", "phone_number_id", "timezone", "max_duration", "record", "uuid", "created_at"),
    "updated_at",
)

OUTBOUND_KEYS = (
    *("id", "user_id", "name", "type", "mode", "status", "voice_id", "language_id", "timezone"),
    *("initial_message", "system_prompt", "variables", "webhook_url", "is_webhook_active"),
    *("created_at", "updated_at"),
)

HIDDEN_FIELDS = frozenset(
    {
        *("tool_ids", "secondary_language_ids", "chat_llm_fallback_id", "reengagement_prompt"),
        *("turn_detection_threshold", "tts_emotion_enabled", "voice_mail_message"),
        *("conversation_inactivity_timeout", "conversation_ended_retrigger"),
        *("conversation_ended_webhook_url", "folder_id", "label_ids", "ringing_time"),
        *("max_initial_silence_duration", "compliance_blocked_at"),
    }
)
"""Stored fields that no list page mentions (Famulor's lists two of them); see Options.show_hidden."""

OBSERVED_FIELDS = frozenset(
    {"secondary_language_ids", "chat_llm_fallback_id", "reengagement_prompt", "compliance_blocked_at"}
)
"""Those of them that were seen in live lists."""

_DECIMALS = ("voice_stability", "voice_similarity", "llm_temperature", "speech_speed", "ambient_sound_volume")
_BITS = ("fillers", "end_call_on_voicemail")
_TIMES = ("created_at", "updated_at", "deleted_at")


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns stored rows into list items. `codes` are the languages' codes by id."""

    brand: Brand
    options: Options
    tools: Tagged
    codes: Mapping[int, str]

    def item(self, row: Row) -> Row:
        """A list item with all keys that this brand and these options show."""
        return self.items([row])[0]

    def items(self, rows: Iterable[Row]) -> list[Row]:
        """`item` for many rows."""
        return self.keys(rows, _EXAMPLE_KEYS if self.options.example_subset else self.shown())

    def shown(self) -> tuple[str, ...]:
        """The keys of a list item."""
        shown = [key for key in _KEYS if key not in self.brand.lacking_keys]
        shown += self.brand.extra_keys
        groups = () if self.brand.groups else ("folder_id", "label_ids")
        return (*shown, *sorted(self.options.show_hidden.difference(shown, groups)))

    def keys(self, rows: Iterable[Row], keys: tuple[str, ...]) -> list[Row]:
        """List items with these keys."""
        conversions = [(key, convert) for key, convert in self._conversions() if key in keys]
        items = [{key: row.get(key) for key in keys} for row in rows]
        for item in items:
            for key, convert in conversions:
                if item[key] is not None:
                    item[key] = convert(item[key])
            if self.brand.language_code and "language" in item:
                item["language"] = self.codes.get(item["language_id"] or 0)
            if "knowledgebase_mode" in item and item["knowledgebase_id"] is None:
                item["knowledgebase_mode"] = item["knowledgebase_mode"] or self.options.idle_knowledgebase_mode
        return items

    def _conversions(self) -> Iterator[tuple[str, Callable[[Any], Any]]]:
        yield from ((key, self._decimal) for key in _DECIMALS)
        yield from ((key, int) for key in _BITS)
        yield from ((key, self._time) for key in _TIMES)
        yield "tools", self._tools
        if self.options.empty_map_as_list:
            yield "variables", lambda variables: variables or []
        if self.options.schema_boolean:
            yield "post_call_schema", _boolean
        if self.options.ambient_off_as_null:
            yield "ambient_sound", lambda sound: None if sound == "off" else sound

    def _tools(self, tools: list[Row]) -> list[Any]:
        if self.options.tools_read == "empty":
            return []
        if self.options.tools_read == "names":
            return [tool["type"] for tool in tools]
        return [read_tool(tool, self.tools, self.options) for tool in tools]

    def _time(self, time: str) -> str:
        return time.replace(".000000Z", self.brand.fraction + "Z")

    def _decimal(self, value: float | str) -> str:
        places = self.brand.decimals if self.options.decimals == "brand" else self.options.decimals
        text = f"{float(value):.2f}"
        return text[:-1] if places == "one" and text.endswith("0") else text


def _boolean(schema: list[Row]) -> list[Row]:
    return [item | {"type": "boolean"} if item["type"] == "bool" else item for item in schema]
