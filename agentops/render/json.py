"""A plan as JSON in the shape of `terraform show -json`, made for other programs and never read back.

Terraform's keys mean what they mean there. A reference is `{"id": 12, "name": "Sarah"}`, with `address` when another
manifest describes the object; an ID that only apply will know is null, and true in `after_unknown`. A sensitive value
is null, and true in `before_sensitive` and `after_sensitive`. What Terraform has no word for is under `agentops`.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Final, TypeAlias

from agentops.domain.address import Address
from agentops.domain.drift import Drift, Drifted
from agentops.domain.fields import UNSET, Unset
from agentops.domain.plan import Action, Cause, Change, FieldChange, Finding, Plan
from agentops.domain.state import Binding
from agentops.domain.values import Ref, Secret, Value, Values
from agentops.render.diagnostics import diagnostics_json
from agentops.render.summary import SANDBOX_LINE, carries_out, counts, plan_line
from agentops.render.values import redacted

Json: TypeAlias = dict[str, object]
FORMAT_VERSION: Final = "1.2"
_ACTIONS: Final = {
    Action.CREATE: ["create"],
    Action.UPDATE: ["update"],
    Action.DELETE: ["delete"],
    Action.FORGET: ["forget"],
}
_EDITED: Final = (Cause.DRIFT, Cause.CONFLICT)


def plan_json(plan: Plan) -> Json:
    """The plan as plain data: JSON without NaN, without secrets and their digests, in a stable order."""
    shown = sorted((change for change in plan.changes if change.is_shown), key=lambda change: change.address)
    return {
        "format_version": FORMAT_VERSION,
        "resource_changes": [_resource_change(change, plan.binding.platform) for change in shown],
        "resource_drift": resource_drift(plan),
        "timestamp": plan.basis.created.isoformat(),
        "applyable": carries_out(plan),
        "complete": not (plan.options.targets or plan.options.excludes or any(change.blocked for change in shown)),
        "errored": False,
        "agentops": _ours(plan, shown),
    }


def resource_drift(plan: Plan) -> list[Json]:
    """What was edited or deleted on the platform since the last apply, as far as the plan touches it."""
    shown = sorted((change for change in plan.changes if change.is_shown), key=lambda change: change.address)
    return [entry for change in shown if (entry := _drift(change, plan.binding.platform))]


def gitlab_report(plans: Iterable[Plan]) -> Json:
    """The counts that GitLab's merge request widget shows: the form of `artifacts:reports:terraform`.

    What is adopted and written to is an update; what apply only notes in the state is nothing here.
    """
    found = [counts(plan.changes) for plan in plans]
    return {
        "create": sum(each.added for each in found),
        "update": sum(each.changed for each in found),
        "delete": sum(each.destroyed for each in found),
    }


def drift_json(drift: Drift) -> Json:
    """Drift as the JSON of a plan that changes nothing: `resource_drift` is the result."""
    binding = drift.binding
    return {
        "format_version": FORMAT_VERSION,
        "resource_changes": [],
        "resource_drift": [_drifted(item, binding.platform) for item in drift.drifted],
        "timestamp": drift.found.isoformat(),
        "applyable": False,
        "complete": True,
        "errored": False,
        "agentops": {
            **of_binding(binding, sandbox=drift.sandbox),
            "summary": {
                "changed": sum(not item.gone for item in drift.drifted),
                "deleted": sum(item.gone for item in drift.drifted),
                "unchanged": drift.unchanged,
                "unmanaged": len(drift.unmanaged),
            },
            "resources": {
                str(item.address): {
                    "kind": item.kind,
                    "id": item.remote_id,
                    "name": item.name,
                    "status": item.status,
                    "fields": [field.name for field in item.fields],
                }
                for item in drift.drifted
            },
            "unmanaged": [{"kind": item.kind, "id": item.remote_id, "name": item.name} for item in drift.unmanaged],
            "basis": {"lineage": drift.lineage, "serial": drift.serial},
        },
    }


def json_text(data: Json) -> str:
    """`data` with sorted keys, without a final line end."""
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)


def plan_json_text(plan: Plan) -> str:
    """`plan_json` as text with sorted keys, without a final line end."""
    return json_text(plan_json(plan))


def _resource_change(change: Change, provider: str) -> Json:
    before, after = _before(change), _after(change)
    body = _change_body(_actions(change), before, after)
    if change.action is Action.ADOPT:
        body["importing"] = {"id": str(change.remote_id)}
    moved = {"previous_address": str(change.moved_from)} if change.moved_from else {}
    return named(change.address, provider) | moved | {"change": body}


def named(address: Address, provider: str) -> Json:
    """How Terraform names a resource."""
    return {
        "address": str(address),
        "mode": "managed",
        "type": address.prefix,
        "name": address.name,
        "provider_name": provider,
    }


def _change_body(actions: list[str], before: Values | None, after: Values | None) -> Json:
    unknown = _marks(after, lambda value: isinstance(value, Ref) and value.id is None) if after else {}
    if actions == ["create"]:
        unknown = {"id": True, **(unknown if isinstance(unknown, dict) else {})}
    return {
        "actions": actions,
        "before": plain(before),
        "after": plain(after),
        "after_unknown": unknown or {},
        "before_sensitive": secret_marks(before) if before is not None else False,
        "after_sensitive": secret_marks(after) if after is not None else False,
    }


def _actions(change: Change) -> list[str]:
    if change.blocked:
        return ["no-op"]
    if change.action is Action.ADOPT:
        return ["update"] if change.writes else ["no-op"]
    return _ACTIONS.get(change.action, ["no-op"])


def _before(change: Change) -> Values | None:
    """What is there now: what could be read, else what was last applied. None for what is to be created."""
    if change.action is Action.CREATE:
        return None
    known: dict[str, Value] = {**(change.prior.values if change.prior else {}), **change.live}
    for field in change.fields:
        value = field.before
        known[field.name] = redacted(None if value is UNSET else value, field.sensitive)
    for name in change.desired.keys() - known.keys():
        known[name] = change.desired[name]  # neither read nor recorded, and not in `fields`: taken as it should be
    return {"id": change.remote_id, **known}


def _after(change: Change) -> Values | None:
    sensitive = {field.name: field.sensitive for field in change.fields}
    if change.action is Action.CREATE:
        return {name: redacted(value, sensitive.get(name, False)) for name, value in change.desired.items()}
    if change.action in (Action.DELETE, Action.FORGET) and not change.blocked:
        return None
    written = (
        {} if change.blocked else {field.name: redacted(field.desired, field.sensitive) for field in change.writes}
    )
    return {**(_before(change) or {}), **written}


def _drift(change: Change, provider: str) -> Json | None:
    if change.action is Action.CREATE and change.prior:
        gone = {"id": change.prior.remote_id, **change.prior.values}
        return named(change.address, provider) | {"change": _change_body(["delete"], gone, None)}
    edited = [field for field in change.fields if field.cause in _EDITED]
    if not edited:
        return None
    sides = (_side(change, edited, prior=True), _side(change, edited, prior=False))
    return named(change.address, provider) | {"change": _change_body(["update"], *sides)}


def _drifted(item: Drifted, provider: str) -> Json:
    if item.gone:
        gone = {"id": item.remote_id, **item.applied}
        return named(item.address, provider) | {"change": _change_body(["delete"], gone, None)}
    before, after = (
        {"id": item.remote_id}
        | {field.name: redacted(field.live if live else field.applied, field.sensitive) for field in item.fields}
        for live in (False, True)
    )
    return named(item.address, provider) | {"change": _change_body(["update"], before, after)}


def _side(change: Change, edited: list[FieldChange], *, prior: bool) -> Values:
    values: dict[str, Value | Unset] = {field.name: field.prior if prior else field.live for field in edited}
    sensitive = {field.name: field.sensitive for field in edited}
    shown = {name: redacted(value, sensitive[name]) for name, value in values.items() if value is not UNSET}
    return {"id": change.remote_id, **shown}


def _ours(plan: Plan, shown: list[Change]) -> Json:
    options, basis = plan.options, plan.basis
    return {
        **of_binding(plan.binding, sandbox=plan.sandbox),
        "summary": asdict(counts(shown)) | {"unchanged": plan.unchanged, "text": plan_line(plan)},
        "resources": {str(change.address): _resource(change) for change in shown},
        "findings": [finding_json(finding) for finding in plan.findings],
        "diagnostics": diagnostics_json(plan.diagnostics),
        "options": {
            "targets": [str(address) for address in options.targets],
            "excludes": [str(address) for address in options.excludes],
            "destroy": options.destroy,
            "allow_deletes": options.allow_deletes,
            "allow_large_change": options.allow_large_change,
            "allow_duplicate_names": options.allow_duplicate_names,
            "on_conflict": options.on_conflict.value,
        },
        "basis": {
            "lineage": basis.lineage,
            "serial": basis.serial,
            "manifests": basis.manifests,
            "created": basis.created.isoformat(),
            "commit": basis.commit,
            "dirty": basis.dirty,
        },
    }


def of_binding(binding: Binding, *, sandbox: bool) -> Json:
    """Which account it is about; `sandbox` is false, or the sentence that says so."""
    return {
        "project": binding.project,
        "environment": binding.environment,
        "platform": binding.platform,
        "base_url": binding.base_url,
        "account": binding.account,
        "sandbox": SANDBOX_LINE if sandbox else False,
    }


def _resource(change: Change) -> Json:
    return {
        "action": change.action.value,
        "kind": change.kind,
        "id": change.remote_id,
        "name": change.name,
        "status": change.status,
        "protect": change.protect,
        "blocked": change.blocked,
        "labels": dict(sorted(change.labels.items())),
        "causes": {field.name: field.cause.value for field in change.fields},
        "references": {name: found for name, value in change.desired.items() if (found := _references(value))},
    }


def _references(value: Value) -> list[Json]:
    """The resolution table's rows for one field: what was written, and what it means in this account."""
    match value:
        case Ref():
            return [{"kind": value.kind, "query": value.query, "id": value.id, "label": value.label}]
        case Mapping():
            return [row for key in sorted(value) for row in _references(value[key])]
        case list() | tuple():
            return [row for entry in value for row in _references(entry)]
    return []


def finding_json(finding: Finding) -> Json:
    """What guard has to say."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "addresses": [str(address) for address in finding.addresses],
        "hint": finding.hint,
        "override": finding.override,
        "overridden": finding.overridden,
        "blocking": finding.is_blocking,
    }


def plain(value: Value) -> object:
    """A value of the compared form as JSON has it; a secret is null."""
    match value:
        case Ref():
            named: Json = {"id": value.id, "name": value.label or value.query}
            return named | ({"address": value.address} if value.address else {})
        case Secret() | Unset():
            return None
        case Mapping():
            return {str(key): plain(value[key]) for key in sorted(value)}
        case list() | tuple():
            return [plain(entry) for entry in value]
    return value


def secret_marks(values: Values) -> object:
    """True where a secret is, in the shape of `values`."""
    return _marks(values, _is_secret) or {}


def _is_secret(value: Value) -> bool:
    return isinstance(value, Secret)


def _marks(value: Value, marked: Callable[[Value], bool]) -> object:
    """True where `marked`, in the shape of `value`; maps leave out what is not, lists say False there."""
    if marked(value):
        return {"id": True} if isinstance(value, Ref) else True
    if isinstance(value, Mapping):
        found = {str(key): mark for key in sorted(value) if (mark := _marks(value[key], marked))}
        return found or False
    if isinstance(value, list | tuple):
        marks = [_marks(entry, marked) for entry in value]
        return marks if any(marks) else False
    return False
