"""Prior state: what was applied last, what is under way, whose account it is; and the protocol of a backend."""

from collections.abc import Mapping
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
    """A managed resource: its ID, and the resolved values of the fields that were last applied."""

    remote_id: RemoteId
    values: Values
    protect: bool = False
    form: int = VALUES_FORM


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


@dataclass(frozen=True, slots=True)
class StateChange:
    """What one commit changes. None removes; absent addresses stay as they are."""

    entries: Mapping[Address, Entry | None] = field(default_factory=dict)
    intents: Mapping[Address, Intent | None] = field(default_factory=dict)
    binding: Binding | None = None


Serial: TypeAlias = int


class Backend(Protocol):
    """Where a state is kept.

    Everything changes by compare-and-swap on the serial, so a holder that lost its lock cannot write.
    """

    location: str  # for messages

    def read(self) -> State | None:
        """The state, or None if there is none yet. Raises StateError when it cannot be read."""

    def create(self, binding: Binding) -> State:
        """A new, empty state with a fresh lineage and digest key. Raises ConflictError if there is one already."""

    def acquire(self, lock: Lock) -> None:
        """Take the lock. Raises LockedError, naming the holder."""

    def release(self, lock: Lock) -> None:
        """Give the lock back; no error when it is lost already."""

    def commit(self, expected: Serial, lock: Lock, change: StateChange) -> Serial:
        """Make `change` durable and return the new serial.

        Raises ConflictError if the serial is not `expected` or `lock` is not held any more.
        """

    def close(self) -> None:
        """Free what the backend holds open."""
