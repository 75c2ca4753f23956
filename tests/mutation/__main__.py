"""`make mutate`: changes the modules that must not lose anything, one small change at a time, and counts who notices.

mutmut does it, in a copy of the repository below build/mutation. What survives is printed with its change;
docs/reliability.md says of each why it may.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.subjects import SUBJECTS, Subject

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "mutation"
COPIED = ("agentops", "tests", "schemas", "assistants", "docs", "agentops.yaml", "pyproject.toml", "Makefile")
KILLED = ("killed", "timeout", "caught by type check", "segfault")
SURVIVED = ("survived", "no tests", "suspicious")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("subjects", nargs="*", help=f"which of {', '.join(SUBJECTS)}; all if none is named")
    parser.add_argument("--at-least", type=float, default=85.0, help="per cent that must be killed of each (85)")
    arguments = parser.parse_args()
    shares = [_mutate(name, SUBJECTS[name]) for name in arguments.subjects or SUBJECTS]
    return 0 if min(shares) >= arguments.at_least else 1


def _mutate(name: str, subject: Subject) -> float:
    """The share of mutants that were killed, in per cent."""
    folder = WORK / name
    _copy(folder, subject)
    done = _mutmut(folder, "run", "--max-children", "1")
    results = re.findall(r"^\s*(\S+): (.+)$", _mutmut(folder, "results", "--all", "true").stdout, re.MULTILINE)
    counts = Counter(outcome for _, outcome in results)
    killed, survived = (sum(counts[outcome] for outcome in outcomes) for outcomes in (KILLED, SURVIVED))
    if not killed:
        print(done.stdout[-4000:], done.stderr[-4000:], file=sys.stderr)
    share = 100 * killed / max(1, killed + survived)
    print(f"{name}: {killed} of {killed + survived} killed, {share:.1f} %  {dict(counts)}", flush=True)
    for mutant, outcome in results:
        if outcome in SURVIVED:
            shown = _mutmut(folder, "show", mutant).stdout
            change = [line for line in shown.splitlines() if re.match(r"[-+](?![-+])", line)]
            print(f"  {mutant} ({outcome})", *change, sep="\n    ", flush=True)
    return share


def _copy(folder: Path, subject: Subject) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(_settings(subject))


def _settings(subject: Subject) -> str:
    skip = ["-k", " and ".join(f"not {word}" for word in subject.skip)] if subject.skip else []
    values: dict[str, Sequence[str]] = {
        "source_paths": ["agentops"],
        "only_mutate": subject.modules,
        "also_copy": [name for name in COPIED if name not in ("agentops", "tests", "pyproject.toml")],
        "pytest_add_cli_args_test_selection": subject.tests,
        "pytest_add_cli_args": ["-p", "no:cacheprovider", *skip],
    }
    return "\n[tool.mutmut]\n" + "".join(f"{key} = {list(value)!r}\n" for key, value in values.items())


def _mutmut(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main())
