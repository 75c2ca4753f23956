"""What a pipeline's later steps want to know of plans: names and short texts, for GitHub and for GitLab."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from agentops.domain.plan import Plan
from agentops.render.drift import drift_of
from agentops.render.summary import carries_out, counts, refusing

DOTENV_LIMIT: Final = 5 * 1024  # bytes that GitLab takes ("Pass dotenv variables to specific jobs")
_PREFIX: Final = "AGENTOPS_PLAN_"


def outputs(plans: Sequence[Plan], plan_file: str, urls: Mapping[str, str]) -> dict[str, str]:
    """Names and texts; numbers are sums over all plans. `urls` leads from an environment to its comment."""
    every = [of_plan(plan, urls.get(plan.binding.environment, "")) for plan in plans]
    names = ("add", "change", "destroy", "import", "blocked", "drift")
    return {
        "has_changes": _word(any(each["has_changes"] for each in every)),
        "applyable": _word(any(each["applyable"] for each in every) and not any(map(refusing, plans))),
        "verdict": max((str(each["verdict"]) for each in every), key=_VERDICTS.index, default="no-changes"),
        **{name: str(sum(int(str(each[name])) for each in every)) for name in names},
        "plan_file": plan_file,
        "environment": ",".join(plan.binding.environment for plan in plans),
        "comment_url": next((url for url in urls.values() if url), ""),
        "plans": json.dumps(every, ensure_ascii=True, sort_keys=True),
    }


_VERDICTS: Final = ("no-changes", "changes", "deletes", "blocked", "refused")
"""From what nobody needs to look at to what nobody can apply."""


def verdict_of(plan: Plan) -> str:
    if refusing(plan):
        return "refused"
    if plan.is_empty:
        return "no-changes"
    number = counts(plan.changes)
    return "blocked" if number.blocked else "deletes" if number.destroyed else "changes"


def of_plan(plan: Plan, comment_url: str = "") -> dict[str, object]:
    """The same of one plan, as JSON has it."""
    number = counts(change for change in plan.changes if change.is_shown)
    return {
        "project": plan.binding.project,
        "environment": plan.binding.environment,
        "has_changes": not plan.is_empty,
        "applyable": carries_out(plan),
        "verdict": verdict_of(plan),
        "add": number.added,
        "change": number.changed,
        "destroy": number.destroyed,
        "import": number.imported,
        "blocked": number.blocked,
        "drift": len(drift_of(plan)),
        "comment_url": comment_url,
    }


def github_output(values: Mapping[str, str]) -> str:
    """Lines for the file GITHUB_OUTPUT; no value can end its own early ("Workflow commands", multiline strings)."""
    return "".join(_entry(name, value) for name, value in values.items())


def _entry(name: str, value: str) -> str:
    if re.fullmatch(r"[ -~]*", value):
        return f"{name}={value}\n"
    end = "end-" + hashlib.sha256(value.encode("utf-8", "backslashreplace")).hexdigest()[:32]
    return f"{name}<<{end}\n{value}\n{end}\n"


def dotenv(values: Mapping[str, str]) -> str:
    """Lines for GitLab's `artifacts:reports:dotenv`: one line a value, none too long, no JSON."""
    lines = [
        f"{_PREFIX}{name.removeprefix('plan_').upper()}={_one_line(value)}\n"
        for name, value in values.items()
        if name != "plans"
    ]
    return "".join(lines)


def _one_line(value: str) -> str:
    return re.sub(r"[^ -~]", "?", value)[:300]


def _word(value: bool) -> str:
    return "true" if value else "false"
