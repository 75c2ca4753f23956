"""What a user is told of a create that could not be settled: what is known, which objects it may be, what to do."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.diagnostics import Diagnostic, Severity, SourcePos
from agentops.domain.events import Noted, StepFailed, Waiting
from agentops.domain.plan import Action
from agentops.domain.state import Intent, StateChange
from agentops.domain.values import RemoteId, Values
from agentops.sandbox import Fault, FaultKind
from tests.apply.world import CREATE, LOCK, START, World, address, number, spec, transfer

LOST = Fault(FaultKind.STATUS_AFTER, method="POST", path=CREATE, status=502)
NEVER = Fault(FaultKind.STATUS, method="POST", path=CREATE, status=500, times=None)
PLACE = SourcePos("assistants/a.yaml", 9, 3)
AGAIN = "the next run looks for it again"


def leave_intent(world: World, name: str, values: Values) -> None:
    """What a run that died leaves behind before its create."""
    intent = Intent(values, START, frozenset(world.live()["Assistant"]))
    world.backend.commit(world.state.serial, LOCK, StateChange(intents={address(name): intent}))


def failure(world: World) -> Diagnostic:
    """The only thing that is said of the only create that failed."""
    (failed,) = world.heard(StepFailed)
    assert (failed.address, failed.action) == (address("a"), Action.CREATE)
    (diagnostic,) = failed.diagnostics
    assert isinstance(diagnostic, Diagnostic)
    return diagnostic


def unsettled(text: str, hint: str = AGAIN, place: SourcePos | None = PLACE) -> Diagnostic:
    return Diagnostic(Severity.ERROR, "unsettled", text, place, hint)


def after_post(world: World, action: Callable[[int], None]) -> Callable[..., Any]:
    """The sandbox, where somebody does something with the newest object right after each create."""

    def app(environ: Any, start_response: Any) -> Any:
        answer = world.sandbox(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            action(int(world.sandbox.store.assistants()[-1]["id"]))
        return answer

    return app


def test_of_a_create_that_left_no_trace_just_that_is_said(world: World) -> None:
    with world.sandbox.faults.on(NEVER):
        world.apply(a=spec("a"))
    assert failure(world) == unsettled("it is unclear whether it was created: no answer came, and it is not listed")
    assert world.heard(Waiting)[0] == Waiting(60.0, "a create without an answer may still appear")


def test_an_interrupt_while_waiting_says_that_it_was_one_and_looks_no_more(world: World) -> None:
    leave_intent(world, "a", spec("a"))

    def press(event: object) -> None:
        if isinstance(event, Waiting):
            world.stop.press()
            world.sandbox.store.clear_log()

    world.on_event = press
    world.apply(a=spec("a"))
    assert failure(world) == unsettled("it is unclear whether it was created, and the run was interrupted")
    assert world.sandbox.store.log() == []


def test_when_nothing_can_be_listed_the_reason_is_said(world: World) -> None:
    live = world.live()
    desired = world.desired(live, {"a": spec("a")})
    plan = world.plan(a=spec("a"))
    forbidden = Fault(FaultKind.STATUS, method="GET", status=403, times=None)
    with world.sandbox.faults.on(LOST), world.sandbox.faults.on(forbidden):
        world.carry_out(plan, desired, live)
    said = failure(world)
    start = "it is unclear whether it was created, and nothing can be listed: autocalls: GET /user/assistants/get: 403"
    assert said.message.startswith(start)
    assert said == unsettled(said.message)


def test_several_that_fit_are_named_with_the_command_that_decides(world: World) -> None:
    world.gate = after_post(world, lambda id_: world.sandbox.store.copy_assistant(id_) and None)
    with world.sandbox.faults.on(LOST):
        world.apply(a=spec("a"))
    one, two = (row["id"] for row in world.sandbox.store.assistants())
    hint = f"if one of them is it, run: agentops state resolve assistant.a {one}"
    assert failure(world) == unsettled(f"several new objects fit what was sent: {one}, {two}", hint)


def test_objects_that_two_creates_may_have_made_are_named(world: World) -> None:
    leave_intent(world, "a", spec("twin"))
    leave_intent(world, "b", spec("twin"))
    live = world.live()
    desired = world.desired(live, {"a": spec("twin"), "b": spec("twin")})
    plan = world.plan(a=spec("twin"), b=spec("twin"))
    made = world.provider.create("Assistant", spec("twin"))
    world.carry_out(plan, desired, live)
    text = f"what was sent fits new objects that others may have made as well: {made}"
    places = {"a": PLACE, "b": SourcePos("assistants/b.yaml", 9, 3)}
    assert {failed.address: failed.diagnostics for failed in world.heard(StepFailed)} == {
        address(name): (
            unsettled(text, f"if one of them is it, run: agentops state resolve assistant.{name} {made}", place),
        )
        for name, place in places.items()
    }


def test_an_object_of_its_name_only_is_named(world: World) -> None:
    world.gate = after_post(world, lambda id_: world.sandbox.store.edit_assistant(id_, system_prompt="Other"))
    with world.sandbox.faults.on(LOST):
        world.apply(a=spec("a"))
    (row,) = world.sandbox.store.assistants()
    text = f"a new object bears its name, but not all the values that were sent: {row['id']}"
    assert failure(world) == unsettled(
        text, f"if one of them is it, run: agentops state resolve assistant.a {row['id']}"
    )


def test_what_is_adopted_is_said_and_only_what_was_edited_since_is_sent(world: World) -> None:
    leave_intent(world, "a", spec("a", speech_speed=1.0))
    made: list[RemoteId] = []

    def appear(event: object) -> None:
        if isinstance(event, Waiting):
            made.append(world.provider.create("Assistant", spec("a", speech_speed=1.0)))

    world.on_event = appear
    world.apply(a=spec("a", speech_speed=1.1, system_prompt="Edited."))
    assert Noted(f"the create had been carried out: adopted {made[0]}", address("a")) in world.heard(Noted)
    updates = [logged.json for logged in world.sandbox.store.log() if logged.method == "PUT"]
    assert updates == [{"speech_speed": 1.1, "system_prompt": "Edited."}]
    assert world.state.entries[address("a")].values["system_prompt"] == "Edited."


def test_what_waits_for_a_create_that_stays_unclear_is_not_sent_and_not_lost(world: World) -> None:
    manifests = {"a": spec("a"), "b": spec("b", tools=[transfer("a")])}
    with world.sandbox.faults.on(NEVER):
        result = world.apply(manifests)
    assert set(world.state.intents) == {address("a")}
    assert (result.failed, result.not_started) == ((address("a"),), (address("b"),))
    world.clock.sleep(60)
    assert world.apply(manifests).exit_code() == 0
    assert world.names() == ["A", "B"]


def test_an_object_that_another_create_has_made_is_not_taken_for_the_unclear_one(world: World) -> None:
    once = Fault(FaultKind.STATUS, method="POST", path=CREATE, status=500)
    with world.sandbox.faults.on(once):
        result = world.apply(a=spec("twin"), b=spec("twin"), parallelism=1)
    assert (result.exit_code(), len(world.names())) == (0, 2)
    assert world.id_of("a") != world.id_of("b")


def test_a_number_stays_away_while_it_is_unclear_whether_its_new_owner_was_created(world: World) -> None:
    world.apply(x=spec("x", type="inbound", phone_number=number(1)))
    live = world.live()
    wanted = {"x": spec("x", type="inbound", phone_number=None), "a": spec("a", type="inbound", phone_number=number(1))}
    desired, plan = world.desired(live, wanted), world.plan(wanted)
    forbidden = Fault(FaultKind.STATUS, method="GET", status=403, times=None)
    with world.sandbox.faults.on(LOST), world.sandbox.faults.on(forbidden):
        result = world.carry_out(plan, desired, live)
    assert result.failed == (address("a"),)
    assert {row["name"]: row["phone_number_id"] for row in world.sandbox.store.assistants()} == {"X": None, "A": 1}


@pytest.fixture
def revox(tmp_path: Path) -> Iterator[World]:
    """A platform whose lists leave some objects out."""
    world = World(tmp_path, platform="revox")
    yield world
    world.close()


@pytest.mark.parametrize("kind", ["sub-assistant", ""])
def test_a_create_that_no_list_would_show_is_left_to_the_user(kind: str, revox: World) -> None:
    values = {"name": "A", "prompt": "Be kind.", **({"type": kind} if kind else {})}
    with revox.sandbox.faults.on(Fault(FaultKind.STATUS_AFTER, method="POST", status=502)):
        result = revox.apply(a=values)
    if not kind:
        assert (result.exit_code(), len(revox.state.entries)) == (0, 1)
        return
    text = "it is unclear whether it was created, and lists do not show such objects"
    hint = (
        "look for it on the platform: if it is there, run agentops state resolve assistant.a ID; "
        "if not, agentops state rm assistant.a"
    )
    assert failure(revox) == unsettled(text, hint)
    assert (result.failed, set(revox.state.intents)) == ((address("a"),), {address("a")})
    assert revox.clock.slept == []
