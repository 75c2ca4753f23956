"""Looks up what became of updates and deletes whose answer was lost, so that the state says what the platform has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agentops.domain.errors import ProviderError
from agentops.domain.plan import Action, Step
from agentops.domain.provider import LiveObject
from agentops.domain.values import RemoteId, Values
from agentops.engine.diff import same
from agentops.engine.refresh import refresh
from agentops.engine.surroundings import Surroundings
from agentops.engine.verify import stored_as_sent


@dataclass(frozen=True, slots=True)
class Unclear:
    """A step that may have been carried out, and the error that came in place of an answer."""

    step: Step
    error: ProviderError


def confirm(around: Surroundings, unclear: Sequence[Unclear]) -> None:
    """Note each of `unclear`, updates and deletes, as done or as failed, after one listing."""
    if not unclear:
        return
    known = {item.step.address: item.step.remote_id for item in unclear if item.step.remote_id is not None}
    try:
        live = refresh(around.provider, known)
    except ProviderError:
        live = {}  # nothing can be confirmed: each is blamed with its own error, which says more
    before = {change.address: change.live for change in around.plan.changes}
    for item in unclear:
        step = item.step
        if _was_done(around, step, live.get(step.kind), before[step.address]) and step.remote_id is not None:
            around.finish(step, step.remote_id, around.clock())
        else:
            around.blame(step, item.error)


def _was_done(around: Surroundings, step: Step, objects: Mapping[RemoteId, LiveObject] | None, before: Values) -> bool:
    if objects is None or step.remote_id is None:
        return False
    stored = objects.get(step.remote_id)
    if step.action is Action.DELETE:
        return stored is None
    return stored is not None and _holds(around, step, stored, before)


def _holds(around: Surroundings, step: Step, stored: LiveObject, planned: Values) -> bool:
    """Whether `stored` has all that can be read of `step`, and something of it that was not there before.

    Before is what the plan saw, and what this run sent since.
    """
    table = around.provider.platform.kind_by_name[step.kind].table
    sent = around.tally.sent.get(step.address)
    before = {**planned, **(sent.values if sent else {})}
    readable = step.values.keys() & stored.values.keys()
    as_sent = all(stored_as_sent(table[name], stored.values[name], step.values[name]) for name in readable)
    return as_sent and any(not same(table[name], before.get(name), stored.values[name]) for name in readable)
