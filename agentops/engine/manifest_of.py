"""From a live object to the manifest that a person would write for it, as data."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from agentops.domain.address import Address
from agentops.domain.catalog import CatalogKey
from agentops.domain.diagnostics import Severity
from agentops.domain.fields import UNSET, Field, FieldTable, Type, Unset
from agentops.domain.platform import Kind, Platform
from agentops.domain.provider import LiveObject
from agentops.domain.values import Path, Ref, RemoteId, Secret, Value, Values
from agentops.engine.causes import MODE, out_of_mode
from agentops.engine.diff import canonical, same
from agentops.engine.leaves import parted, rows_of
from agentops.engine.links import MANIFEST_KINDS
from agentops.engine.matching import Matcher
from agentops.engine.names import noun, query_of
from agentops.engine.reserved import escape
from agentops.yamlio.words import UnwritableError, check_text
from agentops.yamlio.write import flow

LONG: Final = 200
"""Texts with more characters, or with several lines, get a file of their own where a manifest can name one."""

PROMPTS: Final = "prompts"
_MAIN: Final = frozenset({"system_prompt", "prompt"})
"""The text whose file is called after the manifest alone."""

Addresses: TypeAlias = Mapping[tuple[str, RemoteId], str]
"""Prefix and remote ID of what manifests describe, or are about to -> `metadata.name`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A manifest before it is text. `comments` stand above what is at their path.

    `files` are texts by their path relative to the manifest, `secrets` the environment variables that it asks for and
    where, `left_out` the fields that it does not manage and why, `missing` why there cannot be such a manifest.
    """

    address: Address
    kind: str
    id: RemoteId
    value: Values
    comments: Mapping[Path, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[Path, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the account: names of things, and what manifests are called; shared secrets by digest."""

    platform: Platform
    matcher: Matcher
    addresses: Addresses
    shared: dict[str, str] = field(default_factory=dict)


def manifest_of(
    item: LiveObject, kind: Kind, address: Address, around: Surroundings, refused: Mapping[str, str]
) -> Draft:
    """The manifest that describes `item` as `address`.

    In it stand the fields that a read shows and that are not at their default. `refused` are fields that must not
    stand in it, and why.
    """
    return _Writer(item, kind, address, around, refused).draft()


@dataclass(frozen=True, slots=True)
class Part:
    """One value as a manifest writes it. `comments` are for what is at their path."""

    value: Value
    comments: Mapping[Path, str]


def part_of(
    row: Field,
    value: Value,
    path: Path,
    item: LiveObject,
    kind: Kind,
    address: Address,
    around: Surroundings,
    like: Value = None,
) -> Part:
    """One live value of `item` as the manifest at `address` writes it at `path`, texts of any length in place.

    A reference is spelt as `like` is, where that does. Raises UnwritableError for what a manifest cannot hold, and for
    secrets that `around` does not know.
    """
    writer = _Writer(item, kind, address, around, {}, in_place=True, like=like)
    try:
        written = writer._value(row, value, path)
        flow(written)
    except _Unwritable as exc:
        raise UnwritableError(str(exc)) from exc
    return Part(written, writer._comments)


def catalogs_for(items: Iterable[LiveObject], kind: Kind, platform: Platform) -> frozenset[CatalogKey]:
    """The catalogs in which the names are that stand for the IDs in `items`; never that of a manifest's kind."""
    keys: set[CatalogKey] = set()
    for item in items:
        for _, row, value in rows_of(kind.table, item.values):
            if isinstance(value, Ref) and row.ref is not None and row.ref.kind not in MANIFEST_KINDS:
                keys.add(_key(row, item.values))
    qualifiers = {q.ref for name, _ in keys for q in platform.catalog_by_name[name].qualifiers if q.ref}
    return frozenset(keys | {(name, "") for name in qualifiers})


def _key(row: Field, values: Values) -> CatalogKey:
    assert row.ref is not None, "a reference refers to something"
    return (row.ref.kind, str(values.get(row.ref.scope, "")) if row.ref.scope else "")


class _Unwritable(Exception):
    """A value that a manifest cannot hold; the text says why."""


class _Writer:
    """Writes one manifest, and notes what goes with it."""

    def __init__(
        self,
        item: LiveObject,
        kind: Kind,
        address: Address,
        around: Surroundings,
        refused: Mapping[str, str],
        *,
        in_place: bool = False,
        like: Value = None,
    ) -> None:
        self._in_place, self._like = in_place, like
        self._item, self._kind, self._address, self._around = item, kind, address, around
        self._refused = refused
        self._comments: dict[Path, str] = {}
        self._files: dict[str, str] = {}
        self._secrets: dict[Path, str] = {}
        self._left_out: dict[str, str] = {}
        self._unseen: list[str] = []
        self._by_type: dict[Type, Callable[[Field, Value, Path], Value]] = {
            Type.REFERENCE: lambda row, value, path: self._reference(row, value, path),
            Type.NUMBER: lambda _row, value, _path: _short(value),
            Type.LIST: self._list,
            Type.MAP: lambda _row, value, _path: _escaped_map(value),
            Type.OBJECT: self._object,
            Type.VARIANT: self._variant,
        }

    def draft(self) -> Draft:
        spec = dict(self._spec())
        missing = [row.name for row in self._kind.table if row.required and not row.absent and row.name not in spec]
        remarks = list(self._remarks())
        if remarks:
            self._comments["spec",] = "\n".join(remarks)
        value = {
            "apiVersion": self._around.platform.api_version,
            "kind": self._kind.name,
            "metadata": {"name": self._address.name},
            "spec": spec,
        }
        return Draft(
            self._address,
            self._kind.name,
            self._item.id,
            value,
            self._comments,
            self._files,
            self._secrets,
            self._left_out,
            "; ".join(f"{name}: {self._left_out.get(name, 'the platform does not show it')}" for name in missing),
        )

    def _spec(self) -> Iterator[tuple[str, Value]]:
        values, mode = self._item.values, self._item.values.get(MODE)
        for row in self._kind.table:
            live = values.get(row.name, UNSET)
            idle = bool(row.beside) and values.get(row.beside, UNSET) is None
            if row.absent or idle or out_of_mode(row, live, mode):
                continue
            if live is UNSET:
                self._unseen.append(row.name)
            elif reason := self._reason(row):
                self._left_out[row.name] = reason
            elif row.required or row.filled or not says_nothing(row, live):
                marks = (dict(self._comments), dict(self._files), dict(self._secrets))
                try:
                    value = self._value(row, live, ("spec", row.name))
                    flow(value)
                    yield row.name, value
                except (_Unwritable, UnwritableError) as exc:
                    self._comments, self._files, self._secrets = marks
                    self._left_out[row.name] = str(exc)

    def _reason(self, row: Field) -> str:
        """Why the field must not be written."""
        unknown = [key for key in self._item.unknown if key.startswith(f"{row.read_name}.")]
        if unknown:
            return f"agentops does not know {', '.join(unknown)}, and a write would remove that"
        return self._item.blocked.get(row.name, "") or self._refused.get(row.name, "")

    def _remarks(self) -> Iterator[str]:
        title = self._around.platform.title
        title = title[0].upper() + title[1:]
        if self._unseen:
            yield f"{title} does not show these, so they are not managed: {', '.join(self._unseen)}."
        unknown = [key for key in self._item.unknown if "." not in key]
        if unknown:
            yield f"agentops does not know these, so they are not managed: {', '.join(unknown)}."
        for name, reason in self._left_out.items():
            yield f"{name} is not managed: {' '.join(reason.split())}."
        for name, lost in self._item.losses.items():
            yield f"A change of {name} here would remove {lost}."

    # Values

    def _value(self, row: Field, value: Value, path: Path) -> Value:
        if row.secret:
            return self._secret(value, path)
        if value is None:
            return None
        write = self._by_type.get(row.type)
        if write is not None:
            return write(row, value, path)
        return self._text(row, value, path) if isinstance(value, str) else value

    def _text(self, row: Field, text: str, path: Path) -> Value:
        if self._in_place or not row.long_text or ("\n" not in text and len(text) <= LONG and _is_writable(text)):
            return escape(text)
        name = self._file_name(path)
        # One byte order mark is taken off a file that is read.
        self._files[name] = ("\ufeff" if text.startswith("\ufeff") else "") + text + "\n"
        return {"file": name}

    def _file_name(self, path: Path) -> str:
        if path[-1] in _MAIN and len(path) == 2:
            return f"{PROMPTS}/{self._address.name}.md"
        steps = (str(step + 1 if isinstance(step, int) else step).replace("_", "-") for step in path[1:])
        return f"{PROMPTS}/{self._address.name}.{'-'.join(steps)}.md"

    def _secret(self, value: Value, path: Path) -> Value:
        digest = value.digest if isinstance(value, Secret) else None
        name = self._around.shared.get(digest) if digest else None
        if name is None and self._in_place:
            raise _Unwritable("it holds a secret that was set on the platform; secrets are never written")
        if name is None:
            name = self._variable(path)
            if digest:
                self._around.shared[digest] = name
        self._secrets[path] = name
        return {"env": name}

    def _variable(self, path: Path) -> str:
        """A name for the environment variable of the secret at `path`: address and field, or the header's key."""
        *_, last = path
        if last == "value":
            holder: Value = self._item.values
            for step in path[1:-1]:
                holder = holder[step] if isinstance(holder, Mapping | list) else None  # type: ignore[index]
            last = str(holder.get("key") or last) if isinstance(holder, Mapping) else last
        name = re.sub(r"[^A-Z0-9]+", "_", f"{self._address.name} {last}".upper()).strip("_")
        name = name if name[:1].isalpha() else f"{self._address.prefix.upper()}_{name}"
        used, number = set(self._secrets.values()), 2
        unique = name
        while unique in used:
            unique, number = f"{name}_{number}", number + 1
        return unique

    def _reference(self, row: Field, value: Value, path: Path) -> Value:
        if not isinstance(value, Ref) or value.id is None or row.ref is None:
            raise _Unwritable(f"{query_of(value)} is no reference")
        prefix = MANIFEST_KINDS.get(value.kind)
        if prefix is not None and (prefix, value.id) in self._around.addresses:
            return self._around.addresses[prefix, value.id]
        key = _key(row, self._item.values)
        matcher = self._around.matcher
        form = matcher.reference_for(key, value.id, self._like)
        if prefix is not None and isinstance(form, str):
            form = {"name": form}
        match = matcher.match(key, form)
        if match.item is None or match.item.id != value.id or any(f.severity is Severity.ERROR for f in match.faults):
            raise _Unwritable(f"the account has no {noun(key[0])} with the ID {value.id}")
        if isinstance(form, Mapping) and "id" in form:
            self._comments[path] = f"{match.item.name!r}: no name tells it from other {noun(key[0])}s"
        return _escaped(form)

    def _list(self, row: Field, value: Value, path: Path) -> Value:
        if not isinstance(value, list) or row.item is None:
            return value
        item = row.item
        if row.unordered and item.choices:
            value = sorted(value, key=lambda entry: _place(item, entry))
        return [self._value(item, entry, (*path, index)) for index, entry in enumerate(value)]

    def _object(self, row: Field, value: Value, path: Path) -> Value:
        if row.table is None or not isinstance(value, Mapping):
            return value
        if row.qualified:
            return self._qualified(row, value, path)
        return dict(self._rows(row.table, value, path))

    def _variant(self, row: Field, value: Value, path: Path) -> Value:
        table = row.variant(value.get("type")) if isinstance(value, Mapping) else None
        if table is None or not isinstance(value, Mapping):
            raise _Unwritable("it holds something of a type that agentops does not know")
        return {"type": table.name, **dict(self._rows(table, value, path))}

    def _qualified(self, row: Field, value: Mapping[str, Value], path: Path) -> Value:
        assert row.table is not None, "a qualified row has a table"
        first, *settings = row.table.fields
        parts = parted(row, value)
        form = self._value(first, parts.get(first.name), path)
        beside = {
            each.name: self._value(each, parts[each.name], (*path, each.name))
            for each in settings
            if each.name in parts and not says_nothing(each, parts[each.name])
        }
        if not beside:
            return form
        return {**(form if isinstance(form, Mapping) else {"name": form}), **beside}

    def _rows(self, table: FieldTable, value: Mapping[str, Value], path: Path) -> Iterator[tuple[str, Value]]:
        for row in table:
            part = value.get(row.name, UNSET)
            if row.required and row.secret:
                yield row.name, self._secret(part, (*path, row.name))
            elif row.required and part is UNSET and row.nullable:
                yield row.name, None
            elif row.required and part is UNSET:
                raise _Unwritable(f"the platform does not show {row.name}")
            elif part is not UNSET and (row.required or not says_nothing(row, part)):
                yield row.name, self._value(row, part, (*path, row.name))


def says_nothing(row: Field, value: Value | Unset) -> bool:
    """Whether leaving the field out says the same: it is empty, or has its documented default."""
    if row.default is not UNSET:
        return same(row, value, row.default) or (canonical(row, value) is None and not row.nullable)
    return canonical(row, value) is None


def _is_writable(text: str) -> bool:
    """Whether YAML can hold `text`; files can hold more."""
    try:
        check_text(text)
    except UnwritableError:
        return False
    return True


def _short(value: Value) -> Value:
    """A number as a person writes it: 1 rather than 1.0."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _place(item: Field, entry: Value) -> tuple[int, str]:
    return (item.choices.index(entry) if isinstance(entry, str) and entry in item.choices else -1, str(entry))


def _escaped_map(value: Value) -> Value:
    return {key: _escaped(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def _escaped(value: Value) -> Value:
    """`value` with every text in it as a manifest writes it."""
    match value:
        case str():
            return escape(value)
        case Mapping():
            return {key: _escaped(item) for key, item in value.items()}
    return value
