"""Diagnostics as a Code Quality report, as GitLab's documentation "Code Quality report format" describes it."""

import hashlib
import json
from typing import Final

from agentops.domain.diagnostics import Diagnostic, Severity
from agentops.render.places import fingerprints, place_of
from agentops.render.validation import Checked

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def code_quality(checked: Checked) -> str:
    """A list with one object for each diagnostic."""
    marks = fingerprints(checked.diagnostics, checked.prefix)
    pairs = zip(checked.diagnostics, marks, strict=True)
    return json.dumps([_entry(item, mark, checked.prefix) for item, mark in pairs], indent=2, ensure_ascii=False)


def _entry(item: Diagnostic, mark: tuple[str, int], prefix: str) -> dict[str, object]:
    place = place_of(item, prefix)
    hint = f" ({item.hint})" if item.hint else ""
    return {
        "description": " ".join(f"{item.message}{hint}".split()),
        "check_name": item.code,
        "fingerprint": hashlib.sha256(f"{mark[0]}:{mark[1]}".encode()).hexdigest(),
        "severity": _SEVERITIES[item.severity],
        "location": {"path": place.path, "lines": {"begin": place.line}},
    }
