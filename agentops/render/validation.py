"""What `validate` found: as text, and as JSON in the shape of `terraform validate -json`."""

import json
from dataclasses import dataclass
from typing import Final

from agentops.domain.diagnostics import Diagnostic, Severity, has_errors
from agentops.render.diagnostics import diagnostics_json, diagnostics_summary, diagnostics_text

FORMAT_VERSION: Final = "1.0"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what was found there.

    Paths of `files` and diagnostics start at the project folder; `prefix` leads there from the top of the git
    repository ("voice/" or ""), which is where GitHub and GitLab start. `scope` says in words what was checked.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...]
    prefix: str = ""
    scope: str = ""
    environments: tuple[str, ...] = ()


def validation_text(checked: Checked) -> str:
    """Every diagnostic, and the sentence that sums them up."""
    return "\n\n".join(filter(None, (diagnostics_text(checked.diagnostics), verdict(checked))))


def verdict(checked: Checked) -> str:
    """How many errors there are, or that the manifests are valid."""
    found = diagnostics_summary(checked.diagnostics)
    if has_errors(checked.diagnostics):
        return found
    warnings = f" ({found})" if checked.diagnostics else ""
    return f"Success! The manifests are valid{warnings}. Checked: {checked.scope}"


def validation_json(checked: Checked) -> str:
    """One JSON object as text."""
    count = {severity: sum(item.severity is severity for item in checked.diagnostics) for severity in Severity}
    found = {
        "format_version": FORMAT_VERSION,
        "valid": not has_errors(checked.diagnostics),
        "error_count": count[Severity.ERROR],
        "warning_count": count[Severity.WARNING],
        "diagnostics": diagnostics_json(checked.diagnostics),
        "agentops": {"environments": list(checked.environments), "files": list(checked.files)},
    }
    return json.dumps(found, indent=2, ensure_ascii=False)
