"""What looks like a slip in the texts of a review, so that no view lets it pass quietly."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agentops.domain.plan import Action
from agentops.domain.values import Value
from agentops.render.groups import Group
from agentops.render.text_facts import text_notes


@dataclass(frozen=True, slots=True)
class Slip:
    """`note` says what is odd about the field `name` of the first resource of `group`."""

    group: Group
    name: str
    note: str


def slips(groups: Iterable[Group]) -> Iterator[Slip]:
    """The notes on all texts that will be written."""
    for group in groups:
        if group.first.blocked or group.first.action is Action.DELETE:
            continue
        for name, live, desired in _texts(group):
            yield from (Slip(group, name, note) for note in text_notes(live, desired))


def _texts(group: Group) -> Iterator[tuple[str, str, str]]:
    if group.first.action is Action.CREATE:
        hidden = {field.name for field in group.first.fields if field.sensitive}
        for name, value in group.first.desired.items():
            if isinstance(value, str) and name not in hidden:
                yield name, "", value
        return
    for field in group.first.writes:
        desired = field.desired
        if isinstance(desired, str) and not field.sensitive:
            yield field.name, _text(field.before), desired


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
