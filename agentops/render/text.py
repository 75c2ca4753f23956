"""A plan as text, in Terraform's words and symbols; and what two revisions of the manifests say differently."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from textwrap import wrap
from typing import Final

from agentops.domain.fields import UNSET
from agentops.domain.manifest_diff import ManifestDiff
from agentops.domain.plan import Action, Cause, Change, FieldChange, Finding, OnConflict, Plan, PlanOptions
from agentops.domain.values import Ref
from agentops.render.diagnostics import SEVERITY_STYLES, diagnostic_lines
from agentops.render.drift import section
from agentops.render.fields import changed_lines, created_lines, lost_lines
from agentops.render.groups import Group, label_counts, named
from agentops.render.paint import PLAIN, Line, Palette, Span, Style, line, paint
from agentops.render.review import Review, Subject, diff_review, plan_review
from agentops.render.summary import NO_CHANGES, NO_CHANGES_WHY, passing, weight
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
_IN_A_ROW: Final = 5  # addresses
_ALIKE: Final = 5  # findings of one code that are shown


def plan_text(plan: Plan, *, palette: Palette = PLAIN, width: int | None = None, full: bool = False) -> str:
    """The plan as `agentops plan` shows it, without a final line end.

    `width` is the terminal's (None: lines are not wrapped); `full` shows long texts whole, and each change by itself.
    """
    return review_text(plan_review(plan), palette=palette, width=width, full=full)


def diff_text(diff: ManifestDiff, *, palette: Palette = PLAIN, width: int | None = None, full: bool = False) -> str:
    """The difference as `agentops diff` shows it; otherwise as `plan_text`."""
    return review_text(diff_review(diff), palette=palette, width=width, full=full)


def review_text(review: Review, *, palette: Palette = PLAIN, width: int | None = None, full: bool = False) -> str:
    """What there is to review, in the words of its subject."""
    return paint(_lines(review, Layout(width, full, offline=review.subject is Subject.DIFF)), palette, width)


def _lines(review: Review, layout: Layout) -> Iterator[Line]:
    yield line(_place(review), Style.FAINT)
    yield _BLANK
    yield from section(review.drift, layout)
    if review.changes:
        yield from _legend(review, layout)
        for group in _groups(review, layout):
            yield _BLANK
            yield from group_lines(group, review, layout)
        yield _BLANK
    yield from _remarks(review)
    first, mark, rest = review.headline.partition(":" if review.changes else ".")
    yield Line((Span(f"{first}{mark}", Style.TITLE), Span(rest)))
    if review.changes and review.verdict:
        yield from (_BLANK, line(review.verdict, Style.ERROR, hang=0))
    if review.headline == NO_CHANGES:
        yield from (_BLANK, *_paragraph(NO_CHANGES_WHY, layout))


def _groups(review: Review, layout: Layout) -> Sequence[Group]:
    return [Group((change,)) for change in review.changes] if layout.full else review.groups


def group_lines(group: Group, review: Review, layout: Layout) -> Iterator[Line]:
    """One block: a resource, or all those that change in the same way."""
    first = group.first
    if not group.is_folded:
        yield from change_lines(first, review.options, layout, review.subject)
        return
    happening = _happening(first, review.subject).replace("was ", "were ", 1)
    yield line(f"# {len(group.changes)} resources {happening}", Style.TITLE, indent=2)
    yield line("# (each in this way)", indent=2)
    for remark in _shared_remarks(group, review.options):
        yield line(f"# ({remark})", indent=2)
    yield from _address_lines(group, symbol_of(first), layout)
    for label, values in label_counts(group.changes):
        shown = ", ".join(f"{inline(value)} {count}" for value, count in values)
        yield line(f"# by {label}: {shown}", Style.FAINT, indent=6)
    yield from changed_lines(first, layout)


def _address_lines(group: Group, symbol: str, layout: Layout) -> Iterator[Line]:
    """The addresses: the first ones, or all in rows."""
    every = [change.address for change in group.changes]
    if layout.most is not None:
        yield line(named(every, layout.most, layout.pointer), indent=2, symbol=symbol, hang=0)
        return
    for start in range(0, len(every), _IN_A_ROW):
        yield line(named(every[start : start + _IN_A_ROW], None), indent=2, symbol=symbol, hang=0)


def change_lines(
    change: Change, options: PlanOptions, layout: Layout, subject: Subject = Subject.PLAN
) -> Iterator[Line]:
    """One resource's block: what happens, why, and its fields."""
    yield line(f"# {_title(change, subject)}", Style.TITLE, indent=2)
    for remark in change_remarks(change, options) if subject is Subject.PLAN else ():
        yield line(f"# ({remark})", indent=2)
    yield Line((Span(_heading(change)),), 2, symbol_of(change))
    match change.action:
        case Action.CREATE:
            yield from created_lines(change, layout, with_id=subject is Subject.PLAN)
        case Action.DELETE:
            yield from lost_lines(change, layout)
        case _:
            yield from changed_lines(change, layout)


def _shared_remarks(group: Group, options: PlanOptions) -> Iterator[str]:
    """The remarks that hold for every member of the group."""
    every = [list(change_remarks(change, options)) for change in group.changes]
    return (remark for remark in every[0] if all(remark in remarks for remarks in every))


def symbol_of(change: Change) -> str:
    """The symbol of what happens on the platform; a space when nothing does."""
    if change.blocked:
        return " "
    if change.action is Action.ADOPT:
        return "~" if change.writes else " "
    return {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.FORGET: "."}.get(change.action, " ")


def _place(review: Review) -> str:
    facts = dict(review.facts)
    if review.subject is Subject.DIFF:
        alike = f" (and {facts['The same in']}, in the same way)" if "The same in" in facts else ""
        where = f"Environment {review.environment} of {review.project}{alike}"
        return f"{where}: {review.platform}, {facts['Base']} -> {facts['Head']}"
    where = f"Environment {review.environment} of {review.project}"
    return f"{where}: {review.platform}, account {facts.get('Account', '')}, {facts.get('Address', '')}"


def _paragraph(words: str, layout: Layout) -> Iterator[Line]:
    """Prose in rows of at most 78 columns, as Terraform sets it."""
    return (line(row, hang=0) for row in wrap(words, min(layout.width or _PROSE, _PROSE)))


def _legend(review: Review, layout: Layout) -> Iterator[Line]:
    if review.subject is Subject.DIFF:
        yield line("The manifests differ as follows:", hang=0)
        return
    used = {symbol_of(change) for change in review.changes}
    if used & _LEGEND.keys():
        yield from _paragraph(_LEGEND_WORDS, layout)
        for symbol, words in _LEGEND.items():
            if symbol in used:
                yield line(words, indent=2, symbol=symbol)
        yield _BLANK
    if all(change.blocked for change in review.changes):
        yield line("agentops will leave the following alone:", hang=0)
    else:
        yield line("agentops will perform the following actions:", hang=0)


_DIFFERS: Final = {Action.CREATE: "was added", Action.UPDATE: "was changed", Action.DELETE: "was removed"}


def _title(change: Change, subject: Subject) -> str:
    if change.action is Action.NO_OP and change.moved_from and subject is Subject.PLAN and not change.blocked:
        return f"{change.moved_from} has moved to {change.address}"
    return f"{change.address} {_happening(change, subject)}"


def _happening(change: Change, subject: Subject) -> str:
    """What comes after the address: `will be created`."""
    if subject is Subject.DIFF:
        renamed = f" (it was {change.moved_from})" if change.moved_from else ""
        return _DIFFERS.get(change.action, "was renamed") + renamed
    if change.blocked:
        return "is blocked and will be left alone"
    match change.action:
        case Action.CREATE:
            return "will be created"
        case Action.UPDATE:
            return "will be updated in-place"
        case Action.DELETE:
            return "will be destroyed"
        case Action.ADOPT:
            return "will be updated in-place" if change.writes else "will be imported"
        case Action.FORGET:
            return "will no longer be managed by agentops"
    return "has moved" if change.moved_from else "is unchanged"


def change_remarks(change: Change, options: PlanOptions) -> Iterator[str]:
    """What a reader must know of a change beyond its fields."""
    if change.blocked:
        yield change.blocked
        if options.on_conflict is OnConflict.FAIL and any(_is_undecided(field) for field in change.fields):
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
            if not options.destroy:
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


def _remarks(review: Review) -> Iterator[Line]:
    """Findings, then warnings."""
    if review.findings:
        yield line("Findings:", Style.TITLE)
        yield from chain.from_iterable(_alike_lines(alike) for alike in alike_findings(review.findings))
        yield _BLANK
    if review.diagnostics:
        yield line("Warnings:", Style.TITLE)
        yield from chain.from_iterable(diagnostic_lines(item, indent=2) for item in review.diagnostics)
        yield _BLANK


def alike_findings(findings: Iterable[Finding]) -> Iterator[tuple[Finding, ...]]:
    """The findings by code, in the order of the first ones: sixty names in use are one thing to know."""
    alike: dict[tuple[str, bool], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.code, finding.overridden), []).append(finding)
    return (tuple(members) for members in alike.values())


def _alike_lines(alike: Sequence[Finding]) -> Iterator[Line]:
    yield from chain.from_iterable(map(finding_lines, alike[:_ALIKE]))
    if rest := alike[_ALIKE:]:
        addresses = [address for finding in rest for address in finding.addresses]
        yield line(f"... and {len(rest)} more [{rest[0].code}]: {named(addresses)}", indent=2)


def finding_lines(finding: Finding) -> Iterator[Line]:
    """One finding: what, of which resources, what to do, and which option would pass it."""
    severity = weight(finding)
    style = Style.FAINT if finding.overridden else SEVERITY_STYLES[severity]
    yield Line((Span(f"{severity.value}:", style), Span(f" {finding.message} [{finding.code}]")), 2)
    if not any(str(address) in finding.message for address in finding.addresses) and finding.addresses:
        yield line(named(finding.addresses), indent=6, hang=0)
    if finding.hint and not finding.overridden:
        yield line(f"hint: {finding.hint}", indent=6)
    if words := passing(finding):
        yield line(words, indent=6)


def causes(change: Change) -> tuple[Cause, ...]:
    """The causes that a reader looks for in a summary: all but the plain edit of a manifest."""
    found = dict.fromkeys(field.cause for field in change.fields if field.live is not UNSET)
    return tuple(cause for cause in Cause if cause in found and cause is not Cause.MANIFEST)
