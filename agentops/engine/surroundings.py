"""What the parts of an apply share: plan, platform, state, clock; and how the end of a step is noted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agentops.domain.desired import Desired
from agentops.domain.diagnostics import Diagnostic
from agentops.domain.errors import ProviderError, RejectedError, UnavailableError
from agentops.domain.events import Event, StepFailed, StepFinished, StepSkipped
from agentops.domain.plan import Action, Plan, Step
from agentops.domain.provider import Provider
from agentops.domain.values import RemoteId
from agentops.engine.blame import blame
from agentops.engine.journal import Journal
from agentops.engine.stop import Stop
from agentops.engine.tally import Tally
from agentops.engine.watch import Watch

Report = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the parts of an apply share."""

    plan: Plan
    desired: Desired
    provider: Provider
    journal: Journal
    tally: Tally
    report: Report
    watch: Watch
    stop: Stop
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    settle: timedelta

    def skip(self, step: Step, reason: str) -> None:
        """Leave `step` out, and say so."""
        self.tally.skipped(step.address)
        self.report(StepSkipped(step.address, step.action, reason))

    def finish(self, step: Step, remote_id: RemoteId, started: datetime) -> None:
        """Note in the state, and then aloud, that `step` was carried out."""
        match step.action:
            case Action.CREATE:
                self.journal.created(step.address, remote_id)
            case Action.UPDATE:
                self.journal.updated(step.address, step.values, step.drops)
                if step.forgets:
                    self.journal.deleted(step.address)
            case Action.DELETE:
                self.journal.deleted(step.address)
        self.tally.done(step, remote_id)
        seconds = (self.clock() - started).total_seconds()
        self.report(StepFinished(step.address, step.action, remote_id, seconds, step.purpose))

    def blame(self, step: Step, exc: ProviderError) -> None:
        """Note that the platform refused `step`, or that nobody knows whether it did."""
        diagnostics = blame(exc, step.address, self.desired, self.provider.platform)
        self.fail(step, diagnostics, unclear=not is_certain(exc))

    def fail(self, step: Step, diagnostics: tuple[Diagnostic, ...], *, unclear: bool = False) -> None:
        """Note that `step` was not carried out."""
        self.tally.failed(step, unclear=unclear)
        self.report(StepFailed(step.address, step.action, diagnostics, step.purpose))


def is_certain(exc: ProviderError) -> bool:
    """Whether what failed was certainly not done."""
    return isinstance(exc, RejectedError | UnavailableError)
