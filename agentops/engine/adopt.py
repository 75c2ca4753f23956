"""Which new objects on the platform the creates that were left unclear may have made."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from agentops.domain.address import Address
from agentops.domain.fields import FieldTable
from agentops.domain.provider import LiveObject
from agentops.domain.state import Intent
from agentops.domain.values import RemoteId
from agentops.engine.verify import stored_as_sent

_Objects = Mapping[RemoteId, LiveObject]


@dataclass(frozen=True, slots=True)
class Made:
    """The new objects that a create may have made. `contested`: one of them may as well be that of another create."""

    ids: tuple[RemoteId, ...] = ()
    contested: bool = False

    @property
    def certain(self) -> RemoteId | None:
        """The one object that it must be; None when there is none, or when it is not clear which one."""
        return self.ids[0] if len(self.ids) == 1 and not self.contested else None


def fitting(
    intents: Mapping[Address, Intent], objects: _Objects, taken: Collection[RemoteId], table: FieldTable
) -> Mapping[Address, Made]:
    """For each of `intents` the new objects that show every readable value that was to be sent.

    New is what was not there before the create and is not in `taken`: what is managed.
    """
    found = {
        address: tuple(id_ for id_, item in new.items() if _fits(intents[address], item, table))
        for address, new in _new(intents, objects, taken)
    }
    claims = Counter(id_ for ids in found.values() for id_ in ids)
    return {address: Made(ids, any(claims[id_] > 1 for id_ in ids)) for address, ids in found.items()}


def namesakes(
    intents: Mapping[Address, Intent], objects: _Objects, taken: Collection[RemoteId]
) -> Mapping[Address, tuple[RemoteId, ...]]:
    """For each of `intents` the new objects that bear the name that was to be sent, whatever else they show."""
    return {
        address: tuple(id_ for id_, item in new.items() if item.name == intents[address].values.get("name"))
        for address, new in _new(intents, objects, taken)
    }


def _new(
    intents: Mapping[Address, Intent], objects: _Objects, taken: Collection[RemoteId]
) -> Iterator[tuple[Address, _Objects]]:
    """Each of `intents` with what is new to it; those of one wave share what was there before, and are many."""
    by_existing: dict[frozenset[RemoteId], _Objects] = {}
    for address, intent in intents.items():
        before = intent.existing
        if before not in by_existing:
            by_existing[before] = {id_: item for id_, item in objects.items() if id_ not in before and id_ not in taken}
        yield address, by_existing[before]


def _fits(intent: Intent, item: LiveObject, table: FieldTable) -> bool:
    readable = intent.values.keys() & item.values.keys()
    # A name alone never settles: names are not unique, and anybody may use one again.
    return readable > {"name"} and all(
        stored_as_sent(table[name], item.values[name], intent.values[name]) for name in readable
    )
