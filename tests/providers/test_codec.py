"""The quirks of reads and writes, one by one."""

from collections.abc import Mapping
from typing import Any

import pytest

from agentops.domain.errors import RejectedError
from agentops.domain.fields import Field, FieldTable, Type
from agentops.domain.secrets import Secrets
from agentops.domain.values import Ref, Secret, Value
from agentops.providers.autocalls.tables import ASSISTANT
from agentops.providers.rest.codec import TableCodec
from tests.providers.support import CALCOM_KEY, SECRETS

CODEC = TableCodec(ASSISTANT)


def decode(**item: Any) -> Mapping[str, Value]:
    return CODEC.decode(item, SECRETS).values


def encode(**values: Any) -> Mapping[str, object]:
    return CODEC.encode(values, SECRETS.reveal)


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        ("0.70", 0.7),
        ("1.0", 1.0),
        (1, 1.0),
        (0.333, 0.33),
        ("-0.001", 0.0),
        ("0.99999", 1.0),
        (7.5, 7.5),  # outside the range that a manifest may write
        ("fast", "fast"),
        ("1e400", "1e400"),
        ("nan", "nan"),
        (True, True),
        (10**400, 10**400),
        (None, None),
    ],
)
def test_a_decimal_is_a_number_however_it_is_spelt(wire: object, value: Value) -> None:
    found = decode(speech_speed=wire)["speech_speed"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("wire", "value"), [(1, True), (0, False), (True, True), ("1", True), ("0", False), (2, 2)])
def test_a_flag_may_be_read_as_a_number(wire: object, value: Value) -> None:
    found = decode(fillers=wire)["fillers"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("wire", "value"), [(30, 30), (1800, 1800), ("30", 30), (30.0, 30), (30.5, 30.5), (None, None)]
)
def test_a_whole_number_is_one_however_it_is_spelt(wire: object, value: Value) -> None:
    found = decode(max_duration=wire)["max_duration"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("wire", "value"), [(7, Ref("phone_numbers", 7)), ("7", Ref("phone_numbers", 7)), (None, None), ("x", "x")]
)
def test_an_id_may_be_read_as_a_text(wire: object, value: Value) -> None:
    assert decode(phone_number_id=wire)["phone_number"] == value


def test_a_platform_with_text_ids_has_text_ids_only() -> None:
    codec = TableCodec(ASSISTANT, ids=str)
    assert codec.decode({"voice_id": 7, "language_id": "de-1"}, SECRETS).values == {
        "voice": Ref("voices", "7"),
        "language": Ref("languages", "de-1"),
    }


def test_line_ends_and_outer_space_of_texts_do_not_count() -> None:
    values = decode(
        system_prompt=" One\r\nTwo\rThree\n",
        variables={"a": " x\r\n"},
        tools=[{"type": "end_call", "data": {"description": "\tBye \n"}}],
    )
    assert values == {
        "system_prompt": "One\nTwo\nThree",
        "variables": {"a": "x"},
        "tools": [{"type": "end_call", "description": "Bye"}],
    }


def test_what_a_read_does_not_show_is_absent_and_what_nobody_knows_is_dropped() -> None:
    assert decode(name="A", uuid="x", language="de", widget_settings={"a": 1}, status="active") == {"name": "A"}


def test_words_outside_the_choices_are_kept() -> None:
    assert decode(endpoint_type="psychic", ambient_sound="beach") == {
        "endpoint_type": "psychic",
        "ambient_sound": "beach",
    }


def test_no_ambient_sound_is_off() -> None:
    assert decode(ambient_sound=None) == {"ambient_sound": "off"}


@pytest.mark.parametrize("wire", [[], {}, None])
def test_no_variables_are_an_empty_map(wire: object) -> None:
    assert decode(variables=wire) == {"variables": {}}


@pytest.mark.parametrize("wire", [[], None])
def test_no_list_is_an_empty_list(wire: object) -> None:
    assert decode(tools=wire, post_call_schema=wire, secondary_language_ids=wire) == {
        "tools": [],
        "post_call_schema": [],
        "secondary_languages": [],
    }


def test_members_of_a_set_are_in_order_of_their_ids() -> None:
    ids = [12, 5, "7"]
    assert decode(tool_ids=ids)["mid_call_tools"] == [Ref("mid_call_tools", number) for number in (5, 7, 12)]


def test_the_type_boolean_is_bool() -> None:
    entry = {"name": "status", "type": "boolean", "description": "Done?"}
    assert decode(post_call_schema=[entry])["post_call_schema"] == [entry | {"type": "bool"}]


def test_fillers_of_another_shape_are_not_readable() -> None:
    assert decode(filler_config={"enabled": True, "phrases": []}) == {}
    assert decode(filler_config={"positive": ["Yes."], "custom": []}) == {"filler_config": {"positive": ["Yes."]}}
    assert decode(filler_config={}) == {"filler_config": {}}


@pytest.mark.parametrize("field", ["tools", "post_call_schema", "variables", "filler_config", "label_ids"])
def test_a_value_of_another_shape_is_not_readable(field: str) -> None:
    assert decode(**{field: "sk-secret"}) == {}


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "end_call", "data": {"description": "Bye", "extra": 1}},
        {"type": "end_call", "description": "Bye"},
        {"type": "end_call", "data": {"description": "Bye", "type": "other"}},
    ],
)
def test_a_tool_is_flat_however_it_is_read(entry: object) -> None:
    decoded = CODEC.decode({"tools": [entry]}, SECRETS)
    assert decoded.values == {"tools": [{"type": "end_call", "description": "Bye"}]}
    assert not decoded.blocked


@pytest.mark.parametrize("data", [None, [], {}, {"description": None}])
def test_a_tool_may_have_nothing_but_its_type(data: object) -> None:
    assert decode(tools=[{"type": "end_call", "data": data}]) == {"tools": [{"type": "end_call"}]}


def test_tools_given_by_their_names_only_are_not_readable() -> None:
    decoded = CODEC.decode({"tools": ["end_call", "call_transfer"]}, SECRETS)
    assert decoded.values == {}
    assert not decoded.blocked


def test_a_tool_of_an_unknown_type_blocks_writing_and_shows_nothing_of_itself() -> None:
    tools = [{"type": "end_call", "data": {}}, {"type": "gohighlevel", "data": {"api_key": CALCOM_KEY}}]
    decoded = CODEC.decode({"tools": tools}, SECRETS)
    assert decoded.values == {"tools": [{"type": "end_call"}, {"type": "gohighlevel"}]}
    assert "'gohighlevel'" in decoded.blocked["tools"]
    assert CALCOM_KEY not in repr(decoded)


def test_a_tool_without_a_type_blocks_writing() -> None:
    assert CODEC.decode({"tools": [{"data": {}}]}, SECRETS).blocked.keys() == {"tools"}


def calendar(key: object) -> Value:
    return decode(tools=[{"type": "calendar_integration", "data": {"calcom_api_key": key, "calcom_event_slug": "a"}}])


def test_a_secret_that_is_read_is_known_by_its_digest_only() -> None:
    values = calendar(CALCOM_KEY)
    digest = SECRETS.digest(CALCOM_KEY)
    assert values == {
        "tools": [
            {"type": "calendar_integration", "calcom_api_key": Secret("", digest), "calcom_event_slug": "a"},
        ]
    }
    assert CALCOM_KEY not in repr(values)


@pytest.mark.parametrize("key", ["cal_***", "••••••abcd", "", None, 42, ["cal_live"]])
def test_a_secret_that_is_masked_or_missing_is_not_readable(key: object) -> None:
    assert calendar(key) == {"tools": [{"type": "calendar_integration", "calcom_event_slug": "a"}]}


def test_a_secret_has_no_digest_while_there_is_no_key() -> None:
    tools = [{"type": "calendar_integration", "data": {"calcom_api_key": CALCOM_KEY}}]
    values = CODEC.decode({"tools": tools}, Secrets({})).values
    assert values == {"tools": [{"type": "calendar_integration", "calcom_api_key": Secret("")}]}


def test_names_become_wire_names_and_references_ids() -> None:
    tools = [
        {"type": "warm_call_transfer", "outbound_phone": Ref("phone_numbers", 7), "supervisor_phone": "+1555"},
        {"type": "assistant_transfer", "assistant": Ref("assistants", 12)},
        {"type": "calendar_integration", "calcom_api_key": Secret("CALCOM_KEY")},
    ]
    assert encode(voice=Ref("voices", 3), labels=[Ref("labels", 2)], phone_number=None, tools=tools) == {
        "voice_id": 3,
        "label_ids": [2],
        "phone_number_id": None,
        "tools": [
            {"type": "warm_call_transfer", "outbound_phone_id": 7, "supervisor_phone": "+1555"},
            {"type": "assistant_transfer", "assistant_id": 12},
            {"type": "calendar_integration", "calcom_api_key": CALCOM_KEY},
        ],
    }


def test_what_a_manifest_says_is_sent_as_it_is_written() -> None:
    values: dict[str, Value] = {
        "variables": {},
        "webhook_url": None,
        "tools": [],
        "speech_speed": 1.0,
        "min_interrupt_words": 0,
    }
    assert encode(**values) == values


def test_a_reference_without_an_id_is_refused() -> None:
    with pytest.raises(RejectedError, match=r"assistant\.sales has no ID yet"):
        encode(tools=[{"type": "assistant_transfer", "assistant": Ref("assistants", None, address="assistant.sales")}])


def test_a_field_that_the_platform_lacks_is_neither_written_nor_read() -> None:
    codec = TableCodec(ASSISTANT.revise({"folder": {"absent": "none here"}}))
    assert codec.decode({"folder_id": 3}, SECRETS).values == {}
    with pytest.raises(KeyError):
        codec.encode({"folder": Ref("folders", 3)}, SECRETS.reveal)


@pytest.mark.parametrize(
    ("wire", "path"),
    [
        ("voice_id", ("voice",)),
        ("name", ("name",)),
        ("post_call_schema.0.name", ("post_call_schema", 0, "name")),
        ("post_call_schema.2", ("post_call_schema", 2)),
        ("tools.1.phone_number", ("tools", 1, "phone_number")),
        ("tools.0.outbound_phone_id", ("tools", 0, "outbound_phone")),
        ("tools.3.assistant_id", ("tools", 3, "assistant")),
        ("tools.0.calcom_booking_fields.1.slug", ("tools", 0, "calcom_booking_fields", 1, "slug")),
        ("tools.0.nonsense", ("tools", 0)),
        ("tool_ids.1", ("mid_call_tools",)),  # sent in order of IDs, so the place says nothing
        ("filler_config.positive.0", ("filler_config", "positive", 0)),
        ("variables.first.name", ("variables", "first.name")),
        ("nonsense", ()),
        ("", ()),
    ],
)
def test_a_wire_key_leads_back_to_the_manifest(wire: str, path: tuple[str | int, ...]) -> None:
    assert CODEC.manifest_path(wire) == path


def test_a_table_may_nest_objects_and_have_values_that_null_clears() -> None:
    pair = FieldTable("pair", (Field(name="x", type=Type.INTEGER), Field(name="y", wire="Y", read="why")))
    table = FieldTable(
        "t",
        (
            Field(name="at", type=Type.OBJECT, table=pair, nullable="none"),
            Field(name="tags", type=Type.LIST, item=Field(name="tag"), nullable="none", unordered=True),
        ),
    )
    codec = TableCodec(table)
    assert codec.decode({"at": {"x": 1, "why": "b"}, "tags": ["b", "a"]}, SECRETS).values == {
        "at": {"x": 1, "y": "b"},
        "tags": ["a", "b"],
    }
    assert codec.decode({"at": None, "tags": None}, SECRETS).values == {"at": None, "tags": None}
    assert codec.encode({"at": {"x": 1, "y": "b"}}, SECRETS.reveal) == {"at": {"x": 1, "Y": "b"}}
