"""A plan as text, in Terraform's words and symbols."""

from collections.abc import Iterator, Sequence
from itertools import chain
from textwrap import wrap
from typing import Final

from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, Change, FieldChange, Finding, OnConflict, Plan
from agentops.domain.values import Ref
from agentops.render.diagnostics import SEVERITY_STYLES, diagnostic_lines
from agentops.render.drift import drift_of, section
from agentops.render.fields import changed_lines, created_lines, lost_lines
from agentops.render.paint import PLAIN, Line, Palette, Span, Style, line, paint
from agentops.render.summary import NO_CHANGES_WHY, keeps_conflicts, no_changes, passing, plan_line, verdict, weight
from agentops.render.texts import Layout
from agentops.render.values import inline
from agentops.render.visible import quote

_LEGEND: Final = {"+": "create", "~": "update in-place", "-": "destroy"}
_LEGEND_WORDS: Final = (
    "agentops used the selected environment to generate the following execution plan. "
    "Resource actions are indicated with the following symbols:"
)
_PROSE: Final = 78
_BLANK: Final = Line()


def plan_text(plan: Plan, *, palette: Palette = PLAIN, width: int | None = None, full: bool = False) -> str:
    """The plan as `agentops plan` shows it, without a final line end.

    `width` is the terminal's (None: lines are not wrapped); `full` shows long texts whole.
    """
    return paint(plan_lines(plan, Layout(width, full)), palette, width)


def plan_lines(plan: Plan, layout: Layout) -> Iterator[Line]:
    """The whole plan as lines."""
    changes = [change for change in plan.changes if change.is_shown]
    yield from _environment(plan)
    yield _BLANK
    yield from section(drift_of(plan), layout)
    if changes:
        yield from _legend(changes, layout)
        for change in changes:
            yield _BLANK
            yield from change_lines(change, plan, layout)
        yield _BLANK
    yield from _remarks(plan)
    if changes:
        yield _sum(plan)
        if words := verdict(plan):
            yield from (_BLANK, line(words, Style.ERROR, hang=0))
    else:
        first, _, rest = no_changes(plan).partition(". ")
        yield Line((Span(f"{first}.", Style.TITLE), Span(f" {rest}")))
        if not keeps_conflicts(plan):
            yield from (_BLANK, *_paragraph(NO_CHANGES_WHY, layout))


def change_lines(change: Change, plan: Plan, layout: Layout) -> Iterator[Line]:
    """One resource's block: what happens, why, and its fields."""
    yield line(f"# {_happening(change)}", Style.TITLE, indent=2)
    for remark in change_remarks(change, plan):
        yield line(f"# ({remark})", indent=2)
    symbol = symbol_of(change)
    yield Line((Span(_heading(change)),), 2, symbol)
    match change.action:
        case Action.CREATE:
            yield from created_lines(change, layout)
        case Action.DELETE | Action.FORGET:
            yield from lost_lines(change, layout) if change.action is Action.DELETE else changed_lines(change, layout)
        case _:
            yield from changed_lines(change, layout)


def symbol_of(change: Change) -> str:
    """The symbol of what happens on the platform; a space when nothing does."""
    if change.blocked:
        return " "
    if change.action is Action.ADOPT:
        return "~" if change.writes else " "
    return {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.FORGET: "."}.get(change.action, " ")


def _environment(plan: Plan) -> Iterator[Line]:
    binding = plan.binding
    yield line(
        f"Environment {binding.environment} of {binding.project}: "
        f"{binding.platform}, account {binding.account}, {binding.base_url}",
        Style.FAINT,
    )


def _paragraph(words: str, layout: Layout) -> Iterator[Line]:
    """Prose in rows of at most 78 columns, as Terraform sets it."""
    return (line(row, hang=0) for row in wrap(words, min(layout.width or _PROSE, _PROSE)))


def _legend(changes: Sequence[Change], layout: Layout) -> Iterator[Line]:
    used = {symbol_of(change) for change in changes}
    if used & _LEGEND.keys():
        yield from _paragraph(_LEGEND_WORDS, layout)
        for symbol, words in _LEGEND.items():
            if symbol in used:
                yield line(words, indent=2, symbol=symbol)
        yield _BLANK
    if all(change.blocked for change in changes):
        yield line("agentops will leave the following alone:", hang=0)
    else:
        yield line("agentops will perform the following actions:", hang=0)


def _happening(change: Change) -> str:
    address = str(change.address)
    if change.blocked:
        return f"{address} is blocked and will be left alone"
    match change.action:
        case Action.CREATE:
            return f"{address} will be created"
        case Action.UPDATE:
            return f"{address} will be updated in-place"
        case Action.DELETE:
            return f"{address} will be destroyed"
        case Action.ADOPT:
            return f"{address} will be {'updated in-place' if change.writes else 'imported'}"
        case Action.FORGET:
            return f"{address} will no longer be managed by agentops"
    return f"{change.moved_from} has moved to {address}" if change.moved_from else f"{address} is unchanged"


def change_remarks(change: Change, plan: Plan) -> Iterator[str]:
    """What a reader must know of a change beyond its fields."""
    if change.blocked:
        yield change.blocked
        if plan.options.on_conflict is OnConflict.FAIL and any(_is_undecided(field) for field in change.fields):
            yield "--on-conflict git writes what git says, --on-conflict live keeps what the platform has"
    if change.moved_from and (change.action is not Action.NO_OP or change.blocked):
        yield f"moved from {change.moved_from}"
    match change.action:
        case Action.CREATE if change.intent:
            yield "an earlier run may have created it: apply looks for it first, and creates it only if it is not there"
        case Action.CREATE if change.prior:
            yield f"it was ID {change.prior.remote_id}, which is gone from the platform"
        case Action.ADOPT:
            why = "an earlier run created it without an answer" if change.intent else "it is there already"
            yield f"imported from {inline(str(change.remote_id))}: {why}"
        case Action.FORGET if change.live:
            yield "it is not in the manifests, and stays on the platform: only the state changes"
        case Action.FORGET:
            yield "it is gone from the platform and from the manifests; only the state changes"
        case Action.DELETE:
            if not plan.options.destroy:
                yield f"because {change.address} is not in the manifests"
            if numbers := _numbers(change):
                yield f"its phone number {numbers} is unassigned first"
    if change.protect and change.action is Action.DELETE:
        yield "it is protected"


def _is_undecided(field: FieldChange) -> bool:
    return field.cause is Cause.CONFLICT and not field.write


def _numbers(change: Change) -> str:
    number = change.live.get("phone_number", change.prior.values.get("phone_number") if change.prior else None)
    return inline(number) if isinstance(number, Ref) else ""


def _heading(change: Change) -> str:
    """`assistant.x  "Sales Assistant" (ID 789, status inactive)`."""
    declared = change.desired.get("name")
    name = change.name or (declared if isinstance(declared, str) else "")
    facts = [f"ID {change.remote_id}"] if change.remote_id is not None else []
    facts += [f"status {change.status}"] if change.status else []
    facts += ["protected"] if change.protect else []
    about = " ".join(part for part in (quote(name) if name else "", f"({', '.join(facts)})" if facts else "") if part)
    return f"{change.address}  {about}".rstrip(" ")


def _remarks(plan: Plan) -> Iterator[Line]:
    """Findings, then warnings."""
    if plan.findings:
        yield line("Findings:", Style.TITLE)
        yield from chain.from_iterable(finding_lines(finding) for finding in plan.findings)
        yield _BLANK
    if plan.diagnostics:
        yield line("Warnings:", Style.TITLE)
        yield from chain.from_iterable(diagnostic_lines(item, indent=2) for item in plan.diagnostics)
        yield _BLANK


def finding_lines(finding: Finding) -> Iterator[Line]:
    """One finding: what, of which resources, what to do, and which option would pass it."""
    severity = weight(finding)
    style = Style.FAINT if finding.overridden else SEVERITY_STYLES[severity]
    yield Line((Span(f"{severity.value}:", style), Span(f" {finding.message} [{finding.code}]")), 2)
    unnamed = [str(address) for address in finding.addresses if str(address) not in finding.message]
    if unnamed:
        yield line(", ".join(unnamed), indent=6, hang=0)
    if finding.hint and not finding.overridden:
        yield line(f"hint: {finding.hint}", indent=6)
    if words := passing(finding):
        yield line(words, indent=6)


def _sum(plan: Plan) -> Line:
    first, _, rest = plan_line(plan).partition(":")
    return Line((Span(f"{first}:", Style.TITLE), Span(rest)))


def causes(change: Change) -> tuple[Cause, ...]:
    """The causes that a reader looks for in a summary: all but the plain edit of a manifest."""
    found = dict.fromkeys(field.cause for field in change.fields if field.live is not UNSET)
    return tuple(cause for cause in Cause if cause in found and cause is not Cause.MANIFEST)
