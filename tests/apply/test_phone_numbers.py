"""Phone numbers move between assistants: never on two at once, and never lost on the way."""

from collections.abc import Mapping
from contextlib import ExitStack

import pytest

from agentops.domain.events import StepFailed, StepFinished, StepSkipped
from agentops.domain.values import Value, Values
from agentops.sandbox import Fault, FaultKind
from tests.apply.world import World, address, number, spec


def inbound(name: str, **values: Value) -> Values:
    return spec(name, type="inbound", **values)


def numbers(world: World) -> Mapping[str, int | None]:
    return {row["name"]: row["phone_number_id"] for row in world.sandbox.store.assistants()}


@pytest.fixture
def swapped(world: World) -> Mapping[str, Values]:
    """Manifests that swap the numbers of two assistants that are there."""
    world.apply(x=inbound("x", phone_number=number(1)), y=inbound("y", phone_number=number(2)))
    return {"x": inbound("x", phone_number=number(2)), "y": inbound("y", phone_number=number(1))}


def test_two_assistants_swap_their_numbers(world: World, swapped: Mapping[str, Values]) -> None:
    result = world.apply(swapped)
    assert (result.updated, result.exit_code()) == ((address("x"), address("y")), 0)
    assert numbers(world) == {"X": 2, "Y": 1}
    assert world.plan(swapped).is_empty


@pytest.mark.parametrize("refused", ["x", "y"])
def test_a_swap_that_is_refused_leaves_everybody_with_a_number(
    refused: str, world: World, swapped: Mapping[str, Values]
) -> None:
    path = f"/user/assistant/{world.id_of(refused)}"
    with world.sandbox.faults.on(Fault(FaultKind.STATUS, method="PUT", path=path, status=422, after=1)):
        result = world.apply(swapped)
    assert numbers(world) == {"X": 1, "Y": 2}
    assert address(refused) in result.failed
    assert result.mismatches == ()
    assert world.apply(swapped).exit_code() == 0
    assert numbers(world) == {"X": 2, "Y": 1}


def test_a_number_goes_back_when_its_new_owner_is_refused(world: World) -> None:
    world.apply(x=inbound("x", phone_number=number(1)), y=inbound("y"))
    path = f"/user/assistant/{world.id_of('y')}"
    manifests = {"x": inbound("x", phone_number=None), "y": inbound("y", phone_number=number(1))}
    with world.sandbox.faults.on(Fault(FaultKind.STATUS, method="PUT", path=path, status=422, times=None)):
        result = world.apply(manifests)
    assert (result.failed, result.not_started, result.updated) == ((address("y"),), (address("x"),), ())
    assert numbers(world) == {"X": 1, "Y": None}
    assert world.heard(StepFinished)[-1].purpose == "give phone number back"
    assert world.apply(manifests).exit_code() == 0
    assert numbers(world) == {"X": None, "Y": 1}


def test_a_number_goes_back_when_its_new_owner_cannot_be_created(world: World) -> None:
    world.apply(x=inbound("x", phone_number=number(1)))
    with world.sandbox.faults.on(Fault(FaultKind.STATUS, method="POST", path="/user/assistant", status=422)):
        result = world.apply(x=inbound("x", phone_number=None), y=inbound("y", phone_number=number(1)))
    assert result.failed == (address("y"),)
    assert numbers(world) == {"X": 1}


def test_a_number_that_went_back_without_an_answer_is_let_go_by_the_next_run(world: World) -> None:
    world.apply(x=inbound("x", phone_number=number(1)), y=inbound("y"))
    live = world.live()
    manifests = {"x": inbound("x"), "y": inbound("y", phone_number=number(1))}
    desired, plan = world.desired(live, manifests), world.plan(manifests)
    giver, taker = (f"/user/assistant/{world.id_of(name)}" for name in "xy")
    with ExitStack() as stack:
        for fault in (
            Fault(FaultKind.STATUS, method="PUT", path=taker, status=422),
            Fault(FaultKind.STATUS_AFTER, method="PUT", path=giver, status=500, after=1, times=None),
            Fault(FaultKind.STATUS, method="GET", status=403, times=None),
        ):
            stack.enter_context(world.sandbox.faults.on(fault))
        world.carry_out(plan, desired, live)
    assert numbers(world) == {"X": 1, "Y": None}
    assert world.apply(manifests).exit_code() == 0
    assert numbers(world) == {"X": None, "Y": 1}


def test_a_number_that_cannot_go_back_is_not_remembered(world: World) -> None:
    world.apply(x=inbound("x", phone_number=number(1)), y=inbound("y"))
    manifests = {"x": inbound("x"), "y": inbound("y", phone_number=number(1))}
    giver, taker = (f"/user/assistant/{world.id_of(name)}" for name in "xy")
    with ExitStack() as stack:
        for path, after in ((taker, 0), (giver, 1)):
            fault = Fault(FaultKind.STATUS, method="PUT", path=path, status=422, after=after)
            stack.enter_context(world.sandbox.faults.on(fault))
        world.apply(manifests)
    assert numbers(world) == {"X": None, "Y": None}
    assert "phone_number" not in world.state.entries[address("x")].values


def test_a_number_that_is_not_let_go_is_not_assigned(world: World) -> None:
    world.apply(x=inbound("x", phone_number=number(1)), y=inbound("y"))
    path = f"/user/assistant/{world.id_of('x')}"
    with world.sandbox.faults.on(Fault(FaultKind.STATUS, method="PUT", path=path, status=422, times=None)):
        result = world.apply(x=inbound("x", phone_number=None), y=inbound("y", phone_number=number(1)))
    assert (result.failed, result.not_started) == ((address("x"),), (address("y"),))
    assert world.heard(StepSkipped)[0].reason == "assistant.x still has the phone number"
    assert numbers(world) == {"X": 1, "Y": None}


def test_a_number_goes_back_when_the_run_is_interrupted_on_the_way(world: World, swapped: Mapping[str, Values]) -> None:
    def stop(event: object) -> None:
        if isinstance(event, StepFinished) and event.purpose == "unassign phone number" and not world.stop.level:
            world.stop.press()

    world.on_event = stop
    result = world.apply(swapped)
    assert (result.interrupted, result.failed) == (True, ())
    assert numbers(world) == {"X": 1, "Y": 2}


def test_a_number_stays_away_while_it_is_unclear_who_has_it(world: World) -> None:
    world.apply(x=inbound("x", phone_number=number(1)), y=inbound("y"))
    live = world.live()
    manifests = {"x": inbound("x", phone_number=None), "y": inbound("y", phone_number=number(1))}
    desired, plan = world.desired(live, manifests), world.plan(manifests)
    path = f"/user/assistant/{world.id_of('y')}"
    with ExitStack() as stack:
        for fault in (
            Fault(FaultKind.STATUS_AFTER, method="PUT", path=path, status=500, times=None),
            Fault(FaultKind.STATUS, method="GET", status=403, times=None),
        ):
            stack.enter_context(world.sandbox.faults.on(fault))
        world.carry_out(plan, desired, live)
    assert numbers(world) == {"X": None, "Y": 1}
    assert [event.address for event in world.heard(StepFailed)] == [address("y")]
