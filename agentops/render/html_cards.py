"""The cards of a page: one change, or the same change on many resources, with whoever it is about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agentops.domain.drift import Drifted
from agentops.domain.plan import Action, Cause, Change
from agentops.render.groups import NAMED, Group, label_counts
from agentops.render.html_fields import LONG, FieldsView, drifted_view, fields_view
from agentops.render.review import Review, Subject
from agentops.render.summary import counted
from agentops.render.text import change_remarks
from agentops.render.values import inline
from agentops.render.visible import printable, quote

BLOCKED: Final = "blocked"
_MOVE: Final = "move"


@dataclass(frozen=True, slots=True)
class Act:
    """What happens to a resource: a key for filters and colours, a symbol, and a word."""

    key: str
    symbol: str
    word: str


ACTS: Final[Mapping[str, tuple[str, str, str]]] = {
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
class Member:
    """One resource of a card; `labels` are `key=value`."""

    anchor: str
    address: str
    name: str
    facts: tuple[str, ...]
    places: tuple[str, ...]
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
    address: str  # of the first one
    title: str
    about: str
    fields: FieldsView
    is_open: bool


def key_of(change: Change) -> str:
    if change.blocked:
        return BLOCKED
    return _MOVE if change.action is Action.NO_OP else change.action.value


def act_of(key: str, subject: Subject) -> Act:
    symbol, plan, diff = ACTS[key]
    return Act(key, symbol, diff if subject is Subject.DIFF else plan)


def card_of(group: Group, review: Review, prefix: str, is_open: bool) -> Card:
    first = group.first
    fields = fields_view(first, review.subject, with_places=not group.is_folded)
    causes = causes_of(first)
    title = str(first.address) if not group.is_folded else f"{counted(len(group.changes), 'resource')} in the same way"
    return Card(
        act_of(key_of(first), review.subject),
        title,
        causes,
        tuple(cause for cause in causes if cause != Cause.MANIFEST.value),
        ", ".join(printable(field.name) for field in sorted(first.fields, key=lambda field: field.name)),
        tuple(_remarks(group, review)),
        tuple(_member(change, prefix, is_one_of_many=group.is_folded) for change in group.changes),
        tuple(_by_label(group)),
        fields,
        sum(bool(text.notes) for part in fields.parts for _, text in part.texts),
        is_open,
    )


def causes_of(change: Change) -> tuple[str, ...]:
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


def _member(change: Change, prefix: str, *, is_one_of_many: bool) -> Member:
    facts = [identity(change)] if change.remote_id is not None else []
    facts += [f"status {printable(change.status)}"] if change.status else []
    facts += ["protected"] if change.protect else []
    facts += [f"moved from {change.moved_from}"] if change.moved_from else []
    labels = tuple(printable(f"{key}={value}") for key, value in sorted(change.labels.items()))
    return Member(
        f"{prefix}{change.address}",
        str(change.address),
        named(change),
        tuple(facts),
        _places(change, is_one_of_many),
        labels,
    )


def _places(change: Change, is_one_of_many: bool) -> tuple[str, ...]:
    """Where it is written; for one of many, whose fields stand on the card without places: where its fields are."""
    of_fields = [field.pos for field in change.fields if field.pos] if is_one_of_many else []
    found = of_fields or ([change.pos] if change.pos else [])
    return tuple(dict.fromkeys(printable(str(pos)) for pos in found))


def identity(change: Change) -> str:
    return "" if change.remote_id is None else f"ID {printable(str(change.remote_id))}"


def named(change: Change) -> str:
    declared = change.desired.get("name")
    name = change.name or (declared if isinstance(declared, str) else "")
    return quote(name) if name else ""


def _by_label(group: Group) -> Iterator[str]:
    if group.is_folded:
        for label, values in label_counts(group.changes):
            yield printable(label) + ": " + ", ".join(f"{inline(value)} {count}" for value, count in values)


def drift_card_of(members: Sequence[Drifted], is_open: bool) -> DriftCard:
    first = members[0]
    act = Act("delete", "-", "deleted") if first.gone else Act("update", "~", "changed")
    title = str(first.address) if len(members) == 1 else f"{counted(len(members), 'resource')} in the same way"
    return DriftCard(
        act, str(first.address), title, ", ".join(map(_drifted_name, members)), drifted_view(first), is_open
    )


def _drifted_name(item: Drifted) -> str:
    facts = [f"ID {printable(str(item.remote_id))}", *([f"status {printable(item.status)}"] if item.status else [])]
    return f"{quote(item.name)} ({', '.join(facts)})" if item.name else f"({', '.join(facts)})"
