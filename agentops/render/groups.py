"""The same change on many resources told once: another model for a thousand assistants is one thing to review."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from agentops.domain.address import Address
from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, Change, FieldChange
from agentops.domain.values import Value
from agentops.render.prose import edited, prose_diff
from agentops.render.text_facts import text_facts
from agentops.render.values import inline, is_structured, redacted

FOLDED_FROM: Final = 3
"""So many changes that are the same are shown as one."""
NAMED: Final = 12  # addresses of a group that are named one by one
_LONG: Final = 200  # characters; of longer texts only what differs is compared
_VALUES: Final = 8  # a label with more values than this groups nothing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that differ in nothing but the resource; mostly one alone. The first one stands for all."""

    changes: tuple[Change, ...]

    @property
    def first(self) -> Change:
        return self.changes[0]

    @property
    def is_folded(self) -> bool:
        return len(self.changes) > 1


def grouped(changes: Iterable[Change]) -> tuple[Group, ...]:
    """The changes in groups, in the order of their first members.

    Only updates, imports, moves and what is left alone come together: a create says what is new, and nobody should
    overlook a delete.
    """
    alike: dict[Hashable, list[Change]] = {}
    for change in changes:
        alike.setdefault(_likeness(change), []).append(change)
    return tuple(Group(members) for members in folded(alike.values(), lambda change: change.address))


def folded(alike: Iterable[Sequence[T]], address: Callable[[T], Address]) -> tuple[tuple[T, ...], ...]:
    """What is alike together where it is enough to fold, all else one by one; in the order of the first addresses."""
    found = [
        group
        for members in alike
        for group in ([tuple(members)] if len(members) >= FOLDED_FROM else [(member,) for member in members])
    ]
    return tuple(sorted(found, key=lambda members: address(members[0])))


def named(addresses: Iterable[Address], most: int | None = NAMED, pointer: str = "") -> str:
    """The first addresses, and how many more there are."""
    every = [str(address) for address in addresses]
    more = f" and {len(every) - most} more{pointer}" if most is not None and len(every) > most else ""
    return ", ".join(every[:most]) + more


def label_counts(changes: Sequence[Change]) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """How many of the changes bear each value of a label, the most frequent first; labels that tell them apart only."""
    keys = sorted({key for change in changes for key in change.labels})
    counts = ((key, Counter(change.labels[key] for change in changes if key in change.labels)) for key in keys)
    return tuple(
        (key, tuple(sorted(count.items(), key=lambda item: (-item[1], item[0]))))
        for key, count in counts
        if 1 < len(count) <= _VALUES
    )


def _likeness(change: Change) -> Hashable:
    """Equal for changes that are told as one; nothing is like a create, a delete, or an address that is forgotten."""
    if change.action in (Action.CREATE, Action.DELETE, Action.FORGET):
        return change.address
    fields = tuple(_field(field) for field in sorted(change.fields, key=lambda field: field.name))
    return (
        change.action,
        change.blocked,
        change.moved_from,
        change.intent is not None,
        change.address if not fields and not change.blocked and change.action is not Action.ADOPT else None,
        fields,
    )


def _field(field: FieldChange) -> Hashable:
    base = field.before
    live, desired = redacted(base, field.sensitive), redacted(field.desired, field.sensitive)
    said: Hashable
    if isinstance(live, str) and isinstance(desired, str) and max(len(live), len(desired)) > _LONG:
        said = _edit(live, desired)
    elif field.edits and is_structured(live):
        said = tuple((edit.path, _shown(edit.live), _shown(edit.desired)) for edit in field.edits)
    else:
        said = (_shown(live), _shown(desired))
    if field.cause is Cause.CONFLICT:  # its views show all three
        said = (said, _shown(redacted(field.prior, field.sensitive)))
    return (field.name, field.cause, field.write, field.live is UNSET, field.prior is UNSET, field.sensitive, said)


def _edit(live: str, desired: str) -> Hashable:
    """What a view says of an edit of a long text, sizes aside."""
    diff, facts = prose_diff(live, desired), text_facts(live, desired)
    return (edited(diff), diff.folded > 0, facts.gained, facts.lost, facts.notes)


def _shown(value: Value) -> str:
    return inline(value)
