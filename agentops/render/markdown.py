"""A review as Markdown for a pull request: the verdict first, then what changes, then the whole diff folded away."""

from collections.abc import Iterable, Iterator
from typing import Final

from agentops.domain.diagnostics import Diagnostic
from agentops.domain.drift import DriftedField
from agentops.domain.manifest_diff import ManifestDiff
from agentops.domain.plan import Action, Finding, Plan
from agentops.render.drift import grouped_drift
from agentops.render.markdown_changes import POINTER, change_sections, diff_line
from agentops.render.markup import alert, code, fenced, fitting, folded, text
from agentops.render.review import Review, Subject, diff_review, plan_review
from agentops.render.slips import slips
from agentops.render.summary import SANDBOX_LINE, counted, passing
from agentops.render.text import group_lines
from agentops.render.texts import Layout
from agentops.render.values import inline, redacted

LIMIT: Final = 60_000  # characters: less than a comment may have on the common forges
_ROOM_FOR_ALERT: Final = 0.08  # of the limit, for each kind
_ROOM_FOR_CHANGES: Final = 0.4
_ROOM_FOR_DRIFT: Final = 0.05
_SHORT: Final = 80  # characters of a value that is told on one line
_COUNTED: Final = (
    ("added", "create"),
    ("changed", "update"),
    ("destroyed", "**destroy**"),
    ("imported", "import"),
    ("moved", "move"),
    ("forgotten", "forget"),
    ("blocked", "**blocked**"),
)
_COUNTED_IN_DIFFS: Final = (("added", "added"), ("changed", "changed"), ("destroyed", "removed"), ("moved", "renamed"))


def plan_markdown(plan: Plan, *, limit: int = LIMIT) -> str:
    """The plan for a comment of at most `limit` characters; what does not fit is left out by whole items, with a
    pointer. Names and messages are escaped: nothing in them becomes a link, a mention or markup."""
    return review_markdown(plan_review(plan), limit=limit)


def diff_markdown(diff: ManifestDiff, *, limit: int = LIMIT) -> str:
    """The difference of manifests, as `plan_markdown`."""
    return review_markdown(diff_review(diff), limit=limit)


def review_markdown(review: Review, *, limit: int = LIMIT) -> str:
    """What there is to review, whatever its subject."""
    parts = [_title(review), _verdict(review), *_alerts(review, limit)]
    if review.changes:
        parts += [_counts(review), change_sections(review, int(limit * _ROOM_FOR_CHANGES))]
    parts += [_drift(review, limit), *_notes(review, limit)]
    shown = [part for part in parts if part]
    if review.changes:
        shown.append(_details(review, limit - sum(len(part) + 2 for part in shown)))
    return "\n\n".join(shown)


def _title(review: Review) -> str:
    sandbox = f"**{SANDBOX_LINE}**\n\n" if review.sandbox else ""
    facts = dict(review.facts)
    where = f"{code(review.environment)} of {code(review.project)}"
    if review.subject is Subject.DIFF:
        alike = f", and in the same way for {code(facts['The same in'])}" if "The same in" in facts else ""
        return f"### Manifests for {where}{alike}: {code(facts['Base'])} to {code(facts['Head'])}"
    return f"{sandbox}### Plan for {where} ({text(review.platform)}, account {code(facts.get('Account', ''))})"


def _verdict(review: Review) -> str:
    headline = f"**{text(review.headline)}**"
    if review.subject is Subject.DIFF or not review.changes:
        return headline
    if review.verdict:
        return f"{headline} {text(review.verdict)}"
    but = "; look at what is destroyed" if review.counts.destroyed else ""
    return f"{headline} Nothing stands in the way of apply{but}."


def _alerts(review: Review, limit: int) -> Iterator[str]:
    """Deletes and what blocks first, so that nobody overlooks them; then what looks like a slip."""
    room = int(limit * _ROOM_FOR_ALERT)
    gone = [change for change in review.changes if change.action is Action.DELETE]
    if gone and review.subject is Subject.PLAN:
        items = [
            f"{code(str(change.address))} {code(change.name)} (ID {code(str(change.remote_id))})" for change in gone
        ]
        yield alert("CAUTION", f"{counted(len(gone), 'resource')} will be destroyed:", items, room)
    if review.refused:
        yield alert("WARNING", "What stands in the way:", [_finding(finding) for finding in review.refused], room)
    odd = [
        f"{code(slip.name)} of {code(str(slip.group.first.address))}"
        f"{f' and {len(slip.group.changes) - 1} more' if slip.group.is_folded else ''}: {text(slip.note)}"
        for slip in slips(review.groups)
    ]
    if odd:
        yield alert("WARNING", "Look twice at these texts:", odd, room)


def _counts(review: Review) -> str:
    """How many of what, as a small table; what there is none of is left out."""
    columns = _COUNTED if review.subject is Subject.PLAN else _COUNTED_IN_DIFFS
    found = [(words, getattr(review.counts, name)) for name, words in columns]
    shown = [(words, count) for words, count in found if count] + [("unchanged", review.unchanged)]
    head, counts = (" | ".join(str(pair[side]) for pair in shown) for side in (0, 1))
    return f"| {head} |\n|{'---|' * len(shown)}\n| {counts} |"


def _drift(review: Review, limit: int) -> str:
    """What others changed, told once for all that changed alike."""
    if not review.drift:
        return ""
    rows = []
    for members in grouped_drift(review.drift):
        first = members[0]
        what = "**deleted**" if first.gone else ", ".join(map(_drifted, first.fields))
        named = ", ".join(code(str(item.address)) for item in members[:5])
        more = f" and {len(members) - 5} more" if len(members) > 5 else ""
        rows.append(f"- {named}{more}: {what}")
    more = f"- ... and {{}} more: {POINTER}"
    head = "#### Changed outside of agentops since the last apply"
    return "\n".join([head, "", *fitting(rows, len(rows), int(limit * _ROOM_FOR_DRIFT), more)])


def _drifted(field: DriftedField) -> str:
    before, after = (inline(redacted(value, field.sensitive)) for value in (field.applied, field.live))
    if field.sensitive or max(len(before), len(after)) > _SHORT:
        return code(field.name)
    return f"{code(field.name)} {code(before)} → {code(after)}"


def _notes(review: Review, limit: int) -> Iterator[str]:
    room = int(limit * _ROOM_FOR_ALERT)
    findings = [
        _finding(finding)
        for finding in review.findings
        if finding not in review.refused and (finding.overridden or finding.code != "deletes")  # see the first warning
    ]
    warnings = [_warning(item) for item in review.diagnostics]
    if findings:
        yield alert("NOTE", "Findings:", findings, room)
    if warnings:
        yield alert("NOTE", f"{counted(len(warnings), 'warning')}:", warnings, room)


def _finding(finding: Finding) -> str:
    words = (finding.message, "" if finding.overridden else finding.hint, passing(finding))
    return "; ".join(text(part) for part in words if part) + f" ({code(finding.code)})"


def _warning(diagnostic: Diagnostic) -> str:
    where = f"{code(str(diagnostic.pos))}: " if diagnostic.pos else ""
    hint = f"; {text(diagnostic.hint)}" if diagnostic.hint else ""
    return f"{where}{text(diagnostic.message)}{hint} ({code(diagnostic.code)})"


def _details(review: Review, room: int) -> str:
    """All that the text view shows, folded away; what does not fit is left out by whole resources."""
    title = "The whole plan" if review.subject is Subject.PLAN else "All differences"
    room -= len(folded(title, fenced("", "diff"))) + 40
    groups = review.groups
    layout = Layout(offline=review.subject is Subject.DIFF, most=None, pointer="")
    items = ("\n".join(map(diff_line, group_lines(group, review, layout))) + "\n" for group in groups)
    body = "\n".join(_fitting_blocks(items, len(groups), room)).rstrip("\n")
    while len(fenced(body, "diff")) > room + 40 and body:
        body = body[: len(body) * 9 // 10].rpartition("\n")[0]  # only for fences that are longer than foreseen
    return folded(title, fenced(body, "diff"))


def _fitting_blocks(items: Iterable[str], number: int, room: int) -> Iterator[str]:
    """As `fitting` for blocks of lines: where not even the first fits, it is cut at a line."""
    room -= 200  # for the pointers
    for index, item in enumerate(items):
        if len(item) + 1 <= room:
            yield item
            room -= len(item) + 1
            continue
        if index == 0:
            yield item[: max(0, room)].rpartition("\n")[0] + f"\n... cut: {POINTER}"
            index = 1
        if number > index:
            yield f"# ... {counted(number - index, 'more change')}: {POINTER}"
        return
