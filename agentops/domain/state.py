"""Prior state: what was applied last, what is under way, whose account it is; and the protocol of a backend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeAlias

from agentops.domain.address import Address
from agentops.domain.values import RemoteId, Values

VALUES_FORM = 1
"""The number of the compared form; entries in another form are compared two-way, never as a conflict."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a state belongs to. A run with another binding stops before planning."""

    project: str
    environment: str
    platform: str
    base_url: str
    account: str  # as the platform names it, case-folded


@dataclass(frozen=True, slots=True)
class Entry:
    """A managed resource: its ID, and the resolved values of the fields that were last applied.

    `sending` are those of an update whose end nobody noted yet: the platform may have them already.
    """

    remote_id: RemoteId
    values: Values
    protect: bool = False
    form: int = VALUES_FORM
    sending: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Intent:
    """A create that was about to be sent. `existing` are the remote IDs that were there before."""

    values: Values
    started: datetime  # aware, UTC
    existing: frozenset[RemoteId] = frozenset()
    protect: bool = False


@dataclass(frozen=True, slots=True)
class Lock:
    """Who is writing."""

    id: str
    operation: str
    who: str
    version: str
    created: datetime
    ci_url: str = ""  # the page of the CI run that holds it; empty outside CI


@dataclass(frozen=True, slots=True)
class State:
    """One environment's state. `digest_key` keys the digests of secrets and never leaves the backend and this value."""

    lineage: str
    serial: int
    binding: Binding
    digest_key: bytes = field(repr=False)
    entries: Mapping[Address, Entry] = field(default_factory=dict)
    intents: Mapping[Address, Intent] = field(default_factory=dict)
    lock: Lock | None = None
    moved_to: str = ""  # where `state migrate` brought it; nothing may be planned or written here any more


@dataclass(frozen=True, slots=True)
class Version:
    """A former version that is kept: the state as it was before `operation` changed it at `saved`."""

    serial: int
    saved: datetime  # aware, UTC
    operation: str
    who: str


@dataclass(frozen=True, slots=True)
class StateChange:
    """What one commit changes. None removes; absent addresses stay as they are."""

    entries: Mapping[Address, Entry | None] = field(default_factory=dict)
    intents: Mapping[Address, Intent | None] = field(default_factory=dict)
    binding: Binding | None = None
    moved_to: str | None = None


Serial: TypeAlias = int


KEPT_VERSIONS = 20
"""How many former versions a backend keeps."""


class Backend(Protocol):
    """Where a state is kept.

    Everything changes by compare-and-swap on the serial, so a holder that lost its lock cannot write. One thread uses
    a backend; only `assure` is for any thread.
    """

    location: str  # for messages
    batches: bool  # a commit costs a request: what belongs together is better committed as one

    def read(self) -> State | None:
        """The state, or None if there is none yet. Raises StateError when it cannot be read."""

    def create(self, binding: Binding) -> State:
        """A new, empty state with a fresh lineage and digest key. Raises ConflictError if there is one already."""

    def acquire(self, lock: Lock) -> None:
        """Take the lock, at once or not at all. Raises LockedError, naming the holder.

        A lock that is kept up by a heartbeat is taken over by a later call of the same backend, once the beat that an
        earlier call saw has not changed for the time that its holder promised.
        """

    def assure(self, lock: Lock) -> None:
        """Right before something is sent: raises ConflictError when the lock may be somebody else's by now.

        Makes no request.
        """

    def release(self, lock: Lock) -> None:
        """Give the lock back; no error when it is lost already."""

    def unlock(self, lock_id: str) -> Lock:
        """Break the lock with this ID, whoever holds it, and return it. Raises StateError if there is no such lock."""

    def commit(self, expected: Serial, lock: Lock, change: StateChange) -> Serial:
        """Make `change` durable and return the new serial.

        The first commit under a lock keeps the state as it was before. Raises ConflictError if the serial is not
        `expected` or `lock` is not held any more.
        """

    def replace(self, expected: Serial | None, lock: Lock, state: State) -> Serial:
        """Make `state`, its lineage, digest key and all, the one that is kept, and return its serial.

        The serial is one above both that of `state` and `expected`; None expects that there is no state yet. The lock
        stays as it is. What was there before is kept as a version. Raises ConflictError as `commit` does.
        """

    def history(self) -> Sequence[Version]:
        """The former versions that are kept, newest first."""

    def version(self, serial: Serial) -> State:
        """A former version. Raises StateError when it is not kept."""

    def close(self) -> None:
        """Free what the backend holds open."""
