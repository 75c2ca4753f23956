"""Runs of the machine by a script: the same misfortune at every boundary, one after the other."""

from collections.abc import Callable

from tests.machine.estate import Loss
from tests.machine.machine import Blind, Fleet, Machine

BEFORE: Fleet = {"a": ("Be kind.", ""), "d": ("Be kind.", "")}
AFTER: Fleet = {"a": ("Be bold.", "b"), "b": ("Be kind.", ""), "c": ("Be brief.", "b")}
"""One edited, one gone, two new, and links between them: creates in two waves, an update, a delete."""

BOUNDARIES = range(1, 31)
COMMITS = range(1, 13)

Story = Callable[[Machine, int], None]


def killed(machine: Machine, at: int) -> None:
    """Dies there; then somebody uses the name that was to be created."""
    machine.apply_and_die(AFTER, at)
    machine.add("B")


def killed_while_a_create_is_late(machine: Machine, at: int) -> None:
    """The answer to the first create is lost, which lands half a minute later."""
    machine.apply_lose_an_answer_and_die(AFTER, at, Loss(1, 30))


def robbed(machine: Machine, at: int) -> None:
    """Another process breaks the lock there and applies, before the first one goes on."""
    machine.apply_and_lose_the_lock(AFTER, at, Loss(9, None), 0)


STORIES: dict[str, tuple[Story, range]] = {
    "killed": (killed, BOUNDARIES),
    "late": (killed_while_a_create_is_late, BOUNDARIES),
    "robbed": (robbed, COMMITS),
}


def shows(name: str) -> bool:
    """Whether the story goes wrong at any place; it does where the engine has a bug."""
    story, places = STORIES[name]
    for at in places:
        try:
            tell(Blind, story, at)
        except AssertionError:
            return True
    return False


def tell(kind: type[Machine], story: Story, at: int) -> None:
    """One story from the beginning to its end. Raises AssertionError when it does not end well."""
    machine = kind()
    try:
        machine.begin()
        machine.declared = dict(BEFORE)
        machine.apply()
        story(machine, at)
        machine.check()
        machine.apply()
        machine.check()
    except BaseException:
        machine.close()
        raise
    machine.teardown()
