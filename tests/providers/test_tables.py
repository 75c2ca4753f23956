"""The field tables say what the platforms' documents say."""

from collections.abc import Iterator

import pytest

from agentops.domain.errors import UsageError
from agentops.domain.fields import UNSET, Field, FieldTable, Type
from agentops.domain.platform import Kind
from agentops.providers.registry import platform, platforms

TOOLS = {
    "call_transfer": 6,
    "warm_call_transfer": 12,
    "end_call": 1,
    "dtmf_input": 1,
    "collect_keypad": 2,
    "calendar_integration": 7,
    "assistant_transfer": 4,
}
COUNTS = {
    "autocalls": {"Assistant": 57},
    "autocalls-legacy": {"Assistant": 37},
    "famulor": {"Assistant": 57},
    "intellixent": {"Assistant": 55},
    "revox": {"Assistant": 45, "PhoneNumber": 3},
}
INSIDE_REVOX = {
    "voice": 4,
    "llm_model dedicated-instance": 1,
    "llm_model openrouter": 2,
    "llm_model custom": 3,
    "llm_model realtime": 3,
    "stt_context": 2,
    "stt_context.general": 2,
    "structured_output_config": 5,
    "call_retry_config": 5,
    "call_retry_config.calling_windows": 3,
    "transfer_destinations": 2,
    "custom_tools": 8,
    "custom_tools.headers": 2,
    "custom_tools.query_params": 2,
    "custom_tools.input_schema": 5,
    "faq_items": 2,
    "calendly": 2,
    "slack": 4,
    "slack.channels": 2,
    "zoho": 6,
    "zoho.field_mapping": 2,
    "position": 2,
    "prompt_flow": 2,
    "prompt_flow.nodes": 4,
    "prompt_flow.nodes.position": 2,
    "prompt_flow.nodes.data": 2,
    "prompt_flow.edges": 3,
}
REQUIRED = {"name", "type", "mode", "voice", "language", "timezone", "initial_message", "system_prompt"}
CLEARED_BY_NULL = {
    "chat_llm_fallback",
    "turn_detection_threshold",
    "knowledgebase",
    "folder",
    "phone_number",
    "synthesizer_provider",
    "transcriber_provider",
    "max_initial_silence_duration",
    "reengagement_prompt",
    "voice_mail_message",
    "min_interrupt_words",
    "webhook_url",
    "conversation_inactivity_timeout",
    "conversation_ended_webhook_url",
}
CLEARED_BY_EMPTY = {"secondary_languages", "labels", "mid_call_tools", "tools"}
DEFAULTS = {
    "tts_emotion_enabled": True,
    "voice_stability": 0.7,
    "voice_similarity": 0.5,
    "speech_speed": 1.0,
    "llm_temperature": 0.1,
    "allow_interruptions": True,
    "fillers": False,
    "record": False,
    "enable_noise_cancellation": True,
    "wait_for_customer": False,
    "max_duration": 600,
    "max_silence_duration": 40,
    "ringing_time": 30,
    "reengagement_interval": 30,
    "end_call_on_voicemail": True,
    "endpoint_type": "vad",
    "endpoint_sensitivity": 0.5,
    "interrupt_sensitivity": 0.5,
    "ambient_sound_volume": 0.5,
    "is_webhook_active": False,
    "send_webhook_only_on_completed": True,
    "include_recording_in_webhook": True,
    "post_call_evaluation": True,
    "conversation_inactivity_timeout": 30,
    "conversation_ended_retrigger": False,
}
BOUND = {
    "llm_model": ({"pipeline"}, UNSET),
    "multimodal_model": ({"multimodal", "dualplex"}, UNSET),
    "chat_llm_fallback": ({"multimodal", "dualplex"}, UNSET),
    "turn_detection_threshold": ({"multimodal", "dualplex"}, UNSET),
    "knowledgebase_mode": ({"pipeline"}, "prompt"),
    "synthesizer_provider": ({"pipeline", "dualplex"}, UNSET),
    "transcriber_provider": ({"pipeline"}, UNSET),
    "allow_interruptions": ({"pipeline"}, False),
    "fillers": ({"pipeline"}, True),
}
HIDDEN = {
    "secondary_languages",
    "chat_llm_fallback",
    "turn_detection_threshold",
    "folder",
    "labels",
    "mid_call_tools",
    "tts_emotion_enabled",
    "max_initial_silence_duration",
    "ringing_time",
    "reengagement_prompt",
    "voice_mail_message",
    "conversation_inactivity_timeout",
    "conversation_ended_retrigger",
    "conversation_ended_webhook_url",
}


OLDER_NAMES = {
    "name": "assistant_name",
    "type": "calls_direction",
    "mode": "engine_type",
    "language": "language",
    "llm_model": "llm_model",
    "fillers": "filler_audios",
    "record": "record_call",
    "enable_noise_cancellation": "noise_cancellation",
    "wait_for_customer": "who_speaks_first",
    "max_duration": "max_call_duration",
    "reengagement_interval": "re_engagement_interval",
}
LIMITED = {"mode", "voice", "llm_model", "tools", "max_silence_duration"}
NEVER_NULL = {
    "name",
    "prompt",
    "first_sentence",
    "first_sentence_mode",
    "first_sentence_delay_ms",
    "end_of_call_sentence",
    "voice",
    "llm_model",
    "stt_model",
    "webhook_url",
    "max_call_duration_secs",
    "structured_output_config",
    "call_retry_config",
    "background_sound_volume",
    "thinking_sound_probability",
    "thinking_sound_volume",
    "ivr_navigation_enabled",
    "sms_enabled",
    "faq_items",
    "type",
}


def table_of(name: str) -> FieldTable:
    return platform(name).kind_by_name["Assistant"].table


def names(rows: list[Field]) -> set[str]:
    return {row.name for row in rows}


def is_current(name: str) -> bool:
    """Whether the platform speaks the dialect of Autocalls as it is today, all three modes."""
    table = table_of(name)
    return "mode" in table and "dualplex" in table["mode"].choices


CURRENT = tuple(filter(is_current, platforms()))
"""The platforms of the current dialect."""


def kinds() -> Iterator[tuple[str, Kind]]:
    """Every kind of every platform."""
    return ((name, kind) for name in platforms() for kind in platform(name).kinds)


def inside(table: FieldTable, path: str = "") -> Iterator[tuple[str, int]]:
    """How many fields each object has that stands inside a field, at any depth."""
    for row in table:
        here = f"{path}.{row.name}".lstrip(".")
        for holder in filter(None, (row, row.item)):
            for variant in holder.variants:
                yield f"{here} {variant.name}", len(variant.fields)
            for nested in filter(None, (holder.table, *holder.variants)):
                if nested is holder.table:
                    yield here, len(nested.fields)
                yield from inside(nested, here)


def every_row(table: FieldTable) -> Iterator[Field]:
    """The rows of the table, of its items and of its variants, at any depth."""
    for row in table:
        yield row
        for inner in (row, row.item) if row.item else (row,):
            for nested in (*inner.variants, *([inner.table] if inner.table else [])):
                yield from () if row.absent or nested.absent else every_row(nested)


def test_no_field_is_skipped() -> None:
    counts: dict[str, dict[str, int]] = {}
    for name, kind in kinds():
        counts.setdefault(name, {})[kind.name] = len([row for row in kind.table if not row.absent])
    assert counts == COUNTS


@pytest.mark.parametrize("name", [name for name in platforms() if "tools" in table_of(name)])
def test_no_field_of_a_tool_is_skipped(name: str) -> None:
    item = table_of(name)["tools"].item
    assert item is not None
    assert {tool.name: len(tool.fields) for tool in item.variants} == TOOLS


def test_no_field_inside_a_field_of_revox_is_skipped() -> None:
    assert dict(inside(table_of("revox"))) == INSIDE_REVOX


@pytest.mark.parametrize("name", platforms())
def test_names_are_once_in_a_table_on_both_sides(name: str) -> None:
    for kind in platform(name).kinds:
        rows = [row for row in kind.table if not row.absent]
        wires = [key for row in rows for key in (row.spread.keys if row.spread else (row.wire_name,))]
        for each in ([row.name for row in rows], [row.read_name for row in rows], wires):
            assert len(each) == len(set(each))


@pytest.mark.parametrize("name", CURRENT)
def test_traits_are_those_of_the_documents(name: str) -> None:
    rows = list(table_of(name))
    assert names([row for row in rows if row.required]) == REQUIRED
    assert names([row for row in rows if row.nullable]) == CLEARED_BY_NULL
    assert names([row for row in rows if row.empties]) == CLEARED_BY_EMPTY
    assert {row.name: row.default for row in rows if row.default is not UNSET} == DEFAULTS
    assert {row.name: (set(row.bound.modes), row.bound.only) for row in rows if row.bound} == BOUND
    shown = {"ringing_time", "max_initial_silence_duration"} if name == "famulor" else set()
    assert names([row for row in rows if row.hidden]) == HIDDEN - shown


@pytest.mark.parametrize("name", CURRENT)
def test_what_leaves_a_manifest_goes_back_to_what_is_documented(name: str) -> None:
    table = table_of(name)
    assert table["conversation_inactivity_timeout"].reset_value == 30
    assert table["webhook_url"].reset_value is None
    assert table["tools"].reset_value == []
    undocumented = ("knowledgebase_mode", "filler_config", "ambient_sound", "post_call_schema", "variables")
    assert {table[field].reset_value for field in undocumented} == {UNSET}


def test_what_a_brand_lacks_says_why() -> None:
    table = table_of("intellixent")
    assert {row.name: row.absent for row in table if row.absent} == {
        "folder": "Intellixent has no folder",
        "labels": "Intellixent has no labels",
    }
    kinds = {catalog.name for catalog in platform("intellixent").catalogs}
    assert {catalog.name for catalog in platform("autocalls").catalogs} - kinds == {"folders", "labels"}
    numbers = platform("intellixent").catalog_by_name["phone_numbers"]
    assert numbers.match_keys == ("phone_number",)
    assert [qualifier.name for qualifier in numbers.qualifiers] == ["type", "country"]


@pytest.mark.parametrize("name", CURRENT)
def test_numbers_have_two_decimals_and_a_range(name: str) -> None:
    numbers = [row for row in every_row(table_of(name)) if row.type is Type.NUMBER]
    assert len(numbers) == 8
    assert all(row.places == 2 and row.minimum is not None and row.maximum is not None for row in numbers)


@pytest.mark.parametrize("name", platforms())
def test_every_reference_is_to_a_catalog_that_the_platform_has(name: str) -> None:
    catalogs = platform(name).catalog_by_name
    tables = [kind.table for kind in platform(name).kinds]
    present = (row for table in tables for row in every_row(table) if not row.absent)
    references = [ref for row in present for ref in (row.ref, row.item.ref if row.item else None) if ref]
    assert references
    for ref in references:
        assert ref.kind in catalogs
        assert bool(ref.scope) == catalogs[ref.kind].scoped


SECRET = {"autocalls/v1": ["calcom_api_key"], "revox/v1": ["api_key", "value"]}
"""Vocabulary -> its secrets, where the platform has any."""


@pytest.mark.parametrize("name", platforms())
def test_what_is_secret_is_marked(name: str) -> None:
    secret = [row for row in every_row(table_of(name)) if row.secret]
    assert [row.name for row in secret] == (SECRET[platform(name).api_version] if secret else [])
    assert all(row.hidden and row.required for row in secret)
    assert bool(secret) == (name in CURRENT or platform(name).api_version == "revox/v1")


def test_traits_of_the_older_dialect_are_those_of_its_document() -> None:
    rows = [row for row in table_of("autocalls-legacy") if not row.absent]
    assert names([row for row in rows if row.required]) == REQUIRED | {"llm_model"}
    assert names([row for row in rows if row.nullable]) == {"phone_number", "webhook_url", "min_interrupt_words"}
    assert names([row for row in rows if row.empties]) == {"mid_call_tools"}
    assert names([row for row in rows if row.hidden]) == {"mid_call_tools"}
    assert {row.name: row.wire_name for row in rows if row.wire_name != row.read_name} == OLDER_NAMES
    assert names([row for row in rows if row.ref and row.ref.by_name]) == {"language", "llm_model"}
    assert names([row for row in rows if row.limited]) == LIMITED


def test_what_the_older_dialect_lacks_is_refused_with_its_name() -> None:
    table, current = table_of("autocalls-legacy"), table_of("autocalls")
    lacking = {row.name: row.absent for row in table if row.absent}
    assert len(lacking) == len(current.fields) - COUNTS["autocalls-legacy"]["Assistant"]
    assert all(text == f"the older dialect has no {field}" for field, text in lacking.items())


def test_traits_of_revox_are_those_of_its_document() -> None:
    rows = list(table_of("revox"))
    assert names([row for row in rows if row.required]) == {"name", "prompt"}
    assert names([row for row in rows if not row.nullable]) == NEVER_NULL
    assert {row.name: row.default for row in rows if row.default is not UNSET}.keys() == {
        *("first_sentence_delay_ms", "stt_model", "call_retry_config", "type")
    }
    assert names([row for row in rows if row.unordered]) == {"after_call_sms_outcomes", "email_notification_outcomes"}
    assert names([row for row in rows if row.hidden or row.absent or row.bound]) == set()
    assert names([row for row in rows if row.loses]) == {"faq_items"}
    assert {row.name: row.wire_name for row in rows if row.wire_name != row.read_name} == {}


def test_of_a_phone_number_the_label_and_the_assistant_can_be_written() -> None:
    kind = platform("revox").kind_by_name["PhoneNumber"]
    assert (kind.identity, kind.creatable) == ("phone_number", False)
    assert names([row for row in kind.table if row.nullable]) == {"label", "inbound_assistant"}
    row = kind.table["inbound_assistant"]
    assert (row.wire_name, row.read_name) == ("inbound_assistant_id", "inbound_assistant")


def test_default_texts_of_warm_transfers_differ_by_brand() -> None:
    def texts(name: str) -> dict[str, object]:
        item = table_of(name)["tools"].item
        tool = item.variant("warm_call_transfer") if item else None
        assert tool is not None
        keys = ("hold_message", "summary_instructions", "briefing_initial_message", "connected_message")
        return {key: tool[key].default for key in keys}

    assert texts("autocalls") == texts("intellixent")
    assert all(texts("autocalls")[key] != text for key, text in texts("famulor").items())


def test_an_unknown_platform_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match="there is no platform 'acme'") as caught:
        platform("acme")
    assert caught.value.hint == f"choose one of {', '.join(platforms())}"
