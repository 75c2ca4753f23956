"""Where the state of a trial is kept: one row for each kind of backend."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """A backend that is there to be used. `location` gives what the project file calls `state`, by a trial's name."""

    name: str
    seams: str  # a key of SEAMS
    location: Callable[[str], str]
    environ: Mapping[str, str] = field(default_factory=dict)
    lease_seconds: float | None = None  # a dead holder's lock runs out after these; None: it dies with its holder

    @property
    def patience(self) -> tuple[str, ...]:
        """The options of a re-run that starts while the lock of a dead run may still be there."""
        return () if self.lease_seconds is None else ("--lock-timeout", "60s")

    @contextmanager
    def in_environ(self) -> Iterator[None]:
        """While inside, this process has what the place needs in its environment, and passes it on to runs."""
        former = dict(os.environ)
        os.environ.update(self.environ)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(former)


def _local() -> AbstractContextManager[Place]:
    return nullcontext(Place("local", "sqlite", lambda trial: ""))


PLACES: Final[Mapping[str, Callable[[], AbstractContextManager[Place]]]] = {
    "local": _local,
}
"""What brings a place up, and down again."""
