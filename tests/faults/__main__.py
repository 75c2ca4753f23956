"""The whole matrix, with its figures: `make matrix`.

Every fault at every call of every platform, once and always; every pair of faults on a create and on the listing that
looks for it; and more than a thousand creates without an answer. Ends with 1 if anything was not as it must be.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agentops.providers import registry
from agentops.sandbox import Server, open_sandbox
from tests.faults.table import FAULTS, UNCLEAR, Meeting, meetings
from tests.faults.trial import bulk, pair, trial

_BULK = 5  # of each fault, on each platform
_PAIRED = ("autocalls", "revox")

_server: list[Server] = []


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one job: how many creates were unclear in it, the exit code, and what was wrong."""

    part: str
    label: str
    code: int = 0
    unclear: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One trial: `act` gets a folder and a server, and returns an exit code and a number of unclear creates."""

    part: str
    label: str
    act: Callable[[Path, Server], tuple[int, int]]


def jobs() -> Iterator[Job]:
    """All of it."""
    for platform in registry.platforms():
        for meeting in meetings(platform):
            yield Job("one fault", str(meeting), partial(_one, meeting))
        yield Job("many creates", platform, partial(_many, platform))
    for platform in _PAIRED:
        for first in FAULTS:
            for then in FAULTS:
                for always in (False, True):
                    label = f"{platform}: {first}, then {then} {'always' if always else 'once'}"
                    yield Job("two faults", label, partial(_two, platform, first, then, always))


def _one(meeting: Meeting, folder: Path, server: Server) -> tuple[int, int]:
    done = trial(folder, server, meeting)
    return done.run.code, done.unclear


def _two(platform: str, first: str, then: str, always: bool, folder: Path, server: Server) -> tuple[int, int]:
    done = pair(folder, server, platform, first, then, always=always)
    return done.run.code, done.unclear


def _many(platform: str, folder: Path, server: Server) -> tuple[int, int]:
    done = bulk(folder, server, platform, UNCLEAR, _BULK * len(UNCLEAR))
    return done.run.code, done.unclear


def _start() -> None:
    _server.append(Server(open_sandbox("autocalls", ":memory:")))


def _judged(job: Job) -> Verdict:
    with tempfile.TemporaryDirectory() as folder:
        try:
            code, unclear = job.act(Path(folder), _server[0])
        except Exception as exc:  # whatever it is, the others go on
            return Verdict(job.part, job.label, problem=f"{type(exc).__name__}: {exc}")
    return Verdict(job.part, job.label, code, unclear)


def main() -> int:
    """Run all jobs, print the figures; 1 if there is a problem."""
    began = time.monotonic()
    with ProcessPoolExecutor(initializer=_start) as pool:
        verdicts = list(pool.map(_judged, jobs(), chunksize=8))
    for verdict in verdicts:
        if verdict.problem:
            print(f"{verdict.part}: {verdict.label}: {verdict.problem}")
    for part in dict.fromkeys(verdict.part for verdict in verdicts):
        print(_figures(part, [verdict for verdict in verdicts if verdict.part == part]))
    problems = sum(bool(verdict.problem) for verdict in verdicts)
    unclear = sum(verdict.unclear for verdict in verdicts)
    print(f"{len(verdicts)} trials, {unclear} unclear creates, {problems} problems, {time.monotonic() - began:.0f} s")
    return 1 if problems else 0


def _figures(part: str, verdicts: list[Verdict]) -> str:
    codes = Counter(verdict.code for verdict in verdicts if not verdict.problem)
    told = ", ".join(f"{times} x exit {code}" for code, times in sorted(codes.items()))
    return f"{part}: {len(verdicts)} trials, {sum(verdict.unclear for verdict in verdicts)} unclear creates; {told}"


if __name__ == "__main__":
    sys.exit(main())
