"""Resolving: names in manifests become IDs of the account; what results is the desired state."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from agentops.domain.address import Address
from agentops.domain.catalog import Catalog, CatalogItem, CatalogKey
from agentops.domain.desired import Desired, Resolution, Resource
from agentops.domain.diagnostics import Diagnostic, error, in_order
from agentops.domain.errors import ProjectError
from agentops.domain.fields import Field, FieldTable, Reference, Type
from agentops.domain.manifest import EnvSecret, Manifest
from agentops.domain.platform import Platform
from agentops.domain.provider import LiveObject
from agentops.domain.secrets import Secrets
from agentops.domain.values import Path, Ref, RemoteId, Secret, Value, Values
from agentops.engine.leaves import parted
from agentops.engine.links import MANIFEST_KINDS
from agentops.engine.matching import Fault, Match, Matcher
from agentops.engine.names import did_you_mean, nearest_of, noun
from agentops.engine.normalise import Convert, converter, converters


def needed(manifests: Iterable[Manifest], platform: Platform) -> frozenset[CatalogKey]:
    """The catalogs that the manifests refer to; that of `assistants` is never among them: it is the live listing."""
    holders = {kind.name: _holders(kind.table) for kind in platform.kinds}
    keys: set[CatalogKey] = set()
    for manifest in manifests:
        for reference, written, siblings in _written(holders[manifest.kind], manifest.spec):
            if reference.kind not in MANIFEST_KINDS:
                keys.add(_key(reference, siblings))
            if isinstance(written, Mapping):
                keys |= {
                    (q.ref, "")
                    for q in platform.catalog_by_name[reference.kind].qualifiers
                    if q.ref and q.name in written
                }
    return frozenset(keys)


def live_catalog(kind: str, objects: Iterable[LiveObject]) -> Catalog:
    """The catalog that `{name: ...}` of a manifest's kind looks in: `live_catalog("assistants", ...)`."""
    return Catalog(kind, tuple(CatalogItem(found.id, found.name, {"name": found.name}) for found in objects))


def resolve(
    manifests: Sequence[Manifest],
    platform: Platform,
    catalogs: Mapping[CatalogKey, Catalog],
    ids: Mapping[Address, RemoteId],
    secrets: Secrets,
) -> tuple[Desired, tuple[Diagnostic, ...]]:
    """The desired state, and everything that did not resolve.

    `catalogs` holds what `needed` asked for, and the live listing as ("assistants", ""); `ids` are the remote IDs of
    the managed objects that exist. With an error among the diagnostics the desired state is of no use.
    """
    run = Resolver(manifests, platform, catalogs, ids, secrets)
    resources = {manifest.address: run.resource(manifest) for manifest in sorted(manifests, key=lambda m: m.address)}
    desired = Desired(resources, tuple(run.resolutions), digest(manifests))
    return desired, in_order(run.diagnostics)


def digest(manifests: Iterable[Manifest]) -> str:
    """A digest of what composed manifests mean: not of comments, file names, the order of keys, or IDs."""
    total = hashlib.sha256()
    for manifest in sorted(manifests, key=lambda m: m.address):
        meaning = [
            str(manifest.address),
            manifest.kind,
            manifest.spec,
            manifest.labels,
            manifest.protect,
            manifest.previous_names,
        ]
        if manifest.import_id is not None:
            meaning.append({"import": manifest.import_id})
        if manifest.ignore:
            meaning.append({"ignore": sorted(list(entry.path) for entry in manifest.ignore)})
        total.update(_ENCODER.encode(meaning).encode("utf-8", "surrogatepass") + b"\n")
    return total.hexdigest()


def _plain_secret(value: object) -> object:
    if isinstance(value, EnvSecret):
        return {"$env": value.env}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not a value of a manifest: {type(value).__name__}")


_ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain_secret
)


class Resolver:
    """One resolving: what was looked up, and the faults on the way."""

    def __init__(
        self,
        manifests: Sequence[Manifest],
        platform: Platform,
        catalogs: Mapping[CatalogKey, Catalog],
        ids: Mapping[Address, RemoteId],
        secrets: Secrets,
    ) -> None:
        self.resolutions: list[Resolution] = []
        self.diagnostics: list[Diagnostic] = []
        self._platform = platform
        self._matcher = Matcher(platform, catalogs)
        self._ids = ids
        self._secrets = secrets
        self._known_secrets: dict[str, Secret] = {}
        self._refs: dict[tuple[CatalogKey, str], Ref] = {}
        self._addresses = {manifest.address for manifest in manifests}
        self._rows: dict[str, Mapping[str, Convert]] = {
            kind.name: converters(kind.table, self) for kind in platform.kinds
        }
        self._manifest: Manifest

    def resource(self, manifest: Manifest) -> Resource:
        """The manifest with its values in compared form."""
        self._manifest = manifest
        rows, spec = self._rows[manifest.kind], manifest.spec
        return Resource(manifest, {name: rows[name](value, (name,), spec) for name, value in spec.items()})

    def part(self, manifest: Manifest, field: Field, written: Value, path: Path, siblings: Values) -> Value:
        """One composed value of the manifest, at `path` below its `spec` and beside `siblings`, in compared form."""
        self._manifest = manifest
        return converter(field, self)(written, path, siblings)

    def reference(self, written: Value, path: Path, reference: Reference, siblings: Values) -> Ref:
        key = _key(reference, siblings)
        ref = self._refs.get((key, written)) if isinstance(written, str) else None
        if ref is None:
            ref = self._look_up(key, written, path)
            if isinstance(written, str) and (ref.id is not None or ref.address):
                self._refs[key, written] = ref
        self.resolutions.append(
            Resolution(self._manifest.address, path, ref.kind, ref.query, ref.id, ref.label or ref.query)
        )
        return ref

    def secret(self, written: EnvSecret, path: Path) -> Secret:
        known = self._known_secrets.get(written.env)
        if known is not None:
            return known
        try:
            known = self._known_secrets[written.env] = self._secrets.of_env(written.env)
        except ProjectError as fault:
            self._report(error("secret-not-set", str(fault), hint=fault.hint), path)
            return Secret(written.env)
        return known

    def literal(self, written: str) -> Secret:
        return self._secrets.of_text(written)

    def suited(self, reference: Reference, ref: Ref, settings: Values, path: Path) -> None:
        item = None if ref.id is None else self._matcher.index((reference.kind, "")).catalog.by_id.get(ref.id)
        if reference.suits is None or item is None:
            return
        for setting, severity, message, hint in reference.suits(item.properties, settings):
            self._report(Diagnostic(severity, "unsuitable-setting", message, hint=hint), (*path, setting))

    def repeated(self, value: Value, path: Path) -> None:
        what = f"{value.query!r} means {value.label!r} ({value.id})" if isinstance(value, Ref) else f"{value!r} is"
        message = f"{what}, which the list holds already" if isinstance(value, Ref) else f"{what} in the list already"
        self._report(error("repeated-entry", message, hint="remove one of the two"), path)

    def _look_up(self, key: CatalogKey, written: Value, path: Path) -> Ref:
        prefix = MANIFEST_KINDS.get(key[0])
        if prefix is not None and isinstance(written, str):
            return self._manifest_ref(key[0], Address(prefix, written.strip()), path)
        match = self._matcher.match(key, written)
        self._report_faults(match, path)
        if match.item is None:
            return Ref(key[0], None, query=match.query)
        return Ref(key[0], match.item.id, match.item.name, match.query)

    def _manifest_ref(self, kind: str, address: Address, path: Path) -> Ref:
        if address in self._addresses:
            return Ref(kind, self._ids.get(address), address.name, address.name, str(address))
        message = f"no manifest of this environment describes {address}"
        names = [other.name for other in self._addresses if other.prefix == address.prefix]
        hint = did_you_mean(nearest_of(address.name, sorted(names)))
        otherwise = f"write {{name: ...}} for {_an(noun(kind))} that is in the account but in no manifest"
        self._report(error("unknown-manifest", message, hint=hint or otherwise), path)
        return Ref(kind, None, query=address.name)

    def _report_faults(self, match: Match, path: Path) -> None:
        for fault in match.faults:
            self._report(_diagnostic(fault), (*path, *fault.path))

    def _report(self, diagnostic: Diagnostic, path: Path) -> None:
        position = self._manifest.position(path)
        self.diagnostics.append(
            Diagnostic(diagnostic.severity, diagnostic.code, diagnostic.message, position, diagnostic.hint)
        )


def _diagnostic(fault: Fault) -> Diagnostic:
    return Diagnostic(fault.severity, fault.code, fault.message, hint=fault.hint)


def _an(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _key(reference: Reference, siblings: Values) -> CatalogKey:
    return (reference.kind, str(siblings.get(reference.scope, "")) if reference.scope else "")


_Holders = Mapping[str, Callable[[Value, Values], Iterator[tuple[Reference, Value, Values]]]]
"""The fields of an object that hold references -> how to find those in a value, given the object."""


def _holders(table: FieldTable) -> _Holders:
    found = ((field.name, _holder(field)) for field in table)
    return {name: holder for name, holder in found if holder is not None}


def _written(holders: _Holders, values: Values) -> Iterator[tuple[Reference, Value, Values]]:
    for name, holder in holders.items():
        value = values.get(name)
        if value is not None:
            yield from holder(value, values)


def _holder(field: Field) -> Callable[[Value, Values], Iterator[tuple[Reference, Value, Values]]] | None:
    match field.type:
        case Type.REFERENCE if field.ref is not None:
            reference = field.ref
            return lambda value, siblings: iter(((reference, value, siblings),))
        case Type.LIST if field.item is not None:
            item = _holder(field.item)
            return item and (lambda value, siblings: (hit for entry in _items(value) for hit in item(entry, siblings)))
        case Type.OBJECT if field.table is not None:
            rows = _holders(field.table)
            if field.qualified:
                return lambda value, _siblings: _written(rows, parted(field, value))
            return (lambda value, _siblings: _written(rows, _map(value))) if rows else None
        case Type.VARIANT:
            tables = {table.name: rows for table in field.variants if (rows := _holders(table))}
            return (
                (lambda value, _siblings: _written(tables.get(str(_map(value)["type"]), {}), _map(value)))
                if tables
                else None
            )
    return None


def _items(value: Value) -> Sequence[Value]:
    return value if isinstance(value, list) else ()


def _map(value: Value) -> Values:
    return value if isinstance(value, Mapping) else {}
