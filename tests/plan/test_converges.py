"""Whatever git, the platform and the state say: once a plan is carried out, there is nothing left to plan."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.domain.address import Address
from agentops.domain.desired import Desired, Resource
from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, OnConflict, Plan, PlanOptions
from agentops.domain.provider import LiveObject
from agentops.domain.state import Entry, State
from agentops.domain.values import Ref, RemoteId, Secret, Value
from agentops.engine.journal import state_only
from agentops.engine.order import waves
from agentops.engine.plan import make_plan
from tests.plan.account import AUTOCALLS, KEY
from tests.plan.case import BINDING, NOW
from tests.plan.fleet import address, manifest

SALES = address("sales")
HIDDEN = ("voice_mail_message", "mid_call_tools", "turn_detection_threshold")


def _tool(key: str, slug: str) -> dict[str, Value]:
    return {"type": "calendar_integration", "calcom_api_key": Secret("KEY", key), "calcom_event_slug": slug}


CHOICES: Mapping[str, list[Value]] = {
    "mode": ["pipeline", "multimodal"],
    "voice": [Ref("voices", 1, "Sarah", "Sarah"), Ref("voices", 2, "Emma", "Emma"), Ref("voices", 3, "Sarah", "Sarah")],
    "system_prompt": ["a", "b", "c"],
    "record": [True, False],
    "webhook_url": [None, "", "https://a.example", "https://b.example"],
    "variables": [{}, {"a": "1"}, {"a": "1", "b": "2"}],
    "tools": [[], [_tool("k1", "a")], [_tool("k2", "a"), {"type": "end_call", "description": ""}], [_tool("k1", "b")]],
    "voice_mail_message": [None, "x", "y"],
    "mid_call_tools": [[], [Ref("mid_call_tools", 1, "a", "a")], [Ref("mid_call_tools", 2, "a", "a")]],
    "turn_detection_threshold": [None, 0.4, 0.5],
    "llm_model": [Ref("llm_models", 1, "m", "m"), None],
    "allow_interruptions": [True, False],
}

side = st.fixed_dictionaries({name: st.sampled_from([UNSET, *choices]) for name, choices in CHOICES.items()})


def _given(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value is not UNSET}


def _read(values: Mapping[str, Value], *, shows_hidden: bool) -> dict[str, Value]:
    """What a read shows of what the platform stores."""
    if shows_hidden:
        return dict(values)
    shown = {name: value for name, value in values.items() if name not in HIDDEN}
    tools = shown.get("tools")
    if isinstance(tools, list):
        shown["tools"] = [{key: leaf for key, leaf in tool.items() if key != "calcom_api_key"} for tool in tools]
    return shown


def _plan(desired: Mapping[str, Value], live: Mapping[str, Value], entry: Entry, on_conflict: OnConflict) -> Plan:
    objects: Mapping[RemoteId, LiveObject] = {1: LiveObject(1, "sales", live)}
    return make_plan(
        Desired({SALES: Resource(manifest("sales", {}), desired)}, (), ""),
        {"Assistant": objects},
        State("lineage", 1, BINDING, KEY, {SALES: entry}),
        AUTOCALLS,
        {},
        BINDING,
        PlanOptions(on_conflict=on_conflict),
        sandbox=False,
        created=NOW,
    )


def _carried_out(plan: Plan, stored: dict[str, Value], entry: Entry) -> Entry:
    """Do what the plan says to `stored`, and return the entry afterwards."""
    settled: Mapping[Address, Entry | None] = state_only(plan.changes, {SALES: entry}).entries
    after = settled.get(SALES) or entry
    for wave in waves(plan):
        for step in wave:
            stored.update(step.values)
            kept = {name: value for name, value in {**after.values, **step.values}.items() if name not in step.drops}
            after = replace(after, values=kept)
    return after


@settings(max_examples=600, deadline=None)
@given(side, side, side, st.booleans())
def test_after_apply_there_is_nothing_left(
    git: Mapping[str, Value], platform: Mapping[str, Value], applied: Mapping[str, Value], shows_hidden: bool
) -> None:
    desired, stored = {"name": "sales", **_given(git)}, {"name": "sales", **_given(platform)}
    before, entry = dict(stored), Entry(1, _given(applied))
    plan = _plan(desired, _read(stored, shows_hidden=shows_hidden), entry, OnConflict.GIT)
    after = _carried_out(plan, stored, entry)
    again = _plan(desired, _read(stored, shows_hidden=shows_hidden), after, OnConflict.GIT)
    assert again.changes == ()
    untouched = before.keys() - desired.keys() - _given(applied).keys()
    assert {name: stored[name] for name in untouched} == {name: before[name] for name in untouched}


@settings(max_examples=300, deadline=None)
@given(side, side, side)
def test_a_conflict_that_the_platform_wins_stays_as_it_is(
    git: Mapping[str, Value], platform: Mapping[str, Value], applied: Mapping[str, Value]
) -> None:
    desired, stored = {"name": "sales", **_given(git)}, {"name": "sales", **_given(platform)}
    before, entry = dict(stored), Entry(1, _given(applied))
    plan = _plan(desired, stored, entry, OnConflict.LIVE)
    kept = {part.name for change in plan.changes for part in change.fields if part.cause is Cause.CONFLICT}
    after = _carried_out(plan, stored, entry)
    assert {name: stored[name] for name in kept} == {name: before[name] for name in kept}
    again = _plan(desired, stored, after, OnConflict.LIVE)
    assert {part.name for change in again.changes for part in change.fields} == kept


@settings(max_examples=300, deadline=None)
@given(side, side, side)
def test_an_undecided_conflict_leaves_the_whole_resource_alone(
    git: Mapping[str, Value], platform: Mapping[str, Value], applied: Mapping[str, Value]
) -> None:
    desired, stored = {"name": "sales", **_given(git)}, {"name": "sales", **_given(platform)}
    plan = _plan(desired, stored, Entry(1, _given(applied)), OnConflict.FAIL)
    for change in plan.changes:
        undecided = [part for part in change.fields if part.cause is Cause.CONFLICT]
        assert bool(change.blocked) == bool(undecided)
        assert not (undecided and (waves(plan) or change.action is not Action.NO_OP))
