"""Several runs on one state: a crowd that starts at once, and a holder that sleeps through the loss of its lock."""

import random
import re
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.chaos.judge import Verdict, judge
from tests.chaos.places import Place
from tests.chaos.scenarios import CREATES, FEW_AT_ONCE
from tests.chaos.stage import Ended, Stage
from tests.chaos.trials import Trial, until_busy, until_written

LOCKED = 5
HALTED = 3
"""Something was written before the lock was lost."""

PATIENT = ("--lock-timeout", "120s")


@dataclass(frozen=True, slots=True)
class Holding:
    """For how long a process held the lock, on the clock that all processes share."""

    begin: int
    end: int


def crowd(place: Place, count: int, *, patient: bool) -> Trial:
    """So many runs begin at once: one after the other applies, or all but one are told that it is locked."""

    def conduct(stage: Stage, _: random.Random) -> Verdict:
        options = PATIENT if patient else ()
        paths = [stage.folder / f"edges-{number}" for number in range(count)]
        runs = [stage.apply(*options, edges=str(path)) for path in paths]
        ended = [run.end() for run in runs]
        faults = [*_wrong_codes(ended, patient=patient), *_overlapping(list(map(holding, paths)))]
        winners = [one for one in ended if one.code == 0]
        return judge(trial.name, stage, hit=True, reruns=winners[:1] or ended[:1], faults=faults)

    manner = "patient" if patient else "at once"
    trial = Trial(f"{place.name}, {count} runs, {manner}", place, CREATES, conduct)
    return trial


def woken(place: Place, number: int = 0) -> Trial:
    """A holder is stopped while it sends, loses its lock to a run that completes everything, and goes on then.

    Trial 0 stops it while all its workers wait for answers, the others at a random moment.
    """

    def conduct(stage: Stage, chance: random.Random) -> Verdict:
        sleeper = stage.apply()
        if number:
            until_written(stage, sleeper, chance)
        else:
            until_busy(stage, sleeper)
        sleeper.signal(signal.SIGSTOP)
        again = _take_over(stage)
        before = (stage.state(), stage.writes())
        sleeper.signal(signal.SIGCONT)
        woke = sleeper.end()
        faults = list(_faults_of_a_sleeper(woke))
        if _is_kept_out(again):
            again = stage.apply_again().end()
            return judge(trial.name, stage, hit=False, reruns=[again], faults=faults)
        if stage.state() != before[0]:
            faults.append("the sleeper wrote to the state")
        if stage.writes() != before[1]:
            faults.append(f"the sleeper sent {len(stage.writes()) - len(before[1])} requests that write")
        return judge(trial.name, stage, hit=True, reruns=[again], faults=faults)

    trial = Trial(f"{place.name}, woken {number}", place, FEW_AT_ONCE, conduct)
    return trial


def _faults_of_a_sleeper(woke: Ended) -> Iterator[str]:
    if woke.code not in (LOCKED, HALTED):
        yield f"the sleeper ended with {woke.code}: {woke.err[-1000:]}"
    if not re.search(r"lock (was lost|is not held)", woke.out + woke.err):
        yield f"the sleeper does not say that its lock was lost: {woke.out[-1000:]}{woke.err[-1000:]}"


def _is_kept_out(ended: Ended) -> bool:
    """Whether the sleeper was stopped within a transaction of SQLite: until it goes on or dies, nobody can write."""
    return ended.code == 1 and "database is locked" in ended.err


def _take_over(stage: Stage) -> Ended:
    """Apply under the lock that the sleeper had: broken by hand, or waited for where locks run out."""
    if stage.place.lease_seconds is None:
        state = stage.state()
        if state is None or state.lock is None:
            raise RuntimeError("the holder holds no lock")
        broken = stage.start("force-unlock", state.lock.id, "--auto-approve").end()
        if broken.code != 0:
            raise RuntimeError(f"force-unlock ended with {broken.code}: {broken.err}")
    return stage.apply_again().end()


def _wrong_codes(ended: Sequence[Ended], *, patient: bool) -> Iterator[str]:
    fine = {0} if patient else {0, LOCKED}
    for one in ended:
        if one.code not in fine:
            yield f"a run ended with {one.code}: {one.err[-1000:]}"
    if not any(one.code == 0 for one in ended):
        yield "no run came through"


def holding(path: Path) -> Holding | None:
    """When a run took the lock and when it began to give it back, as it noted itself; None if it never did."""
    times = dict(line.rsplit(" ", 1) for line in path.read_text(encoding="utf-8").splitlines())
    taken = [int(time) for edge, time in times.items() if edge.startswith("lock after ")]
    given = [int(time) for edge, time in times.items() if edge.startswith("release before ")]
    return Holding(taken[0], given[0]) if taken and given else None


def _overlapping(holdings: Sequence[Holding | None]) -> Iterator[str]:
    held = sorted((one for one in holdings if one is not None), key=lambda one: one.begin)
    for earlier, later in pairwise(held):
        if later.begin < earlier.end:
            yield f"two runs held the lock at once: {earlier}, {later}"


def races(place: Place, counts: Sequence[int] = (2, 5, 20), wakings: int = 5) -> Iterator[Trial]:
    """Every race, on one backend."""
    for count in counts:
        for patient in (False, True):
            yield crowd(place, count, patient=patient)
    yield from (woken(place, number) for number in range(wakings))
