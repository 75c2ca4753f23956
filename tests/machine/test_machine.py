"""Whatever people and processes do, in any order: applying in the end makes live as declared, and loses nothing.

`make matrix` does the same for longer, and lets the machine find the seeded bugs by itself.
"""

import pytest
from hypothesis import settings

from tests.machine.bugs import BUGS
from tests.machine.machine import Machine
from tests.machine.stories import STORIES, shows, tell

TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=40, stateful_step_count=14)

SHOWN_BY = {
    "no journal": "killed",
    "no settling": "late",
    "adopting by name": "killed",
    "forgetting early": "late",
    "no permit": "robbed",
}


@pytest.mark.parametrize("name", STORIES)
def test_a_misfortune_at_any_boundary_ends_well(name: str) -> None:
    story, places = STORIES[name]
    for at in places:
        tell(Machine, story, at)


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_in_what_keeps_creates_safe_is_caught(bug: str) -> None:
    """By what it does: whether there was an intent is not looked at."""
    with BUGS[bug]():
        assert shows(SHOWN_BY[bug])


def test_a_create_without_an_intent_is_caught_as_such() -> None:
    with BUGS["no journal"](), pytest.raises(AssertionError, match="A"):
        tell(Machine, lambda machine, at: None, 0)
