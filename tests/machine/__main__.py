"""The machine for longer, and its search for the seeded bugs, with figures: `make matrix`."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.bugs import BUGS
from tests.machine.estate import Estate
from tests.machine.machine import Blind, Machine

_EXAMPLES = 800
_SEARCH = 400


def main() -> int:
    """1 if something did not end well, or a bug was not found."""
    began, runs = time.monotonic(), [0]
    long = settings(max_examples=_EXAMPLES, stateful_step_count=20, deadline=None, derandomize=True, database=None)
    with _counting(runs):
        run_state_machine_as_test(Machine, settings=long)
    print(f"{_EXAMPLES} histories of {runs[0]} runs ended well, {time.monotonic() - began:.0f} s")
    missed = [bug for bug in BUGS if not _finds(bug)]
    return 1 if missed else 0


def _finds(bug: str) -> bool:
    tried = [0]

    class Counted(Blind):
        def __init__(self) -> None:
            super().__init__()
            tried[0] += 1

    search = settings(
        max_examples=_SEARCH,
        stateful_step_count=14,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
    )
    try:
        with BUGS[bug]():
            run_state_machine_as_test(Counted, settings=search)
    except AssertionError:
        print(f"{bug}: found in history {tried[0]}")
        return True
    print(f"{bug}: NOT FOUND in {tried[0]} histories")
    return False


@contextmanager
def _counting(runs: list[int]) -> Iterator[None]:
    former = Estate.run

    def run(self: Estate, *arguments: object, **options: object) -> int:
        runs[0] += 1
        return former(self, *arguments, **options)  # type: ignore[arg-type]

    Estate.run = run  # type: ignore[method-assign]
    try:
        yield
    finally:
        Estate.run = former  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main())
