"""Many creates without an answer, a platform that refuses every second request, and answers that come too late."""

import json
import threading
from collections import Counter
from pathlib import Path

import pytest

from agentops.sandbox import Fault, FaultKind, Server
from tests.faults.served import converge, judge, served
from tests.faults.table import UNCLEAR, calls
from tests.faults.trial import bulk

STORM = Fault(FaultKind.STATUS, times=None, every=2, status=429, retry_after=7)


@pytest.mark.parametrize("platform", ("autocalls", "revox"))
def test_many_creates_without_an_answer_make_no_duplicate(platform: str, tmp_path: Path, server: Server) -> None:
    count = 3 * len(UNCLEAR)
    assert bulk(tmp_path, server, platform, UNCLEAR, count).unclear >= count


@pytest.mark.parametrize("platform", ("autocalls", "revox"))
@pytest.mark.parametrize("parallelism", (1, 6))
def test_a_storm_of_refusals_is_sat_out(platform: str, parallelism: int, tmp_path: Path, server: Server) -> None:
    with served(tmp_path, server, platform, rate=1.5) as world:
        declared = {f"storm-{number}": world.spec(f"storm-{number}", "Be calm.") for number in range(20)}
        with world.faults.on(STORM):
            for _ in range(5):
                run = world.run(declared, parallelism=parallelism)
                judge(world, run, declared)
                _sent_again_only_what_was_refused(world.sandbox.store.log())
                if run.code == 0:
                    break
        assert run.code == 0, run
        assert parallelism > 1 or not world.unclear
        requests = world.faults.count * 2
        # What was asked for, and what the slowest pace of our own adds to it.
        assert max(world.clock.slept) <= 7.5 + 16 / 1.5
        assert sum(world.clock.slept) <= requests * parallelism * (7.5 + 16 / 1.5)
        converge(world, declared)


def _sent_again_only_what_was_refused(log: object) -> None:
    assert isinstance(log, list)
    sent = Counter((json.loads(entry.body)["name"], entry.status == 429) for entry in log if entry.method == "POST")
    assert all(times == 1 for (_, refused), times in sent.items() if not refused)


@pytest.mark.parametrize("late", (1, 30, 59))
@pytest.mark.parametrize("platform", ("autocalls", "revox"))
def test_a_create_that_lands_after_its_caller_gave_up_is_found(
    platform: str, late: float, tmp_path: Path, server: Server
) -> None:
    go_on, carried_out = threading.Event(), threading.Event()
    halves = iter((go_on.wait, carried_out.set))

    def half(seconds: float) -> None:
        next(halves)()

    def land() -> None:
        go_on.set()
        carried_out.wait()

    method, path = calls(platform)["create"]
    with served(tmp_path, server, platform, deadline=0.5) as world:
        server.sleep = half
        world.clock.after(late, land)
        declared = {"late": world.spec("late", "Be late.")}
        with world.faults.on(Fault(FaultKind.SLOW, method, path)):
            run = world.run(declared)
        assert (run.code, len(world.unclear), len(world.rows())) == (0, 1, 1)
        judge(world, run, declared)
        assert carried_out.is_set()
        converge(world, declared)
