"""agentops with a state that forgets: what an apply costs when nothing has to be durable.

    python bench/without_journal.py ARGUMENTS...

The floor of the journal's cost, and good for nothing else.
"""

from collections.abc import Callable
from typing import Any

from agentops.cli import main
from agentops.domain.state import Lock, Serial, StateChange
from agentops.state import backends


def forgetful(open_backend: Callable[..., Any]) -> Callable[..., Any]:
    """`open_backend`, whose backends make nothing durable after they were created."""

    def opened(*arguments: Any, **options: Any) -> Any:
        backend = open_backend(*arguments, **options)

        def commit(expected: Serial, *_: Lock | StateChange) -> Serial:
            return expected + 1

        backend.commit = commit
        return backend

    return opened


if __name__ == "__main__":
    backends.open_backend = forgetful(backends.open_backend)
    main.main()
