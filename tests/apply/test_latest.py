"""Somebody edits right before a write: where one object can be read by itself, that is seen and left alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.events import StepSkipped
from agentops.domain.plan import Action
from agentops.domain.state import State
from agentops.domain.values import Secret, Values
from agentops.engine.latest import moved_fields
from agentops.providers.registry import specs
from agentops.sandbox import Fault, FaultKind
from tests.apply.world import World, address

ONE = "/assistants/*"


def spec(name: str, **values: object) -> Values:
    return {"name": name.title(), "prompt": "Be kind.", "first_sentence": "Hello!", **values}


@pytest.fixture
def revox(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, platform="revox")
    yield world
    world.close()


def edited(**changes: object) -> Fault:
    """Somebody edits an assistant just before it is read once more, which is just before it is written."""
    return Fault(FaultKind.EDIT, method="GET", path=ONE, changes=changes)


def stored(world: World, name: str) -> dict[str, Any]:
    return world.sandbox.store.assistant(world.state.entries[address(name)].remote_id)


def requests(world: World) -> list[str]:
    return [logged.method for logged in world.sandbox.store.log()]


def test_an_edit_right_before_an_update_stops_it_and_is_named(revox: World) -> None:
    revox.apply(a=spec("a"), b=spec("b"))
    with revox.sandbox.faults.on(edited(prompt="Theirs.", first_sentence="Theirs!")):
        result = revox.apply(a=spec("a", prompt="Ours."), b=spec("b", prompt="Ours."), parallelism=1)

    assert (result.updated, result.not_started, result.exit_code()) == ((address("b"),), (address("a"),), 3)
    (skipped,) = revox.heard(StepSkipped)
    assert skipped.reason == "changed on the platform since the plan: first_sentence, prompt"
    assert stored(revox, "a")["prompt"] == "Theirs."
    assert stored(revox, "b")["prompt"] == "Ours."


def test_an_edit_right_before_a_delete_stops_it(revox: World) -> None:
    revox.apply(a=spec("a"))
    with revox.sandbox.faults.on(edited(prompt="Theirs.")):
        result = revox.apply()

    assert (result.destroyed, result.not_started, result.exit_code()) == ((), (address("a"),), 4)
    assert revox.heard(StepSkipped)[0].action is Action.DELETE
    assert stored(revox, "a")["prompt"] == "Theirs."


def test_what_was_left_alone_is_not_taken_for_sent(revox: World) -> None:
    revox.apply(a=spec("a"))
    before: State = revox.state
    with revox.sandbox.faults.on(edited(prompt="Theirs.")):
        revox.apply(a=spec("a", prompt="Ours."))

    assert revox.state.entries == before.entries
    (change,) = revox.plan(a=spec("a", prompt="Ours.")).changes
    assert change.blocked


def test_an_edit_of_what_nobody_manages_is_no_obstacle(revox: World) -> None:
    revox.apply(a=spec("a"))
    with revox.sandbox.faults.on(edited(background_sound="none")):
        assert revox.apply(a=spec("a", prompt="Ours.")).exit_code() == 0


def test_each_write_costs_one_read_and_no_listing_in_between(revox: World) -> None:
    fleet = {name: spec(name) for name in "abcdefgh"}
    revox.apply(fleet)
    revox.apply({name: spec(name, prompt="Ours.") for name in fleet}, parallelism=1)

    assert requests(revox)[:16] == ["GET", "PATCH"] * 8


def test_without_a_look_nothing_is_written(revox: World) -> None:
    revox.apply(a=spec("a"))
    with revox.sandbox.faults.on(Fault(FaultKind.STATUS, method="GET", path=ONE, status=403)):
        result = revox.apply(a=spec("a", prompt="Ours."))

    assert (result.failed, result.exit_code()) == ((address("a"),), 1)
    assert "PATCH" not in requests(revox)


def test_what_is_gone_is_the_platforms_to_say(revox: World) -> None:
    revox.apply(a=spec("a"))
    with revox.sandbox.faults.on(Fault(FaultKind.DELETE, method="GET", path=ONE)):
        assert revox.apply().destroyed == (address("a"),)


def test_a_secret_without_a_digest_is_not_compared() -> None:
    table = specs()["revox"].platform.kind_by_name["Assistant"].table
    planned = {"prompt": [{"key": Secret("")}]}

    assert moved_fields(table, planned, {"prompt": [{"key": Secret("", "digest")}]}) == []


@pytest.mark.parametrize("name", sorted(specs()))
def test_a_kind_is_readable_if_one_of_its_objects_can_be_read(name: str) -> None:
    spec_ = specs()[name]
    for kind in spec_.platform.kinds:
        assert kind.readable == (spec_.objects[kind.name].read is not None)
