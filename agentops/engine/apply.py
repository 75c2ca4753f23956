"""Carries out a plan: wave after wave of requests, with the state durable after each."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from agentops.domain.address import Address
from agentops.domain.desired import Desired
from agentops.domain.diagnostics import error
from agentops.domain.errors import ProviderError, StateError
from agentops.domain.events import ApplyResult, ApplyStarted, Committed, Noted, StepSkipped
from agentops.domain.plan import Action, Change, Plan, Step
from agentops.domain.provider import Provider
from agentops.domain.secrets import Secrets
from agentops.domain.state import Backend, Entry, Lock, State, StateChange
from agentops.domain.values import Ref, RemoteId, Value, Values
from agentops.engine.in_flight import landed
from agentops.engine.journal import Journal, state_only
from agentops.engine.obstacles import Obstacles
from agentops.engine.order import waves
from agentops.engine.refresh import Live
from agentops.engine.send import UNKNOWN_END, LeftAtOnce, Sender
from agentops.engine.settle import Settling
from agentops.engine.stop import Stop
from agentops.engine.surroundings import Report, Surroundings
from agentops.engine.tally import Tally
from agentops.engine.verify import verify
from agentops.engine.watch import Watch
from agentops.engine.workers import Workers


def apply(
    plan: Plan,
    provider: Provider,
    backend: Backend,
    lock: Lock,
    state: State,
    report: Report,
    *,
    desired: Desired,
    live: Live,
    secrets: Secrets,
    parallelism: int,
    clock: Callable[[], datetime],
    stop: Stop,
    settle: timedelta = timedelta(seconds=60),
    sleep: Callable[[float], None] | None = None,
) -> ApplyResult:
    """Make the platform and the state as `plan` says, and say how it ended.

    `live` is what the plan was compared with a moment ago, `desired` is where complaints find their lines, `lock` is
    held. `report` hears of every step, in this thread. What a platform refuses is in the result. As soon as the state
    cannot be written nothing more is sent: that is in the result too, or raised as StateError if nothing was sent yet.
    """
    around = Surroundings(
        plan=plan,
        desired=desired,
        provider=provider,
        journal=Journal(backend, lock, state, secrets, lambda serial: report(Committed(serial))),
        tally=Tally(),
        report=report,
        watch=Watch(provider, live),
        stop=stop,
        clock=clock,
        sleep=sleep or stop.sleep,
        settle=settle,
    )
    workers: Workers[Address, RemoteId] = Workers(parallelism)
    stop.on_press(workers.wake)
    with workers:
        existing = {kind: frozenset(objects) for kind, objects in live.items()}
        run = _Run(around, Sender(around, workers), existing, landed(state, live, provider.platform))
        return run.carry_out(waves(plan))


class _Run:
    def __init__(
        self,
        around: Surroundings,
        sender: Sender,
        existing: Mapping[str, frozenset[RemoteId]],
        landed: Mapping[Address, Entry],
    ) -> None:
        self._around = around
        self._sender = sender
        self._settling = Settling(around, sender)
        self._obstacles = Obstacles(around)
        self._existing = existing
        self._landed = landed

    def carry_out(self, waves: Sequence[Sequence[Step]]) -> ApplyResult:
        around = self._around
        around.report(ApplyStarted(sum(map(len, waves))))
        early = {change.address for change in around.plan.changes if self._may_still_arrive(change)}
        settled = [change for change in around.plan.changes if change.address not in early]
        around.journal.note(StateChange(self._landed))
        around.journal.commit(state_only(settled, around.journal.entries))
        for change in around.plan.changes:
            if change.address in early:
                note = "its create may still be carried out; a later apply forgets it"
                around.report(Noted(note, change.address))
            elif change.blocked:
                around.tally.skipped(change.address)
                around.report(StepSkipped(change.address, change.action, change.blocked))
            elif note := _of_the_state(change):
                around.report(Noted(note, change.address))
        left = deque(waves)
        try:
            while left:
                self._wave(left[0])
                left.popleft()
        except LeftAtOnce:
            self._note_unsettled(left.popleft())
            for step in chain.from_iterable(left):
                around.skip(step, "interrupted")
            around.journal.flush()
        except StateError as exc:
            if not self._sender.has_sent:
                raise
            return self._halted(exc, left)
        return self._result()

    def _halted(self, exc: StateError, left: Sequence[Sequence[Step]]) -> ApplyResult:
        """What was sent until now is found out by the next run, from what was noted before it was sent."""
        around = self._around
        for step in self._sender.unknown():
            around.fail(step, (error("interrupted", UNKNOWN_END, hint="the next run finds out"),), unclear=True)
        for step in chain.from_iterable(left):
            if not around.tally.is_known(step):
                around.skip(step, "the state can no longer be written")
        return around.tally.result(halted=f"{exc}{f' ({exc.hint})' if exc.hint else ''}")

    def _may_still_arrive(self, change: Change) -> bool:
        """Whether `change` would forget a create that was sent too short a time ago to be given up."""
        if change.action is not Action.FORGET or change.intent is None or change.prior is not None:
            return False
        return self._around.clock() - change.intent.started < self._around.settle

    def _wave(self, wave: Sequence[Step]) -> None:
        ready = [filled for step in wave if (filled := self._ready(step)) is not None]
        creates = [step for step in ready if step.action is Action.CREATE]
        left = [step for step in creates if step.address in self._around.journal.intents]
        fresh = [step for step in creates if step.address not in self._around.journal.intents]
        unsettled = {step.address for step in left}
        updates = [step for step in ready if step.action is Action.UPDATE]
        self._intend(fresh)
        self._around.journal.intend_updates((step.address, step.values) for step in updates)
        self._around.journal.flush()
        try:
            unclear = self._sender.send(step for step in ready if step.address not in unsettled)
        finally:
            # Also when the user leaves at once: what was not sent is nothing that anybody has to settle.
            self._around.journal.abandoned(step.address for step in (*fresh, *updates) if self._is_unsent(step))
        self._settling.settle([*left, *unclear])
        self._give_back(wave)
        self._around.journal.flush()

    def _is_unsent(self, step: Step) -> bool:
        return self._around.tally.is_certainly_undone(step.address)

    def _note_unsettled(self, wave: Sequence[Step]) -> None:
        """The user left at once: creates whose end is not known yet."""
        for step in wave:
            if step.address in self._around.journal.intents and not self._around.tally.is_lost(step.address):
                hint = "the next run finds out"
                self._around.fail(step, (error("interrupted", UNKNOWN_END, hint=hint),), unclear=True)

    def _ready(self, step: Step) -> Step | None:
        """`step` with the IDs that are known by now; None, and a report, when it cannot be sent."""
        filled = replace(step, values=_filled(step.values, self._id_of), remote_id=self._remote_id(step))
        reason = self._obstacles.to(filled)
        if reason:
            self._around.skip(step, reason)
        return None if reason else filled

    def _id_of(self, address: str) -> RemoteId | None:
        entry = self._around.journal.entries.get(Address.parse(address))
        return entry.remote_id if entry else None

    def _remote_id(self, step: Step) -> RemoteId | None:
        if step.action is Action.CREATE:
            return None
        return step.remote_id if step.remote_id is not None else self._id_of(str(step.address))

    def _intend(self, creates: Sequence[Step]) -> None:
        """Note the creates of a wave: what was there before them differs from kind to kind."""
        protect = {change.address: change.protect for change in self._around.plan.changes}
        for kind in sorted({step.kind for step in creates}):
            rows = [(step.address, step.values, protect[step.address]) for step in creates if step.kind == kind]
            self._around.journal.intend(rows, self._existing[kind], self._around.clock())

    def _give_back(self, wave: Sequence[Step]) -> None:
        """What others let go of for a step that came to nothing returns to them: a number must not lie idle.

        One after the other, as each may free what the next one needs.
        """
        tally = self._around.tally
        for step in wave:
            for back in step.gives_back if tally.is_certainly_undone(step.address) else ():
                if tally.has_replaced(back):
                    self._undo(back)
                    tally.given_back(back)

    def _undo(self, back: Step) -> None:
        """Noted before it is sent: a run that dies in between must leave a number that the next one knows as ours."""
        journal = self._around.journal
        before = journal.entries[back.address]
        journal.updated(back.address, back.values, frozenset())
        journal.flush()
        self._sender.send([replace(back, remote_id=self._remote_id(back))], urgent=True)
        if self._around.tally.has_replaced(back):
            journal.commit(StateChange({back.address: before}))

    def _result(self) -> ApplyResult:
        around = self._around
        if around.stop.level:
            return around.tally.result(interrupted=True)
        try:
            # Sealed: before the first apply there was no key to digest secrets by, and what is read back has digests.
            sent = [replace(item, values=around.journal.seal(item.values)) for item in around.tally.sent.values()]
            mismatches = verify(sent, around.provider)
        except ProviderError as exc:
            return around.tally.result(unverified=str(exc))
        for mismatch in mismatches:
            around.report(mismatch)
        result = around.tally.result(mismatches=mismatches)
        if result.created and around.provider.platform.activation:
            around.report(Noted(around.provider.platform.activation))
        return result


def _of_the_state(change: Change) -> str:
    """What happened to the resource without a request; empty when nothing did."""
    match change.action:
        case Action.ADOPT if change.intent is None:
            return f"it is there already: adopted {change.remote_id}"
        case Action.ADOPT:
            return f"an earlier create had been carried out: adopted {change.remote_id}"
        case Action.FORGET if change.live:
            return "it stays on the platform, and is forgotten now"
        case Action.FORGET:
            return "it is gone on the platform, and forgotten now"
    return f"has moved from {change.moved_from}" if change.moved_from else ""


def _filled(values: Values, id_of: Callable[[str], RemoteId | None]) -> Values:
    """`values` with the IDs of references to addresses that have one by now."""
    return {name: _filled_value(value, id_of) for name, value in values.items()}


def _filled_value(value: Value, id_of: Callable[[str], RemoteId | None]) -> Value:
    match value:
        case Ref() if value.id is None and value.address:
            return replace(value, id=id_of(value.address))
        case list():
            return [_filled_value(item, id_of) for item in value]
        case dict():
            return {key: _filled_value(item, id_of) for key, item in value.items()}
    return value
