"""What a reviewer should see beside the lines of the manifests: a plan's findings, conflicts and drift, with places."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic, Severity, SourcePos
from agentops.domain.plan import Cause, Change, Finding, Plan
from agentops.render.summary import counted, passing, weight

MOST: Final = 10
"""Annotations of one kind that GitHub shows of a step."""


def plan_notes(plan: Plan) -> tuple[Diagnostic, ...]:
    """The most important first: what apply refuses or leaves alone, other findings, drift, warnings."""
    places = {change.address: change.pos for change in plan.changes}
    findings = [_of_finding(finding, places) for finding in plan.findings]
    blocked = [_of_blocked(change) for change in plan.changes if change.blocked]
    notes = [*findings, *blocked, *_drift(plan), *plan.diagnostics]
    return tuple(sorted(dict.fromkeys(notes), key=lambda note: note.severity is not Severity.ERROR))


def shown_first(notes: Iterable[Diagnostic], most: int = MOST) -> tuple[tuple[Diagnostic, ...], int]:
    """The notes that GitHub will show, and how many it will not: at most `most` of each severity."""
    every = list(notes)
    kept = [note for severity in Severity for note in [n for n in every if n.severity is severity][:most]]
    return tuple(kept), len(every) - len(kept)


def _of_finding(finding: Finding, places: dict[Address, SourcePos | None]) -> Diagnostic:
    pos = next((place for address in finding.addresses if (place := places.get(address))), None)
    hint = "; ".join(part for part in ("" if finding.overridden else finding.hint, passing(finding)) if part)
    return Diagnostic(weight(finding), finding.code, finding.message, pos, hint)


def _of_blocked(change: Change) -> Diagnostic:
    fields = [field for field in change.fields if field.cause is Cause.CONFLICT and not field.write]
    pos = next((field.pos for field in fields if field.pos), change.pos)
    message = f"apply leaves {change.address} alone: {change.blocked}"
    return Diagnostic(Severity.ERROR, "left-alone", message, pos)


def _drift(plan: Plan) -> Iterator[Diagnostic]:
    for change in plan.changes:
        edited = [field for field in change.writes if field.cause in (Cause.DRIFT, Cause.CONFLICT)]
        if edited and not change.blocked:
            names = _listed([field.name for field in edited])
            pos = next((field.pos for field in edited if field.pos), change.pos)
            message = f"somebody changed {names} of {change.address} on the platform since the last apply"
            hint = "apply sets the manifest's value again; to keep theirs, take it over with `agentops drift --write`"
            yield Diagnostic(Severity.WARNING, "edited-elsewhere", message, pos, hint)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown + (f" and {counted(len(names) - 3, 'more field')}" if len(names) > 3 else "")
