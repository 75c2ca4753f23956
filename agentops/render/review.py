"""What people look through before they say yes: a plan, or what two revisions of the manifests say differently.

The views for reviewers are made from this value, so that they agree about what there is to see.
"""

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from agentops.domain.diagnostics import Diagnostic
from agentops.domain.drift import Drifted
from agentops.domain.manifest_diff import ManifestDiff
from agentops.domain.plan import Change, Finding, Plan, PlanOptions
from agentops.render.drift import drift_of
from agentops.render.groups import Group, grouped
from agentops.render.summary import Counts, counts, diff_line, no_changes, plan_line, refusing, verdict

NO_DIFFERENCE = "No changes. Both revisions say the same."


class Subject(Enum):
    PLAN = "plan"
    DIFF = "diff"


@dataclass(frozen=True)
class Review:
    """One environment's changes, in words and in values.

    `changes` are those that are shown, in the order of a plan. `refused` are the findings among `findings` for which
    apply refuses; `verdict` says so in one sentence, and is empty when nothing stands in the way. `facts` are labels
    and texts: the account, the revisions, when and from which commit.
    """

    subject: Subject
    project: str
    environment: str
    platform: str
    facts: tuple[tuple[str, str], ...]
    headline: str
    counts: Counts
    changes: tuple[Change, ...]
    unchanged: int = 0
    sandbox: bool = False
    verdict: str = ""
    drift: tuple[Drifted, ...] = ()
    findings: tuple[Finding, ...] = ()
    refused: tuple[Finding, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    options: PlanOptions = field(default_factory=PlanOptions)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The changes, with those that are the same together."""
        return grouped(self.changes)


def plan_review(plan: Plan) -> Review:
    """A plan as its reviewers see it."""
    binding, basis = plan.binding, plan.basis
    changes = tuple(change for change in plan.changes if change.is_shown)
    facts = (
        ("Account", binding.account),
        ("Address", binding.base_url),
        ("Commit", basis.commit + (" and uncommitted changes" if basis.dirty else "")),
        ("Planned", f"{basis.created:%Y-%m-%d %H:%M} UTC"),
    )
    return Review(
        Subject.PLAN,
        binding.project,
        binding.environment,
        binding.platform,
        tuple((label, text) for label, text in facts if text),
        no_changes(plan) if plan.is_empty else plan_line(plan),
        counts(changes),
        changes,
        plan.unchanged,
        plan.sandbox,
        verdict(plan),
        drift_of(plan),
        plan.findings,
        refusing(plan),
        plan.diagnostics,
        plan.options,
    )


def diff_review(diff: ManifestDiff) -> Review:
    """A difference of manifests as its reviewers see it."""
    facts = [("Base", diff.base), ("Head", diff.head)]
    facts += [("The same in", ", ".join(diff.alike))] if diff.alike else []
    return Review(
        Subject.DIFF,
        diff.project,
        diff.environment,
        diff.platform,
        tuple(facts),
        NO_DIFFERENCE if diff.is_empty else diff_line(diff.changes),
        counts(diff.changes),
        diff.changes,
        diff.unchanged,
        diagnostics=diff.diagnostics,
    )
