"""`make fuzz`: every target for a while, guided by coverage where atheris is installed, else by Hypothesis.

What is found is left in build/fuzz/<target>/: inputs that reach something new, and `crash-...` for those that break
something. Those worth keeping go to tests/fuzz/corpus/<target>/, which every test run goes through.
"""

import argparse
import importlib
import importlib.util
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOUND = ROOT / "build" / "fuzz"
LONGEST = 4096  # bytes of one input
PATIENCE = 20  # seconds for one input, far more than any takes


def main() -> int:
    arguments = _arguments()
    if arguments.one:
        return _fuzz(arguments.one, arguments.seconds)
    from tests.fuzz.targets import TARGETS

    broken = 0
    for name in arguments.targets or TARGETS:
        broken += _run(name, arguments.seconds)
    return 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help="which ones; all of them if none is named")
    parser.add_argument("--seconds", type=int, default=300, help="for each target (300)")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(name: str, seconds: int) -> bool:
    """Fuzzes one target in a process of its own, which a broken target ends. Whether it broke."""
    command = [sys.executable, "-m", "tests.fuzz", "--one", name, "--seconds", str(seconds)]
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    took = time.monotonic() - began
    count = re.findall(r"(?:number_of_executed_units:|executions:)\s+(\d+)", done.stdout)
    verdict = f"{int(count[-1]):,} executions" if count and not done.returncode else "BROKEN"
    print(f"{name:16} {verdict} in {took:.0f} s", flush=True)
    if done.returncode:
        print(done.stdout[-6000:], flush=True)
    return bool(done.returncode)


def _fuzz(name: str, seconds: int) -> int:
    folder = FOUND / name
    folder.mkdir(parents=True, exist_ok=True)
    if importlib.util.find_spec("atheris") is None:
        return _by_hypothesis(name, seconds)
    return _by_coverage(name, folder, seconds)


def _by_coverage(name: str, folder: Path, seconds: int) -> int:
    atheris = importlib.import_module("atheris")  # not for every Python, so it is no dependency
    with atheris.instrument_imports(include=["agentops"], enable_loader_override=False):
        from tests.fuzz.targets import TARGETS, seeds
    begin = FOUND / f"{name}.seeds"
    begin.mkdir(exist_ok=True)
    for number, data in enumerate(seeds(name)):
        (begin / f"{number:04}").write_bytes(data)
    options = {
        "max_total_time": seconds,
        "timeout": PATIENCE,
        "rss_limit_mb": 3072,
        "max_len": LONGEST,
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
        "verbosity": 0,
        "dict": str(Path(__file__).with_name("words.dict")),
    }
    flags = [f"-{option}={value}" for option, value in options.items()]
    atheris.Setup([sys.argv[0], *flags, str(folder), str(begin)], TARGETS[name])
    atheris.Fuzz()
    return 0


def _by_hypothesis(name: str, seconds: int) -> int:
    from hypothesis import HealthCheck, given, seed, settings
    from hypothesis import strategies as st

    from tests.fuzz.targets import TARGETS, seeds

    known = list(seeds(name))
    count = 0

    @settings(max_examples=1000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(known), st.binary(max_size=LONGEST), st.integers(0, LONGEST))
    def one(start: bytes, change: bytes, at: int) -> None:
        nonlocal count
        count += 1
        TARGETS[name](start[:at] + change + start[at + len(change) :])

    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        seed(number)(one)()
        number += 1
    print(f"executions: {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
