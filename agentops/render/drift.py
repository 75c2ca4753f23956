"""Drift as text, in Terraform's words for what changed outside of it, and as Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from agentops.domain.drift import Drift, Drifted, DriftedField
from agentops.domain.plan import Action, Cause, Change, Plan
from agentops.render.entries import pair_lines, value_lines
from agentops.render.fields import INDENT, padded
from agentops.render.groups import folded, named
from agentops.render.paint import PLAIN, Line, Palette, Span, Style, line, paint
from agentops.render.summary import counted
from agentops.render.texts import Layout
from agentops.render.values import inline, is_empty, redacted
from agentops.render.visible import quote

NONE: Final = "No changes. The platform is as it was applied."
_NOTE: Final = "Note: Objects have changed outside of agentops"
_SINCE: Final = "agentops detected the following changes made outside of agentops since the last apply:"
_EDITED: Final = (Cause.DRIFT, Cause.CONFLICT)


def drift_text(drift: Drift, *, palette: Palette = PLAIN, width: int | None = None, full: bool = False) -> str:
    """What `agentops drift` shows, without a final line end; `width` and `full` as for plans."""
    return paint(_lines(drift, Layout(width, full)), palette, width)


def section(drifted: Sequence[Drifted], layout: Layout) -> Iterator[Line]:
    """The section of a plan, or the body of a drift: a block for each resource; nothing if there is none."""
    if not drifted:
        return
    yield Line((Span(_NOTE, Style.TITLE),))
    yield Line()
    yield line(_SINCE, hang=0)
    for members in [(item,) for item in drifted] if layout.full else grouped_drift(drifted):
        yield Line()
        yield from _group_lines(members, layout)
    yield Line()


def _group_lines(members: Sequence[Drifted], layout: Layout) -> Iterator[Line]:
    first = members[0]
    if len(members) == 1:
        yield from drifted_lines(first, layout)
        return
    what = "been deleted" if first.gone else "changed"
    yield line(f"# {len(members)} resources have {what}", Style.TITLE, indent=2)
    if not first.gone:
        yield line("# (each in this way)", indent=2)
    addresses = named((item.address for item in members), layout.most, layout.pointer)
    yield line(addresses, indent=2, symbol="-" if first.gone else "~", hang=0)
    yield from _fields(first, layout)


def drift_of(plan: Plan) -> tuple[Drifted, ...]:
    """What others changed of that which `plan` is about: fields that git wants otherwise, and objects that are gone."""
    return tuple(found for change in plan.changes if change.is_shown and (found := _of(change)))


def grouped_drift(drifted: Iterable[Drifted]) -> tuple[tuple[Drifted, ...], ...]:
    """Those that changed in the same way together, if they are several; in the order of their first members."""
    alike: dict[object, list[Drifted]] = {}
    for item in drifted:
        same = (
            item.gone,
            tuple(
                (field.name, *(inline(redacted(value, field.sensitive)) for value in (field.applied, field.live)))
                for field in item.fields
            ),
        )
        alike.setdefault(same, []).append(item)
    return folded(alike.values(), lambda item: item.address)


def drifted_lines(item: Drifted, layout: Layout) -> Iterator[Line]:
    """One resource's block."""
    yield line(f"# {item.address} has {'been deleted' if item.gone else 'changed'}", Style.TITLE, indent=2)
    name = f"  {quote(item.name)}" if item.name else ""
    status = f", status {item.status}" if item.status else ""
    heading = f"{item.address}{name} (ID {item.remote_id}{status})"
    yield Line((Span(heading),), 2, "-" if item.gone else "~")
    yield from _fields(item, layout)


def _fields(item: Drifted, layout: Layout) -> Iterator[Line]:
    label = padded(field.name for field in item.fields)
    for field in item.fields:
        yield from _field_lines(field, label(field.name), layout)


def _lines(drift: Drift, layout: Layout) -> Iterator[Line]:
    binding = drift.binding
    where = f"{binding.platform}, account {binding.account}, {binding.base_url}"
    yield line(f"Environment {binding.environment} of {binding.project}: {where}", Style.FAINT)
    yield Line()
    if drift.is_empty:
        first, _, rest = NONE.partition(". ")
        yield Line((Span(f"{first}.", Style.TITLE), Span(f" {rest}")))
    yield from section(drift.drifted, layout)
    if drift.drifted:
        yield line(_sum(drift), hang=0)
        yield line(
            "To take the edits over into the manifests: agentops drift --write. To undo them: agentops apply. "
            "Where git changed the same field since, both ask which one wins: --on-conflict git or live.",
            hang=0,
        )
    if drift.unmanaged:
        number = counted(len(drift.unmanaged), "object")
        yield from (
            Line(),
            line(f"{number} of the account {_are(drift)} not managed: agentops discover lists them.", hang=0),
        )


def _are(drift: Drift) -> str:
    return "is" if len(drift.unmanaged) == 1 else "are"


def _sum(drift: Drift) -> str:
    gone = sum(item.gone for item in drift.drifted)
    return f"Drift: {len(drift.drifted) - gone} changed, {gone} deleted, {drift.unchanged} as applied."


def _field_lines(field: DriftedField, label: str, layout: Layout) -> Iterator[Line]:
    applied, live = (redacted(value, field.sensitive) for value in (field.applied, field.live))
    if field.sensitive:
        yield from value_lines(label, live, INDENT, "~", layout, "changed")
    elif is_empty(applied):
        yield from value_lines(label, live, INDENT, "+", layout)
    elif is_empty(live):
        yield from value_lines(label, applied, INDENT, "-", layout, f"-> {inline(live)}")
    else:
        yield from pair_lines(label, applied, live, INDENT, layout, "", field.edits)


def _of(change: Change) -> Drifted | None:
    prior = change.prior
    if change.action is Action.CREATE and prior is not None:
        name = change.name or str(prior.values.get("name", ""))
        return Drifted(change.address, change.kind, prior.remote_id, name, gone=True, applied=prior.values)
    fields = tuple(
        DriftedField(field.name, field.prior, field.live, field.sensitive)
        for field in change.fields
        if field.cause in _EDITED
    )
    if not fields or change.remote_id is None:
        return None
    return Drifted(change.address, change.kind, change.remote_id, change.name, change.status, fields)
