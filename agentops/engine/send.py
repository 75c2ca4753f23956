"""Sends steps side by side, and writes down what came of each before anything else happens."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final

from agentops.domain.address import Address
from agentops.domain.diagnostics import error
from agentops.domain.errors import ProviderError, StateError
from agentops.domain.events import StepStarted
from agentops.domain.plan import Action, Change, Step
from agentops.domain.provider import Provider
from agentops.domain.values import RemoteId, Values
from agentops.engine.confirm import Unclear, confirm
from agentops.engine.latest import MovedError, refuse_moved
from agentops.engine.ledger import about
from agentops.engine.surroundings import Surroundings, is_certain
from agentops.engine.workers import Outcome, Workers

UNKNOWN_END = "interrupted before it was clear whether this was done"

_YOUNG: Final = 4  # an intent is young for this part of the settle time
_AHEAD: Final = 100


class LeftAtOnce(Exception):
    """The user wants out now; what is in flight stays in flight."""


class Sender:
    """Up to `parallelism` requests at a time; the workers do HTTP and nothing else."""

    def __init__(self, around: Surroundings, workers: Workers[Address, RemoteId]) -> None:
        self._around = around
        self._workers = workers
        self._started: dict[Address, tuple[Step, datetime]] = {}
        self._moved: dict[Address, str] = {}
        self._unclear: list[Unclear] = []
        self._planned = {change.address: change.live for change in around.plan.changes}
        self._has_sent = False

    @property
    def has_sent(self) -> bool:
        """Whether any step was begun."""
        return self._has_sent

    def in_flight(self) -> list[Step]:
        """The steps whose answers were not taken yet."""
        return [step for step, _ in self._started.values()]

    def unknown(self) -> list[Step]:
        """The steps that were sent and of which it is not known how they ended."""
        return [*self.in_flight(), *(item.step for item in self._unclear)]

    def send(self, steps: Iterable[Step], *, urgent: bool = False) -> list[Step]:
        """Send `steps`, no two of one resource; those creates come back of which it is unclear whether they were done.

        Of updates and deletes without an answer, it looks up what became of them.

        Begins nothing more once the user wants to stop, unless it is `urgent`. Raises LeftAtOnce, and StateError when
        the state cannot be written.
        """
        waiting = self._without_moved(steps)
        self._unclear = []
        while waiting or self._workers.running:
            while waiting and not self._workers.is_full and self._may_start(waiting[0], urgent):
                self._keep_young(waiting)
                self._start(waiting.popleft(), urgent)
            if self._workers.running:
                self._keep_young(waiting)
                self._listen()
                if self._around.stop.level > 1:
                    self._abandon(waiting)
            elif self._is_stopped(urgent):
                self._leave_out(waiting, "interrupted")
            elif waiting:
                self._look_again(waiting)
        unclear, self._unclear = self._unclear, []
        creates = [item.step for item in unclear if item.step.action is Action.CREATE]
        confirm(self._around, [item for item in unclear if item.step.action is not Action.CREATE])
        self._around.journal.flush_if_cheap()
        return creates

    def _may_start(self, step: Step, urgent: bool) -> bool:
        unwatched = urgent or step.action is Action.CREATE or self._is_readable(step)
        return not self._is_stopped(urgent) and (unwatched or not self._around.watch.is_due)

    def _is_stopped(self, urgent: bool) -> bool:
        return self._around.stop.level > (1 if urgent else 0)

    def _is_readable(self, step: Step) -> bool:
        return self._around.provider.platform.kind_by_name[step.kind].readable

    def _start(self, step: Step, urgent: bool) -> None:
        self._around.report(StepStarted(step.address, step.action, step.purpose))
        self._started[step.address] = (step, self._around.clock())
        self._around.watch.count()
        self._has_sent = True
        planned = {} if urgent else self._planned_of(step)
        self._workers.start(step.address, partial(_request, self._around.provider, step, planned))

    def _planned_of(self, step: Step) -> Values:
        """What has to be on the platform still for `step` to be sent, where that can be looked up by itself.

        What this run has sent itself since is known.
        """
        if step.action is Action.CREATE or not self._is_readable(step):
            return {}
        sent = self._around.tally.sent.get(step.address)
        planned = self._planned.get(step.address, {})
        return {name: value for name, value in planned.items() if sent is None or name not in sent.values}

    def _keep_young(self, waiting: Iterable[Step]) -> None:
        """Note once more the creates without an answer, and those that are next, before their intents are old.

        The next run waits until an intent is older than the settle time. A request is sent long after it was noted
        where a wave takes long, or the platform has it wait.
        """
        around, now = self._around, self._around.clock()
        if not around.settle:
            return
        steps = (*self.in_flight(), *islice(waiting, _AHEAD))
        intents = {step.address: around.journal.intents.get(step.address) for step in steps if _is_create(step)}
        if any(intent and now - intent.started > around.settle / _YOUNG for intent in intents.values()):
            around.journal.put_off((address for address, intent in intents.items() if intent), now)
            around.journal.flush()

    def _listen(self) -> None:
        outcome = self._workers.next(self._around.settle.total_seconds() / _YOUNG or None)
        while outcome is not None:
            self._take(outcome)
            outcome = self._workers.ended()
        self._around.journal.flush_if_cheap()

    def _take(self, outcome: Outcome[Address, RemoteId]) -> None:
        step, started = self._started.pop(outcome.key)
        try:
            remote_id = outcome.result()
        except MovedError as exc:
            self._moved[step.address] = str(exc)
            self._around.journal.abandoned([step.address])
            self._around.skip(step, str(exc))
        except ProviderError as exc:
            self._failed(step, exc)
        else:
            self._around.finish(step, remote_id, started)

    def _failed(self, step: Step, exc: ProviderError) -> None:
        if not is_certain(exc):
            self._unclear.append(Unclear(step, exc))
            if isinstance(exc.__cause__, StateError):  # it was sent once, and must not be again: the lock is lost
                raise exc.__cause__
            return
        self._around.journal.abandoned([step.address])
        self._around.blame(step, exc)

    def _leave_out(self, waiting: deque[Step], reason: str) -> None:
        while waiting:
            self._around.skip(waiting.popleft(), reason)

    def _abandon(self, waiting: deque[Step]) -> None:
        for step in self.unknown():
            self._around.fail(step, (error("interrupted", UNKNOWN_END, hint="the next run finds out"),), unclear=True)
        self._leave_out(waiting, "interrupted")
        raise LeftAtOnce

    def _look_again(self, waiting: deque[Step]) -> None:
        """Leave out what somebody else has edited since the plan."""
        try:
            self._moved |= self._around.watch.moved(self._untouched())
        except ProviderError as exc:
            self._leave_out(waiting, f"the platform could not be listed once more: {exc}")
            return
        steps = list(waiting)
        waiting.clear()
        waiting.extend(self._without_moved(steps))

    def _without_moved(self, steps: Iterable[Step]) -> deque[Step]:
        kept: deque[Step] = deque()
        for step in steps:
            if step.address in self._moved:
                self._around.skip(step, self._moved[step.address])
            else:
                kept.append(step)
        return kept

    def _untouched(self) -> list[Change]:
        sent = self._around.tally.sent
        return [change for change in self._around.plan.changes if change.address not in sent]


def _is_create(step: Step) -> bool:
    return step.action is Action.CREATE


def _request(provider: Provider, step: Step, planned: Values) -> RemoteId:
    """Runs in a worker: one request, and the ID of what it was about; before it a look at what it writes to."""
    with about(step.address):
        refuse_moved(provider, step, planned)
        return _requested(provider, step)


def _requested(provider: Provider, step: Step) -> RemoteId:
    if step.action is Action.CREATE:
        return provider.create(step.kind, step.values)
    if step.remote_id is None:
        raise RuntimeError(f"{step.address} has no ID to {step.action.value}")
    if step.action is Action.DELETE:
        provider.delete(step.kind, step.remote_id)
    else:
        provider.update(step.kind, step.remote_id, step.values)
    return step.remote_id
