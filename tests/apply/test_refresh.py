"""Reading the platform: complete, side by side, or an error; an object is gone only when two listings say so."""

import pytest

from agentops.domain.errors import ProviderError, RejectedError
from agentops.engine.refresh import gather, refresh
from agentops.sandbox import Fault, FaultKind
from tests.apply.world import World, address, spec

LISTING = "/user/assistants/get"


def listings(world: World) -> int:
    return sum(logged.path == LISTING for logged in world.sandbox.store.log())


def known(world: World) -> dict[object, object]:
    return {where: entry.remote_id for where, entry in world.state.entries.items()}


def test_one_listing_is_enough_when_all_known_objects_are_in_it(world: World) -> None:
    world.apply(a=spec("a"))
    world.sandbox.store.clear_log()
    live = world.live()
    assert (list(live["Assistant"]), listings(world)) == ([world.id_of("a")], 1)


def test_a_known_object_that_is_missing_is_looked_for_twice(world: World) -> None:
    world.apply(a=spec("a"), b=spec("b"))
    world.sandbox.store.delete_assistant(world.id_of("a"))
    world.sandbox.store.clear_log()
    assert (list(world.live()["Assistant"]), listings(world)) == ([world.id_of("b")], 2)


def test_an_object_that_only_the_first_listing_shows_is_not_gone(world: World) -> None:
    world.apply(a=spec("a"), b=spec("b"))
    world.sandbox.store.delete_assistant(world.id_of("a"))
    fault = Fault(FaultKind.DELETE, method="GET", path=LISTING, assistant=world.id_of("b"), after=1)
    with world.sandbox.faults.on(fault):
        live = world.live()
    assert list(live["Assistant"]) == [world.id_of("b")]


def test_objects_that_nobody_manages_are_listed_too(world: World) -> None:
    world.apply(a=spec("a"))
    other = world.sandbox.store.copy_assistant(world.id_of("a"), name="Theirs")
    assert world.live()["Assistant"][other].name == "Theirs"


def test_catalogs_and_objects_are_read_together(world: World) -> None:
    world.apply(a=spec("a"))
    keys = frozenset({("languages", ""), ("voices", "pipeline"), ("voices", "multimodal")})
    live, catalogs = gather(world.provider, keys, {address("a"): world.id_of("a")})
    assert set(live["Assistant"]) == {world.id_of("a")}
    assert catalogs.keys() == keys
    assert catalogs["languages", ""].by_id[1].name == "English"


def test_the_first_error_is_raised_as_it_is(world: World) -> None:
    with (
        world.sandbox.faults.on(Fault(FaultKind.STATUS, path="/user/assistants/languages", status=403, times=None)),
        pytest.raises(RejectedError),
    ):
        gather(world.provider, frozenset({("languages", ""), ("voices", "pipeline")}), {})


def test_a_listing_that_cannot_be_complete_is_an_error(world: World) -> None:
    world.apply(a=spec("a"))
    with (
        world.sandbox.faults.on(Fault(FaultKind.CUT_LIST, path=LISTING, times=None)),
        pytest.raises(ProviderError),
    ):
        refresh(world.provider, {})
