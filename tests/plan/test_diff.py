"""When two values are the same, and how a difference inside a whole value reads."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.domain.fields import UNSET
from agentops.domain.plan import Edit
from agentops.domain.values import Ref, Secret, Value
from agentops.engine.diff import canonical, edits, identical, overlay, same
from tests.plan.account import AUTOCALLS

TABLE = AUTOCALLS.kind_by_name["Assistant"].table
TRANSFER = {"type": "assistant_transfer", "assistant": Ref("assistants", 3)}


@pytest.mark.parametrize(
    ("name", "a", "b"),
    [
        ("webhook_url", None, ""),
        ("tools", [], None),
        ("variables", {}, None),
        ("variables", {"a": None}, {"a": ""}),
        ("voice_stability", 1, 1.0),
        ("voice_stability", 0.7, 0.7000001),
        ("voice", Ref("voices", 1, "Sarah", "sarah"), Ref("voices", 1)),
        ("mid_call_tools", [Ref("x", 2), Ref("x", 1)], [Ref("x", 1), Ref("x", 2)]),
        ("tools", [{"type": "collect_keypad"}], [{"type": "collect_keypad", "timeout": 5, "stop_key": "#"}]),
        ("tools", [{"type": "end_call"}], [{"type": "end_call", "description": ""}]),
        ("tools", [{"type": "end_call"}], [{"type": "end_call", "key_that_no_row_knows": 1}]),
        ("tools", [TRANSFER], [{**TRANSFER, "speak_transfer_greeting": True}]),
    ],
)
def test_what_means_the_same_is_the_same(name: str, a: Value, b: Value) -> None:
    assert same(TABLE[name], a, b)
    assert same(TABLE[name], b, a)
    assert edits(TABLE[name], a, b) == ()


@pytest.mark.parametrize(
    ("name", "a", "b"),
    [
        ("record", True, 1),
        ("record", False, None),
        ("max_duration", 1, True),
        ("max_duration", 600, 600.0),
        ("variables", {"a": ""}, {}),
        ("variables", {"a": 1}, {"a": True}),
        ("voice", Ref("voices", 1), Ref("languages", 1)),
        ("voice", Ref("voices", 1), None),
        ("tools", [{"type": "end_call"}, {"type": "dtmf_input"}], [{"type": "dtmf_input"}, {"type": "end_call"}]),
        ("tools", [{"type": "collect_keypad"}], [{"type": "collect_keypad", "timeout": 6}]),
        ("tools", [{"type": "mcp", "a": 1}], [{"type": "mcp", "a": 2}]),
    ],
)
def test_what_means_something_else_differs(name: str, a: Value, b: Value) -> None:
    assert not same(TABLE[name], a, b)
    assert not same(TABLE[name], b, a)


def test_edits_of_tools_follow_each_tool_to_its_new_place() -> None:
    live: Any = [{"type": "end_call", "description": "Bye"}, {"type": "call_transfer", "phone_number": "+1"}, TRANSFER]
    desired: Any = [
        {"type": "dtmf_input"},
        {"type": "assistant_transfer", "assistant": Ref("assistants", 4, "B")},
        {"type": "call_transfer", "phone_number": "+2", "warm_transfer": False},
    ]
    assert edits(TABLE["tools"], live, desired) == (
        Edit((0,), UNSET, {"type": "dtmf_input"}),
        Edit((1, "assistant"), Ref("assistants", 3), Ref("assistants", 4)),
        Edit((2, "phone_number"), "+1", "+2"),
        Edit((0,), {"type": "end_call", "description": "Bye"}, UNSET),
    )


def test_edits_compare_secrets_by_digest() -> None:
    def tools(secret: Secret) -> Value:
        return [{"type": "calendar_integration", "calcom_api_key": secret, "calcom_event_slug": "a"}]

    a, b = Secret("KEY", "digest-1"), Secret("", "digest-2")
    assert edits(TABLE["tools"], tools(a), tools(Secret("", "digest-1"))) == ()
    assert edits(TABLE["tools"], tools(a), tools(b)) == (Edit((0, "calcom_api_key"), a, b),)


def test_edits_reach_into_nested_lists() -> None:
    def tools(*options: str) -> Value:
        field = {"slug": "size", "type": "select", "label": "Size", "options": list(options)}
        return [{"type": "calendar_integration", "calcom_event_slug": "a", "calcom_booking_fields": [field]}]

    assert edits(TABLE["tools"], tools("s", "m"), tools("s", "l")) == (
        Edit((0, "calcom_booking_fields", 0, "options", 1), "m", "l"),
    )


def test_a_hidden_leaf_comes_from_the_tool_that_is_otherwise_the_same() -> None:
    def tool(slug: str, key: str = "") -> dict[str, Value]:
        secret: dict[str, Value] = {"calcom_api_key": Secret("", key)} if key else {}
        return {"type": "calendar_integration", "calcom_event_slug": slug, **secret}

    prior: Value = [tool("a", "1"), tool("b", "2")]
    assert overlay(TABLE["tools"], [tool("b"), tool("a")], prior) == [tool("b", "2"), tool("a", "1")]
    assert overlay(TABLE["tools"], [tool("new"), tool("b")], prior) == [tool("new", "1"), tool("b", "2")]
    assert overlay(TABLE["tools"], [tool("a", "9")], prior) == [tool("a", "9")]
    assert overlay(TABLE["tools"], [{"type": "end_call"}, tool("c")], prior) == [{"type": "end_call"}, tool("c", "2")]


def test_no_leaf_but_a_hidden_one_is_filled_in() -> None:
    live: Value = [{"type": "calendar_integration", "calcom_event_slug": "a"}]
    prior: Value = [{"type": "calendar_integration", "calcom_event_slug": "a", "description": "Book"}]
    assert overlay(TABLE["tools"], live, prior) == live


scalars = st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from([0.0, 1.0, 0.5, "", "a", "b"])
entries = st.fixed_dictionaries({"type": st.sampled_from(["end_call", "mcp"])}, optional={"description": scalars})


@settings(max_examples=300, deadline=None)
@given(st.lists(entries, max_size=4), st.lists(entries, max_size=4))
def test_there_are_edits_exactly_when_values_differ(a: list[Any], b: list[Any]) -> None:
    assert bool(edits(TABLE["tools"], a, b)) == (not same(TABLE["tools"], a, b))


@given(st.lists(entries, max_size=4))
def test_the_canonical_form_is_stable(value: list[Any]) -> None:
    once = canonical(TABLE["tools"], value)
    assert identical(canonical(TABLE["tools"], once), once)
    assert same(TABLE["tools"], value, once)
