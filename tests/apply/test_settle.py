"""Creates whose answer is lost: done or not, they end up on the platform once, or a user is told what to do."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from agentops.domain.events import Event, Noted, StepFailed, Waiting
from agentops.domain.plan import PlanOptions
from agentops.domain.state import Intent, StateChange
from agentops.domain.values import Ref
from agentops.sandbox import Fault, FaultKind
from tests.apply.world import CREATE, LOCK, START, World, address, spec, transfer

LOST = Fault(FaultKind.STATUS_AFTER, method="POST", path=CREATE, status=502)
NOT_DONE = Fault(FaultKind.STATUS, method="POST", path=CREATE, status=500)
UNREADABLE = Fault(FaultKind.HTML, method="POST", path=CREATE)


def leave_intent(world: World, name: str, started: datetime = START, /, **values: object) -> None:
    """What a run that died leaves behind before its create."""
    existing = frozenset(world.live()["Assistant"])
    intent = Intent({**spec(name), **values}, started, existing)
    world.backend.commit(world.state.serial, LOCK, StateChange(intents={address(name): intent}))


def after_post(world: World, action: Callable[[], None]) -> Callable[..., Any]:
    """The sandbox, where somebody does something right after each create."""

    def app(environ: Any, start_response: Any) -> Any:
        answer = world.sandbox(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            action()
        return answer

    return app


def creates(world: World) -> int:
    return world.writes().count(("POST", CREATE))


def test_a_create_that_was_done_although_the_answer_failed_is_adopted(world: World) -> None:
    with world.sandbox.faults.on(LOST):
        result = world.apply(a=spec("a"), b=spec("b"))
    assert (result.exit_code(), world.names(), creates(world)) == (0, ["A", "B"], 2)
    assert result.created == (address("a"), address("b"))
    assert world.clock.slept == []
    assert world.plan(a=spec("a"), b=spec("b")).is_empty


def test_a_create_that_was_not_done_is_sent_again_after_the_settle_time(world: World) -> None:
    with world.sandbox.faults.on(NOT_DONE):
        result = world.apply(a=spec("a"))
    assert (result.exit_code(), world.names(), creates(world)) == (0, ["A"], 2)
    assert world.clock.slept == [60.0]
    assert world.heard(Waiting)[0].seconds == 60.0
    assert world.state.intents == {}


def test_a_create_that_is_never_answered_is_sent_twice_and_stays_an_intent(world: World) -> None:
    with world.sandbox.faults.on(Fault(FaultKind.STATUS, method="POST", path=CREATE, status=500, times=None)):
        result = world.apply(a=spec("a"))
    assert (result.failed, result.exit_code(), creates(world)) == ((address("a"),), 1, 2)
    assert set(world.state.intents) == {address("a")}
    assert world.heard(StepFailed)[0].diagnostics[0].code == "unsettled"


def test_a_create_with_an_unreadable_answer_is_looked_for(world: World) -> None:
    with world.sandbox.faults.on(UNREADABLE):
        result = world.apply(a=spec("a"))
    assert (result.exit_code(), world.names()) == (0, ["A"])


def test_several_that_fit_are_left_to_the_user(world: World) -> None:
    def double() -> None:
        world.sandbox.store.copy_assistant(int(world.sandbox.store.assistants()[0]["id"]))

    world.gate = after_post(world, double)
    with world.sandbox.faults.on(LOST):
        result = world.apply(a=spec("a"))
    ids = [row["id"] for row in world.sandbox.store.assistants()]
    (failed,) = world.heard(StepFailed)
    assert ", ".join(map(str, ids)) in failed.diagnostics[0].message
    assert f"agentops state resolve assistant.a {ids[0]}" in failed.diagnostics[0].hint
    assert (result.exit_code(), set(world.state.intents), dict(world.state.entries)) == (1, {address("a")}, {})


def test_when_nothing_can_be_listed_the_intent_stays(world: World) -> None:
    faults = world.sandbox.faults
    live = world.live()
    desired = world.desired(live, {"a": spec("a")})
    plan = world.plan(a=spec("a"))
    with faults.on(LOST), faults.on(Fault(FaultKind.STATUS, method="GET", status=403, times=None)):
        result = world.carry_out(plan, desired, live)
    assert (result.failed, set(world.state.intents)) == ((address("a"),), {address("a")})
    assert world.apply(a=spec("a")).exit_code() == 0
    assert world.names() == ["A"]


def test_an_object_of_the_same_name_only_is_not_adopted_and_not_doubled(world: World) -> None:
    def edit() -> None:
        row = world.sandbox.store.assistants()[0]
        world.sandbox.store.edit_assistant(int(row["id"]), system_prompt="Somebody else's")

    world.gate = after_post(world, edit)
    with world.sandbox.faults.on(LOST):
        result = world.apply(a=spec("a"))
    (failed,) = world.heard(StepFailed)
    assert "bears its name" in failed.diagnostics[0].message
    assert (result.exit_code(), world.names(), set(world.state.intents)) == (1, ["A"], {address("a")})


def test_a_left_intent_that_was_done_is_adopted_by_the_next_run(world: World) -> None:
    leave_intent(world, "a")
    world.provider.create("Assistant", spec("a"))
    result = world.apply(a=spec("a"))
    assert (result.exit_code(), world.writes(), world.names()) == (0, [], ["A"])
    assert world.state.entries[address("a")].remote_id == world.sandbox.store.assistants()[0]["id"]
    assert world.state.intents == {}


def test_a_left_intent_that_was_done_is_adopted_and_then_updated(world: World) -> None:
    leave_intent(world, "a")
    world.provider.create("Assistant", spec("a"))
    result = world.apply(a=spec("a", system_prompt="Edited since."))
    assert (result.updated, result.exit_code()) == ((address("a"),), 0)
    assert world.stored("a")["system_prompt"] == "Edited since."


def test_a_young_intent_without_a_trace_waits_before_it_is_sent(world: World) -> None:
    leave_intent(world, "a")
    world.clock.sleep(20)
    result = world.apply(a=spec("a"))
    assert (result.created, world.clock.slept) == ((address("a"),), [20, 40.0])
    assert creates(world) == 1


def test_an_intent_of_a_clock_that_was_ahead_is_not_waited_for_any_longer(world: World) -> None:
    leave_intent(world, "a", START + timedelta(days=365))
    result = world.apply(a=spec("a"))
    assert (result.created, world.clock.slept) == ((address("a"),), [60.0])


def test_an_old_intent_without_a_trace_is_sent_at_once(world: World) -> None:
    leave_intent(world, "a")
    world.clock.sleep(3600)
    assert world.apply(a=spec("a")).created == (address("a"),)
    assert world.clock.slept == [3600]


def test_what_is_sent_for_an_old_intent_is_what_counts_as_applied(world: World) -> None:
    leave_intent(world, "a")
    world.clock.sleep(3600)
    world.apply(a=spec("a", system_prompt="Edited since."))
    assert world.state.entries[address("a")].values["system_prompt"] == "Edited since."
    assert world.apply(a=spec("a", system_prompt="Edited again.")).updated == (address("a"),)


def test_an_object_that_appears_while_waiting_is_adopted(world: World) -> None:
    leave_intent(world, "a")

    def appear(event: Event) -> None:
        if isinstance(event, Waiting):
            world.provider.create("Assistant", spec("a"))

    world.on_event = appear
    result = world.apply(a=spec("a", system_prompt="Edited since."))
    assert (result.exit_code(), world.names()) == (0, ["A"])
    assert world.stored("a")["system_prompt"] == "Edited since."
    assert any("adopted" in note.message for note in world.heard(Noted))


def test_an_interrupt_ends_the_waiting_and_keeps_the_intent(world: World) -> None:
    leave_intent(world, "a")
    world.on_event = lambda event: world.stop.press() if isinstance(event, Waiting) else None
    result = world.apply(a=spec("a"))
    assert (result.interrupted, result.failed, creates(world)) == (True, (address("a"),), 0)
    assert set(world.state.intents) == {address("a")}


def test_what_waits_for_an_unclear_create_is_linked_once_it_is_settled(world: World) -> None:
    manifests = {"a": spec("a"), "b": spec("b", tools=[transfer("a")])}
    with world.sandbox.faults.on(LOST):
        assert world.apply(manifests).exit_code() == 0
    assert world.stored("b")["tools"][0]["assistant_id"] == world.state.entries[address("a")].remote_id


def test_a_rejected_second_attempt_ends_the_intent(world: World) -> None:
    with world.sandbox.faults.on(NOT_DONE):
        result = world.apply(a=spec("a", voice=Ref("voices", 99999)))
    assert (result.failed, dict(world.state.intents)) == ((address("a"),), {})


@pytest.mark.parametrize("allowed", [True, False])
def test_duplicate_names_are_the_users_choice(allowed: bool, world: World) -> None:
    leave_intent(world, "a")
    world.clock.sleep(3600)
    world.provider.create("Assistant", spec("a", system_prompt="Somebody else's"))
    world.apply(options=PlanOptions(allow_duplicate_names=allowed), a=spec("a"))
    assert world.names() == (["A", "A"] if allowed else ["A"])


def test_the_settle_time_counts_from_the_last_attempt(world: World) -> None:
    with world.sandbox.faults.on(Fault(FaultKind.STATUS, method="POST", path=CREATE, status=500, times=None)):
        world.apply(a=spec("a"))
    assert world.state.intents[address("a")].started == START + timedelta(seconds=60)
    assert world.clock.slept == [60.0, 60.0]


def test_two_creates_of_equal_values_never_share_one_object(world: World) -> None:
    twins = {
        name: {**spec("twin"), "mid_call_tools": [Ref("mid_call_tools", id_)]} for name, id_ in (("a", 1), ("b", 5))
    }
    for name, values in twins.items():
        leave_intent(world, name, **values)
    made = world.provider.create("Assistant", twins["b"])
    world.clock.sleep(3600)
    plan = world.plan(twins)
    assert [diagnostic.code for diagnostic in plan.diagnostics] == ["several-fit", "several-fit"]
    world.apply(twins)
    assert not world.state.entries
    assert [row["id"] for row in world.sandbox.store.assistants()] == [made]


def test_a_left_intent_of_a_renamed_manifest_is_adopted_and_not_created_again(world: World) -> None:
    leave_intent(world, "a")
    world.provider.create("Assistant", spec("a"))
    result = world.apply({"b": spec("a")}, previous_names={"b": ("a",)})
    assert (result.exit_code(), world.writes(), world.names()) == (0, [], ["A"])
    assert (set(world.state.entries), world.state.intents) == ({address("b")}, {})


def test_a_left_intent_of_a_renamed_manifest_is_waited_for(world: World) -> None:
    leave_intent(world, "a")
    world.clock.sleep(20)
    result = world.apply({"b": spec("a")}, previous_names={"b": ("a",)})
    assert (result.exit_code(), creates(world), world.clock.slept) == (0, 1, [20, 40.0])
    assert (set(world.state.entries), world.state.intents) == ({address("b")}, {})


def test_a_create_that_may_still_arrive_is_not_forgotten(world: World) -> None:
    leave_intent(world, "a")
    world.apply({})
    assert set(world.state.intents) == {address("a")}
    assert [event.address for event in world.heard(Noted)] == [address("a")]
    world.clock.sleep(60)
    world.apply({})
    assert world.state.intents == {}
