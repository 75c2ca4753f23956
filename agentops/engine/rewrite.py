"""Puts a live value in the place of what a manifest writes, and keeps how the manifest writes it.

Only the parts that differ become others: markers, spellings of references and the order of entries stay where the live
value allows it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agentops.domain.fields import UNSET, Field, FieldTable, Type, Unset
from agentops.domain.manifest import Manifest
from agentops.domain.platform import Kind
from agentops.domain.provider import LiveObject
from agentops.domain.values import Path, Value, Values
from agentops.engine.diff import canonical, matched, same
from agentops.engine.leaves import parted
from agentops.engine.manifest_of import Surroundings, part_of, says_nothing
from agentops.engine.reserved import escape
from agentops.yamlio.splice import REMOVED
from agentops.yamlio.words import UnwritableError


class NotWritten(Exception):
    """A live value that does not go into the manifest; the text says why."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A value that belongs elsewhere than into the manifest: `source` and `name` as in Origin."""

    source: str  # "file" or "var"
    name: str
    path: Path  # below the document, where the manifest refers to it
    value: Value


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One field as the manifest should write it, REMOVED to leave it out.

    `comments` are for what is at their path in the new file; an empty one takes an older one away.
    """

    value: Value
    comments: Mapping[Path, str] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """One manifest, its `spec` as it is written, and the object that it describes. `means` gives the compared form of
    a composed value at a path below `spec`, beside its siblings."""

    manifest: Manifest
    raw: Values
    item: LiveObject
    kind: Kind
    around: Surroundings
    means: Callable[[Field, Value, Path, Values], Value]


def rewrite(subject: Subject, name: str, live: Value) -> Rewritten:
    """The field `name` of the manifest, so that it says `live`. Raises NotWritten."""
    writer = _Rewriter(subject)
    row, spec = subject.kind.table[name], subject.manifest.spec
    value = writer.part(_Place(row, (name,), spec, ("spec", name)), subject.raw[name], spec[name], live)
    if value is REMOVED and row.required:
        raise NotWritten("it is empty on the platform, and a manifest must have it")
    return Rewritten(value, writer.comments, tuple(writer.asks))


@dataclass(frozen=True, slots=True)
class _Place:
    """The row of a value, its path below `spec`, the composed object around it, and its path in the new file."""

    row: Field
    path: Path
    siblings: Values
    to: Path

    def below(self, row: Field, step: str | int, siblings: Values, to: str | int | None = None) -> "_Place":
        return _Place(row, (*self.path, step), siblings, (*self.to, step if to is None else to))


_SECRET: Final = "a secret was changed on the platform; secrets are never written: set the new one in the environment"


class _Rewriter:
    """Rewrites one field, and notes what goes with it."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.comments: dict[Path, str] = {}
        self.asks: list[Ask] = []
        self._by_type: dict[Type, Callable[[_Place, Value, Value, Value], Value]] = {
            Type.LIST: self._list,
            Type.MAP: self._map,
            Type.OBJECT: self._object,
            Type.VARIANT: self._variant,
        }

    def part(self, at: _Place, raw: Value, composed: Value, live: Value) -> Value:
        """What the manifest should write for `live` where it writes `raw` now."""
        means = self._subject.means(at.row, composed, at.path, at.siblings)
        if same(at.row, means, live):
            return raw
        if at.row.secret:
            raise NotWritten(_SECRET)
        origin = self._subject.manifest.origins.get(("spec", *at.path))
        if canonical(at.row, live) is None:
            if origin is not None and origin.source == "var":
                raise NotWritten(f"it was cleared on the platform, and {{var: {origin.name}}} cannot be: clear it here")
            return _cleared(at.row, live)
        if origin is not None:
            self.asks.append(
                Ask(origin.source, origin.name, ("spec", *at.path), self._elsewhere(at, live, origin.source))
            )
            return raw
        if at.row.qualified:
            return self._qualified(at, raw, composed, live)
        rewritten = self._by_type.get(at.row.type)
        if rewritten is not None and type(raw) is type(live):
            return rewritten(at, raw, composed, live)
        fresh = self._fresh(at, live, raw)
        if isinstance(raw, Mapping) and "id" in raw:
            self.comments.setdefault(at.to, "")
        if at.row.type is Type.TEXT and isinstance(raw, str) and isinstance(fresh, str):
            return _framed(raw, fresh)
        return fresh

    def _fresh(self, at: _Place, live: Value, like: Value = None) -> Value:
        """`live` as a manifest would write it for the first time."""
        subject = self._subject
        try:
            address = subject.manifest.address
            part = part_of(at.row, live, at.to, subject.item, subject.kind, address, subject.around, like)
        except UnwritableError as exc:
            raise NotWritten(str(exc)) from exc
        self.comments |= part.comments
        return part.value

    def _elsewhere(self, at: _Place, live: Value, source: str) -> Value:
        """`live` as a file or a variable holds it."""
        if isinstance(live, str):
            return live
        value = self._fresh(at, live)
        if isinstance(value, dict | list) or source == "file":
            raise NotWritten(
                f"what it is on the platform cannot stand in a {_SOURCES[source]}: write it into the manifest"
            )
        return value

    def _list(self, at: _Place, raw: Value, composed: Value, live: Value) -> Value:
        item = at.row.item
        assert isinstance(raw, list), "the caller looked"
        assert isinstance(composed, list), "composing keeps lists"
        assert isinstance(live, list), "the caller looked"
        if item is None:
            return live
        means = [
            self._subject.means(item, entry, (*at.path, index), at.siblings) for index, entry in enumerate(composed)
        ]
        partner = dict(_partners(item, means, live))
        order = list(range(len(live)))
        if at.row.unordered:
            order.sort(key=lambda index: (partner.get(index, len(raw)), index))
        return [
            self.part(
                at.below(item, partner[index], at.siblings, place),
                raw[partner[index]],
                composed[partner[index]],
                live[index],
            )
            if index in partner
            else self._fresh(at.below(item, place, at.siblings), live[index])
            for place, index in enumerate(order)
        ]

    def _map(self, at: _Place, raw: Value, composed: Value, live: Value) -> Value:
        assert isinstance(raw, Mapping), "the caller looked"
        assert isinstance(composed, Mapping), "composing keeps maps"
        assert isinstance(live, Mapping), "the caller looked"
        row = at.row.item or _TEXT
        kept = {
            key: self.part(at.below(row, key, composed), value, composed[key], live[key])
            for key, value in raw.items()
            if key in live
        }
        return kept | {key: _escaped(value) for key, value in live.items() if key not in raw}

    def _object(self, at: _Place, raw: Value, composed: Value, live: Value) -> Value:
        if at.row.table is None:
            return self._fresh(at, live)
        return self._keys(at, at.row.table, raw, composed, live)

    def _variant(self, at: _Place, raw: Value, composed: Value, live: Value) -> Value:
        assert isinstance(composed, Mapping), "composing keeps maps"
        assert isinstance(live, Mapping), "the caller looked"
        table = at.row.variant(live.get("type"))
        if table is None or composed.get("type") != live.get("type"):
            return self._fresh(at, live)
        return self._keys(at, table, raw, composed, live)

    def _keys(self, at: _Place, table: FieldTable, raw: Value, composed: Value, live: Value) -> Value:
        """A map by the rows of `table`: keys in their order, those that say nothing any more left out."""
        assert isinstance(raw, Mapping), "the caller looked"
        assert isinstance(composed, Mapping), "composing keeps maps"
        assert isinstance(live, Mapping), "the caller looked"
        found = dict(raw)
        for row in table:
            there, name = at.below(row, row.name, composed), row.name
            now = live.get(name, UNSET)
            if name not in raw:
                if now is not UNSET and not row.display and not says_nothing(row, now):
                    found[name] = self._fresh(there, now)
                continue
            value = raw[name] if row.display else self._key(there, raw[name], composed[name], now)
            if value is REMOVED and row.required:
                raise NotWritten(f"{name} is empty on the platform, and a manifest must have it")
            found[name] = value
        return {key: value for key, value in found.items() if value is not REMOVED}

    def _key(self, at: _Place, raw: Value, composed: Value, live: Value | Unset) -> Value:
        """One key of a map; what a read does not show is empty, or has its default, but for what no read shows."""
        if live is not UNSET:
            return self.part(at, raw, composed, live)
        means = self._subject.means(at.row, composed, at.path, at.siblings)
        if at.row.hidden or says_nothing(at.row, means):
            return raw
        if at.row.secret:
            raise NotWritten(_SECRET)
        return None if at.row.required and at.row.nullable else REMOVED

    def _qualified(self, at: _Place, raw: Value, composed: Value, live: Value) -> Value:
        """A reference with settings beside it: a name alone where there are none."""
        assert at.row.table is not None, "a qualified row has a table"
        first, *settings = at.row.table.fields
        if raw is None:
            return self._fresh(at, live)
        written, said, now = parted(at.row, raw), parted(at.row, composed), parted(at.row, live)
        start = replace(at, row=first, siblings=said)
        form = self.part(start, written[first.name], said[first.name], now.get(first.name))
        beside = dict[str, Value]()
        for row in settings:
            there = at.below(row, row.name, said)
            if row.name in written:
                value = self._key(there, written[row.name], said[row.name], now.get(row.name, UNSET))
                beside |= {} if value is REMOVED else {row.name: value}
            elif row.name in now and not says_nothing(row, now[row.name]):
                beside[row.name] = self._fresh(there, now[row.name])
        if not beside and not (isinstance(raw, Mapping) and isinstance(form, str)):
            return form
        return {**(form if isinstance(form, Mapping) else {"name": form}), **beside}


_SOURCES: Final = {"file": "file", "var": "variable"}
_TEXT: Final = Field(name="value")


def _cleared(row: Field, live: Value) -> Value:
    """What a manifest writes to clear a field; REMOVED where leaving it out says the same."""
    if row.nullable:
        return None
    if row.type is Type.LIST and row.empties:
        return []
    if row.default is not UNSET and same(row, live, row.default):
        return REMOVED
    return {Type.LIST: [], Type.MAP: {}, Type.TEXT: ""}.get(row.type, REMOVED)


def _partners(item: Field, means: Sequence[Value], live: Sequence[Value]) -> Iterator[tuple[int, int]]:
    """Which entry of `live` was which of the manifest's: equal ones, those of one name, then one after the other."""
    pairs = [
        (there, here)
        for here, there in matched(
            [canonical(item, value) for value in means], [canonical(item, value) for value in live]
        )
    ]
    yield from pairs
    taken = {here for _, here in pairs}, {there for there, _ in pairs}
    left = [here for here in range(len(means)) if here not in taken[0]]
    new = [there for there in range(len(live)) if there not in taken[1]]
    yield from zip(new, left, strict=False)


def _framed(raw: str, text: str) -> str:
    """`text` with the white space around `raw`, as a block text ends with a line break."""
    if not raw.strip():
        return text
    start = raw[: len(raw) - len(raw.lstrip())]
    return start + text + raw[len(raw.rstrip()) :]


def _escaped(value: Value) -> Value:
    return escape(value) if isinstance(value, str) else value
