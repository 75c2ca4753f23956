"""A plan as a short, stable text: what the expectations of the case folders hold."""

import json
from collections.abc import Iterator

from agentops.domain.fields import Unset
from agentops.domain.plan import Change, FieldChange, Plan, Step
from agentops.domain.values import Ref, Secret, Value
from agentops.engine.order import waves


def dump(plan: Plan) -> str:
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    for change in plan.changes:
        yield from _change(change)
    yield f"unchanged: {plan.unchanged}"
    for number, wave in enumerate(waves(plan), 1):
        for step in wave:
            yield f"wave {number}: {_step(step)}"
            for back in step.gives_back:
                yield f"  if refused: {_step(back)}"
    for finding in plan.findings:
        passed = f" {finding.override or 'no override'}{' given' if finding.overridden else ''}"
        where = " ".join(map(str, finding.addresses))
        yield f"finding {finding.code} ({where}){passed}: {finding.message} | {finding.hint}"
    for diagnostic in plan.diagnostics:
        yield str(diagnostic)


def _change(change: Change) -> Iterator[str]:
    marks = [
        f"moved from {change.moved_from}" if change.moved_from else "",
        "protected" if change.protect else "",
        "intent" if change.intent else "",
        "prior" if change.prior else "",
    ]
    told = ", ".join(mark for mark in marks if mark)
    yield f"{change.address}: {change.action.value} {change.remote_id or 'new'} {change.name!r} [{told}]"
    if change.blocked:
        yield f"  blocked: {change.blocked}"
    for field in change.fields:
        yield from _field(field)


def _field(field: FieldChange) -> Iterator[str]:
    sides = f"prior {show(field.prior)}, live {show(field.live)}, desired {show(field.desired)}"
    yield f"  {field.name}: {field.cause.value}{'' if field.write else ' (not written)'}: {sides}"
    for edit in field.edits:
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in edit.path)
        yield f"    {path or '.'}: {show(edit.live)} -> {show(edit.desired)}"


def _step(step: Step) -> str:
    values = ", ".join(f"{name}={show(value)}" for name, value in step.values.items())
    purpose = f" ({step.purpose})" if step.purpose else ""
    drops = f" drops {', '.join(sorted(step.drops))}" if step.drops else ""
    return f"{step.action.value} {step.address}{purpose} {step.remote_id or 'new'}: {values}{drops}".rstrip(": ")


def show(value: Value | Unset) -> str:
    """One line for a value; UNSET is a dash."""
    match value:
        case Unset():
            return "-"
        case Ref():
            name = value.address or value.label or "?"
            return f"<{name} {'known after apply' if value.id is None else value.id}>"
        case Secret():
            return f"<secret {value.env or '?'} {(value.digest or 'no digest')[:6]}>"
        case dict():
            return "{" + ", ".join(f"{key}: {show(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(show, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
