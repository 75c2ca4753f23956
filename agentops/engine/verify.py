"""Reads back what was written: a platform that stores something else than it was sent has not done what it said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agentops.domain.address import Address
from agentops.domain.events import Mismatch
from agentops.domain.fields import Field, FieldTable
from agentops.domain.provider import LiveObject, Provider
from agentops.domain.values import RemoteId, Secret, Value, Values
from agentops.engine.diff import overlay, same
from agentops.engine.refresh import refresh


@dataclass(frozen=True, slots=True)
class Sent:
    """What one resource was sent in an apply: the last value of each field."""

    address: Address
    kind: str
    remote_id: RemoteId
    values: Values


def verify(sent: Sequence[Sent], provider: Provider) -> tuple[Mismatch, ...]:
    """What reads back different from what was sent, by address and field; fields that no read shows are left out.

    An object that two listings do not show is a mismatch of its `id`. Raises ProviderError when nothing can be read.
    """
    if not sent:
        return ()
    live = refresh(provider, {item.address: item.remote_id for item in sent})
    tables = {kind.name: kind.table for kind in provider.platform.kinds}
    found = (
        mismatch
        for item in sorted(sent, key=lambda item: item.address)
        for mismatch in _mismatches(item, live[item.kind].get(item.remote_id), tables[item.kind])
    )
    return tuple(found)


def stored_as_sent(field: Field, stored: Value, sent: Value) -> bool:
    """Whether what a read shows of `field` is what was sent; leaves that it does not show are taken for granted."""
    return same(field, overlay(field, _readable(stored), sent), sent)


def _mismatches(item: Sent, stored: LiveObject | None, table: FieldTable) -> Iterator[Mismatch]:
    if stored is None:
        yield Mismatch(item.address, "id", item.remote_id, None)
        return
    for name in sorted(item.values.keys() & stored.values.keys()):
        if not stored_as_sent(table[name], stored.values[name], item.values[name]):
            yield Mismatch(item.address, name, item.values[name], stored.values[name], table[name].secret)


def _readable(value: Value) -> Value:
    """`value` without secrets that were read when there was no key to compare them by."""
    match value:
        case Mapping():
            return {key: _readable(item) for key, item in value.items() if not _is_opaque(item)}
        case list():
            return [_readable(item) for item in value if not _is_opaque(item)]
    return value


def _is_opaque(value: Value) -> bool:
    return isinstance(value, Secret) and value.digest is None
