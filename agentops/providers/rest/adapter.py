"""A platform behind the Provider protocol: its spec and its tables over one connection."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar
from urllib.parse import quote

from agentops.domain.catalog import Catalog, CatalogItem, CatalogKey
from agentops.domain.errors import RejectedError, UsageError
from agentops.domain.events import Called
from agentops.domain.platform import Platform
from agentops.domain.provider import LiveObject
from agentops.domain.secrets import Secrets
from agentops.domain.values import RemoteId, Secret, Values
from agentops.providers.rest import body
from agentops.providers.rest.codec import TableCodec
from agentops.providers.rest.http import Answer, Request
from agentops.providers.rest.listing import Page, Row, all_rows
from agentops.providers.rest.reading import read_id, sort_key
from agentops.providers.rest.retries import Caller
from agentops.providers.rest.spec import ApiSpec, CatalogApi, Listing, ObjectApi, Property, Route

T = TypeVar("T")

NUMBERS_ONLY = "numbers-only"
"""The scope of a catalog whose joined properties (nicknames) nobody needs, which saves a request."""


def _json(answer: Answer) -> object:
    return body.parse(answer.content)


@dataclass(frozen=True)
class RestProvider:
    """One account on one platform; see agentops.domain.provider.Provider."""

    spec: ApiSpec = field(repr=False)
    caller: Caller
    secrets: Secrets = field(repr=False)

    @property
    def platform(self) -> Platform:
        return self.spec.platform

    @cached_property
    def _codecs(self) -> Mapping[str, TableCodec]:
        return {kind.name: TableCodec(kind.table, self.spec.ids) for kind in self.platform.kinds}

    def with_secrets(self, secrets: Secrets) -> "RestProvider":
        """The same account over the same connection, with other secrets (the key of a state that was just made)."""
        return replace(self, secrets=secrets)

    def writable(
        self, permit: Callable[[], None] | None = None, on_call: Callable[[Called], None] | None = None
    ) -> "RestProvider":
        """The same account over the same connection, with writing allowed until `permit` raises StateError.

        `permit` is asked right before each attempt to write; `on_call` hears how every attempt ended. Both are called
        in the thread that makes the request.
        """
        return replace(self, caller=replace(self.caller, read_only=False, permit=permit, on_call=on_call))

    def account(self) -> str:
        """Whose account the token opens, case-folded."""

        def read(answer: Answer) -> str:
            name = body.at(_json(answer), self.spec.account.key)
            if not isinstance(name, str) or not name.strip():
                raise body.UnreadableError("it does not say whose account this is")
            return name.strip().casefold()

        return self.caller.call(Request("GET", self.spec.account.path), read)

    def list(self, kind: str) -> Mapping[RemoteId, LiveObject]:
        """Every object of the kind, complete, or an error."""
        api, codec = self.spec.objects[kind], self._codecs[kind]

        def convert(id_: RemoteId, row: Row) -> LiveObject | None:
            return None if row.get(api.gone) is not None else self._live(api, codec, id_, row)

        rows = self._rows(api.listing, {}, convert)
        return {id_: live for id_, live in rows.items() if live is not None}

    def _live(self, api: ObjectApi, codec: TableCodec, id_: RemoteId, row: Row) -> LiveObject:
        decoded = codec.decode(row, self.secrets)
        api.tidy(decoded.values)
        name, status = row.get(api.name), row.get(api.status)
        return LiveObject(
            id_,
            name if isinstance(name, str) else "",
            decoded.values,
            status if isinstance(status, str) else "",
            decoded.blocked,
            decoded.losses,
            codec.unknown(row, api.information),
        )

    def read(self, kind: str, remote_id: RemoteId) -> LiveObject | None:
        """One object by its ID; None when there is none, or the platform has no such request for the kind."""
        api, codec = self.spec.objects[kind], self._codecs[kind]
        if api.read is None:
            return None

        def convert(answer: Answer) -> LiveObject | None:
            return None if answer.status == 404 else self._live(api, codec, remote_id, body.as_object(_json(answer)))

        request = Request(api.read.method, _path(api.read, remote_id))
        return self.caller.call(request, convert, accept=frozenset({404}))

    def users(self, kind: str, remote_ids: Collection[RemoteId]) -> Mapping[RemoteId, tuple[str, ...]]:
        """What relies on the objects, by their IDs: one listing for each sort of user, none for no objects."""
        found: dict[RemoteId, tuple[str, ...]] = {}
        for users in self.spec.objects[kind].users if remote_ids else ():
            for row in self._rows(users.listing, {}, lambda _, row: row).values():
                id_, words = read_id(row.get(users.key), self.spec.ids), users.describe(row)
                if id_ in remote_ids and words and id_ is not None:
                    found[id_] = (*found.get(id_, ()), words)
        return found

    def catalog(self, key: CatalogKey) -> Catalog:
        """All items of a kind: of one scope, or of all scopes together where the scope is empty."""
        kind, scope = key
        api = self.spec.catalogs[kind]
        rows: dict[RemoteId, dict[str, object]] = {}
        for query in _queries(api, scope):
            rows.update(self._rows(api.listing, query, lambda _, row: self._properties(kind, api.properties, row)))
        if api.join and scope != NUMBERS_ONLY:
            join = api.join
            joined = self._rows(join.listing, {}, lambda _, row: self._properties(kind, join.properties, row))
            rows = {id_: properties | joined.get(id_, {}) for id_, properties in rows.items()}
        label = self.platform.catalog_by_name[kind].match_keys[0]
        items = (CatalogItem(id_, str(rows[id_][label]), rows[id_]) for id_ in sorted(rows, key=sort_key))
        return Catalog(kind, tuple(items))

    def _properties(self, kind: str, keys: Mapping[str, Property], row: Row) -> dict[str, object]:
        """The properties by manifest name; those that the row does not have are left out."""
        catalog = self.platform.catalog_by_name[kind]
        references = {qualifier.name for qualifier in catalog.qualifiers if qualifier.ref}
        label = catalog.match_keys[0]
        found = {name: value for name, key in keys.items() if (value := _property(row, key)) is not _MISSING}
        if label in keys:
            body.require(isinstance(found.get(label), str), f"an entry of the list has no {label}")
        return {name: read_id(value, self.spec.ids) if name in references else value for name, value in found.items()}

    def _rows(
        self, listing: Listing, query: Mapping[str, str], convert: Callable[[RemoteId, Row], T]
    ) -> dict[RemoteId, T]:
        def fetch(paging: Mapping[str, str], read: Callable[[object], Page[T]]) -> Page[T]:
            request = Request("GET", listing.path, {**query, **paging})
            return self.caller.call(request, lambda answer: read(_json(answer)))

        return all_rows(listing, self.spec.ids, fetch, convert, f"{self.platform.name}: GET {listing.path}")

    def create(self, kind: str, values: Values) -> RemoteId:
        """Make an object and return its ID. Not repeated unless it certainly did not happen."""
        api = self.spec.objects[kind]
        if api.create is None:
            raise RejectedError(f"{self.platform.name}: a {kind} cannot be created")

        def read(answer: Answer) -> RemoteId:
            id_ = read_id(body.at(_json(answer), api.new_id), self.spec.ids)
            if id_ is None:
                raise body.UnreadableError("it does not tell the ID of the new object")
            return id_

        request = self._write(kind, api.create, api.create.path, values)
        return self.caller.call(request, read, locate=self._codecs[kind].manifest_path)

    def update(self, kind: str, remote_id: RemoteId, values: Values) -> None:
        """Write `values` and nothing else."""
        route = self.spec.objects[kind].update
        request = self._write(kind, route, _path(route, remote_id), values)
        self.caller.call(request, _acknowledged, locate=self._codecs[kind].manifest_path)

    def delete(self, kind: str, remote_id: RemoteId) -> None:
        """Remove the object; gone already is fine."""
        route = self.spec.objects[kind].delete
        if route is None:
            raise RejectedError(f"{self.platform.name}: a {kind} cannot be deleted")
        self.caller.call(Request(route.method, _path(route, remote_id)), _acknowledged, accept=frozenset({404}))

    def _write(self, kind: str, route: Route, path: str, values: Values) -> Request:
        revealed: list[str] = []

        def reveal(secret: Secret) -> str:
            if not secret.env and not secret.text:
                raise RejectedError(f"{self.platform.name}: a secret that is known by its digest only cannot be sent")
            revealed.append(self.secrets.reveal(secret))
            return revealed[-1]

        wire = self._codecs[kind].encode(values, reveal)
        return Request(route.method, path, body=wire, sensitive=tuple(revealed))

    def parse_id(self, kind: str, text: str) -> RemoteId:
        """The ID that a user typed. Raises UsageError when it cannot be one."""
        id_ = read_id(text.strip(), self.spec.ids)
        if id_ is None or id_ == 0:
            form = "a whole number" if self.spec.ids is int else "a text"
            raise UsageError(f"{text!r} is no ID of an {kind.lower()} on {self.platform.title}; it is {form} there")
        return id_

    def close(self) -> None:
        """Free connections."""
        self.caller.client.close()


_MISSING = object()


def _property(row: Row, key: Property) -> object:
    return row.get(key, _MISSING) if isinstance(key, str) else key(row)


def _queries(api: CatalogApi, scope: str) -> "list[dict[str, str]]":
    """The query of each request that the catalog of `scope` takes."""
    if not api.scope:
        return [dict(api.query)]
    if scope:
        return [{**api.query, api.scope: scope}]
    return [{**api.query, api.scope: each} for each in api.scopes] or [dict(api.query)]


def _path(route: Route, remote_id: RemoteId) -> str:
    return route.path.format(id=quote(str(remote_id), safe=""))


def _acknowledged(answer: Answer) -> None:
    """A write is done when the platform says so in its own form; a web page with 200 is no such thing."""
    if answer.status not in (204, 404):
        body.as_object(_json(answer))
