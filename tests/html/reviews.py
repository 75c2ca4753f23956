"""Reviews for tests of pages: of every kind, of several environments, of a large fleet, and hostile ones."""

from dataclasses import replace
from typing import Final

from agentops.domain.address import Address
from agentops.domain.diagnostics import Severity, SourcePos, warning
from agentops.domain.fields import UNSET
from agentops.domain.plan import Cause, Change, Finding, Plan
from agentops.domain.values import Ref
from agentops.render.review import Review, plan_review
from tests.render.plans import BINDING, CASES, PROMPT, SARAH, field, plan, update

KINDS: Final = ("updates", "whole-values", "causes", "conflicts", "deletes", "creates", "state-only")
CLIENTS: Final = ("acme", "beta")


def every_kind() -> Plan:
    """All that a plan can hold: 14 changes with labels, findings and warnings."""
    made = [CASES[kind]() for kind in KINDS]
    changes = (
        replace(
            change,
            address=Address("assistant", f"{change.address.name}-{number}"),
            labels={"client": CLIENTS[number % 2]},
            pos=SourcePos(f"assistants/{change.address.name}.yaml"),
        )
        for number, one in enumerate(made)
        for change in one.changes
        if change.is_shown
    )
    deletes = CASES["deletes"]()
    return replace(deletes, changes=tuple(changes), diagnostics=CASES["nothing-in-the-sandbox"]().diagnostics)


def two_environments() -> list[Review]:
    """`production` on famulor with every kind, `staging` on autocalls with one update."""
    staging = CASES["updates"]()
    binding = replace(BINDING, environment="staging", platform="autocalls")
    return [plan_review(every_kind()), plan_review(replace(staging, binding=binding, sandbox=True))]


def fleet(number: int = 1_000) -> Review:
    """So many assistants, each with an edit of its own in a prompt of its own; every tenth also drifted."""
    return plan_review(plan(*(_of_fleet(index) for index in range(number))))


def one_change_for_all(number: int = 1_000) -> Review:
    """So many assistants that get the same other voice."""
    emma = Ref("voices", 31, "Emma", "Emma")
    same = update(field("voice", Cause.MANIFEST, SARAH, SARAH, emma))
    return plan_review(plan(*(_member(same, index) for index in range(number))))


def megabyte() -> Review:
    """One word of a text of a megabyte."""
    live = "\n".join(f"- A rule that has to be kept, number {index}, whatever callers say." for index in range(16_000))
    desired = live.replace("number 77,", "number seventy-seven,")
    return plan_review(plan(update(field("system_prompt", Cause.MANIFEST, live, live, desired))))


def hostile(texts: tuple[str, ...]) -> Review:
    """The texts wherever a text can stand."""
    changes = []
    for number, text in enumerate(texts):
        long = f"{text}\n" * 3
        change = update(
            field("system_prompt", Cause.MANIFEST, UNSET, long, f"{long}{text} more"),
            field("initial_message", Cause.DRIFT, text, f"{text}!", text),
            field("variables", Cause.MANIFEST, {}, {text: text}, {text: f"{text}?"}),
            field("voice", Cause.MANIFEST, SARAH, SARAH, Ref("voices", 99, text)),
            name=text,
            status=text,
            blocked=text,
            labels={text: text},
            pos=SourcePos(text),
        )
        changes.append(_member(change, number))
    return plan_review(
        plan(
            *changes,
            findings=tuple(Finding("odd", Severity.ERROR, text, (), text) for text in texts),
            diagnostics=tuple(warning("odd", text, SourcePos(text), text) for text in texts),
        )
    )


def _of_fleet(index: int) -> Change:
    live = PROMPT.replace("Acme", f"Customer {index}")
    desired = live.replace("polite", f"friendly ({index})")
    fields = [field("system_prompt", Cause.MANIFEST, live, live, desired)]
    if index % 10 == 0:
        fields.append(field("speech_speed", Cause.DRIFT, 1.1, 1.0, 1.1))
    return _member(update(*fields), index)


def _member(change: Change, index: int) -> Change:
    labels = dict(change.labels) or {"client": CLIENTS[index % 2], "tier": str(index % 4)}
    return replace(change, address=Address("assistant", f"a{index:04}"), remote_id=10_000 + index, labels=labels)
