"""A small account with the table and catalogs of Autocalls, and case files read against it."""

import json
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from agentops.domain.address import Address
from agentops.domain.catalog import Catalog, CatalogItem, CatalogKey
from agentops.domain.fields import Reference
from agentops.domain.manifest import Document, EnvSecret, Manifest
from agentops.domain.platform import Platform
from agentops.domain.provider import LiveObject
from agentops.domain.secrets import Secrets
from agentops.domain.values import Path as ValuePath
from agentops.domain.values import Ref, RemoteId, Secret, Value, Values
from agentops.engine.compose import compose
from agentops.engine.normalise import converters
from agentops.engine.resolve import live_catalog
from agentops.providers.registry import platform
from agentops.yamlio.read import read

CASES = Path(__file__).parents[1] / "cases"
AUTOCALLS = platform("autocalls")
KEY = b"k" * 32


def load_json(path: Path, default: Any) -> Any:
    """The content of a case file, which may be missing."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else default


def catalogs(path: Path) -> Mapping[CatalogKey, Catalog]:
    """`{"voices/pipeline": [{"id": 1, "name": ..., qualifier: ...}]}`; a property that is null is none."""
    found = {}
    for title, rows in load_json(path, {}).items():
        kind, _, scope = title.partition("/")
        items = tuple(
            CatalogItem(row["id"], row["name"], {key: value for key, value in row.items() if key != "id"})
            for row in rows
        )
        found[kind, scope] = Catalog(kind, items)
    return found


def manifests(folder: Path, on: Platform = AUTOCALLS) -> list[Manifest]:
    """The manifests of a case: read, composed, not validated, so that a case can be short."""
    return [manifest for path in sorted(folder.glob("*.yaml")) for manifest in _documents(path, on)]


def _documents(path: Path, on: Platform) -> Iterator[Manifest]:
    file, faults = read(path.read_bytes(), path.name)
    assert file is not None, faults
    document = Document(path.name, file.value, file.locate, file.locate_key)
    kind = on.kind_by_name["Assistant"]
    composed, wrong = compose(document, kind, {}, path.parent)
    assert not wrong, wrong
    body: Any = composed.document.value
    meta = body["metadata"]
    yield Manifest(
        Address(kind.prefix, meta["name"]),
        kind.name,
        body["spec"],
        composed.document,
        labels=meta.get("labels", {}),
        protect=meta.get("protect", False),
        previous_names=tuple(meta.get("previous_names", ())),
    )


class Written:
    """Values as case files write them: an ID for a reference, `{secret: TEXT, env: NAME}` for a secret."""

    def __init__(self, secrets: Secrets, names: Mapping[str, Mapping[RemoteId, str]] | None = None) -> None:
        self._secrets = secrets
        self._names = names
        self._rows = converters(AUTOCALLS.kind_by_name["Assistant"].table, self)

    def values(self, written: Mapping[str, Any], raw: Container[str] = ()) -> Values:
        """The compared form of `written`; fields in `raw`, and those that no row knows, stay as they are."""
        return {
            name: value
            if name in raw or name not in self._rows
            else self._rows[name](self._with_secrets(value), (name,), written)
            for name, value in written.items()
        }

    def reference(self, written: Value, path: ValuePath, reference: Reference, siblings: Values) -> Ref:
        if isinstance(written, Mapping):
            return Ref(reference.kind, **written)
        assert isinstance(written, int)
        if self._names is None:
            return Ref(reference.kind, written)
        name = self._names.get(reference.kind, {}).get(written, "")
        return Ref(reference.kind, written, name, name)

    def secret(self, written: EnvSecret, path: ValuePath) -> Secret:
        env, _, text = written.env.partition("=")
        return Secret(env, self._secrets.digest(text))

    def literal(self, written: str) -> Secret:
        return self._secrets.of_text(written)

    def suited(self, reference: Reference, ref: Ref, settings: Values, path: ValuePath) -> None:
        """Whether a voice can do what is asked of it is no matter of planning."""

    def repeated(self, value: Value, path: ValuePath) -> None:
        raise AssertionError(f"{value} is in {path} twice")

    def _with_secrets(self, value: Any) -> Any:
        match value:
            case {"secret": str(text), **rest}:
                return EnvSecret(f"{rest.get('env', '')}={text}")
            case dict():
                return {key: self._with_secrets(item) for key, item in value.items()}
            case list():
                return [self._with_secrets(item) for item in value]
        return value


def live_objects(rows: list[Any], secrets: Secrets) -> Mapping[RemoteId, LiveObject]:
    """`[{"id": 7, "status": ..., "blocked": {...}, "values": {...}}]`."""
    written = Written(secrets)
    return {
        row["id"]: LiveObject(
            row["id"],
            row["values"].get("name", ""),
            written.values(row["values"], row.get("blocked", {})),
            row.get("status", "active"),
            row.get("blocked", {}),
        )
        for row in rows
    }


def with_assistants(
    known: Mapping[CatalogKey, Catalog], objects: Mapping[RemoteId, LiveObject]
) -> Mapping[CatalogKey, Catalog]:
    return {**known, ("assistants", ""): live_catalog("assistants", objects.values())}
