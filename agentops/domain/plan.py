"""Plans: what apply would do to each resource and why, and the findings that stand in the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic, Severity, SourcePos
from agentops.domain.fields import UNSET, Unset
from agentops.domain.state import Binding, Entry, Intent
from agentops.domain.values import Path, RemoteId, Value, Values


class Action(Enum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ADOPT = "adopt"  # a left create that turned out to be done, or what was there already: state, then what differs
    FORGET = "forget"  # gone on the platform, or not ours to delete, and gone from git: state only
    NO_OP = "no-op"  # nothing on the platform; may still be a move or a release in the state


class Cause(Enum):
    """Why a field is in a change."""

    MANIFEST = "manifest"  # git says something new
    DRIFT = "drift"  # the platform was edited since the last apply
    CATALOG = "catalog"  # the same name means another ID now
    CONFLICT = "conflict"  # git and the platform both changed, to different values
    REMOVED = "removed"  # left the manifest: back to the documented default
    RELEASED = "released"  # left the manifest: stays as it is and is no longer ours
    MODE = "mode"  # equal, but sent again because a change of mode resets it


class OnConflict(Enum):
    FAIL = "fail"
    GIT = "git"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference inside a whole value: an added part has no `live`, a removed one no `desired` (UNSET)."""

    path: Path
    live: Value | Unset
    desired: Value | Unset


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one change. UNSET: not applied before, not readable, or not in the manifest.

    `pos` is where the desired value is written: in the manifest, or the file that a text is taken from; None when it is
    written nowhere, or the change is a create. It is information: fields that differ in nothing else are equal.
    """

    name: str
    cause: Cause
    prior: Value | Unset
    live: Value | Unset
    desired: Value | Unset  # what will be sent; UNSET when nothing is
    write: bool  # False for a release, and for a conflict that nobody decided
    sensitive: bool = False
    edits: tuple[Edit, ...] = ()
    pos: SourcePos | None = field(default=None, compare=False)

    @property
    def before(self) -> Value | Unset:
        """What is there now: what was read, else what was applied last."""
        return self.prior if self.live is UNSET else self.live


@dataclass(frozen=True, slots=True)
class Change:
    """What the plan will do to one resource.

    `desired` are all declared values (empty for a delete), `live` the live values of the managed fields that could be
    read, `prior` and `intent` what the state held: together the pins that make a saved plan stale.
    """

    address: Address
    kind: str
    action: Action
    remote_id: RemoteId | None = None
    fields: tuple[FieldChange, ...] = ()
    desired: Values = field(default_factory=dict)
    live: Values = field(default_factory=dict)
    prior: Entry | None = None
    intent: Intent | None = None
    moved_from: Address | None = None
    protect: bool = False
    blocked: str = ""  # why apply must leave this resource alone
    name: str = ""  # the object's name on the platform
    status: str = ""  # as the platform shows it; information
    labels: Mapping[str, str] = field(default_factory=dict)
    pos: SourcePos | None = field(default=None, compare=False)  # where a manifest describes it; None: none does

    @property
    def writes(self) -> tuple[FieldChange, ...]:
        return tuple(change for change in self.fields if change.write)

    @property
    def is_shown(self) -> bool:
        """Whether the plan has something to carry out for it, on the platform or in the state."""
        return self.action is not Action.NO_OP or self.moved_from is not None or bool(self.blocked)


@dataclass(frozen=True, slots=True)
class Step:
    """One request that writes; engine/order.py makes them from a plan, in waves, and they are never stored.

    `values` may hold references without an ID, to addresses that an earlier wave creates. `remote_id` is None for a
    create, and for the update of a resource that the same apply creates. `drops` are fields that the state forgets once
    the step is done; `gives_back` is what to undo when the platform rejects it. With `forgets` the state forgets the
    resource once the step is done.
    """

    address: Address
    kind: str
    action: Action  # CREATE, UPDATE or DELETE
    remote_id: RemoteId | None = None
    values: Values = field(default_factory=dict)
    purpose: str = ""  # why, when it is not plain: "unassign phone number", "link"
    drops: frozenset[str] = frozenset()
    gives_back: tuple["Step", ...] = ()
    forgets: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What guard has to say. A blocking one stops apply before any write, unless `override` was given."""

    code: str
    severity: Severity
    message: str
    addresses: tuple[Address, ...] = ()
    hint: str = ""
    override: str = ""  # the option that would pass it; empty: none does
    overridden: bool = False

    @property
    def is_blocking(self) -> bool:
        return self.severity is Severity.ERROR and not self.overridden


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the user asked for; recorded in a saved plan."""

    targets: tuple[Address, ...] = ()
    excludes: tuple[Address, ...] = ()
    destroy: bool = False
    allow_deletes: bool = False
    allow_large_change: bool = False
    allow_duplicate_names: bool = False
    on_conflict: OnConflict = OnConflict.FAIL


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan was made from. `lineage` is empty while there is no state; time and commit are information."""

    lineage: str
    serial: int
    manifests: str  # Desired.digest
    created: datetime
    commit: str = ""
    dirty: bool = False  # whether something in the project folder was not committed


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes that bring live in line with desired, sorted by address; engine/order.py orders their requests."""

    binding: Binding
    sandbox: bool
    basis: Basis
    options: PlanOptions
    changes: tuple[Change, ...]  # all that is shown, and no-ops with fields to release
    unchanged: int = 0
    findings: tuple[Finding, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()  # warnings

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to carry out ("No changes.")."""
        return not any(change.is_shown for change in self.changes)

    def count(self, *actions: Action) -> int:
        return sum(change.action in actions for change in self.changes)
