"""Updates and deletes whose answer is lost: the platform is asked what it has, and the state says so."""

import pytest

from agentops.domain.events import StepFailed, StepFinished
from agentops.domain.values import Ref
from agentops.sandbox import Fault, FaultKind
from tests.apply.world import World, address, spec, transfer

ONE = "/user/assistant/*"


def always(kind: FaultKind, method: str) -> Fault:
    return Fault(kind, method=method, path=ONE, status=502, times=None)


@pytest.mark.parametrize("kind", [FaultKind.STATUS_AFTER, FaultKind.TRUNCATED, FaultKind.WRONG_TYPE])
def test_an_update_that_was_done_counts_as_done(kind: FaultKind, world: World) -> None:
    world.apply(a=spec("a"))
    with world.sandbox.faults.on(always(kind, "PUT")):
        result = world.apply(a=spec("a", system_prompt="New.", ringing_time=25))
    assert (result.updated, result.exit_code()) == ((address("a"),), 0)
    assert world.state.entries[address("a")].values["ringing_time"] == 25
    # What was written by us is no conflict when git changes again.
    assert world.apply(a=spec("a", system_prompt="Newer.", ringing_time=25)).exit_code() == 0


def test_an_update_that_was_not_done_is_a_failure_and_stays_to_do(world: World) -> None:
    world.apply(a=spec("a"))
    with world.sandbox.faults.on(always(FaultKind.HTML, "PUT")):
        result = world.apply(a=spec("a", system_prompt="New."))
    (failed,) = world.heard(StepFailed)
    assert (result.failed, failed.diagnostics[0].code) == ((address("a"),), "unclear")
    assert world.state.entries[address("a")].values["system_prompt"] == "Be kind."
    assert world.apply(a=spec("a", system_prompt="New.")).updated == (address("a"),)


def test_an_update_of_hidden_fields_alone_cannot_be_confirmed(world: World) -> None:
    world.apply(a=spec("a"))
    tools = [Ref("mid_call_tools", 1)]
    with world.sandbox.faults.on(always(FaultKind.STATUS_AFTER, "PUT")):
        result = world.apply(a=spec("a", mid_call_tools=tools))
    assert result.failed == (address("a"),)
    assert world.apply(a=spec("a", mid_call_tools=tools)).updated == (address("a"),)


def test_a_delete_that_was_done_counts_as_done(world: World) -> None:
    world.apply(a=spec("a"))
    with world.sandbox.faults.on(always(FaultKind.WRONG_TYPE, "DELETE")):
        result = world.apply()
    assert (result.destroyed, result.exit_code(), dict(world.state.entries)) == ((address("a"),), 0, {})


def test_a_delete_that_was_not_done_is_a_failure_and_stays_managed(world: World) -> None:
    world.apply(a=spec("a"))
    with world.sandbox.faults.on(always(FaultKind.HTML, "DELETE")):
        result = world.apply()
    assert (result.failed, set(world.state.entries)) == ((address("a"),), {address("a")})


def test_when_nothing_can_be_listed_the_first_error_is_told(world: World) -> None:
    world.apply(a=spec("a"))
    live = world.live()
    manifests = {"a": spec("a", system_prompt="New.")}
    desired, plan = world.desired(live, manifests), world.plan(manifests)
    unlisted = Fault(FaultKind.STATUS, method="GET", status=403, times=None)
    with world.sandbox.faults.on(always(FaultKind.STATUS_AFTER, "PUT")), world.sandbox.faults.on(unlisted):
        world.carry_out(plan, desired, live)
    (failed,) = world.heard(StepFailed)
    assert "PUT" in failed.diagnostics[0].message


def test_what_waited_for_a_confirmed_step_goes_on(world: World) -> None:
    world.apply(front=spec("front", tools=[transfer("sales")]), sales=spec("sales"))
    with world.sandbox.faults.on(always(FaultKind.STATUS_AFTER, "PUT")):
        result = world.apply(front=spec("front", tools=[]))
    assert (result.updated, result.destroyed) == ((address("front"),), (address("sales"),))
    assert [event.address for event in world.heard(StepFinished)] == [address("front"), address("sales")]
