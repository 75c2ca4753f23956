"""The lock is lost while requests are about to be sent: nothing more is, and nobody is blamed for what was not sent."""

import pytest

from agentops.domain.errors import ConflictError
from agentops.domain.events import StepFailed, StepSkipped
from agentops.sandbox import Fault, FaultKind
from tests.apply.world import World, address, spec

FLEET = {name: spec(name) for name in "abcd"}
EDITED = {name: spec(name, system_prompt="Edited.") for name in FLEET}


def lose_after(world: World, times: int) -> None:
    """From so many requests on, somebody else has the lock: nothing may be sent."""
    left = [times]

    def permit() -> None:
        if not left[0]:
            raise ConflictError("the lock was lost")
        left[0] -= 1

    world.provider = world.provider.writable(permit)


@pytest.mark.parametrize("times", [0, 1, 3])
def test_nothing_more_is_sent_and_what_was_not_sent_is_not_started(world: World, times: int) -> None:
    lose_after(world, times)
    result = world.apply(FLEET, parallelism=1)

    assert result.halted.startswith("the lock was lost")
    assert (len(result.created), result.failed, len(result.not_started)) == (times, (), len(FLEET) - times)
    assert len(world.writes()) == times
    assert not world.heard(StepFailed)
    assert len(world.heard(StepSkipped)) == len(FLEET) - times
    assert result.exit_code() == 3


def test_updates_that_were_not_sent_are_not_started_either(world: World) -> None:
    world.apply(FLEET)
    lose_after(world, 2)
    result = world.apply(EDITED, parallelism=1)

    assert (len(result.updated), result.failed, len(result.not_started)) == (2, (), 2)


def test_what_was_sent_once_and_must_not_be_again_is_unclear(world: World) -> None:
    world.apply(FLEET)
    lose_after(world, 1)
    with world.sandbox.faults.on(Fault(FaultKind.STATUS_AFTER, method="PUT", status=503, times=None)):
        result = world.apply(EDITED, parallelism=1)

    assert result.halted.startswith("the lock was lost")
    assert (result.failed, len(result.not_started)) == ((address("a"),), 3)
    (failed,) = world.heard(StepFailed)
    assert failed.diagnostics[0].code == "interrupted"


@pytest.mark.parametrize("times", [0, 1, 2])
def test_the_next_run_goes_on(world: World, times: int) -> None:
    world.apply(FLEET)
    lose_after(world, times)
    world.apply(EDITED, parallelism=1)
    world.provider = world.provider.writable()

    assert world.apply(EDITED).exit_code() == 0
    assert {world.stored(name)["system_prompt"] for name in FLEET} == {"Edited."}
