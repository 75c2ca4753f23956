"""Takes every field of a platform through its life at once, each in a manifest of its own, and notes what happened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agentops.domain.fields import UNSET, Type
from agentops.domain.plan import Change, FieldChange, Plan
from tests.conformance.cases import NOTHING, Case, peers
from tests.support.generate import Spec
from tests.support.project import Project
from tests.support.wire import comparable, stored

Choose = Callable[[Case], Any]


@dataclass(frozen=True, slots=True)
class Phase:
    """One apply of all cases: the plan before it, what the platform stores after it, the plan after it."""

    plan: Plan
    rows: Mapping[str, Mapping[str, Any]]
    after: Plan

    def changes(self, case: Case) -> tuple[FieldChange, ...]:
        """The planned changes of the case's manifest."""
        return _changes(self.plan, case)


@dataclass
class Life:
    """All phases, by what was done to the fields before."""

    cases: tuple[Case, ...]
    ids: Mapping[str, Any] = field(default_factory=dict)
    phases: dict[str, Phase] = field(default_factory=dict)
    ignored: tuple[Change, ...] = ()  # what is planned when all that git changes is to be ignored
    drifted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # manifest name -> fields, after the edit

    def expected(self, case: Case, value: Any) -> Any:
        """What the platform must store for the case's field when the manifest says `value`."""
        row = comparable(stored(case.spec(value), case.setting.account, self.ids.__getitem__))
        return row[wire_name(case)]

    def stored(self, phase: str, case: Case) -> Any:
        """What the platform stores for the case's field after a phase."""
        return self.phases[phase].rows[case.name][wire_name(case)]


def live(project: Project, cases: tuple[Case, ...]) -> Life:
    """Set, remove, set again, an edit of everything on the platform, change, clear."""
    life = Life(cases)
    _apply(project, life, "set", lambda case: case.values[0])
    _apply(project, life, "removed", lambda case: case.values[0] if case.is_required else NOTHING)
    _apply(project, life, "set again", again)
    assert not project.drift()
    _edit(project, life)
    life.drifted = project.drift()
    life.phases["edited"] = _phase(project)
    life.ignored = _ignoring(project, life)
    _apply(project, life, "changed", other)
    _apply(project, life, "cleared", lambda case: other(case) if case.nothing is UNSET else case.nothing)
    return life


def again(case: Case) -> Any:
    """What the field is set to after it was removed: never what the platform holds by then."""
    return case.values[1] if case.is_left_alone else case.values[0]


def other(case: Case) -> Any:
    """The value that `again` is not."""
    return case.values[0] if case.is_left_alone else case.values[1]


def wire_name(case: Case) -> str:
    """The key of the API that holds the case's field."""
    is_list = (case.holder or case.row).type is Type.LIST
    spec: Spec = {"mode": case.setting.mode, case.field: [] if is_list else None}
    if case.field == "mode":
        return "mode"
    return next(key for key in stored(spec, case.setting.account, lambda name: 0) if key != "mode")


def _apply(project: Project, life: Life, name: str, choose: Choose) -> None:
    manifests: dict[str, Spec] = {case.name: case.spec(choose(case)) for case in life.cases}
    project.write({**peers(life.cases[0].setting.account), **manifests})
    life.phases[name] = _phase(project)
    life.ids = project.ids()


def _ignoring(project: Project, life: Life) -> tuple[Change, ...]:
    """The plan for other values of all fields, each of which its manifest says to ignore."""
    ignore = {case.name.replace("-", "_"): {"ignore": [{"field": case.field, "reason": "x"}]} for case in life.cases}
    manifests: dict[str, Spec] = {case.name: case.spec(other(case)) for case in life.cases}
    project.write({**peers(life.cases[0].setting.account), **manifests}, **ignore)
    return project.plan("--allow-large-change").changes


def _phase(project: Project) -> Phase:
    plan = project.plan("--allow-large-change")
    project.apply()
    return Phase(plan, project.rows(), project.plan())


def _edit(project: Project, life: Life) -> None:
    """Somebody gives every field its other value on the platform."""
    for case in life.cases:
        row = stored(case.spec(other(case)), case.setting.account, life.ids.__getitem__)
        project.sandbox.store.edit_assistant(life.ids[case.name], **{wire_name(case): row[wire_name(case)]})


def _changes(plan: Plan, case: Case) -> tuple[FieldChange, ...]:
    found: list[Change] = [change for change in plan.changes if change.address.name == case.name]
    return found[0].fields if found else ()
