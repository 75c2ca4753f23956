"""One trial: a run with something of everything meets a fault, and is judged; then a run without it ends the matter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agentops.domain.values import Values
from agentops.sandbox import Server
from tests.faults.served import Refusing, Run, Served, converge, judge, served
from tests.faults.table import FAULTS, Meeting, calls


@dataclass(frozen=True, slots=True)
class Done:
    """How the run with the fault ended, and how many creates were unclear in it."""

    run: Run
    unclear: int


def trial(folder: Path, server: Server, meeting: Meeting, *, parallelism: int = 4) -> Done:
    """Raises AssertionError for anything that is not as it must be."""
    refusing = Refusing() if meeting.is_refused else None
    with served(folder, server, meeting.platform, refusing=refusing) as world:
        declared = begin(world)
        if meeting.call.startswith("catalog "):
            world.catalogs = frozenset(_keys(world))
        with world.faults.on(meeting.fault):
            run = world.run(declared, parallelism=parallelism)
        assert world.faults.count, "the fault hit nothing"
        judge(world, run, declared, frozenset({"gone"}))
        converge(world, declared)
        return Done(run, len(world.unclear))


def pair(folder: Path, server: Server, platform: str, first: str, then: str, *, always: bool) -> Done:
    """`first` hits every create of the run, `then` the listing that looks for what came of it: once or always."""
    method, path = calls(platform)["create"]
    create = replace(FAULTS[first], method=method, path=path, times=2)
    method, path = calls(platform)["list"]
    listing = replace(FAULTS[then], method=method, path=path, after=1, times=None if always else 1)
    with served(folder, server, platform) as world:
        declared = begin(world)
        with world.faults.on(create, listing):
            run = world.run(declared)
        assert world.faults.count > 2
        judge(world, run, declared, frozenset({"gone"}))
        converge(world, declared)
        return Done(run, len(world.unclear))


def bulk(folder: Path, server: Server, platform: str, names: Sequence[str], count: int) -> Done:
    """`count` creates, each hit by one of the faults `names` in turn."""
    method, path = calls(platform)["create"]
    faults = [
        replace(
            FAULTS[name],
            method=method,
            path=path,
            after=start,
            every=len(names),
            times=-(-(count - start) // len(names)),
        )
        for start, name in enumerate(names)
    ]
    with served(folder, server, platform) as world:
        declared = {f"bulk-{number}": world.spec(f"bulk-{number}", "Be one of many.") for number in range(count)}
        with world.faults.on(*faults):
            run = world.run(declared, parallelism=10)
        judge(world, run, declared)
        assert run.code == 0, run
        converge(world, declared)
        return Done(run, len(world.unclear))


def begin(world: Served) -> dict[str, Values]:
    """Three assistants; and what is declared next: one edited, one gone, two new."""
    before = {name: world.spec(name, "Be kind.") for name in ("gone", "kept", "same")}
    assert world.run(before).code == 0
    world.sandbox.store.clear_log()
    return {
        "kept": world.spec("kept", "Be brief."),
        "same": before["same"],
        "new": world.spec("new", "Be new."),
        "other": world.spec("other", "Be new."),
    }


def _keys(world: Served) -> list[tuple[str, str]]:
    """Every catalog, one scope of each."""
    return [
        (catalog.name, "multimodal" if catalog.scoped else "")
        for catalog in world.platform.catalogs
        if catalog.name != "assistants"
    ]
