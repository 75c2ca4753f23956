"""A difference of manifests as JSON in the shape of a plan's: what `base` says is before, what `head` says is after."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from agentops.domain.fields import UNSET
from agentops.domain.manifest_diff import ManifestDiff
from agentops.domain.plan import Action, Change
from agentops.render.diagnostics import diagnostics_json
from agentops.render.json import FORMAT_VERSION, Json, named, plain, secret_marks
from agentops.render.summary import counts, diff_line


def diff_json(diff: ManifestDiff) -> Json:
    """The difference of one environment as plain data, without secrets, in a stable order."""
    return {
        "format_version": FORMAT_VERSION,
        "resource_changes": [_resource_change(change, diff.platform) for change in diff.changes],
        "agentops": {
            "project": diff.project,
            "environment": diff.environment,
            "alike": list(diff.alike),
            "platform": diff.platform,
            "base": {"revision": diff.base, "commit": diff.base_commit},
            "head": {"revision": diff.head, "commit": diff.head_commit},
            "summary": asdict(counts(diff.changes)) | {"unchanged": diff.unchanged, "text": diff_line(diff.changes)},
            "resources": {str(change.address): _resource(change) for change in diff.changes},
            "diagnostics": diagnostics_json(diff.diagnostics),
        },
    }


def diffs_json_text(diffs: Sequence[ManifestDiff]) -> str:
    """A list with one object for each environment, with sorted keys and without a final line end."""
    found = [diff_json(diff) for diff in diffs]
    return json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)


def _resource_change(change: Change, provider: str) -> Json:
    before = None if change.action is Action.CREATE else change.live
    after = None if change.action is Action.DELETE else change.desired
    moved = {"previous_address": str(change.moved_from)} if change.moved_from else {}
    body = {
        "actions": [change.action.value],
        "before": plain(before),
        "after": plain(after),
        "after_unknown": {},
        "before_sensitive": False if before is None else secret_marks(before),
        "after_sensitive": False if after is None else secret_marks(after),
    }
    return named(change.address, provider) | moved | {"change": body}


def _resource(change: Change) -> Json:
    return {
        "action": change.action.value,
        "kind": change.kind,
        "name": change.name,
        "protect": change.protect,
        "labels": dict(sorted(change.labels.items())),
        "fields": [
            {
                "name": field.name,
                "change": "added" if field.live is UNSET else "removed" if field.desired is UNSET else "changed",
                "path": field.pos.path if field.pos else None,
                "line": field.pos.line if field.pos else None,
            }
            for field in change.fields
        ],
        "path": change.pos.path if change.pos else None,
        "line": change.pos.line if change.pos else None,
    }
