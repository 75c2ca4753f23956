"""One kind of object on one platform: its wire form and its compared form, as its field table says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agentops.domain.fields import Field, FieldTable, Type
from agentops.domain.secrets import Secrets
from agentops.domain.values import Path, Value, Values
from agentops.providers.rest.reading import row_reader
from agentops.providers.rest.unknown import unknown_keys
from agentops.providers.rest.writing import Reveal, row_writer


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a read shows.

    `blocked` maps a field that must not be written to the reason, `losses` one to what a write would take away.
    """

    values: dict[str, Value]
    blocked: Mapping[str, str]
    losses: Mapping[str, str]


class TableCodec:
    """Encodes and decodes the objects of one field table; built once, then used for every object."""

    def __init__(self, table: FieldTable, ids: type[int] | type[str] = int) -> None:
        self.table = table
        self._write = row_writer(table)
        self._read = row_reader(table, ids, drop_null=False)
        self._variants = tuple(
            (row.name, frozenset(variant.name for variant in row.item.variants if not variant.absent))
            for row in table
            if row.item is not None and row.item.type is Type.VARIANT
        )
        self._unknown = unknown_keys(table)
        self._losing = tuple((row.name, row.read_name, row.loses) for row in table if row.loses is not None)

    def encode(self, values: Values, reveal: Reveal) -> dict[str, object]:
        """The body that writes `values` and nothing else. Raises RejectedError for a reference without an ID."""
        return self._write(values, reveal)

    def decode(self, item: Mapping[str, object], secrets: Secrets) -> Decoded:
        """The values that `item` shows, unknown keys left out, and what must not be written over."""
        values = self._read(item, secrets)
        blocked = {
            name: reason for name, known in self._variants if (reason := _blocked(name, values.get(name), known))
        }
        losses = {name: lost for name, key, loses in self._losing if (lost := loses(item.get(key)))}
        return Decoded(values, blocked, losses)

    def unknown(self, item: Mapping[str, object], information: frozenset[str]) -> tuple[str, ...]:
        """The keys of `item` that hold something, that no row speaks of, and that are no mere `information`."""
        return tuple(key for key in self._unknown(item) if key not in information)

    def manifest_path(self, wire_key: str) -> Path:
        """Where in `spec` the platform points with `tools.1.phone_number`; () when that is nowhere in particular."""
        return tuple(_walk(self.table, wire_key.split(".")))


def _blocked(name: str, value: Value, known: frozenset[str]) -> str:
    entries = value if isinstance(value, list) else []
    unknown = sorted({str(entry["type"]) for entry in entries} - known)
    if not unknown:
        return ""
    kinds = ", ".join(repr(type_) for type_ in unknown)
    return f"the platform has an entry in `{name}` of a type unknown to agentops ({kinds}), and writing would remove it"


def _walk(table: FieldTable, keys: list[str]) -> Iterable[str | int]:
    if not keys:
        return
    row = next((row for row in table if keys[0] in _wire_keys(row)), None)
    if row is not None:
        yield row.name
        yield from _walk_into(row, keys[1:])


def _wire_keys(row: Field) -> tuple[str, ...]:
    return (row.wire_name, row.read_name, row.name, *(row.spread.keys if row.spread else ()))


def _walk_into(row: Field, keys: list[str]) -> Iterable[str | int]:
    if not keys:
        return
    if row.type is Type.LIST and row.item and not row.unordered and keys[0].isascii() and keys[0].isdigit():
        yield int(keys[0])
        yield from _walk_into(row.item, keys[1:])
    elif row.type is Type.MAP:
        yield ".".join(keys)
    elif row.type is Type.OBJECT and row.table:
        yield from _walk(row.table, keys)
    elif row.type is Type.VARIANT:
        # The key does not tell the type; a name means the same wherever it occurs.
        yield from next(filter(None, (tuple(_walk(table, keys)) for table in row.variants)), ())
