"""Edits of the state by hand, and importing what is on the platform already."""

import re
from dataclasses import replace

import pytest

from agentops.domain.address import Address
from agentops.domain.errors import UsageError
from agentops.domain.state import Entry, State, StateChange
from agentops.engine import state_edits
from agentops.engine.import_resource import import_resource
from tests.apply.world import BINDING, LOCK, World, address, spec
from tests.state.samples import intent

A, B, C = map(address, "abc")
STATE = State(
    "lineage", 1, BINDING, b"k" * 32, {A: Entry(1, {"name": "A"}), B: Entry(2, {})}, {A: intent(), C: intent()}
)


def test_removing_forgets_the_entry_and_what_was_begun() -> None:
    assert state_edits.remove(STATE, A) == StateChange({A: None}, {A: None})
    assert state_edits.remove(STATE, B) == StateChange({B: None})
    assert state_edits.remove(STATE, C) == StateChange(intents={C: None})


def test_moving_keeps_the_id_and_the_values() -> None:
    target = address("new")
    assert state_edits.move(STATE, A, target) == StateChange(
        {A: None, target: STATE.entries[A]}, {A: None, target: STATE.intents[A]}
    )


@pytest.mark.parametrize(
    "source, target, message",
    [
        (address("x"), address("y"), "assistant.x is not in the state"),
        (A, B, "assistant.b is in the state already"),
        (A, C, "assistant.c is in the state already"),
        (A, A, "assistant.a is in the state already"),
        (A, replace(A, prefix="folder", name="x"), "different kinds"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(source: Address, target: Address, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        state_edits.move(STATE, source, target)


def test_removing_what_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match=r"assistant\.x is not in the state"):
        state_edits.remove(STATE, address("x"))


@pytest.fixture
def imported(world: World) -> World:
    """`a` is managed, and the platform has a copy of it that nobody manages."""
    world.apply(a=spec("a"))
    world.sandbox.store.copy_assistant(world.id_of("a"), name="B")
    return world


def run_import(world: World, name: str, remote_id: int) -> StateChange:
    live = world.live()
    desired = world.desired(live, {"a": spec("a"), "b": spec("b")})
    manifests = {where: resource.manifest for where, resource in desired.resources.items()}
    return import_resource(
        world.state,
        address(name),
        remote_id,
        kind=world.provider.platform.kinds[0],
        manifests=manifests,
        objects=live["Assistant"],
    )


def test_an_import_manages_the_object_without_writing(imported: World) -> None:
    remote_id = imported.sandbox.store.assistants()[1]["id"]
    imported.sandbox.store.clear_log()
    imported.backend.commit(imported.state.serial, LOCK, run_import(imported, "b", remote_id))
    assert imported.state.entries[B] == Entry(remote_id, {})
    assert imported.writes() == []
    assert imported.plan(a=spec("a"), b=spec("b")).is_empty


def test_after_an_import_git_wins_without_a_conflict(imported: World) -> None:
    remote_id = imported.sandbox.store.assistants()[1]["id"]
    imported.backend.commit(imported.state.serial, LOCK, run_import(imported, "b", remote_id))
    result = imported.apply(a=spec("a"), b=spec("b", system_prompt="Ours."))
    assert (result.updated, imported.stored("b")["system_prompt"]) == ((B,), "Ours.")


def test_an_import_settles_a_left_intent(imported: World) -> None:
    remote_id = imported.sandbox.store.assistants()[1]["id"]
    imported.backend.commit(imported.state.serial, LOCK, StateChange(intents={B: intent()}))
    assert run_import(imported, "b", remote_id).intents == {B: None}


@pytest.mark.parametrize(
    "name, index, message",
    [
        ("x", 1, "no manifest describes assistant.x"),
        ("a", 1, "assistant.a is managed already, as "),
        ("b", 0, "is managed already, as assistant.a"),
        ("b", None, "the platform has no assistant with the ID 424242"),
    ],
)
def test_an_import_that_makes_no_sense_is_refused(name: str, index: int | None, message: str, imported: World) -> None:
    remote_id = 424242 if index is None else imported.sandbox.store.assistants()[index]["id"]
    with pytest.raises(UsageError, match=re.escape(message)):
        run_import(imported, name, remote_id)
