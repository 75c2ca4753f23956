"""Runs a command as a process of its own and says what it cost."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.failure import BenchError

_TAIL = 3000


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and CPU time (user and system) in seconds, peak resident memory in MiB."""

    wall: float
    cpu: float
    peak: float


def run(command: Sequence[str], *, folder: Path, environ: Mapping[str, str]) -> Cost:
    """What one run of `command` costs. Raises BenchError, with its output, if it fails."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=dict(environ), stdout=output, stderr=subprocess.STDOUT)
        # Not process.wait(): only wait4 gives the resources of this one child. Linux counts the size of the process
        # that forked towards the peak of its child, so the benchmark itself imports nothing large.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read()[-_TAIL:].decode(errors="replace")
            raise BenchError(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        median(cost.wall for cost in costs), median(cost.cpu for cost in costs), median(cost.peak for cost in costs)
    )
