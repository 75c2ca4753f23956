"""`python -m bench`: how fast agentops is, as ratios to a floor made of the same libraries and nothing else."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.cases import (
    JOURNAL_LATENCY,
    JOURNAL_SIZE,
    LATENCY,
    WORKERS,
    Measured,
    environment,
    measure_apply,
    measure_help,
    measure_journal,
    measure_reading,
)
from bench.failure import BenchError
from bench.report import as_json, table


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 if something that is measured fails."""
    options = _options(arguments)
    try:
        measured = _measure(options)
    except BenchError as exc:
        print(f"bench: {exc}", file=sys.stderr)
        return 1
    print(as_json(measured) if options.json else table(measured))
    return 0


def _measure(options: argparse.Namespace) -> list[Measured]:
    environ = environment(os.environ)
    with tempfile.TemporaryDirectory(prefix="agentops-bench-") as name:
        folder = Path(name)
        _say(f"--help, {options.help_rounds} rounds")
        measured = [measure_help(folder, environ, options.help_rounds)] if options.help_rounds else []
        for item in measure_reading(folder, environ, options.sizes, options.rounds, _say):
            _say(f"{item.name} of {item.size}: {item.cost.wall:.2f} s, {item.ratio:.2f} x the floor")
            measured.append(item)
        if options.apply_size:
            late = f"{LATENCY * 1000:.0f} ms latency, {WORKERS} workers"
            _say(f"apply that creates {options.apply_size}, {late}")
            measured.append(measure_apply(folder, environ, options.apply_size, options.apply_rounds))
        if options.journal_rounds:
            _say(
                f"apply that creates {JOURNAL_SIZE}, {JOURNAL_LATENCY * 1000:.0f} ms latency, with and without journal"
            )
            measured.append(measure_journal(folder, environ, options.journal_rounds))
    return measured


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", type=_sizes, default=(100, 1000, 5000), help="how many manifests: 100,1000,5000")
    parser.add_argument("--rounds", type=int, default=3, help="runs of validate and plan for each size")
    parser.add_argument("--help-rounds", type=int, default=11, help="runs of --help")
    parser.add_argument("--apply-size", type=int, default=1000, help="how many to create; 0: leave it out")
    parser.add_argument("--apply-rounds", type=int, default=1, help="runs of the apply that creates")
    parser.add_argument("--journal-rounds", type=int, default=3, help="pairs of applies, with and without a journal")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args(arguments)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part.replace("_", "")) for part in text.split(",") if part))


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
