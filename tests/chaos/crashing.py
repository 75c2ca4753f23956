"""The command line, in a process that kills its own group at a chosen edge: `python -m tests.chaos.crashing ...`.

agentops itself knows nothing of this: its functions are wrapped here. What is chosen comes in environment variables:

    CHAOS_SEAMS     the kind of backend, a key of SEAMS
    CHAOS_KILL      `commit before 3`: kill when that edge is reached for the third time
    CHAOS_EDGES     a file that gets a line for every edge that is reached, and when
    CHAOS_FORGETFUL the journal is off: no intent reaches the state
"""

import importlib
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from tests.chaos.seams import SEAMS, Seam


class Edges:
    """Counts the edges that are reached, from any thread."""

    def __init__(self, kill: str, path: str) -> None:
        self._kill = kill
        self._path = path
        self._seen: Counter[str] = Counter()
        self._guard = threading.Lock()

    def reach(self, edge: str) -> None:
        with self._guard:
            self._seen[edge] += 1
            here = f"{edge} {self._seen[edge]}"
            if self._path:
                with open(self._path, "a", encoding="utf-8") as file:
                    print(here, time.monotonic_ns(), file=file)
            if here == self._kill:
                os.killpg(0, signal.SIGKILL)


def cut(seam: Seam, edges: Edges) -> None:
    """Put an edge on both sides of what `seam` names."""
    module, _, path = seam.target.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    setattr(owner, name, _edged(seam, getattr(owner, name), edges))


def _edged(seam: Seam, call: Callable[..., Any], edges: Edges) -> Callable[..., Any]:
    @wraps(call)
    def edged(*args: Any, **kwargs: Any) -> Any:
        name = _request_name(args[1]) if seam.split else seam.name
        edges.reach(f"{name} before")
        result = call(*args, **kwargs)
        edges.reach(f"{name} after")
        return result

    return edged


def _request_name(request: Any) -> str:
    return "get" if request.is_read else str(request.method).lower()


def forget_intents(seam: Seam) -> None:
    """Take the intents out of every commit, as if there were no journal."""
    module, _, path = seam.target.partition(":")
    owner = getattr(importlib.import_module(module), path.partition(".")[0])
    commit = owner.commit

    def forgetful(self: Any, expected: int, lock: Any, change: Any) -> Any:
        return commit(self, expected, lock, replace(change, intents={}))

    owner.commit = forgetful


def main() -> None:
    # What a script starts in the background inherits that SIGINT is ignored; in a terminal it is not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    seams = SEAMS[os.environ["CHAOS_SEAMS"]]
    if os.environ.get("CHAOS_FORGETFUL"):
        forget_intents(next(seam for seam in seams if seam.name == "commit"))
    kill, path = os.environ.get("CHAOS_KILL", ""), os.environ.get("CHAOS_EDGES", "")
    if kill or path:
        edges = Edges(kill, path)
        for seam in seams:
            cut(seam, edges)
    from agentops.cli.main import main as agentops

    agentops(sys.argv[1:])


if __name__ == "__main__":
    main()
