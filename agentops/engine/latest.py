"""Looks at an object right before it is written, where one can be read by itself: a person may have just edited it."""

from collections.abc import Mapping

from agentops.domain.fields import FieldTable
from agentops.domain.plan import Step
from agentops.domain.provider import Provider
from agentops.domain.values import Secret, Value, Values
from agentops.engine.diff import same


class MovedError(Exception):
    """The object is not as the plan saw it, so it was not written. `str()` says what moved."""


def refuse_moved(provider: Provider, step: Step, planned: Values) -> None:
    """Read the object that `step` is about to write. Raises MovedError, and ProviderError when it cannot be read.

    `planned` are the values of the managed fields as they were when the plan was made. For a worker.
    """
    if step.remote_id is None or not planned:
        return
    item = provider.read(step.kind, step.remote_id)
    if item is None:
        return  # gone, if it is, will be the platform's answer
    names = moved_fields(provider.platform.kind_by_name[step.kind].table, planned, item.values)
    if names:
        raise MovedError(moved_text(names))


def moved_fields(table: FieldTable, planned: Values, now: Values) -> list[str]:
    """The fields that are readable now and differ from `planned`."""
    return [
        name
        for name, then in sorted(planned.items())
        if name in now and not _is_opaque(then) and not same(table[name], then, now[name])
    ]


def moved_text(names: list[str]) -> str:
    """Why a resource is left alone."""
    return f"changed on the platform since the plan: {', '.join(names)}"


def _is_opaque(value: Value) -> bool:
    """Whether a secret in it was read before there was a key to compare it by."""
    match value:
        case Secret():
            return value.digest is None
        case list():
            return any(map(_is_opaque, value))
        case Mapping():
            return any(map(_is_opaque, value.values()))
    return False
