"""Which new objects on the platform a create that was left unclear may have made."""

from collections.abc import Collection, Mapping

from agentops.domain.fields import FieldTable
from agentops.domain.provider import LiveObject
from agentops.domain.state import Intent
from agentops.domain.values import RemoteId
from agentops.engine.verify import stored_as_sent


def fitting(
    intent: Intent, objects: Mapping[RemoteId, LiveObject], taken: Collection[RemoteId], table: FieldTable
) -> tuple[RemoteId, ...]:
    """The IDs of new objects that show every readable value that was to be sent.

    New is what was not there before the create and is not in `taken`: what is managed, or claimed otherwise.
    """
    return tuple(id_ for id_, item in _new(intent, objects, taken).items() if _fits(intent, item, table))


def namesakes(
    intent: Intent, objects: Mapping[RemoteId, LiveObject], taken: Collection[RemoteId]
) -> tuple[RemoteId, ...]:
    """The IDs of new objects that bear the name that was to be sent, whatever else they show."""
    return tuple(id_ for id_, item in _new(intent, objects, taken).items() if item.name == intent.values.get("name"))


def _new(
    intent: Intent, objects: Mapping[RemoteId, LiveObject], taken: Collection[RemoteId]
) -> Mapping[RemoteId, LiveObject]:
    return {id_: item for id_, item in objects.items() if id_ not in intent.existing and id_ not in taken}


def _fits(intent: Intent, item: LiveObject, table: FieldTable) -> bool:
    readable = intent.values.keys() & item.values.keys()
    # A name alone never settles: names are not unique, and anybody may use one again.
    return readable > {"name"} and all(
        stored_as_sent(table[name], item.values[name], intent.values[name]) for name in readable
    )
