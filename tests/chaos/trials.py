"""One trial of each kind: a run that is cut or stopped, re-runs, and the verdict."""

import random
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agentops.sandbox import Logged
from tests.chaos.judge import Verdict, judge
from tests.chaos.places import Place
from tests.chaos.said import Table, read_table
from tests.chaos.scenarios import Scenario
from tests.chaos.stage import PATIENCE, Ended, Run, Stage, staged

_BETWEEN_SIGNALS = 0.3
_OF_A_RERUN = 1.2


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial that can be run: its name, which also seeds its chance, and how it goes."""

    name: str
    place: Place
    scenario: Scenario
    conduct: Callable[[Stage, random.Random], Verdict]

    def run(self, seed: int) -> Verdict:
        """Raises RuntimeError when the trial could not be prepared."""
        chance = random.Random(f"{seed}/{self.name}")
        with staged(self.name, self.place, self.scenario, chance) as stage:
            return self.conduct(stage, chance)


def edges(place: Place, scenario: Scenario, seed: int) -> list[str]:
    """The edges that an undisturbed run reaches, in the order of their first crossing: `commit before 3`."""
    with staged("edges", place, scenario, random.Random(seed)) as stage:
        path = stage.folder / "edges"
        ended = stage.apply(edges=str(path)).end()
        if ended.code != 0:
            raise RuntimeError(f"the undisturbed run ended with {ended.code}: {ended.err}")
        return [line.rpartition(" ")[0] for line in path.read_text(encoding="utf-8").splitlines()]


def cut_at(place: Place, scenario: Scenario, edge: str, **chaos: str) -> Trial:
    """Killed at a named edge, run again at once."""

    def conduct(stage: Stage, _: random.Random) -> Verdict:
        first = stage.apply(kill=edge, **chaos).end()
        again = stage.apply_again(**chaos).end()
        return judge(trial.name, stage, hit=first.was_killed, reruns=[again])

    trial = Trial(f"{place.name}, {scenario.name}: {edge}", place, scenario, conduct)
    return trial


def cut_at_random(place: Place, scenario: Scenario, number: int, **chaos: str) -> Trial:
    """Killed within half a second after the first request that writes arrived, run again at once."""

    def conduct(stage: Stage, chance: random.Random) -> Verdict:
        first = _cut_after_first_write(stage, chance, **chaos)
        again = stage.apply_again(**chaos).end()
        return judge(trial.name, stage, hit=first.was_killed, reruns=[again])

    trial = Trial(f"{place.name}, {scenario.name}: random {number}", place, scenario, conduct)
    return trial


def cut_twice(place: Place, scenario: Scenario, number: int) -> Trial:
    """Killed like that, and the re-run killed as well, wherever it is then."""

    def conduct(stage: Stage, chance: random.Random) -> Verdict:
        first = _cut_after_first_write(stage, chance)
        run = stage.apply_again()
        _wait(chance.uniform(0.2, _OF_A_RERUN + (stage.place.lease_seconds or 0)))
        run.signal(signal.SIGKILL)
        second = run.end()
        again = stage.apply_again().end()
        return judge(trial.name, stage, hit=first.was_killed and second.was_killed, reruns=[second, again])

    trial = Trial(f"{place.name}, {scenario.name}: twice {number}", place, scenario, conduct)
    return trial


def stopped(place: Place, scenario: Scenario, number: int, signals: Sequence[signal.Signals]) -> Trial:
    """Sent signals at a random moment; what the run says of itself must be true, and the re-run goes on."""

    def conduct(stage: Stage, chance: random.Random) -> Verdict:
        run = stage.apply()
        _until(stage.watched.written.is_set if number % 2 else stage.watched.asked.is_set, run)
        for at, sent in enumerate(signals):
            _wait(chance.uniform(0, stage.scenario.window if at == 0 else _BETWEEN_SIGNALS))
            run.signal(sent)
        first = run.end()
        faults = [*_untrue(stage, first, signals), *_locked(stage)]
        again = stage.apply_again().end()
        return judge(trial.name, stage, hit=first.code != 0, reruns=[again], faults=faults)

    kind = " ".join(sent.name for sent in signals)
    trial = Trial(f"{place.name}, {scenario.name}: {kind} {number}", place, scenario, conduct)
    return trial


def _cut_after_first_write(stage: Stage, chance: random.Random, **chaos: str) -> Ended:
    run = stage.apply(**chaos)
    until_written(stage, run, chance)
    run.signal(signal.SIGKILL)
    return run.end()


def until_written(stage: Stage, run: Run, chance: random.Random) -> None:
    """Wait for the first request that writes, and then for some part of the scenario's window."""
    _until(stage.watched.written.is_set, run)
    _wait(chance.uniform(0, stage.scenario.window))


def until_busy(stage: Stage, run: Run) -> None:
    """Wait until every worker of the run waits for an answer to something that it wrote."""
    _until(lambda: stage.watched.unanswered == stage.scenario.parallelism, run)


def _until(happened: Callable[[], bool], run: Run) -> None:
    """Wait until it happened, or the run is over without it."""
    for _ in range(int(PATIENCE / 0.002)):
        if happened() or run.is_over:
            return
        _wait(0.002)


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def _untrue(stage: Stage, ended: Ended, signals: Sequence[signal.Signals]) -> Iterator[str]:
    """What the run says of itself, and is not so."""
    expected = 143 if signals[0] is signal.SIGTERM else 130
    if ended.hung:
        yield "it hangs"
    # CPython ends by SIGINT, for which a shell says 130 as well, where a caught ^C came while text was being compiled.
    elif ended.code not in (0, expected) and not (ended.code == -signal.SIGINT and "Interrupted." in ended.err):
        yield f"it ended with {ended.code}, not with {expected}: {ended.err[-1000:]}"
    if "Traceback" in ended.err or "bug in agentops" in ended.err:
        yield f"it failed: {ended.err[-1000:]}"
    table = read_table(ended.out, stage.scenario.declared.keys() | stage.scenario.before.keys())
    if ended.code == 0 and not table.is_complete:
        yield "it ended with 0 without having done everything"
    yield from _untrue_lines(stage, table)


def _untrue_lines(stage: Stage, table: Table) -> Iterator[str]:
    by_name = {spec["name"]: name for name, spec in stage.scenario.declared.items()}
    created = {by_name[entry.json["name"]] for entry in _posts(stage) if entry.status < 300}
    if table.is_complete:
        return
    for name in sorted(created - table.done - table.failed):
        yield f"{name} was created, and the table does not say so"
    new = stage.scenario.declared.keys() - stage.scenario.before.keys()
    for name in sorted((table.done & new) - created):
        yield f"{name} is said to be done, and was not created"


def _posts(stage: Stage) -> list[Logged]:
    made = [entry for entry in stage.writes() if entry.method == "POST"]
    return made[len(stage.scenario.before) :]


def _locked(stage: Stage) -> Iterator[str]:
    state = stage.state()
    if state is not None and state.lock is not None:
        yield f"the lock is left: {state.lock}"
