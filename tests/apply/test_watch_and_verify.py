"""Edits by others while an apply runs, and platforms that store something else than they were sent."""

from pathlib import Path

import pytest

from agentops.domain.events import Event, Mismatch, StepFinished, StepSkipped
from agentops.domain.values import Ref
from agentops.sandbox import Fault, FaultKind, Options
from tests.apply.world import SECRET_TOOL, World, address, number, spec, transfer

LISTING = "/user/assistants/get"
FLEET = {name: spec(name) for name in "abcdefgh"}
EDITED = {name: spec(name, system_prompt="Edited.") for name in FLEET}


def after(world: World, steps: int, *edits: tuple[str, dict[str, object]]) -> None:
    """Somebody edits assistants once `steps` steps are done."""

    def listen(event: Event) -> None:
        if isinstance(event, StepFinished) and len(world.heard(StepFinished)) == steps:
            for name, fields in edits:
                world.edit(name, **fields)

    world.on_event = listen


def test_a_managed_field_that_moved_during_a_long_apply_stops_its_resource(world: World) -> None:
    world.apply(FLEET)
    after(world, 3, ("g", {"initial_message": "Theirs"}))
    result = world.apply(EDITED, parallelism=1)
    assert (result.not_started, result.exit_code()) == ((address("g"),), 3)
    (skipped,) = world.heard(StepSkipped)
    assert skipped.reason == "changed on the platform since the plan: initial_message"
    assert (world.stored("g")["initial_message"], world.stored("g")["system_prompt"]) == ("Theirs", "Be kind.")
    assert world.stored("h")["system_prompt"] == "Edited."


def test_what_was_seen_to_have_moved_is_left_alone_by_later_waves_too(world: World) -> None:
    phone = {"phone_number": number(1)}
    world.apply({**FLEET, "x": spec("x", **phone), "y": spec("y")})
    after(world, 3, ("y", {"initial_message": "Theirs"}))
    result = world.apply({**EDITED, "x": spec("x", phone_number=None), "y": spec("y", **phone)}, parallelism=1)
    assert result.not_started == (address("x"), address("y"))
    assert (world.stored("x")["phone_number_id"], world.stored("y")["phone_number_id"]) == (1, None)


def test_a_field_that_nobody_manages_may_move(world: World) -> None:
    world.apply(FLEET)
    after(world, 3, ("g", {"max_duration": 700}))
    assert world.apply(EDITED, parallelism=1).exit_code() == 0


def test_short_applies_do_not_list_in_between(world: World) -> None:
    few = {name: spec(name) for name in "abcde"}
    world.apply(few)
    world.apply({name: EDITED[name] for name in few}, parallelism=1)
    assert [logged.method for logged in world.sandbox.store.log()] == ["PUT"] * 5 + ["GET"]


def test_the_longer_the_listing_becomes_the_rarer_it_is_read(world: World) -> None:
    """Else a first apply with many links would read a number of pages that grows with their square."""
    ring = {f"n{i}": spec(f"n{i}", tools=[transfer(f"n{(i + 1) % 250}")]) for i in range(250)}
    world.apply(ring)
    looks = [logged for logged in world.sandbox.store.log() if logged.method == "GET" and "page=1&" in logged.query]
    assert len(looks) < 2 * 250 / (5 * 3)


def test_creates_alone_need_no_listing_in_between(world: World) -> None:
    world.apply(FLEET, parallelism=1)
    assert [logged.method for logged in world.sandbox.store.log()] == ["POST"] * 8 + ["GET"]


def test_when_the_platform_cannot_be_listed_again_the_rest_is_not_written(world: World) -> None:
    world.apply(FLEET)
    live = world.live()
    desired = world.desired(live, EDITED)
    plan = world.plan(EDITED)
    with world.sandbox.faults.on(Fault(FaultKind.STATUS, method="GET", status=403)):
        result = world.carry_out(plan, desired, live, parallelism=1)
    assert (len(result.updated), len(result.not_started), result.exit_code()) == (5, 3, 3)
    assert "could not be listed" in world.heard(StepSkipped)[0].reason


def test_what_the_platform_stored_differently_is_a_mismatch(world: World) -> None:
    world.apply(a=spec("a"))
    live = world.live()
    manifests = {"a": spec("a", system_prompt="Sent.", max_duration=700)}
    desired, plan = world.desired(live, manifests), world.plan(manifests)
    meddle = Fault(FaultKind.EDIT, method="GET", changes={"max_duration": 600, "initial_message": "not sent by us"})
    with world.sandbox.faults.on(meddle):
        result = world.carry_out(plan, desired, live)
    assert result.mismatches == (Mismatch(address("a"), "max_duration", 700, 600),)
    assert (world.heard(Mismatch), result.exit_code()) == (list(result.mismatches), 6)


def test_an_object_that_is_not_listed_after_its_create_is_a_mismatch(world: World) -> None:
    live = world.live()
    manifests = {"a": spec("a"), "b": spec("b")}
    desired, plan = world.desired(live, manifests), world.plan(manifests)
    with world.sandbox.faults.on(Fault(FaultKind.DELETE, method="GET")):
        result = world.carry_out(plan, desired, live, parallelism=1)
    (mismatch,) = result.mismatches
    assert (mismatch.field, mismatch.stored, result.exit_code()) == ("id", None, 6)


def test_when_nothing_can_be_read_back_the_result_says_so(world: World) -> None:
    live = world.live()
    desired, plan = world.desired(live, {"a": spec("a")}), world.plan(a=spec("a"))
    with world.sandbox.faults.on(Fault(FaultKind.STATUS, method="GET", status=403)):
        result = world.carry_out(plan, desired, live)
    assert (result.created, result.exit_code()) == ((address("a"),), 1)
    assert "403" in result.unverified


def test_hidden_fields_and_secrets_are_no_mismatch(world: World) -> None:
    manifests = {"a": spec("a", tools=[SECRET_TOOL], mid_call_tools=[Ref("mid_call_tools", 1)], ringing_time=20)}
    assert world.apply(manifests).exit_code() == 0
    assert world.plan(manifests).is_empty


@pytest.mark.parametrize("options", [Options(trim=True), Options(fill_tool_defaults=True)])
def test_what_only_looks_different_is_no_mismatch(options: Options, tmp_path: Path) -> None:
    world = World(tmp_path, options)
    manifests = {"a": spec("a", tools=[{"type": "end_call"}, SECRET_TOOL], voice_stability=0.7, variables={"a": "b"})}
    assert world.apply(manifests).exit_code() == 0
    world.close()
