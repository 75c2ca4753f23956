"""Whatever goes wrong on the way: in the end every manifest has one object, and the next plan is empty."""

from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from agentops.domain.errors import ProviderError
from agentops.domain.events import Event, StepFinished
from agentops.domain.plan import PlanOptions
from agentops.domain.values import Values
from agentops.engine.stop import Stop
from agentops.sandbox import Fault, FaultKind
from tests.apply.world import World, address, number, spec, transfer

_KINDS = (FaultKind.STATUS, FaultKind.STATUS_AFTER, FaultKind.HTML, FaultKind.TRUNCATED, FaultKind.WRONG_TYPE)
_STATUS = (400, 403, 422, 429, 500, 502, 503)
_BROKEN = (500, 502, 503)
_RUNS = 12


def fleet(random: Random) -> dict[str, Values]:
    """Some assistants that transfer to each other, three of them with a number."""
    names = random.sample("abcdefg", 5)
    numbers = dict(zip(random.sample(names, 3), (1, 2, 3), strict=True))
    return {
        name: spec(
            name,
            type="inbound",
            system_prompt=f"Prompt {random.randrange(3)}",
            tools=[transfer(other) for other in random.sample(names, random.randrange(3)) if other != name],
            phone_number=number(numbers[name]) if name in numbers else None,
        )
        for name in names
    }


def fault(random: Random) -> Fault:
    kind = random.choice(_KINDS)
    method = random.choice(("POST", "POST", "PUT", "PUT", "DELETE", "GET"))
    # A platform that carries a request out and then says that it was refused would be a liar.
    status = random.choice(_BROKEN if kind is FaultKind.STATUS_AFTER else _STATUS)
    return Fault(kind, method, times=random.randrange(1, 4), after=random.randrange(4), status=status)


def run(world: World, manifests: dict[str, Values], random: Random) -> bool:
    """One apply under faults, interrupted perhaps; whether it was complete."""
    world.stop = Stop()
    world.clock.sleep(random.choice((1, 3600)))
    presses = iter([StepFinished] if random.random() < 0.2 else [])

    def listen(event: Event) -> None:
        if isinstance(event, StepFinished) and next(presses, None):
            world.stop.press()

    world.on_event = listen
    with ExitStack() as stack:
        for _ in range(random.randrange(4)):
            stack.enter_context(world.sandbox.faults.on(fault(random)))
        try:
            result = world.apply(manifests, options=PlanOptions(allow_deletes=True), parallelism=random.choice((1, 3)))
        except ProviderError:
            return False  # nothing could be read, so nothing was begun
    assert not result.mismatches
    return result.exit_code() == 0


@pytest.mark.parametrize("seed", range(30))
def test_in_the_end_every_manifest_has_one_object(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    world = World(tmp_path)
    for _ in range(2):
        manifests = fleet(random)
        for _ in range(_RUNS):
            if run(world, manifests, random):
                break
        world.stop, world.on_event = Stop(), lambda event: None
        assert world.apply(manifests).exit_code() == 0
        assert world.names() == sorted(str(values["name"]) for values in manifests.values())
        assert set(world.state.entries) == {address(name) for name in manifests}
        assert world.state.intents == {}
        assert world.plan(manifests).is_empty
    world.close()
