"""Reviews as the plain values that a page is filled with: all words and numbers are here, none in the templates.

Every text went through agentops.render.visible, so that a page shows what cannot be seen.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agentops.domain.diagnostics import Diagnostic
from agentops.domain.drift import Drifted
from agentops.domain.plan import Action, Cause, Change, Finding
from agentops.render.drift import grouped_drift
from agentops.render.groups import NAMED, Group, grouped, label_counts
from agentops.render.html_fields import LONG, FieldsView, drifted_view, fields_view
from agentops.render.review import Review, Subject
from agentops.render.slips import slips
from agentops.render.summary import SANDBOX_LINE, counted, passing, weight
from agentops.render.text import change_remarks
from agentops.render.values import inline
from agentops.render.visible import printable, quote

OPEN_UP_TO: Final = 12  # so many cards stand open at first
BLOCKED: Final = "blocked"
_MOVE: Final = "move"


@dataclass(frozen=True, slots=True)
class Act:
    """What happens to a resource: a key for filters and colours, a symbol, and a word."""

    key: str
    symbol: str
    word: str


_ACTS: Final[Mapping[str, tuple[str, str, str]]] = {
    BLOCKED: ("!", "blocked", "blocked"),
    "delete": ("-", "destroy", "removed"),
    "create": ("+", "create", "added"),
    "update": ("~", "update", "changed"),
    "adopt": ("&", "import", "imported"),
    _MOVE: (">", "move", "renamed"),
    "forget": (".", "forget", "forgotten"),
}
"""What stands in the way first. Key -> symbol, word for a plan, word for a difference of manifests."""


@dataclass(frozen=True, slots=True)
class Link:
    anchor: str
    address: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One action of the overview; `width` is its share of the largest, in percent."""

    act: Act
    count: int
    width: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding or a warning."""

    severity: str
    message: str
    code: str
    place: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One sort of thing that a reviewer must not overlook."""

    key: str
    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One resource of a card; `labels` are `key=value`."""

    anchor: str
    address: str
    name: str
    facts: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One change, or the same change on many resources."""

    act: Act
    title: str
    causes: tuple[str, ...]
    badges: tuple[str, ...]  # the causes that a reader looks for
    field_names: str
    remarks: tuple[str, ...]
    members: tuple[Member, ...]
    by_label: tuple[str, ...]
    fields: FieldsView
    slips: int  # how many texts have a note
    is_open: bool = False

    @property
    def is_folded(self) -> bool:
        return len(self.members) > 1

    @property
    def is_long(self) -> bool:
        return len(self.members) > NAMED


@dataclass(frozen=True, slots=True)
class DriftCard:
    act: Act
    title: str
    about: str
    fields: FieldsView
    is_open: bool


@dataclass(frozen=True, slots=True)
class Environment:
    """One review."""

    anchor: str
    name: str
    platform: str
    sandbox: str
    headline: str
    unchanged: str
    verdict: str
    refused: tuple[Remark, ...]
    obstacles: tuple[Obstacle, ...]
    facts: tuple[tuple[str, str], ...]
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


def page_of(reviews: Sequence[Review]) -> Page:
    """The page for the reviews of one plan file, or of one difference of manifests."""
    groups = [grouped(review.changes) for review in reviews]
    is_open = sum(map(len, groups)) <= OPEN_UP_TO
    environments = tuple(
        _environment(review, found, prefix, is_open)
        for review, found, prefix in zip(reviews, groups, _anchors(reviews), strict=True)
    )
    projects = ", ".join(dict.fromkeys(printable(review.project) for review in reviews))
    noun = "Differences in" if any(review.subject is Subject.DIFF for review in reviews) else "Plan for"
    return Page(
        f"{noun} {projects}",
        ", ".join(environment.name for environment in environments),
        sum(len(review.changes) for review in reviews),
        environments,
        _filters(reviews, environments),
        sum(len(review.drift) for review in reviews),
    )


def _anchors(reviews: Sequence[Review]) -> list[str]:
    """What stands before an address in its anchor: nothing where there is one environment only."""
    return [f"{printable(review.environment)}/" if len(reviews) > 1 else "" for review in reviews]


def _environment(review: Review, groups: Sequence[Group], prefix: str, is_open: bool) -> Environment:
    found = sorted(groups, key=lambda group: list(_ACTS).index(_key(group.first)))
    other = [finding for finding in review.findings if finding not in review.refused]
    return Environment(
        f"environment-{printable(review.environment)}",
        printable(review.environment),
        printable(review.platform),
        SANDBOX_LINE if review.sandbox else "",
        printable(review.headline),
        f"{counted(review.unchanged, 'resource')} unchanged" if review.unchanged else "",
        printable(review.verdict),
        tuple(map(_finding, review.refused)),
        (*_obstacles(review, prefix), *_slips(groups, prefix)),
        tuple((label, printable(text)) for label, text in review.facts),
        _bars(review),
        tuple(map(_finding, other)),
        tuple(map(_warning, review.diagnostics)),
        tuple(_card(group, review, prefix, is_open) for group in found),
        tuple(_drift_card(members, len(review.drift) <= OPEN_UP_TO) for members in grouped_drift(review.drift)),
        len(review.drift),
    )


def _key(change: Change) -> str:
    if change.blocked:
        return BLOCKED
    return _MOVE if change.action is Action.NO_OP else change.action.value


def _act(key: str, subject: Subject) -> Act:
    symbol, plan, diff = _ACTS[key]
    return Act(key, symbol, diff if subject is Subject.DIFF else plan)


def _bars(review: Review) -> tuple[Bar, ...]:
    count = Counter(map(_key, review.changes))
    most = max(count.values(), default=1)
    acts = (_act(key, review.subject) for key in _ACTS if count[key])
    return tuple(Bar(act, count[act.key], max(2, round(100 * count[act.key] / most))) for act in acts)


def _obstacles(review: Review, prefix: str) -> Iterator[Obstacle]:
    """Deletes, what is left alone, and conflicts that somebody decided."""
    changes = review.changes
    blocked = [change for change in changes if change.blocked]
    if blocked:
        title = f"{counted(len(blocked), 'resource')} blocked, and left alone"
        links = (_link(change, prefix, _sentence(_conflicts(change), change.blocked)) for change in blocked)
        yield Obstacle(BLOCKED, title, tuple(links))
    gone = [change for change in changes if change.action is Action.DELETE and not change.blocked]
    if gone:
        words = "removed" if review.subject is Subject.DIFF else "will be destroyed"
        links = (_link(change, prefix, _sentence(_named(change), _identity(change))) for change in gone)
        yield Obstacle("delete", f"{counted(len(gone), 'resource')} {words}", tuple(links))
    decided = [change for change in changes if _conflicts(change) and not change.blocked]
    if decided:
        title = f"{counted(len(decided), 'resource')} changed in git and on the platform"
        yield Obstacle("conflict", title, tuple(_link(change, prefix, _conflicts(change)) for change in decided))


def _slips(groups: Iterable[Group], prefix: str) -> Iterator[Obstacle]:
    found = tuple(
        _link(slip.group.first, prefix, _sentence(_more(slip.group), slip.name, slip.note)) for slip in slips(groups)
    )
    if found:
        yield Obstacle("slip", f"{counted(len(found), 'text')} to check", found)


def _more(group: Group) -> str:
    return f"and {len(group.changes) - 1} more" if group.is_folded else ""


def _conflicts(change: Change) -> str:
    fields = [field for field in change.fields if field.cause is Cause.CONFLICT]
    return ", ".join(f"{printable(field.name)}{': git wins' if field.write else ''}" for field in fields)


def _sentence(*parts: str) -> str:
    return ": ".join(printable(part) for part in parts if part)


def _link(change: Change, prefix: str, about: str) -> Link:
    return Link(f"{prefix}{change.address}", str(change.address), about)


def _finding(finding: Finding) -> Remark:
    unnamed = [str(address) for address in finding.addresses if str(address) not in finding.message]
    hint = f"hint: {finding.hint}" if finding.hint and not finding.overridden else ""
    more = (", ".join(unnamed), hint, passing(finding))
    words = tuple(printable(text) for text in more if text)
    return Remark(weight(finding).value, printable(finding.message), finding.code, "", words)


def _warning(item: Diagnostic) -> Remark:
    first, *rest = item.message.split("\n")
    hint = f"hint: {item.hint}".split("\n") if item.hint else []
    place = printable(str(item.pos)) if item.pos else ""
    more = tuple(printable(text.strip()) for text in (*rest, *hint))
    return Remark(item.severity.value, printable(first), item.code, place, more)


def _card(group: Group, review: Review, prefix: str, is_open: bool) -> Card:
    first = group.first
    fields = fields_view(first, review.subject)
    causes = _causes(first)
    title = str(first.address) if not group.is_folded else f"{counted(len(group.changes), 'resource')} in the same way"
    return Card(
        _act(_key(first), review.subject),
        title,
        causes,
        tuple(cause for cause in causes if cause != Cause.MANIFEST.value),
        ", ".join(printable(field.name) for field in sorted(first.fields, key=lambda field: field.name)),
        tuple(_remarks(group, review)),
        tuple(_member(change, prefix) for change in group.changes),
        tuple(_by_label(group)),
        fields,
        sum(bool(text.notes) for part in fields.parts for _, text in part.texts),
        is_open,
    )


def _causes(change: Change) -> tuple[str, ...]:
    """Why: the causes of its fields; what is new or gone is so because of the manifests."""
    found = {field.cause for field in change.fields}
    if change.action in (Action.CREATE, Action.DELETE):
        found.add(Cause.MANIFEST)
    return tuple(cause.value for cause in Cause if cause in found)


def _remarks(group: Group, review: Review) -> Iterator[str]:
    """What holds for every member of the group."""
    if review.subject is Subject.DIFF:
        if group.first.moved_from and not group.is_folded:
            yield printable(f"it was {group.first.moved_from}")
        return
    if group.is_folded and any(len(text) > LONG for text in _texts(group.first)):
        yield f"the texts below are those of {group.first.address}; in the others the same is edited"
    every = [list(change_remarks(change, review.options)) for change in group.changes]
    yield from (printable(remark) for remark in every[0] if all(remark in remarks for remarks in every))


def _texts(change: Change) -> Iterator[str]:
    return (value for field in change.fields for value in (field.live, field.desired) if isinstance(value, str))


def _member(change: Change, prefix: str) -> Member:
    facts = [_identity(change)] if change.remote_id is not None else []
    facts += [f"status {printable(change.status)}"] if change.status else []
    facts += ["protected"] if change.protect else []
    facts += [f"moved from {change.moved_from}"] if change.moved_from else []
    facts += [printable(str(change.pos))] if change.pos else []
    labels = tuple(printable(f"{key}={value}") for key, value in sorted(change.labels.items()))
    return Member(f"{prefix}{change.address}", str(change.address), _named(change), tuple(facts), labels)


def _identity(change: Change) -> str:
    return "" if change.remote_id is None else f"ID {printable(str(change.remote_id))}"


def _named(change: Change) -> str:
    declared = change.desired.get("name")
    name = change.name or (declared if isinstance(declared, str) else "")
    return quote(name) if name else ""


def _by_label(group: Group) -> Iterator[str]:
    if group.is_folded:
        for label, values in label_counts(group.changes):
            yield printable(label) + ": " + ", ".join(f"{inline(value)} {count}" for value, count in values)


def _drift_card(members: Sequence[Drifted], is_open: bool) -> DriftCard:
    first = members[0]
    act = Act("delete", "-", "deleted") if first.gone else Act("update", "~", "changed")
    title = str(first.address) if len(members) == 1 else f"{counted(len(members), 'resource')} in the same way"
    return DriftCard(act, title, ", ".join(map(_drifted_name, members)), drifted_view(first), is_open)


def _drifted_name(item: Drifted) -> str:
    facts = [f"ID {printable(str(item.remote_id))}", *([f"status {printable(item.status)}"] if item.status else [])]
    return f"{quote(item.name)} ({', '.join(facts)})" if item.name else f"({', '.join(facts)})"


def _filters(reviews: Sequence[Review], environments: Sequence[Environment]) -> Filters:
    acts = {bar.act.key: bar.act for environment in environments for bar in environment.bars}
    number = Counter(_key(change) for review in reviews for change in review.changes)
    causes = {cause for review in reviews for change in review.changes for cause in _causes(change)}
    labels = Counter(
        printable(f"{key}={value}")
        for review in reviews
        for change in review.changes
        for key, value in change.labels.items()
    )
    return Filters(
        tuple(Choice(key, f"{acts[key].symbol} {acts[key].word} ({number[key]:,})") for key in _ACTS if key in acts),
        _several(environment.name for environment in environments),
        _several(environment.platform for environment in environments),
        tuple(Choice(cause.value, cause.value) for cause in Cause if cause.value in causes),
        tuple(Choice(label, f"{label} ({count:,})") for label, count in sorted(labels.items())),
    )


def _several(names: Iterable[str]) -> tuple[Choice, ...]:
    """The names to choose from; one alone is no choice."""
    found = sorted(set(names))
    return tuple(Choice(name, name) for name in found) if len(found) > 1 else ()
