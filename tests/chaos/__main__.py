"""`python -m tests.chaos`: kills agentops again and again, and counts what is lost or doubled."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.chaos.judge import Verdict
from tests.chaos.places import PLACES, Place
from tests.chaos.report import Figures, as_json, figures, table
from tests.chaos.sweep import SWEEPS, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Sweeps and prints; 1 when a trial was not clean, or when the judge found nothing where there is no journal."""
    options = _options(arguments)
    _say(f"seed {options.seed}, {options.jobs} at a time")
    rows: list[Figures] = []
    clean = True
    for place in _places(options.backend or list(PLACES)):
        for kind in options.kind or SWEEPS:
            verdicts = _sweep(kind, place, options)
            if not verdicts:
                continue
            rows.append(figures(place.name, kind, verdicts))
            # Without the journal something has to be found, or the judge is blind.
            clean &= (kind != "unjournalled") == all(verdict.is_clean for verdict in verdicts)
            if options.json:
                options.json.write_text(json.dumps(as_json(options.seed, rows), indent=2) + "\n", encoding="utf-8")
    print(table(rows))
    return 0 if clean else 1


def _places(names: Sequence[str]) -> Iterator[Place]:
    """One place after the other, each up while it is looked at; without those that are not installed here."""
    for name in names:
        try:
            with PLACES[name]() as place, place.in_environ():
                yield place
        except pytest.skip.Exception as exc:
            _say(f"{name} is left out: {exc}")


def _sweep(kind: str, place: Place, options: argparse.Namespace) -> list[Verdict]:
    trials = list(SWEEPS[kind](place, options.seed, getattr(options, kind)))
    _say(f"{place.name}, {kind}: {len(trials)} trials")
    began = time.monotonic()
    verdicts = run(trials, options.seed, options.jobs, _expect if kind == "unjournalled" else _complain)
    _say(f"{place.name}, {kind}: {time.monotonic() - began:.0f} s")
    return verdicts


def _expect(_: Verdict) -> None:
    """That it is not clean is no news."""


def _complain(verdict: Verdict) -> None:
    if not verdict.is_clean:
        _say(f"NOT CLEAN: {verdict}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--backend", action="append", choices=PLACES, help="one of the backends; all when left out")
    parser.add_argument("--kind", action="append", choices=SWEEPS, help="one of the kinds of trials; all when left out")
    parser.add_argument(
        "--trials", dest="random", type=int, default=200, metavar="N", help="how many at random moments"
    )
    parser.add_argument(
        "--edges", type=int, metavar="N", default=0, help="how many edges of each scenario; 0: every one"
    )
    parser.add_argument("--twice", type=int, metavar="N", default=30, help="how many whose re-run is killed too")
    parser.add_argument(
        "--signals", type=int, metavar="N", default=20, help="how many of each: ^C once, ^C twice, SIGTERM"
    )
    parser.add_argument(
        "--races", type=int, metavar="N", default=5, help="how many sleepers, beside crowds of 2, 5 and 20"
    )
    parser.add_argument(
        "--unjournalled", type=int, metavar="N", default=20, help="how many at random moments without the journal"
    )
    parser.add_argument("--jobs", type=int, metavar="N", default=2, help="how many trials at a time")
    parser.add_argument("--seed", type=int, metavar="N", default=int(time.time()), help="repeats the same moments")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser.parse_args(arguments)


def _say(text: str) -> None:
    print(f"chaos: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
