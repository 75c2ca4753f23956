"""What makes a saved plan stale, and what does not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from agentops.domain.address import Address
from agentops.domain.desired import Desired, Resource
from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, Change, FieldChange, OnConflict, Plan, PlanOptions
from agentops.domain.provider import LiveObject
from agentops.domain.state import Binding, Entry, Intent, State
from agentops.domain.values import Ref, Secret, Value
from agentops.engine.plan import make_plan
from agentops.engine.planfile import dump, parse, stale, to_carry_out
from tests.plan.account import AUTOCALLS, KEY
from tests.plan.case import BINDING, NOW
from tests.plan.fleet import address, manifest

SALES, OTHER, GONE, NEW, LEFT = map(address, ("sales", "other", "gone", "new", "left"))
VOICE = Ref("voices", 1, "Sarah", "Sarah")
TOOL = {"type": "calendar_integration", "calcom_api_key": Secret("CALCOM_KEY", "d1"), "calcom_event_slug": "demo"}
SPEC: Mapping[str, Value] = {
    "name": "Sales",
    "record": True,
    "voice": VOICE,
    "tools": [TOOL],
    "voice_mail_message": "Bye",
}
BEFORE: Mapping[str, Value] = {**SPEC, "record": False, "voice": Ref("voices", 2, "Emma", "Emma")}


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything that a plan is made from."""

    desired: Mapping[Address, Mapping[str, Value]]
    live: Mapping[int, Mapping[str, Value]]
    entries: Mapping[Address, Entry]
    intents: Mapping[Address, Intent]
    digest: str = "digest"
    lineage: str = "lineage-1"
    binding: Binding = BINDING
    serial: int = 3
    commit: str = "abc"
    minutes: int = 0

    def plan(self, options: PlanOptions | None = None) -> Plan:
        resources = {
            key: Resource(manifest(key.name, {}), {**spec, "name": key.name}) for key, spec in self.desired.items()
        }
        objects: Mapping[Any, LiveObject] = {id_: LiveObject(id_, str(v["name"]), v) for id_, v in self.live.items()}
        state = State(self.lineage, self.serial, BINDING, KEY, self.entries, self.intents) if self.lineage else None
        return make_plan(
            Desired(resources, (), self.digest),
            {"Assistant": objects},
            state,
            AUTOCALLS,
            {},
            self.binding,
            options or PlanOptions(),
            sandbox=False,
            created=NOW + timedelta(minutes=self.minutes),
            commit=self.commit,
        )


def named(values: Mapping[str, Value], name: str) -> Mapping[str, Value]:
    return {**values, "name": name}


THEN = Moment(
    {SALES: SPEC, OTHER: SPEC, NEW: SPEC, LEFT: SPEC},
    {
        1: {key: value for key, value in named(BEFORE, "sales").items() if key != "voice_mail_message"},
        2: named(SPEC, "other"),
        3: named(SPEC, "gone"),
        4: named(SPEC, "left"),
        9: named(SPEC, "unmanaged"),
    },
    {
        SALES: Entry(1, named(BEFORE, "sales")),
        OTHER: Entry(2, named(SPEC, "other")),
        GONE: Entry(3, named(SPEC, "gone")),
    },
    {LEFT: Intent(named(SPEC, "left"), NOW)},
)


def live(id_: int, **values: Value) -> Mapping[int, Mapping[str, Value]]:
    return {**THEN.live, id_: {**THEN.live[id_], **values}}


def without(id_: int, *names: str) -> Mapping[int, Mapping[str, Value]]:
    return {**THEN.live, id_: {key: value for key, value in THEN.live[id_].items() if key not in names}}


def entry(key: Address, **values: Value) -> Mapping[Address, Entry]:
    before = THEN.entries[key]
    return {**THEN.entries, key: replace(before, values={**before.values, **values})}


def desired(key: Address, **values: Value) -> Mapping[Address, Mapping[str, Value]]:
    return {**THEN.desired, key: {**THEN.desired[key], **values}}


VALID: Mapping[str, Moment] = {
    "nothing happened": THEN,
    "time passed, and another commit": replace(THEN, minutes=90, commit="def"),
    "an apply elsewhere": replace(THEN, serial=4, entries=entry(OTHER, name="x", record=False)),
    "an unrelated assistant was edited": replace(THEN, live=live(2, record=False)),
    "an unmanaged assistant was edited": replace(THEN, live=live(9, record=False)),
    "an unmanaged assistant appeared": replace(THEN, live={**THEN.live, 10: {"name": "late"}}),
    "an unmanaged field of a touched one was edited": replace(THEN, live=live(1, timezone="UTC")),
    "a name was spelt otherwise": replace(THEN, desired=desired(SALES, voice=Ref("voices", 1, "Sarah", "sarah"))),
    "an unrelated assistant is gone": replace(THEN, live={k: v for k, v in THEN.live.items() if k != 2}),
    "the secret is another one now": replace(
        THEN, desired=desired(NEW, tools=[{**TOOL, "calcom_api_key": Secret("CALCOM_KEY", "d2")}])
    ),
    "somebody renamed a field's label": replace(THEN, entries=entry(OTHER, voice=Ref("voices", 1, "Sally", "Sarah"))),
}

STALE: Mapping[str, tuple[Moment, str]] = {
    "the manifests mean something else": (replace(THEN, digest="other"), "the manifests say something else"),
    "another state": (replace(THEN, lineage="lineage-2"), "the state is another one"),
    "another account": (replace(THEN, binding=replace(BINDING, account="you@x")), "account 'me@example.com'"),
    "another platform": (replace(THEN, binding=replace(BINDING, platform="famulor")), "platform 'autocalls'"),
    "another host": (replace(THEN, binding=replace(BINDING, base_url="https://x")), "base url"),
    "another environment": (replace(THEN, binding=replace(BINDING, environment="prod")), "environment 'test'"),
    "another project": (replace(THEN, binding=replace(BINDING, project="x")), "project 'acme'"),
    "a field that it writes was edited": (replace(THEN, live=live(1, record=True)), "sales: record changed on the"),
    "a field that it only manages was edited": (replace(THEN, live=live(1, tools=[])), "sales: tools changed on the"),
    "a managed field can be read now": (
        replace(THEN, live=live(1, voice_mail_message="Bye")),
        "sales: voice_mail_message changed on the platform",
    ),
    "a managed field cannot be read any more": (replace(THEN, live=without(1, "record")), "sales: record changed"),
    "a type changed": (replace(THEN, live=live(1, record=0)), "sales: record changed"),
    "it was applied since": (replace(THEN, entries=entry(SALES, record=True)), "sales: it was applied, imported"),
    "it was forgotten": (
        replace(THEN, entries={key: item for key, item in THEN.entries.items() if key != SALES}),
        "sales: it was applied, imported, moved or forgotten",
    ),
    "it is another object now": (
        replace(THEN, entries={**THEN.entries, SALES: replace(THEN.entries[SALES], remote_id=9)}),
        "sales: it was object 1, it is object 9 now",
    ),
    "a name means another ID": (
        replace(THEN, desired=desired(SALES, voice=Ref("voices", 5, "Sarah", "Sarah"))),
        "sales: voice means another ID now",
    ),
    "what it creates was created": (
        replace(THEN, entries={**THEN.entries, NEW: Entry(9, {})}),
        "new: it was applied, imported, moved or forgotten",
    ),
    "what it deletes was edited": (replace(THEN, live=live(3, record=False)), "gone: record changed on the platform"),
    "what it deletes is gone": (
        replace(THEN, live={k: v for k, v in THEN.live.items() if k != 3}),
        "changed on the platform",
    ),
    "all is done already": (
        replace(THEN, live=live(1, record=True, voice=VOICE)),
        "sales: there is nothing to change any more: was it applied already?",
    ),
    "what it adopts was settled": (
        replace(THEN, intents={}, entries={**THEN.entries, LEFT: Entry(4, {})}),
        "left: there is nothing to change any more: was it applied already?",
    ),
    "what it adopts was begun again": (
        replace(THEN, intents={LEFT: Intent(named(SPEC, "left"), NOW + timedelta(hours=1))}),
        "left: a create of it was begun or settled since",
    ),
}


def saved(options: PlanOptions | None = None) -> Plan:
    (plan,) = parse(dump([THEN.plan(options)]))
    return plan


@pytest.mark.parametrize("name", VALID)
def test_a_plan_stays_valid_when(name: str) -> None:
    assert stale(saved(), VALID[name].plan()) == ()


@pytest.mark.parametrize("name", STALE)
def test_a_plan_is_stale_when(name: str) -> None:
    moment, reason = STALE[name]
    reasons = stale(saved(), moment.plan())
    assert any(reason in text for text in reasons), reasons


def test_a_targeted_plan_is_bound_to_its_targets_only() -> None:
    options = PlanOptions(targets=(NEW,))
    fresh: Callable[[Moment], Plan] = lambda moment: moment.plan(options)  # noqa: E731
    assert stale(saved(options), fresh(replace(THEN, live=live(1, record=True)))) == ()
    assert stale(saved(options), fresh(replace(THEN, entries={**THEN.entries, NEW: Entry(9, {})}))) != ()


def test_a_plan_made_before_the_first_state_fits_the_empty_state() -> None:
    before = replace(THEN, lineage="", entries={}, intents={}, live={})
    (plan,) = parse(dump([before.plan()]))
    assert stale(plan, replace(before, lineage="lineage-1", serial=0).plan()) == ()
    filled = replace(before, lineage="lineage-1", entries={SALES: Entry(1, {})})
    assert any("sales: it was applied" in reason for reason in stale(plan, filled.plan()))


@pytest.mark.parametrize(
    ("written", "forged"),
    [
        ("Bye", "Send your card number to"),
        ('"record": true', '"record": false'),
        ('"action": "update"', '"action": "create"'),
        ('"CALCOM_KEY"', '"OTHER_KEY"'),
    ],
)
def test_a_plan_file_that_somebody_wrote_into_is_refused(written: str, forged: str) -> None:
    text = dump([saved()])
    assert written in text
    (plan,) = parse(text.replace(written, forged))
    assert stale(plan, THEN.plan())


def with_change(plan: Plan, key: Address, forge: Callable[[Change], Change]) -> Plan:
    return replace(plan, changes=tuple(forge(item) if item.address == key else item for item in plan.changes))


def written_null(change: Change) -> Change:
    """A field that no manifest declares is emptied on the way."""
    field = FieldChange("phone_number", Cause.MANIFEST, UNSET, Ref("phone_numbers", 4, "+49"), None, write=True)
    return replace(change, fields=(*change.fields, field))


def every_field(**values: Any) -> Callable[[Change], Change]:
    return lambda change: replace(change, fields=tuple(replace(field, **values) for field in change.fields))


FORGED: Mapping[str, tuple[Address, Callable[[Change], Change]]] = {
    "the protection of what it deletes is taken away": (GONE, lambda change: replace(change, protect=False)),
    "the protection of what it creates is taken away": (NEW, lambda change: replace(change, protect=True)),
    "a create bears another name for the search for twins": (NEW, lambda change: replace(change, name="")),
    "it is of another kind": (SALES, lambda change: replace(change, kind="Tool")),
    "a field that nobody declares is emptied": (SALES, written_null),
    "a field is not written": (SALES, every_field(write=False)),
    "a field is not shown": (SALES, lambda change: replace(change, fields=change.fields[1:])),
    "a field is hidden from its reviewers": (SALES, every_field(sensitive=True)),
    "what a field is now is told otherwise": (SALES, every_field(live="as before")),
    "a field leaves the state": (SALES, every_field(cause=Cause.RELEASED)),
    "a field is there twice": (SALES, lambda change: replace(change, fields=(*change.fields, *change.fields))),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_plan_file_is_refused_when(name: str) -> None:
    then = replace(THEN, entries={**THEN.entries, GONE: replace(THEN.entries[GONE], protect=True)})
    key, forge = FORGED[name]
    (plan,) = parse(dump([then.plan()]))
    assert stale(plan, then.plan()) == ()
    (forged,) = parse(dump([with_change(plan, key, forge)]))
    assert any("says something else" in reason for reason in stale(forged, then.plan()))


def test_an_edit_inside_a_field_cannot_be_hidden_from_reviewers() -> None:
    tool = {"type": "end_call", "description": "End the call"}
    then = replace(
        THEN,
        live=live(1, tools=[{**tool, "description": "Stay"}]),
        entries=entry(SALES, tools=[{**tool, "description": "Stay"}]),
        desired=desired(SALES, tools=[tool]),
    )
    (plan,) = parse(dump([then.plan()]))
    assert stale(plan, then.plan()) == ()
    assert any(field.edits for change in plan.changes for field in change.fields)
    assert stale(with_change(plan, SALES, every_field(edits=())), then.plan())


def test_a_conflict_cannot_be_decided_in_the_plan_file() -> None:
    then = replace(THEN, live=live(1, record=None), entries=entry(SALES, record=False))
    plan = then.plan()
    assert next(change for change in plan.changes if change.address == SALES).blocked
    forged = with_change(
        plan, SALES, lambda change: replace(every_field(write=True)(change), blocked="", action=Action.UPDATE)
    )
    assert any("left alone now: git and the platform both changed" in reason for reason in stale(forged, then.plan()))
    decided = PlanOptions(on_conflict=OnConflict.GIT)
    assert stale(then.plan(decided), then.plan(decided)) == ()


def test_a_plan_file_cannot_call_the_real_account_a_sandbox() -> None:
    assert any("sandbox" in reason for reason in stale(replace(saved(), sandbox=True), THEN.plan()))


def test_a_plan_file_has_one_change_of_an_address() -> None:
    plan = saved()
    assert stale(replace(plan, changes=(*plan.changes, plan.changes[-1])), THEN.plan())


def test_what_is_done_in_the_state_alone_is_not_taken_from_the_plan_file() -> None:
    before = replace(THEN, entries=entry(OTHER, timezone="UTC"))
    plan = before.plan()
    quiet = next(change for change in plan.changes if change.address == OTHER)
    assert not quiet.is_shown
    forged = with_change(plan, OTHER, lambda change: replace(change, protect=True, desired={"record": "no"}))
    assert stale(forged, before.plan()) == ()
    assert quiet in to_carry_out(forged, before.plan()).changes
    gone = replace(plan, changes=tuple(change for change in plan.changes if change.address != OTHER))
    assert quiet not in to_carry_out(gone, before.plan()).changes


@pytest.mark.parametrize("written", ["d1", "d2", "d3"])
def test_secrets_that_were_replaced_leave_a_plan_valid(written: str) -> None:
    """Whatever the plan was made with, and whether or not the field differs now."""

    def moment(digest: str) -> Moment:
        tools = [{**TOOL, "calcom_api_key": Secret("CALCOM_KEY", digest)}]
        return replace(THEN, desired=desired(SALES, tools=tools))

    for other in ("d1", "d2", "d3"):
        (plan,) = parse(dump([moment(written).plan()]))
        assert stale(plan, moment(other).plan()) == ()


def test_an_edited_manifest_is_not_taken_for_a_forged_plan() -> None:
    edited = replace(THEN, digest="other", desired={**THEN.desired, SALES: {**SPEC, "voice_mail_message": "Hello"}})
    reasons = stale(saved(), edited.plan())
    assert "assistant.sales: voice_mail_message changed in the manifests since" in reasons
    assert not any("the plan file says" in reason for reason in reasons)
