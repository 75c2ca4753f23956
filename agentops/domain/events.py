"""What happens while applying, as values; the command line shows them."""

from dataclasses import dataclass
from typing import TypeAlias

from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic
from agentops.domain.plan import Action
from agentops.domain.values import RemoteId, Value


@dataclass(frozen=True, slots=True)
class ApplyStarted:
    """`steps` is how many requests that write will be sent."""

    steps: int


@dataclass(frozen=True, slots=True)
class StepStarted:
    address: Address
    action: Action
    purpose: str = ""  # why, when it is not plain: "unassign phone number", "link"


@dataclass(frozen=True, slots=True)
class StepFinished:
    address: Address
    action: Action
    remote_id: RemoteId
    seconds: float
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class StepFailed:
    """`diagnostics` point at the manifest lines that the platform complained about, else one without a place."""

    address: Address
    action: Action
    diagnostics: tuple[Diagnostic, ...]
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class StepSkipped:
    address: Address
    action: Action
    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing goes on for `seconds`, for example because of the rate limit."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something worth a line: a settled intent, an activation hint."""

    message: str
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Verify found that the platform stored something else than was sent."""

    address: Address
    field: str
    sent: Value
    stored: Value
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """What happened until now is durable in the state, which has this serial."""

    serial: int


@dataclass(frozen=True, slots=True)
class Called:
    """One request came to an end; told in the thread that made it, which need not be the one that hears of events.

    `status` is None where there was no answer. `failure` is empty for an answer that says yes; else "refused" (by its
    status), "unreadable" (it says yes, but not in a form that counts), "no answer" or "not sent". `attempt` counts from
    1.
    """

    method: str
    path: str
    attempt: int
    seconds: float
    status: int | None = None
    failure: str = ""


Event: TypeAlias = (
    ApplyStarted | StepStarted | StepFinished | StepFailed | StepSkipped | Waiting | Noted | Mismatch | Committed
)


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """How an apply ended, by address."""

    created: tuple[Address, ...] = ()
    updated: tuple[Address, ...] = ()
    destroyed: tuple[Address, ...] = ()
    failed: tuple[Address, ...] = ()
    not_started: tuple[Address, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    interrupted: bool = False
    unverified: str = ""  # why what was written could not be read back
    halted: str = ""  # why nothing more could be noted in the state, so that nothing more was sent

    def exit_code(self, interrupted: int = 130) -> int:
        """What the command ends with; `interrupted` is the code of the signal, 130 or 143."""
        written = bool(self.created or self.updated or self.destroyed)
        if self.interrupted:
            return interrupted
        if self.halted:
            return 3
        if self.failed or self.not_started:
            return 3 if written else 1 if self.failed else 4
        if self.mismatches:
            return 6
        return 1 if self.unverified else 0
