"""The field tables say what the platforms' documents say."""

from collections.abc import Iterator

import pytest

from agentops.domain.errors import UsageError
from agentops.domain.fields import UNSET, Field, FieldTable, Type
from agentops.providers.registry import platform, platforms

COUNTS = {"autocalls": 57, "famulor": 57, "intellixent": 55}
TOOLS = {
    "call_transfer": 6,
    "warm_call_transfer": 12,
    "end_call": 1,
    "dtmf_input": 1,
    "collect_keypad": 2,
    "calendar_integration": 7,
    "assistant_transfer": 4,
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


def table_of(name: str) -> FieldTable:
    return platform(name).kind_by_name["Assistant"].table


def names(rows: list[Field]) -> set[str]:
    return {row.name for row in rows}


def every_row(table: FieldTable) -> Iterator[Field]:
    """The rows of the table, of its items and of its variants, at any depth."""
    for row in table:
        yield row
        for inner in (row, row.item) if row.item else (row,):
            for nested in (*inner.variants, *([inner.table] if inner.table else [])):
                yield from every_row(nested)


@pytest.mark.parametrize("name", COUNTS)
def test_no_field_is_skipped(name: str) -> None:
    table = table_of(name)
    assert len([row for row in table if not row.absent]) == COUNTS[name]
    item = table["tools"].item
    assert item is not None
    assert {tool.name: len(tool.fields) for tool in item.variants} == TOOLS


def test_every_platform_of_the_dialect_has_a_count() -> None:
    others = {"autocalls-legacy", "revox"}  # see test_older_dialect.py and test_revox.py
    assert set(platforms()) - others == COUNTS.keys()


@pytest.mark.parametrize("name", COUNTS)
def test_traits_are_those_of_the_documents(name: str) -> None:
    rows = list(table_of(name))
    assert names([row for row in rows if row.required]) == REQUIRED
    assert names([row for row in rows if row.nullable]) == CLEARED_BY_NULL
    assert names([row for row in rows if row.empties]) == CLEARED_BY_EMPTY
    assert {row.name: row.default for row in rows if row.default is not UNSET} == DEFAULTS
    assert {row.name: (set(row.bound.modes), row.bound.only) for row in rows if row.bound} == BOUND
    shown = {"ringing_time", "max_initial_silence_duration"} if name == "famulor" else set()
    assert names([row for row in rows if row.hidden]) == HIDDEN - shown


@pytest.mark.parametrize("name", COUNTS)
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


@pytest.mark.parametrize("name", COUNTS)
def test_numbers_have_two_decimals_and_a_range(name: str) -> None:
    numbers = [row for row in every_row(table_of(name)) if row.type is Type.NUMBER]
    assert len(numbers) == 8
    assert all(row.places == 2 and row.minimum is not None and row.maximum is not None for row in numbers)


@pytest.mark.parametrize("name", COUNTS)
def test_every_reference_is_to_a_catalog_that_the_platform_has(name: str) -> None:
    catalogs = platform(name).catalog_by_name
    for row in every_row(table_of(name)):
        for ref in (row.ref, row.item.ref if row.item else None):
            assert ref is None or row.absent or ref.kind in catalogs
            assert ref is None or bool(ref.scope) == (row.absent == "" and catalogs[ref.kind].scoped)


@pytest.mark.parametrize("name", COUNTS)
def test_the_key_of_a_calendar_is_the_only_secret(name: str) -> None:
    assert [row.name for row in every_row(table_of(name)) if row.secret] == ["calcom_api_key"]


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
