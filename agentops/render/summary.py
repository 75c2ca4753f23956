"""The sentences that sum a plan or an apply up, shared by every view."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from agentops.domain.diagnostics import Severity
from agentops.domain.plan import Action, Cause, Change, Finding, Plan

SANDBOX_LINE: Final = "SANDBOX: nothing leaves this machine"
NO_CHANGES: Final = "No changes. The platform matches your manifests."
NO_CHANGES_BUT: Final = "No changes. What differs stays as it is on the platform."
NO_CHANGES_WHY: Final = (
    "agentops has compared the platform with your manifests and found no differences, so no changes are needed."
)
_AGREED: Final = "--allow-deletes"
_TWINS: Final = "--allow-duplicate-names"
_LOST: Final = " If they were managed before, the state is lost or elsewhere: agentops state migrate"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many resources a plan touches, and how. An adopted one that also changes counts twice, as in Terraform."""

    imported: int = 0
    added: int = 0
    changed: int = 0
    destroyed: int = 0
    moved: int = 0
    forgotten: int = 0
    blocked: int = 0


def counts(changes: Iterable[Change]) -> Counts:
    """The counts of what apply will carry out; blocked changes are counted apart."""
    every = list(changes)
    free = [change for change in every if not change.blocked]

    def of(action: Action) -> int:
        return sum(change.action is action for change in free)

    adopted = [change for change in free if change.action is Action.ADOPT]
    return Counts(
        imported=len(adopted),
        added=of(Action.CREATE),
        changed=of(Action.UPDATE) + sum(bool(change.writes) for change in adopted),
        destroyed=of(Action.DELETE),
        moved=sum(change.moved_from is not None for change in free),
        forgotten=of(Action.FORGET),
        blocked=len(every) - len(free),
    )


def plan_line(plan: Plan) -> str:
    """`Plan: 1 to add, 2 to change, 0 to destroy.`; what Terraform has no word for is appended when there is some."""
    number = counts(plan.changes)
    first = f"{number.imported} to import, " if number.imported else ""
    extra = ((number.moved, "to move"), (number.forgotten, "to forget"), (number.blocked, "blocked"))
    rest = "".join(f", {count} {words}" for count, words in extra if count)
    return f"Plan: {first}{number.added} to add, {number.changed} to change, {number.destroyed} to destroy{rest}."


def diff_line(changes: Iterable[Change]) -> str:
    """`Diff: 1 added, 2 changed, 0 removed.`"""
    number = counts(changes)
    moved = f", {number.moved} renamed" if number.moved else ""
    return f"Diff: {number.added} added, {number.changed} changed, {number.destroyed} removed{moved}."


def keeps_conflicts(plan: Plan) -> bool:
    """Whether something differs all the same, because it was decided that the platform keeps its value."""
    return any(field.cause is Cause.CONFLICT and not field.write for change in plan.changes for field in change.fields)


def no_changes(plan: Plan) -> str:
    """What an empty plan says."""
    return NO_CHANGES_BUT if keeps_conflicts(plan) else NO_CHANGES


def refusing(plan: Plan) -> tuple[Finding, ...]:
    """The findings for which apply refuses the plan. Deletes are not among them as long as a yes lets them pass: that
    of a person at the prompt, or of whoever reviewed the saved plan."""
    return tuple(finding for finding in plan.findings if finding.is_blocking and finding.override != _AGREED)


def weight(finding: Finding) -> Severity:
    """How a plan shows a finding: what a yes lets pass, or what was allowed, is no error."""
    return Severity.WARNING if finding.overridden or finding.override == _AGREED else finding.severity


def passing(finding: Finding) -> str:
    """What would let a finding pass, as far as its hint does not say so, or that it has."""
    if not finding.is_blocking:
        return f"allowed by {finding.override}" if finding.overridden and finding.override else ""
    if not finding.override:
        return "no option passes this"
    said = finding.override == _AGREED or finding.override in finding.hint
    return "" if said else f"apply refuses this plan without {finding.override}"


def carries_out(plan: Plan) -> bool:
    """Whether apply would do anything at all: not if it refuses, nor if it leaves all there is alone."""
    return not refusing(plan) and any(change.is_shown and not change.blocked for change in plan.changes)


def verdict(plan: Plan) -> str:
    """What stands in the way of apply, in a sentence or two; empty when nothing does."""
    found = refusing(plan)
    if not found:
        return _left_alone(plan)
    if any(not finding.override for finding in found):
        return "Apply will refuse this plan: a finding has no option that passes it."
    twins = sum(finding.override == _TWINS for finding in found)
    if twins:
        names = f"the account has {counted(twins, 'object')} of the same name already, not managed here"
        lost = "" if plan.basis.lineage else _LOST
        return f"Apply will refuse this plan: {names}. Import what is there: agentops import, see the findings.{lost}"
    options = " ".join(dict.fromkeys(finding.override for finding in found))
    return f"Apply will refuse this plan. To go on, plan again with {options}"


def _left_alone(plan: Plan) -> str:
    """What is said of resources that are blocked."""
    blocked = [change for change in plan.changes if change.blocked]
    if not blocked:
        return ""
    conflicts = any(field.cause is Cause.CONFLICT for change in blocked for field in change.fields)
    code = 3 if carries_out(plan) else 4
    how = ", for the reasons above"
    if conflicts:
        how = ": plan again with --on-conflict git or live to decide what git and the platform both changed"
    return f"Apply will leave {counted(len(blocked), 'resource')} alone and end with exit code {code}{how}."


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
