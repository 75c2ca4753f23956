"""Which objects may be what a create without an answer has made."""

from typing import Any

import pytest

from agentops.domain.provider import LiveObject
from agentops.domain.state import Intent
from agentops.domain.values import Ref, RemoteId, Secret, Values
from agentops.engine.adopt import Made, fitting, namesakes
from agentops.providers.registry import platform
from tests.apply.world import START, address

TABLE = platform("autocalls").kind_by_name["Assistant"].table
SENT: Values = {
    "name": "Front",
    "type": "outbound",
    "voice": Ref("voices", 1),
    "mid_call_tools": [Ref("mid_call_tools", 1)],
    "tools": [{"type": "calendar_integration", "calcom_api_key": Secret("KEY", "aa"), "calcom_event_slug": "demo"}],
    "speech_speed": 1.0,
}
WHERE = address("front")
NONE: frozenset[RemoteId] = frozenset()
SHOWN = {name: value for name, value in SENT.items() if name != "mid_call_tools"}


def found(*, existing: frozenset[RemoteId] = NONE, taken: frozenset[RemoteId] = NONE, **shown: Any) -> bool:
    """Whether an object that shows `SHOWN`, but for `shown`, fits."""
    live = LiveObject(5, shown.get("name", "Front"), {**SHOWN, **shown})
    return fitting({WHERE: Intent(SENT, START, existing)}, {5: live}, taken, TABLE) == {WHERE: Made((5,))}


def test_a_new_object_with_all_readable_values_fits() -> None:
    assert found()


def test_an_object_that_was_there_before_or_is_managed_does_not() -> None:
    assert not found(existing=frozenset({5}))
    assert not found(taken=frozenset({5}))


@pytest.mark.parametrize("shown", [{"name": "Other"}, {"voice": Ref("voices", 2)}, {"tools": []}, {"type": "inbound"}])
def test_one_other_value_is_enough_to_not_fit(shown: dict[str, Any]) -> None:
    assert not found(**shown)


def test_what_only_looks_different_fits() -> None:
    without_key = [{"type": "calendar_integration", "calcom_event_slug": "demo", "calcom_endpoint": "us"}]
    assert found(tools=without_key)
    undigested = [{"type": "calendar_integration", "calcom_event_slug": "demo", "calcom_api_key": Secret("")}]
    assert found(tools=undigested)


def test_another_secret_does_not_fit() -> None:
    other = [{"type": "calendar_integration", "calcom_event_slug": "demo", "calcom_api_key": Secret("", "bb")}]
    assert not found(tools=other)


def test_a_name_alone_never_settles() -> None:
    bare = LiveObject(5, "Front", {"name": "Front"})
    intent = Intent(SENT, START)
    assert fitting({WHERE: intent}, {5: bare}, (), TABLE) == {WHERE: Made()}
    assert namesakes({WHERE: intent}, {5: bare}, ()) == {WHERE: (5,)}
    assert namesakes({WHERE: intent}, {5: bare}, (5,)) == {WHERE: ()}


def test_an_object_that_two_creates_may_have_made_is_certainly_of_neither() -> None:
    intent, other = Intent(SENT, START), Intent({**SENT, "mid_call_tools": []}, START)
    made = fitting({WHERE: intent, address("other"): other}, {5: LiveObject(5, "Front", SHOWN)}, (), TABLE)
    assert [item.certain for item in made.values()] == [None, None]
    assert [item.ids for item in made.values()] == [(5,), (5,)]
