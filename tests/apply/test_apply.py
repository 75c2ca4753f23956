"""Applying against a platform: what is sent, what the state holds after it, what the user hears."""

from agentops.domain.events import ApplyStarted, Committed, Noted, StepFailed, StepFinished, StepSkipped, StepStarted
from agentops.domain.plan import Action, PlanOptions
from agentops.domain.values import Ref
from agentops.sandbox import Fault, FaultKind
from tests.apply.world import CREATE, SECRET_TOOL, World, address, number, spec, transfer


def test_after_an_apply_the_next_plan_is_empty(world: World) -> None:
    manifests = {
        "front": spec("front", tools=[transfer("sales"), SECRET_TOOL], mid_call_tools=[Ref("mid_call_tools", 1)]),
        "sales": spec("sales", phone_number=number(7), variables={"a": "b"}),
    }
    result = world.apply(manifests)
    assert (result.created, result.exit_code()) == ((address("front"), address("sales")), 0)
    assert world.plan(manifests).changes == ()


def test_two_assistants_that_transfer_to_each_other_are_created_and_then_linked(world: World) -> None:
    manifests = {"front": spec("front", tools=[transfer("sales")]), "sales": spec("sales", tools=[transfer("front")])}
    result = world.apply(manifests)
    assert (len(result.created), result.updated, result.exit_code()) == (2, (), 0)
    ids = {name: world.state.entries[address(name)].remote_id for name in manifests}
    assert world.stored("front")["tools"][0]["assistant_id"] == ids["sales"]
    assert world.stored("sales")["tools"][0]["assistant_id"] == ids["front"]
    assert world.plan(manifests).is_empty


def test_updates_deletes_and_creates_in_one_run(world: World) -> None:
    world.apply(a=spec("a"), b=spec("b"))
    result = world.apply(options=PlanOptions(allow_deletes=True), b=spec("b", system_prompt="Be brief."), c=spec("c"))
    assert (result.created, result.updated, result.destroyed) == ((address("c"),), (address("b"),), (address("a"),))
    assert world.names() == ["B", "C"]
    assert set(world.state.entries) == {address("b"), address("c")}
    assert world.stored("b")["system_prompt"] == "Be brief."


def test_an_update_sends_only_what_differs(world: World) -> None:
    world.apply(a=spec("a"))
    world.apply(a=spec("a", system_prompt="Be brief."))
    (update,) = [logged for logged in world.sandbox.store.log() if logged.method == "PUT"]
    assert update.json == {"system_prompt": "Be brief."}


def test_every_step_is_told_when_it_starts_and_when_it_ends(world: World) -> None:
    world.apply(a=spec("a"))
    told = [type(event) for event in world.events if not isinstance(event, Committed)]
    assert told == [ApplyStarted, StepStarted, StepFinished, Noted]
    assert world.heard(StepFinished)[0].remote_id == world.state.entries[address("a")].remote_id


def test_intents_are_durable_before_the_first_create_and_gone_after_it(world: World) -> None:
    seen = []
    world.on_event = lambda event: seen.append(set(world.state.intents)) if isinstance(event, StepStarted) else None
    world.apply(parallelism=1, a=spec("a"), b=spec("b"))
    assert seen == [{address("a"), address("b")}, {address("b")}]
    assert world.state.intents == {}


def test_a_rejected_create_leaves_nothing_and_stops_nothing_else(world: World) -> None:
    result = world.apply(a=spec("a", voice=Ref("voices", 99999)), b=spec("b"))
    assert (result.created, result.failed, result.exit_code()) == ((address("b"),), (address("a"),), 3)
    assert (set(world.state.entries), dict(world.state.intents)) == ({address("b")}, {})


def test_nothing_written_at_all_is_a_plain_error(world: World) -> None:
    assert world.apply(a=spec("a", voice=Ref("voices", 99999))).exit_code() == 1


def test_what_the_platform_refuses_points_at_the_line_of_the_manifest(world: World) -> None:
    world.apply(a=spec("a", voice=Ref("voices", 99999)))
    (failed,) = world.heard(StepFailed)
    (diagnostic,) = failed.diagnostics
    line = 10 + list(spec("a", voice=0)).index("voice")
    assert (diagnostic.code, str(diagnostic.pos)) == ("rejected", f"assistants/a.yaml:{line}:3")


def test_a_refusal_of_the_whole_points_at_the_start_of_the_manifest(world: World) -> None:
    with world.sandbox.faults.on(Fault(FaultKind.STATUS, method="POST", path=CREATE, status=403)):
        world.apply(a=spec("a"))
    (failed,) = world.heard(StepFailed)
    assert str(failed.diagnostics[0].pos) == "assistants/a.yaml:1:1"


def test_what_refers_to_a_failed_create_is_not_started(world: World) -> None:
    result = world.apply(
        front=spec("front", tools=[transfer("sales")]), sales=spec("sales", voice=Ref("voices", 99999)), c=spec("c")
    )
    assert (result.created, result.failed, result.not_started) == (
        (address("c"),),
        (address("sales"),),
        (address("front"),),
    )
    (skipped,) = world.heard(StepSkipped)
    assert skipped.reason == "assistant.sales was not created"


def test_a_delete_waits_for_those_that_should_have_let_go(world: World) -> None:
    world.apply(front=spec("front", tools=[transfer("sales")]), sales=spec("sales"))
    with world.sandbox.faults.on(
        Fault(FaultKind.STATUS, method="PUT", path="/user/assistant/*", status=422, times=None)
    ):
        result = world.apply(front=spec("front", tools=[]))
    assert (result.failed, result.not_started) == ((address("front"),), (address("sales"),))
    assert world.names() == ["Front", "Sales"]
    assert world.heard(StepSkipped)[0].reason == "assistant.front still refers to it"


def test_a_failed_update_keeps_what_was_applied_before(world: World) -> None:
    world.apply(a=spec("a", ringing_time=20))
    with world.sandbox.faults.on(
        Fault(FaultKind.STATUS, method="PUT", path="/user/assistant/*", status=422, times=None)
    ):
        result = world.apply(a=spec("a", ringing_time=25))
    assert result.exit_code() == 1
    assert world.state.entries[address("a")].values["ringing_time"] == 20
    assert world.apply(a=spec("a", ringing_time=25)).updated == (address("a"),)


def test_a_released_field_is_forgotten_in_the_state_alone(world: World) -> None:
    world.apply(a=spec("a", secondary_languages=[Ref("languages", 5)], language=Ref("languages", 1)))
    values = {key: value for key, value in spec("a").items() if key != "timezone"}
    world.apply(a=values)
    assert "timezone" not in world.state.entries[address("a")].values
    assert not [logged for logged in world.sandbox.store.log() if logged.method == "PUT" and "timezone" in logged.json]


def test_an_object_that_vanished_from_platform_and_git_is_forgotten(world: World) -> None:
    world.apply(a=spec("a"), b=spec("b"))
    world.sandbox.store.delete_assistant(world.id_of("a"))
    result = world.apply(b=spec("b"))
    assert (world.writes(), result.exit_code()) == ([], 0)
    assert set(world.state.entries) == {address("b")}


def test_an_object_that_vanished_is_created_again(world: World) -> None:
    world.apply(a=spec("a"))
    world.sandbox.store.delete_assistant(world.id_of("a"))
    assert world.apply(a=spec("a")).created == (address("a"),)
    assert world.plan(a=spec("a")).is_empty


def test_a_conflict_leaves_its_resource_alone_and_lets_others_go_on(world: World) -> None:
    world.apply(a=spec("a"), b=spec("b"))
    world.edit("a", system_prompt="Theirs")
    result = world.apply(a=spec("a", system_prompt="Ours"), b=spec("b", system_prompt="Ours"))
    assert (result.updated, result.not_started, result.exit_code()) == ((address("b"),), (address("a"),), 3)
    assert world.stored("a")["system_prompt"] == "Theirs"


def test_what_git_and_the_platform_came_to_agree_on_is_applied_from_then_on(world: World) -> None:
    """As after a run that died between an update and its note in the state, or after an import."""
    world.apply(a=spec("a", max_duration=100))
    world.edit("a", max_duration=200, record=True)
    agreed = spec("a", max_duration=200, record=True)
    assert world.plan(a=agreed).is_empty
    assert not world.apply(a=agreed).updated
    world.apply(a=spec("a", max_duration=300))
    assert (world.stored("a")["max_duration"], world.stored("a")["record"]) == (300, False)


def test_only_conflicts_and_nothing_written_is_a_refusal(world: World) -> None:
    world.apply(a=spec("a"))
    world.edit("a", system_prompt="Theirs")
    assert world.apply(a=spec("a", system_prompt="Ours")).exit_code() == 4


def test_the_action_of_a_step_is_heard(world: World) -> None:
    world.apply(a=spec("a"))
    world.apply()
    assert [event.action for event in world.heard(StepStarted)] == [Action.DELETE]
