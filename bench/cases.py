"""What is measured: each command of agentops beside its floor, on the same files and the same server."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.manifests import write_project
from bench.measure import Cost, middle, run
from bench.served import TOKEN, serve

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "schemas" / "autocalls" / "v1" / "assistant.schema.json"
AGENTOPS = (sys.executable, "-m", "agentops", "--env", "bench")
FLOOR = (sys.executable, str(ROOT / "bench" / "floor.py"), str(SCHEMA), "assistants")
FLOOR_APPLY = (sys.executable, str(ROOT / "bench" / "floor_apply.py"))
FORGETFUL = (sys.executable, str(ROOT / "bench" / "without_journal.py"), "--env", "bench")
LATENCY = 0.05
JOURNAL_SIZE, JOURNAL_LATENCY = 100, 0.2
WORKERS = 16


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the report: the medians of a command and of its floor."""

    name: str
    size: int
    cost: Cost
    floor: Cost

    @property
    def ratio(self) -> float:
        return self.cost.wall / self.floor.wall


Progress = Callable[[str], None]


def measure_help(folder: Path, environ: Mapping[str, str], rounds: int) -> Measured:
    """`agentops --help` beside the import of click."""
    click = (sys.executable, "-c", "import click")
    return _pair("--help", 0, (_script(), "--help"), click, folder, environ, rounds)


def measure_reading(
    folder: Path, environ: Mapping[str, str], sizes: Sequence[int], rounds: int, progress: Progress
) -> Iterator[Measured]:
    """`validate` and a no-op `plan` of every size, the fleet made once by a real apply."""
    for size in sizes:
        project = folder / f"fleet-{size}"
        project.mkdir()
        with serve(project / "sandbox.db", environ) as base_url:
            write_project(project, size, base_url)
            yield _pair("validate", size, (*AGENTOPS, "validate"), FLOOR, project, environ, rounds)
            progress(f"creating {size} assistants to plan against")
            run((*AGENTOPS, "apply", "--auto-approve"), folder=project, environ=environ)
            plan = (*AGENTOPS, "plan", "--detailed-exitcode")  # a plan that is not empty would end with 2
            yield _pair("plan", size, plan, (*FLOOR, base_url), project, environ, rounds)


def measure_apply(folder: Path, environ: Mapping[str, str], size: int, rounds: int) -> Measured:
    """An `apply` that creates everything, each answer 50 ms late, beside as many bare POSTs."""
    costs: list[Cost] = []
    floors: list[Cost] = []
    for number in range(rounds):
        for kept, name in ((floors, "floor"), (costs, "apply")):
            project = folder / f"{name}-{number}"
            project.mkdir()
            with serve(project / "sandbox.db", environ, latency=LATENCY) as base_url:
                write_project(project, size, base_url)
                apply = (*AGENTOPS, "apply", "--auto-approve", "--parallelism", str(WORKERS))
                floor = (*FLOOR_APPLY, base_url, str(size), str(WORKERS))
                kept.append(run(apply if name == "apply" else floor, folder=project, environ=environ))
    return Measured("apply", size, middle(costs), middle(floors))


def measure_journal(folder: Path, environ: Mapping[str, str], rounds: int) -> Measured:
    """An `apply` of 100 creates that take 200 ms each, beside the same apply with a state that forgets everything."""
    costs: list[Cost] = []
    floors: list[Cost] = []
    for number in range(rounds):
        for kept, name, program in ((floors, "forgetful", FORGETFUL), (costs, "journalled", AGENTOPS)):
            project = folder / f"{name}-{number}"
            project.mkdir()
            with serve(project / "sandbox.db", environ, latency=JOURNAL_LATENCY) as base_url:
                write_project(project, JOURNAL_SIZE, base_url)
                kept.append(run((*program, "apply", "--auto-approve"), folder=project, environ=environ))
    return Measured("journal", JOURNAL_SIZE, middle(costs), middle(floors))


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of everything that is measured."""
    return {**environ, "PYTHONPATH": str(ROOT), "BENCH_TOKEN": TOKEN, "NO_COLOR": "1", "CI": "1"}


def _pair(
    name: str,
    size: int,
    command: Sequence[str],
    floor: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    rounds: int,
) -> Measured:
    costs: list[Cost] = []
    floors: list[Cost] = []
    for _ in range(rounds):  # taking turns, so that a slow moment of the machine meets both
        floors.append(run(floor, folder=folder, environ=environ))
        costs.append(run(command, folder=folder, environ=environ))
    return Measured(name, size, middle(costs), middle(floors))


def _script() -> str:
    """The installed command beside this Python."""
    return str(Path(sys.executable).with_name("agentops"))
