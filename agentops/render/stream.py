"""Apply as a stream of JSON objects, after Terraform's "Machine-readable UI": what `apply -json` prints.

A message has `type`, `@level` and `@message`, a text for people; `stamped` adds what all have. Terraform's types and
keys mean what they mean there. What Terraform has no word for is a type of ours with its facts under `agentops`:
`sandbox`, `finding`, `waiting`, `note`, `apply_skipped`, `mismatch`, and `ended`, the last of every stream.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from agentops import __version__
from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic, Severity
from agentops.domain.errors import AgentopsError, ManifestError, ProviderError
from agentops.domain.events import (
    ApplyResult,
    Event,
    Mismatch,
    Noted,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
    Waiting,
)
from agentops.domain.plan import Action, Change, Finding, Plan
from agentops.domain.values import RemoteId
from agentops.render.diagnostics import diagnostic_json
from agentops.render.events import event_text, result_text
from agentops.render.json import Json, finding_json, plain, resource_drift
from agentops.render.summary import SANDBOX_LINE, counts, weight
from agentops.render.values import redacted

MODULE: Final = "agentops.ui"
UI_VERSION: Final = "1.2"
_ACTIONS: Final = {
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.DELETE: "delete",
    Action.ADOPT: "import",
    Action.FORGET: "remove",
    Action.NO_OP: "noop",
}
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warn"}


@dataclass(frozen=True, slots=True)
class Known:
    """What messages say of resources beyond the events: their platform, and the remote IDs that are known."""

    platform: str = ""
    ids: Mapping[Address, RemoteId] = field(default_factory=dict)


def stamped(message: Json, time: datetime) -> str:
    """The line of a message."""
    line = message | {"@module": MODULE, "@timestamp": time.isoformat()}
    return json.dumps(line, ensure_ascii=False, allow_nan=False, sort_keys=True)


def version_message() -> Json:
    """The first of every stream."""
    return _message("version", f"agentops {__version__}", ui=UI_VERSION, agentops={"version": __version__})


def sandbox_message() -> Json:
    """Says that nothing leaves this machine."""
    return _message("sandbox", SANDBOX_LINE, agentops={"sandbox": SANDBOX_LINE})


def plan_messages(plan: Plan) -> Iterator[Json]:
    """What others changed, what apply will do, warnings and findings, and the counts."""
    known = Known(plan.binding.platform)
    for drifted in resource_drift(plan):
        yield _drift(drifted, known)
    for change in sorted(plan.changes, key=lambda change: change.address):
        if change.is_shown:
            yield _planned(change, known)
    for diagnostic in plan.diagnostics:
        yield diagnostic_message(diagnostic)
    for finding in plan.findings:
        yield _finding(finding)
    number = counts(plan.changes)
    first = f"{number.imported} to import, " if number.imported else ""
    text = f"Plan: {first}{number.added} to add, {number.changed} to change, {number.destroyed} to destroy."
    yield _summary(text, "plan", number.added, number.changed, number.destroyed, number.imported)


def event_messages(event: Event, known: Known, elapsed: float = 0.0) -> Iterator[Json]:
    """The messages of one event, none for some; `elapsed` are the seconds since the step began, if it failed."""
    text = event_text(event, ids=known.ids).split("\n")[0]
    match event:
        case StepStarted():
            yield _message("apply_start", text, "info", **_hook(event, known, known.ids.get(event.address)))
        case StepFinished():
            ident = None if event.action is Action.DELETE else event.remote_id
            yield _message("apply_complete", text, "info", **_hook(event, known, ident, event.seconds))
        case StepFailed():
            yield _message("apply_errored", text, "error", **_hook(event, known, None, elapsed))
            for diagnostic in event.diagnostics:
                yield diagnostic_message(diagnostic, event.address)
        case StepSkipped():
            told = {"address": str(event.address), "action": _ACTIONS[event.action], "reason": event.reason}
            yield _message("apply_skipped", text, "warn", agentops=told)
        case Waiting():
            yield _message("waiting", text, agentops={"seconds": event.seconds, "reason": event.reason})
        case Noted():
            about = str(event.address) if event.address else None
            yield _message("note", text, agentops={"address": about, "message": event.message})
        case Mismatch():
            yield _message("mismatch", text, "error", agentops=_mismatch(event))


def diagnostic_message(diagnostic: Diagnostic, address: Address | None = None) -> Json:
    """One diagnostic; `address` is the resource that it is about."""
    shown = diagnostic_json(diagnostic) | ({"address": str(address)} if address else {})
    text = f"{diagnostic.severity.value.capitalize()}: {shown['summary']}"
    return _message("diagnostic", text, _LEVELS[diagnostic.severity], diagnostic=shown)


def error_messages(error: AgentopsError) -> Iterator[Json]:
    """Why a run could not go on; the code says which kind of error it was: `locked`, `stale-plan`, `refused` ..."""
    if isinstance(error, ManifestError):
        yield from map(diagnostic_message, error.diagnostics)
        return
    fields = error.field_errors.items() if isinstance(error, ProviderError) else ()
    said = [f"{'.'.join(map(str, path)) or 'the object'}: {' '.join(texts)}" for path, texts in fields]
    name = type(error).__name__.removesuffix("Error")
    code = re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
    yield diagnostic_message(Diagnostic(Severity.ERROR, code, "\n".join([str(error), *said]), hint=error.hint))


def result_messages(result: ApplyResult, plan: Plan, exit_code: int, ledger: str) -> Iterator[Json]:
    """How an apply ended: Terraform's sentence if all was done, and in every case our own."""
    imported = counts(plan.changes).imported
    text = result_text(result, imported=imported).split("\n")[0]
    if not (result.failed or result.not_started or result.interrupted or result.halted):
        number = (len(result.created), len(result.updated), len(result.destroyed))
        yield _summary(text, "destroy" if plan.options.destroy else "apply", *number, imported)
    told = {
        "created": list(map(str, result.created)),
        "updated": list(map(str, result.updated)),
        "destroyed": list(map(str, result.destroyed)),
        "failed": list(map(str, result.failed)),
        "not_started": list(map(str, result.not_started)),
        "mismatches": len(result.mismatches),
        "interrupted": result.interrupted,
        "halted": result.halted,
        "unverified": result.unverified,
        "ledger": ledger,
    }
    yield ended_message(exit_code, text, told)


def ended_message(exit_code: int, text: str, result: Json | None = None) -> Json:
    """The last of every stream; without `result` nothing was carried out."""
    level = "info" if exit_code == 0 else "error"
    return _message("ended", text, level, agentops={"exit_code": exit_code, "result": result})


def _message(kind: str, text: str, level: str = "info", /, **more: object) -> Json:
    return {"type": kind, "@level": level, "@message": text, **more}


def _resource(address: Address, known: Known) -> Json:
    return {
        "addr": str(address),
        "module": "",
        "resource": str(address),
        "implied_provider": known.platform,
        "resource_type": address.prefix,
        "resource_name": address.name,
        "resource_key": None,
    }


def _planned(change: Change, known: Known) -> Json:
    action = _planned_action(change)
    told: Json = {"resource": _resource(change.address, known), "action": action}
    if change.moved_from:
        told["previous_resource"] = _resource(change.moved_from, known)
    if change.action is Action.ADOPT:
        told["importing"] = {"id": str(change.remote_id)}
    ours = {
        "action": change.action.value,
        "blocked": change.blocked,
        "causes": {field.name: field.cause.value for field in change.fields},
    }
    return _message("planned_change", f"{change.address}: Plan to {action}", change=told, agentops=ours)


def _planned_action(change: Change) -> str:
    if change.blocked:
        return "noop"
    if change.action is Action.ADOPT and change.writes:
        return "update"
    if change.action is Action.NO_OP and change.moved_from:
        return "move"
    return _ACTIONS[change.action]


def _drift(entry: Json, known: Known) -> Json:
    address, body = Address.parse(str(entry["address"])), entry["change"]
    assert isinstance(body, Mapping)
    (action,) = body["actions"]
    told = {"resource": _resource(address, known), "action": action}
    return _message("resource_drift", f"{address}: Drift detected ({action})", change=told)


def _finding(finding: Finding) -> Json:
    severity = weight(finding)
    text = f"{severity.value.capitalize()}: {finding.message}".split("\n")[0]
    return _message("finding", text, _LEVELS[severity], agentops=finding_json(finding))


def _summary(text: str, operation: str, add: int, change: int, remove: int, imported: int) -> Json:
    if operation == "destroy":
        text = f"Destroy complete! Resources: {remove} destroyed."
    changes = {"add": add, "change": change, "import": imported, "remove": remove, "operation": operation}
    return _message("change_summary", text, changes=changes)


def _hook(
    event: StepStarted | StepFinished | StepFailed, known: Known, ident: RemoteId | None, elapsed: float | None = None
) -> Json:
    hook: Json = {"resource": _resource(event.address, known), "action": _ACTIONS[event.action]}
    if ident is not None:
        hook |= {"id_key": "id", "id_value": str(ident)}
    if elapsed is not None:
        hook["elapsed_seconds"] = round(elapsed, 3)
    told: Json = {"hook": hook}
    return told | ({"agentops": {"purpose": event.purpose}} if event.purpose else {})


def _mismatch(event: Mismatch) -> Json:
    return {
        "address": str(event.address),
        "field": event.field,
        "sent": plain(redacted(event.sent, event.sensitive)),
        "stored": plain(redacted(event.stored, event.sensitive)),
        "sensitive": event.sensitive,
    }
