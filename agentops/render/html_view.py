"""Reviews as the plain values that a page is filled with: all words and numbers are here, none in the templates.

Every text went through agentops.render.visible, so that a page shows what cannot be seen.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from agentops.domain.plan import Cause
from agentops.render.drift import grouped_drift
from agentops.render.html_cards import ACTS, Card, DriftCard, act_of, card_of, causes_of, drift_card_of, key_of
from agentops.render.html_overview import (
    Bar,
    Fact,
    Obstacle,
    Remark,
    bars,
    fact,
    finding_remark,
    obstacles,
    texts_to_check,
    warning_remark,
)
from agentops.render.review import Review, Subject
from agentops.render.summary import SANDBOX_LINE, counted
from agentops.render.visible import printable

OPEN_UP_TO: Final = 12  # so many cards stand open at first
WORTH_A_FILTER: Final = 4  # changes; fewer are seen at once


@dataclass(frozen=True, slots=True)
class Environment:
    """One review."""

    anchor: str
    prefix: str  # stands before an address in its anchor
    name: str
    platform: str
    sandbox: str
    headline: str
    unchanged: str
    verdict: str
    refused: tuple[Remark, ...]
    obstacles: tuple[Obstacle, ...]
    facts: tuple[Fact, ...]
    bars: tuple[Bar, ...]
    findings: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    cards: tuple[Card, ...]
    drift: tuple[DriftCard, ...]
    drifted: int


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What can be chosen; a row with nothing to choose is empty and not shown."""

    actions: tuple[Choice, ...]
    environments: tuple[Choice, ...]
    platforms: tuple[Choice, ...]
    causes: tuple[Choice, ...]
    labels: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    lead: str
    total: int
    environments: tuple[Environment, ...]
    filters: Filters
    drifted: int

    @property
    def is_many(self) -> bool:
        """Whether there is something to choose among."""
        return self.total >= WORTH_A_FILTER


def page_of(reviews: Sequence[Review]) -> Page:
    """The page for the reviews of one plan file, or of one difference of manifests."""
    total = sum(len(review.changes) for review in reviews)
    is_open = sum(len(review.groups) for review in reviews) <= OPEN_UP_TO
    environments = tuple(
        _environment(review, prefix, is_open=is_open, is_many=total >= WORTH_A_FILTER)
        for review, prefix in zip(reviews, _anchors(reviews), strict=True)
    )
    projects = ", ".join(dict.fromkeys(printable(review.project) for review in reviews))
    noun = "Differences in" if any(review.subject is Subject.DIFF for review in reviews) else "Plan for"
    return Page(
        f"{noun} {projects}",
        ", ".join(environment.name for environment in environments),
        total,
        environments,
        _filters(reviews, environments),
        sum(len(review.drift) for review in reviews),
    )


def _anchors(reviews: Sequence[Review]) -> list[str]:
    """What stands before an address in its anchor: nothing where there is one environment only."""
    return [f"{printable(review.environment)}/" if len(reviews) > 1 else "" for review in reviews]


def _environment(review: Review, prefix: str, *, is_open: bool, is_many: bool) -> Environment:
    found = sorted(review.groups, key=lambda group: list(ACTS).index(key_of(group.first)))
    other = [finding for finding in review.findings if finding not in review.refused]
    return Environment(
        f"environment-{printable(review.environment)}",
        prefix,
        printable(review.environment),
        printable(review.platform),
        SANDBOX_LINE if review.sandbox else "",
        printable(review.headline),
        f"{counted(review.unchanged, 'resource')} unchanged" if review.unchanged else "",
        printable(review.verdict),
        tuple(map(finding_remark, review.refused)),
        (*obstacles(review, prefix), *texts_to_check(review.groups, prefix)),
        tuple(fact(label, text) for label, text in review.facts),
        bars(review) if is_many else (),
        tuple(map(finding_remark, other)),
        tuple(map(warning_remark, review.diagnostics)),
        tuple(card_of(group, review, prefix, is_open) for group in found),
        tuple(drift_card_of(members, len(review.drift) <= OPEN_UP_TO) for members in grouped_drift(review.drift)),
        len(review.drift),
    )


def _filters(reviews: Sequence[Review], environments: Sequence[Environment]) -> Filters:
    acts = {key_of(change): act_of(key_of(change), review.subject) for review in reviews for change in review.changes}
    number = Counter(key_of(change) for review in reviews for change in review.changes)
    found = [set(causes_of(change)) for review in reviews for change in review.changes]
    causes = set().union(*found) if any(some != found[0] for some in found) else set()
    labels = Counter(
        printable(f"{key}={value}")
        for review in reviews
        for change in review.changes
        for key, value in change.labels.items()
    )
    actions = (Choice(key, f"{acts[key].symbol} {acts[key].word} ({number[key]:,})") for key in ACTS if key in acts)
    return Filters(
        tuple(actions) if len(acts) > 1 else (),
        _several(environment.name for environment in environments),
        _several(environment.platform for environment in environments),
        tuple(Choice(cause.value, cause.value) for cause in Cause if cause.value in causes),
        tuple(Choice(label, f"{label} ({count:,})") for label, count in sorted(labels.items())),
    )


def _several(names: Iterable[str]) -> tuple[Choice, ...]:
    """The names to choose from; one alone is no choice."""
    found = sorted(set(names))
    return tuple(Choice(name, name) for name in found) if len(found) > 1 else ()
