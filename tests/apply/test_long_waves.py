"""A create is settled by when it was sent, however long that was after its wave began."""

from datetime import timedelta
from typing import Any

import pytest

from agentops.domain.events import StepStarted
from tests.apply.test_interrupts import FLEET, stop_at
from tests.apply.world import START, World, address

PAUSE = 50
"""Seconds; one create takes less than the settle time, and two take more."""


@pytest.fixture
def slow(world: World) -> World:
    """A platform that takes its time for each of three creates.

    The fourth moves no clock: its thread may be quicker than the one that notes when it was sent.
    """
    left = iter(range(3))

    def gate(environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] == "POST" and next(left, None) is not None:
            world.clock.sleep(PAUSE)
        return world.sandbox(environ, start_response)

    world.gate = gate
    return world


def test_what_is_sent_late_in_a_wave_is_noted_as_sent_then(slow: World) -> None:
    stop_at(slow, StepStarted, 4, presses=2)

    slow.apply(FLEET, parallelism=1)

    assert set(slow.state.intents) == {address("d")}
    sent = START + timedelta(seconds=3 * PAUSE)
    assert slow.state.intents[address("d")].started == sent


def test_a_wave_that_is_quick_notes_its_creates_once(world: World) -> None:
    serial = world.state.serial
    world.apply(FLEET)
    assert world.state.serial <= serial + 1 + len(FLEET)
