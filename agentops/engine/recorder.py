"""What goes into the ledger of a run: its events, its calls, and what its writes overwrite."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from agentops.domain.address import Address
from agentops.domain.events import (
    ApplyResult,
    ApplyStarted,
    Called,
    Committed,
    Event,
    Mismatch,
    Noted,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
    Waiting,
)
from agentops.domain.plan import Action, Change, Plan
from agentops.domain.values import Secret, Value, Values, to_json
from agentops.engine.ledger import Ledger, subject
from agentops.engine.refresh import Live

Line: TypeAlias = tuple[str, Mapping[str, object]]

_LONGEST: Final = 500
"""Characters of a platform's complaint; a longer one may repeat what it was sent."""


class Recorder:
    """Writes the ledger of one apply, and passes its events on to `report`."""

    def __init__(self, ledger: Ledger, plan: Plan, live: Live, report: Callable[[Event], None]) -> None:
        self._ledger = ledger
        self._changes = {change.address: change for change in plan.changes}
        self._live = live
        self._report = report
        self._has_ended = False

    @property
    def path(self) -> Path:
        """Where the ledger is."""
        return self._ledger.path

    def report(self, event: Event) -> None:
        """Write `event` down, before it is shown; of a step that overwrites something also what that was."""
        if isinstance(event, StepStarted):
            self._keep(event)
        found = line_of(event)
        if found is not None:
            kind, fields = found
            self._ledger.write(kind, **fields)
        self._report(event)

    def called(self, call: Called) -> None:
        """Write a request down. For any thread."""
        address = subject()
        self._ledger.write(
            "call",
            address=str(address) if address else None,
            method=call.method,
            path=call.path,
            attempt=call.attempt,
            status=call.status,
            failure=call.failure or None,
            milliseconds=round(call.seconds * 1000),
        )

    def ended(self, result: ApplyResult, code: int) -> None:
        """The last line of an apply that came to its end."""
        self._has_ended = True
        counts = {
            name: len(getattr(result, name))
            for name in ("created", "updated", "destroyed", "failed", "not_started", "mismatches")
        }
        words = "done" if code == 0 else "interrupted" if result.interrupted else "incomplete"
        why = result.halted or result.unverified
        self._ledger.write("result", result=words, exit_code=code, **counts, reason=why or None)

    def broke_off(self, error: BaseException, code: int) -> None:
        """The last line of one that did not; what goes wrong after the end is no part of it."""
        if not self._has_ended:
            self._ledger.write("result", result="error", exit_code=code, reason=f"{type(error).__name__}: {error}")

    def _keep(self, event: StepStarted) -> None:
        """Once for each resource, before the first request that overwrites something of it."""
        change = self._changes.get(event.address)
        if event.action is Action.CREATE or change is None:
            return
        values = overwritten(change, self._live)
        if values:
            del self._changes[event.address]
            self._ledger.write(
                "before",
                address=str(event.address),
                kind=change.kind,
                action=change.action.value,
                id=change.remote_id,
                values=to_json(values),
            )


def overwritten(change: Change, live: Live) -> Values:
    """What `change` takes off the platform: the live values of the fields that it writes; of a delete, all of them."""
    item = live.get(change.kind, {}).get(change.remote_id) if change.remote_id is not None else None
    if item is None:
        return {}
    written = {field.name for field in change.writes}
    return {
        name: _without_text(value)
        for name, value in item.values.items()
        if change.action is Action.DELETE or name in written
    }


def _without_text(value: Value) -> Value:
    """`value` with the digests of secrets only."""
    match value:
        case Secret():
            return Secret(value.env, value.digest)
        case list():
            return [_without_text(item) for item in value]
        case Mapping():
            return {key: _without_text(item) for key, item in value.items()}
    return value


def line_of(event: Event) -> Line | None:
    """The line of an event: its kind, and what it says; None for one that tells nothing of its own."""
    match event:
        case ApplyStarted():
            return None
        case StepStarted():
            return "step", _step(event.address, event.action, "started", purpose=event.purpose or None)
        case StepFinished():
            more = {"id": event.remote_id, "milliseconds": round(event.seconds * 1000)}
            return "step", _step(event.address, event.action, "finished", purpose=event.purpose or None, **more)
        case StepFailed():
            said = [diagnostic.message[:_LONGEST] for diagnostic in event.diagnostics]
            return "step", _step(event.address, event.action, "failed", purpose=event.purpose or None, reasons=said)
        case StepSkipped():
            return "step", _step(event.address, event.action, "skipped", reasons=[event.reason[:_LONGEST]])
        case Committed():
            return "commit", {"serial": event.serial}
        case Waiting():
            return "wait", {"milliseconds": round(event.seconds * 1000), "reason": event.reason[:_LONGEST]}
        case Noted():
            return "note", {"address": str(event.address) if event.address else None, "message": event.message}
        case Mismatch():  # without the values, which may be prompts
            return "mismatch", {"address": str(event.address), "field": event.field}


def _step(address: Address, action: Action, end: str, **more: object) -> Mapping[str, object]:
    return {"address": str(address), "action": action.value, "state": end, **more}
