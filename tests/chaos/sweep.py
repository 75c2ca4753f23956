"""The kill sweep: which trials there are, and running them side by side."""

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from tests.chaos.judge import Verdict
from tests.chaos.places import Place
from tests.chaos.races import races
from tests.chaos.scenarios import CHANGES, CREATES, FEW_AT_ONCE, LATE, LONG, Scenario
from tests.chaos.trials import Trial, cut_at, cut_at_random, cut_twice, edges, stopped

SIGNALS: Final = ((signal.SIGINT,), (signal.SIGINT, signal.SIGINT), (signal.SIGTERM,))

_MIXTURE: Final = (CREATES, CREATES, FEW_AT_ONCE, LATE, LONG, CHANGES)
"""The scenarios that random trials take in turn."""


def at_edges(place: Place, seed: int, count: int) -> Iterator[Trial]:
    """One trial for each edge of the two scenarios; of `count` above zero, so many of each, spread evenly."""
    for scenario in (CREATES, CHANGES):
        found = edges(place, scenario, seed)
        yield from (cut_at(place, scenario, edge) for edge in spread(found, count))


def at_random(place: Place, seed: int, count: int) -> Iterator[Trial]:
    """Killed in the half second after the first request that writes arrived."""
    return (cut_at_random(place, _scenario(number), number) for number in range(count))


def unjournalled(place: Place, seed: int, count: int) -> Iterator[Trial]:
    """The same without the journal: how much of the rest is its doing."""
    return (cut_at_random(place, CREATES, number, forgetful="1") for number in range(count))


def twice(place: Place, seed: int, count: int) -> Iterator[Trial]:
    """The re-run is killed as well."""
    return (cut_twice(place, _scenario(number), number) for number in range(count))


def by_signal(place: Place, seed: int, count: int) -> Iterator[Trial]:
    """^C once, ^C twice, SIGTERM: so many of each."""
    for signals in SIGNALS:
        for number in range(count):
            yield stopped(place, _scenario(number), number, signals)


def by_racing(place: Place, seed: int, count: int) -> Iterator[Trial]:
    """Crowds that begin at once, and so many sleepers that lose their lock."""
    return races(place, wakings=count)


SWEEPS: Final[Mapping[str, Callable[[Place, int, int], Iterable[Trial]]]] = {
    "edges": at_edges,
    "random": at_random,
    "twice": twice,
    "signals": by_signal,
    "races": by_racing,
    "unjournalled": unjournalled,
}
"""The kinds of trials: from a place, a seed and a number to the trials."""


def run(trials: Iterable[Trial], seed: int, jobs: int, done: Callable[[Verdict], None]) -> list[Verdict]:
    """The verdicts over `trials`, in their order; `done` hears of each as it comes."""

    def one(trial: Trial) -> Verdict:
        verdict = trial.run(seed)
        done(verdict)
        return verdict

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, trials))


def spread(items: list[str], count: int) -> list[str]:
    """At most `count` of `items`, evenly spread; all for 0."""
    if not count or count >= len(items):
        return items
    return [items[index * len(items) // count] for index in range(count)]


def _scenario(number: int) -> Scenario:
    return _MIXTURE[number % len(_MIXTURE)]
