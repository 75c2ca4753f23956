"""Bugs that one could have written, each as a context in which the engine has it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from unittest.mock import patch

from agentops.domain.address import Address
from agentops.domain.fields import FieldTable
from agentops.domain.provider import LiveObject
from agentops.domain.state import Intent
from agentops.domain.values import RemoteId, Values
from agentops.engine import adopt, send
from agentops.engine.journal import Journal
from agentops.engine.settle import Settling
from agentops.state.sqlite import SqliteBackend


@contextmanager
def no_journal() -> Iterator[None]:
    """Creates are noted in memory only."""

    def intend(
        self: Journal,
        creates: Iterable[tuple[Address, Values, bool]],
        existing: frozenset[RemoteId],
        now: datetime,
    ) -> None:
        for address, values, protect in creates:
            self.intents[address] = Intent(self.seal(values), now, existing, protect)

    with patch.object(Journal, "intend", intend):
        yield


@contextmanager
def no_settling() -> Iterator[None]:
    """What one listing does not show is taken for not done."""

    def find(self: Settling, steps: object) -> object:
        return self._look(steps)  # type: ignore[arg-type]

    with patch.object(Settling, "_find", find):
        yield


@contextmanager
def adopting_by_name() -> Iterator[None]:
    """A new object of the right name is taken for ours, whatever else it is."""

    def fits(intent: Intent, item: LiveObject, table: FieldTable) -> bool:
        return item.name == intent.values["name"]

    with patch.object(adopt, "_fits", fits):
        yield


@contextmanager
def forgetting_early() -> Iterator[None]:
    """An intent is taken back as soon as no answer comes, before anybody looked."""
    with patch.object(send, "is_certain", lambda error: True):
        yield


@contextmanager
def no_permit() -> Iterator[None]:
    """Whoever lost the lock goes on sending until it has something to write down."""
    with patch.object(SqliteBackend, "assure", lambda self, lock: None):
        yield


BUGS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "no journal": no_journal,
    "no settling": no_settling,
    "adopting by name": adopting_by_name,
    "forgetting early": forgetting_early,
    "no permit": no_permit,
}
