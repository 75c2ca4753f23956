"""Every field of every platform, and of every tool type: set, changed, cleared, removed, and edited behind our back."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, FieldChange
from agentops.providers import registry
from agentops.sandbox import HIDDEN_FIELDS, Options
from tests.conformance.cases import NOTHING, Case, cases, variants
from tests.conformance.golden import FIELDS, READABLE, TYPE_FIELDS
from tests.conformance.lifecycle import Life, again, live, other, wire_name
from tests.support.project import project

VARIANTS = {
    "as documented": Options(),
    "trimming and filling": Options(trim=True, fill_tool_defaults=True, calcom_key="masked"),
    "showing all": Options(show_hidden=HIDDEN_FIELDS, calcom_key="shown", fill_providers="always"),
}
"""What the documents leave open, in the settings that a platform may have."""

Fault = tuple[str, str, object]


@pytest.mark.parametrize("variant", sorted(VARIANTS))
@pytest.mark.parametrize("name", registry.platforms())
def test_every_field_can_be_set_changed_cleared_removed_and_watched(name: str, variant: str, tmp_path: Path) -> None:
    with project(tmp_path, name, VARIANTS[variant]) as used:
        every = cases(registry.platform(name), used.account)
        _count(name, every)
        life = live(used, every)
        listed = used.shown()
    readable = {case.name for case in every if _is_read(listed[life.ids[case.name]], case)}
    faults = [fault for case in every for fault in _faults(life, case, watched=case.name in readable)]
    assert not faults, "\n".join(f"{field}: {phase}: {found}" for field, phase, found in faults)
    if variant == "as documented":
        assert len([case for case in every if not case.tool and case.name in readable]) == READABLE[name]


def _count(name: str, every: tuple[Case, ...]) -> None:
    table = registry.platform(name).kinds[0].table
    assert len([case for case in every if not case.tool]) == FIELDS[name]
    counts = {each.name: len([case for case in every if case.tool is each]) for each, _ in variants(table)}
    assert counts == TYPE_FIELDS[name]


def _faults(life: Life, case: Case, *, watched: bool) -> Iterator[Fault]:
    """What went wrong with one field, in all phases."""
    for name, phase in life.phases.items():
        left = [change for change in phase.after.changes if change.address.name == case.name and change.is_shown]
        if left:
            yield case.name, name, f"the plan after apply is not empty: {left}"
    kept, changed = life.expected(case, again(case)), life.expected(case, other(case))
    yield from _holds(life, case, "set", life.expected(case, case.values[0]))
    yield from _holds(life, case, "removed", _left(life, case))
    yield from _holds(life, case, "set again", kept)
    yield from _holds(life, case, "edited", kept if watched else changed)
    yield from _holds(life, case, "changed", changed)
    yield from _holds(life, case, "cleared", changed if case.nothing is UNSET else case.nothing)
    yield from _plans(life, case, "removed", _removal(case))
    yield from _plans(life, case, "edited", {(case.field, Cause.DRIFT, True)} if watched else set())
    ignored = [change for change in life.ignored if change.address.name == case.name and case.field != "mode"]
    if any(change.writes for change in ignored):
        yield case.name, "ignored", f"the plan has {ignored}"
    drifted = {name for name in life.drifted.get(case.name, ()) if case.field != "mode" or name == "mode"}
    if drifted != ({case.field} if watched else set()):
        yield case.name, "edited", f"drift shows {sorted(drifted)}"
    yield from _plans(life, case, "changed", {(case.field, Cause.MANIFEST, True)})
    if case.nothing is not UNSET:
        differs = other(case) != case.nothing
        yield from _plans(life, case, "cleared", {(case.field, Cause.MANIFEST, True)} if differs else set())
    created = [change.action for change in life.phases["set"].plan.changes if change.address.name == case.name]
    if created != [Action.CREATE]:
        yield case.name, "set", f"planned as {created}"


def _holds(life: Life, case: Case, phase: str, expected: Any) -> Iterator[Fault]:
    found = life.stored(phase, case)
    if found != expected or type(found) is not type(expected):
        yield case.name, phase, f"the platform stores {found!r} and not {expected!r}"


def _plans(life: Life, case: Case, phase: str, expected: set[tuple[str, Cause, bool]]) -> Iterator[Fault]:
    changes = life.phases[phase].changes(case)
    found = {(change.name, change.cause, change.write) for change in changes if _belongs(case, change)}
    if found != expected:
        yield case.name, phase, f"the plan has {sorted(map(str, found))} and not {sorted(map(str, expected))}"


def _belongs(case: Case, change: FieldChange) -> bool:
    """A change of mode takes the voice and the models with it: those are looked at elsewhere."""
    return case.field != "mode" or change.name == "mode"


def _removal(case: Case) -> set[tuple[str, Cause, bool]]:
    """What the plan says when the field leaves the manifest."""
    if case.is_required:
        return set()
    if case.tool:
        return {(case.field, Cause.MANIFEST, True)}
    released = case.is_left_alone
    return {(case.field, Cause.RELEASED if released else Cause.REMOVED, not released)}


def _left(life: Life, case: Case) -> Any:
    """What the platform stores after that."""
    if case.is_required or case.is_left_alone:
        return life.expected(case, case.values[0])
    return life.expected(case, NOTHING if case.tool else case.row.reset_value)


def _is_read(item: Mapping[str, Any], case: Case) -> bool:
    """Whether the platform's own list shows the field."""
    if not case.tool:
        return wire_name(case) in item
    assert case.holder
    data = item[wire_name(case)][0]["data"] if case.holder.item else item[wire_name(case)]
    wire = {"outbound_phone": "outbound_phone_id", "assistant": "assistant_id"}.get(case.row.name, case.row.name)
    return wire in data and "****" not in str(data[wire])
