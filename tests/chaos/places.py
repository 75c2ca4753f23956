"""Where the state of a trial is kept: one row for each kind of backend."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from tests.support.components import COMPONENTS, FOREIGN, STORES

LEASE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """A backend that is there to be used. `fresh` gives what the project file calls `state`, for one trial."""

    name: str
    seams: str  # a key of SEAMS
    fresh: Callable[[], str]
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    lease_seconds: float | None = None  # a dead holder's lock runs out after these; None: it dies with its holder

    @property
    def patience(self) -> tuple[str, ...]:
        """The options of a re-run that starts while the lock of a dead run may still be there."""
        return () if self.lease_seconds is None else ("--lock-timeout", "60s")

    @contextmanager
    def in_environ(self) -> Iterator[None]:
        """While inside, this process has what the place needs in its environment, and passes it on to runs."""
        former = dict(os.environ)
        for name in [name for name in os.environ if name.startswith(FOREIGN)]:
            del os.environ[name]
        os.environ.update(self.environ)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(former)


def _local() -> AbstractContextManager[Place]:
    return nullcontext(Place("local", "sqlite", lambda: ""))


@contextmanager
def _remote(kind: str) -> Iterator[Place]:
    with COMPONENTS[kind]() as component:
        environ = component.fresh().environ
        seams = "database" if kind == "postgresql" else "objects"
        yield Place(kind, seams, lambda: component.fresh().location, environ, LEASE_SECONDS)


PLACES: Final[Mapping[str, Callable[[], AbstractContextManager[Place]]]] = {
    "local": _local,
    **{kind: partial(_remote, kind) for kind in STORES},
}
"""What brings a place up, and down again."""
