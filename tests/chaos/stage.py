"""A project in a folder, a served sandbox that takes its time, and real processes of agentops that work on it."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agentops.domain.state import State
from agentops.providers import registry
from agentops.sandbox import DEFAULT_TOKEN, Fault, FaultKind, Logged, Sandbox, Server, open_sandbox
from agentops.state.backends import open_backend
from tests.chaos.places import Place
from tests.chaos.scenarios import PLATFORM, Scenario, Spec
from tests.support.project import manifest

ROOT: Final = Path(__file__).resolve().parents[2]
PROJECT: Final = "havoc"
ENVIRONMENT: Final = "chaos"
SETTLE_SECONDS: Final = 1.0
PATIENCE: Final = 90.0
"""Seconds after which a run counts as hanging."""

_SLOW_REQUESTS = 60
_SHORTEST_PAUSE = 0.02
_APPLY = ("apply", "--auto-approve", "--allow-deletes", "--allow-large-change")
_HUNG = -999


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended; a negative code is the signal that ended it."""

    code: int
    out: str
    err: str

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL

    @property
    def hung(self) -> bool:
        return self.code == _HUNG


class Run:
    """A process of agentops, in a process group of its own."""

    def __init__(self, process: subprocess.Popen[bytes], out: Path, err: Path) -> None:
        self._process = process
        self._out, self._err = out, err

    @property
    def is_over(self) -> bool:
        return self._process.poll() is not None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, unless the run is over."""
        if not self.is_over:
            os.killpg(self._process.pid, number)

    def end(self) -> Ended:
        """Wait for the end; what hangs is killed, and says so."""
        try:
            code = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            code = _HUNG
        return Ended(code, *(path.read_text(encoding="utf-8", errors="replace") for path in (self._out, self._err)))


class Watched:
    """How the sandbox waits: it tells when requests arrive."""

    def __init__(self) -> None:
        self.asked = threading.Event()  # the first request is there
        self.written = threading.Event()  # the first request that writes is there
        self._carried_out: dict[int, bool] = {}  # by the thread of a connection, for requests that write

    def sleep(self, seconds: float) -> None:
        """Called in the thread of a connection, before and after a request is carried out."""
        self.asked.set()
        if seconds > _SHORTEST_PAUSE:
            self.written.set()
            thread = threading.get_ident()
            self._carried_out[thread] = not self._carried_out.get(thread, True)
        time.sleep(seconds)

    @property
    def unanswered(self) -> int:
        """How many requests that write have arrived, and are not carried out yet."""
        return sum(not done for done in self._carried_out.values())

    def clear(self) -> None:
        self.asked.clear()
        self.written.clear()


class Stage:
    """One trial's world. Close it when the trial is over."""

    def __init__(self, name: str, place: Place, scenario: Scenario, *, chance: random.Random) -> None:
        self.name = name
        self.place = place
        self.scenario = scenario
        self.location = place.fresh()
        self.folder = Path(tempfile.mkdtemp(prefix="agentops-chaos-"))
        self.watched = Watched()
        self.sandbox: Sandbox = open_sandbox(PLATFORM, ":memory:")
        self.server = Server(self.sandbox, latency=_SHORTEST_PAUSE / 10, sleep=self.watched.sleep)
        self._chance = chance
        self._runs: list[Run] = []
        self._write_project()

    def prepare(self) -> None:
        """Apply what was there before, undisturbed; then declare the rest, and let requests that write take long."""
        if self.scenario.before:
            self.declare(self.scenario.before)
            ended = self.apply().end()
            if ended.code != 0:
                raise RuntimeError(f"cannot prepare {self.name}: exit {ended.code}\n{ended.out}\n{ended.err}")
        self.watched.clear()
        self.declare(self.scenario.declared)
        for fault in slow_writes(self._chance, *self.scenario.pause):
            self.sandbox.faults.add(fault)

    def declare(self, manifests: Mapping[str, Spec]) -> None:
        """Make these the project's manifests, and the only ones."""
        folder = self.folder / "assistants"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, spec in manifests.items():
            text = manifest(name, spec, registry.platform(PLATFORM).api_version)
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def apply(self, *options: str, **chaos: str) -> Run:
        """Start an apply; `chaos` are the variables of `tests.chaos.crashing`, without their prefix."""
        many = self.scenario.parallelism
        return self.start(*_APPLY, *(("--parallelism", str(many)) if many else ()), *options, **chaos)

    def apply_again(self, **chaos: str) -> Run:
        """Start an apply as whoever finds a dead run behind would: with patience for its lock."""
        return self.apply(*self.place.patience, **chaos)

    def start(self, *arguments: str, **chaos: str) -> Run:
        """Start agentops in the project."""
        number = len(self._runs)
        out, err = self.folder / f"{number}.out", self.folder / f"{number}.err"
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AGENTOPS_", "NO_COLOR", "CI"))}
        environ = {
            **kept,
            "PYTHONPATH": str(ROOT),
            "CHAOS_TOKEN": DEFAULT_TOKEN,
            "CHAOS_SEAMS": self.place.seams,
            **{f"CHAOS_{name.upper()}": value for name, value in chaos.items()},
        }
        with out.open("wb") as to_out, err.open("wb") as to_err:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.crashing", *arguments],
                cwd=self.folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=to_out,
                stderr=to_err,
                start_new_session=True,
            )
        run = Run(process, out, err)
        self._runs.append(run)
        return run

    def state(self) -> State | None:
        """The state as it is now."""
        backend = open_backend(self.location, self.folder, project=PROJECT, environment=ENVIRONMENT)
        try:
            return backend.read()
        finally:
            backend.close()

    def writes(self) -> list[Logged]:
        """The requests so far that were to change something."""
        return [entry for entry in self.sandbox.store.log() if entry.method != "GET"]

    def close(self) -> None:
        for run in self._runs:
            run.signal(signal.SIGKILL)
            run.end()
        self.server.close()
        self.sandbox.close()
        shutil.rmtree(self.folder)

    def _write_project(self) -> None:
        environment: dict[str, object] = {
            "platform": PLATFORM,
            "base_url": self.server.url,
            "token": {"env": "CHAOS_TOKEN"},
            "manifests": ["assistants"],
            "settle_seconds": SETTLE_SECONDS,
        }
        if self.location:
            environment["state"] = self.location
        if self.place.lease_seconds is not None:
            environment["lease_seconds"] = self.place.lease_seconds
        document = {
            "apiVersion": "agentops/v1",
            "kind": "Project",
            "metadata": {"name": PROJECT},
            "spec": {"environments": {ENVIRONMENT: environment}},
        }
        (self.folder / "agentops.yaml").write_text(json.dumps(document, indent=2), encoding="utf-8")


@contextmanager
def staged(name: str, place: Place, scenario: Scenario, chance: random.Random) -> Iterator[Stage]:
    """A stage on which everything is prepared, for one trial."""
    stage = Stage(name, place, scenario, chance=chance)
    try:
        stage.prepare()
        yield stage
    finally:
        stage.close()


def slow_writes(chance: random.Random, shortest: float, longest: float) -> list[Fault]:
    """Every request that writes takes its own time, and is carried out halfway."""
    return [
        Fault(FaultKind.SLOW, method=method, seconds=chance.uniform(shortest, longest), after=number)
        for method in ("POST", "PUT", "DELETE")
        for number in range(_SLOW_REQUESTS)
    ]
