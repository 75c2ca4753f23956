"""Drift: what others did on the platform since the last apply, whatever git says."""

from dataclasses import dataclass, field
from datetime import datetime

from agentops.domain.address import Address
from agentops.domain.plan import Edit
from agentops.domain.state import Binding
from agentops.domain.values import RemoteId, Value, Values


@dataclass(frozen=True, slots=True)
class DriftedField:
    """One managed field that is not as it was applied."""

    name: str
    applied: Value
    live: Value
    sensitive: bool = False
    edits: tuple[Edit, ...] = ()  # from `applied` (as `live`) to `live` (as `desired`)


@dataclass(frozen=True, slots=True)
class Drifted:
    """A managed resource that others changed, or deleted (`gone`; `applied` is all that was known of it then)."""

    address: Address
    kind: str
    remote_id: RemoteId
    name: str
    status: str = ""
    fields: tuple[DriftedField, ...] = ()
    gone: bool = False
    applied: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """An object of the account that no address means."""

    kind: str
    remote_id: RemoteId
    name: str


@dataclass(frozen=True, slots=True)
class Drift:
    """All of one environment, sorted by address; `unchanged` managed resources are as they were applied."""

    binding: Binding
    sandbox: bool
    lineage: str  # empty while there is no state
    serial: int
    found: datetime
    drifted: tuple[Drifted, ...]
    unchanged: int
    unmanaged: tuple[Unmanaged, ...]

    @property
    def is_empty(self) -> bool:
        """Whether everything that is managed is as it was applied."""
        return not self.drifted
