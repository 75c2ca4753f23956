"""Brings a state from one place to another, so that at no moment two places hold one that may be used.

The steps, each durable before the next: the copy is put, marked as moved back to where it came from, so that nobody may
use it yet; the origin is marked as moved to the copy; the copy's mark is taken away. Killed after any of them, doing it
again does what is left.
"""

from dataclasses import dataclass, replace
from enum import Enum

from agentops.domain.errors import StateError
from agentops.domain.state import Backend, Lock, State, StateChange


@dataclass(frozen=True, slots=True)
class Place:
    """A backend, held by `lock`. `name` is how the project file calls it."""

    name: str
    backend: Backend
    lock: Lock


class Left(Enum):
    """What is left to do."""

    ALL = "copy, leave, open"
    OPEN = "open"
    NOTHING = "nothing"


def migrate(origin: Place, target: Place) -> Left:
    """Carry out what is left to do, and return what that was.

    Raises StateError, and changes nothing, when the origin has no state to bring away or the target has one of its own.
    """
    source, copy = origin.backend.read(), target.backend.read()
    left = what_is_left(source, copy, origin.name, target.name)
    assert source is not None, "else there is nothing to migrate"
    if left is Left.ALL:
        serial = copy.serial if copy is not None else None
        serial = target.backend.replace(serial, target.lock, replace(source, moved_to=origin.name))
        origin.backend.commit(source.serial, origin.lock, StateChange(moved_to=target.name))
        target.backend.commit(serial, target.lock, StateChange(moved_to=""))
    elif left is Left.OPEN and copy is not None:
        target.backend.commit(copy.serial, target.lock, StateChange(moved_to=""))
    return left


def what_is_left(source: State | None, copy: State | None, origin: str, target: str) -> Left:
    """Decide by what both places hold. Raises StateError for what is no migration from `origin` to `target`."""
    if source is None:
        raise StateError(f"there is no state in {origin} to migrate", hint="FROM is the place where it is now")
    if source.moved_to not in ("", target):
        raise StateError(
            f"the state in {origin} has moved to {source.moved_to} already",
            hint=f"migrate it from there: agentops state migrate {source.moved_to} {target}",
        )
    if copy is None:
        if source.moved_to:
            raise StateError(
                f"the state in {origin} says that it has moved to {target}, but there is none",
                hint=f"bring {target} back from a backup, or push what `agentops state pull` shows of {origin}",
            )
        return Left.ALL
    if copy.lineage != source.lineage:
        raise StateError(
            f"{target} holds a state of another lineage, {copy.lineage}; nothing was written",
            hint="choose an empty place",
        )
    match source.moved_to, copy.moved_to:
        case "", back if back == origin:
            return Left.ALL
        case there, back if there == target and back == origin:
            return Left.OPEN
        case there, "" if there == target:
            return Left.NOTHING
        case "", "":
            raise StateError(
                f"{origin} and {target} hold a state of the same lineage each, and neither is marked as left",
                hint="find out which one is right, and remove the other",
            )
    on_the_way = f"choose an empty place, or go back the way it came: migrate it to {copy.moved_to} first"
    raise StateError(
        f"the state in {target} has moved to {copy.moved_to}",
        hint="it is used there, and can be migrated from there" if source.moved_to else on_the_way,
    )
