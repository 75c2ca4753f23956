"""`agentops catalog`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

import click

from agentops.cli.project import Session, open_session
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.catalog import Catalog, CatalogItem, CatalogKind
from agentops.domain.errors import UsageError
from agentops.domain.fields import Field
from agentops.domain.platform import Platform
from agentops.domain.values import Ref, RemoteId

MODES = "modes"
"""The property, added here, that says in which modes an item of a scoped kind can be used."""


@click.command("catalog", cls=Command, short_help="List voices, models, numbers ... of the account.")
@click.argument("kind", required=False, metavar="[KIND]")
@click.option("--search", metavar="TEXT", help="Only items with TEXT in any column; case does not count.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects with at least id and name.")
@click.pass_obj
def command(settings: Settings, kind: str | None, search: str | None, as_json: bool) -> None:
    """List what manifests can refer to by name, as the account has it, with IDs. Without KIND: the kinds.

    \b
    Examples:
      agentops catalog
      agentops catalog voices --search german
      agentops catalog phone_numbers --json
    """
    from agentops.engine.names import did_you_mean, nearest_of
    from agentops.render.catalog import catalog_json, catalog_text

    terminal = terminal_for(settings)
    with open_session(settings, terminal, quiet=as_json) as session:
        if kind is None:
            _show_kinds(session.platform, terminal, as_json=as_json)
            return
        known = session.platform.catalog_by_name.get(kind)
        if known is None:
            names = list(session.platform.catalog_by_name)
            near = did_you_mean(nearest_of(kind, names))
            hint = "\n  ".join(filter(None, (near, f"there are: {', '.join(names)}")))
            raise UsageError(f"{session.platform.title} has no catalog {kind!r}", hint=hint)
        every = _with_names(_with_ids(_read(session, known), known), known, session)
    found = _searched(every, search or "")
    if as_json:
        terminal.show(json.dumps(catalog_json(found), indent=2, ensure_ascii=False))
    elif every.items and not found.items:
        terminal.show(f"None of the {len(every.items)} {kind.replace('_', ' ')} of the account has {search!r} in it.")
    else:
        columns = (*known.match_keys[1:], *(qualifier.name for qualifier in known.qualifiers))
        terminal.show(catalog_text(_for_columns(found, known), columns, palette=terminal.palette))


def _show_kinds(platform: Platform, terminal: Terminal, *, as_json: bool) -> None:
    names = list(platform.catalog_by_name)
    terminal.show(json.dumps([{"id": name, "name": name} for name in names], indent=2) if as_json else "\n".join(names))


def _read(session: Session, kind: CatalogKind) -> Catalog:
    """All items of the kind, whatever the mode."""
    from agentops.engine.links import MANIFEST_KINDS
    from agentops.engine.resolve import live_catalog

    if kind.name in MANIFEST_KINDS:
        resource = session.platform.kind_by_prefix[MANIFEST_KINDS[kind.name]]
        return live_catalog(kind.name, session.provider.list(resource.name).values())
    if not kind.scoped:
        return session.provider.catalog((kind.name, ""))
    return _merged(kind.name, {scope: session.provider.catalog((kind.name, scope)) for scope in _scopes(session, kind)})


def _with_ids(catalog: Catalog, kind: CatalogKind) -> Catalog:
    """The catalog with the IDs that the platform, and so a manifest, uses."""
    if not kind.id_property:
        return catalog
    items = (replace(item, id=_id(item.properties[kind.id_property])) for item in catalog.items)
    return Catalog(catalog.kind, tuple(items))


def _scopes(session: Session, kind: CatalogKind) -> tuple[str, ...]:
    """The values of the field that the kind is filtered by, as far as a field that refers to it allows them."""
    for resource in session.platform.kinds:
        for field in resource.table:
            if field.ref and field.ref.kind == kind.name and field.ref.scope:
                choices = resource.table[field.ref.scope].choices
                return tuple(choice for choice in choices if _allows(field, choice))
    return ()


def _allows(field: Field, mode: str) -> bool:
    return field.bound is None or mode in field.bound.modes


def _merged(kind: str, catalogs: Mapping[str, Catalog]) -> Catalog:
    """One catalog of all, each item with the scopes that it is in."""
    items: dict[object, CatalogItem] = {}
    for scope, catalog in catalogs.items():
        for item in catalog.items:
            before = items.get(item.id, item).properties.get(MODES, [])
            assert isinstance(before, list)
            items[item.id] = replace(item, properties={**item.properties, MODES: [*before, scope]})
    return Catalog(kind, tuple(items.values()))


def _with_names(catalog: Catalog, kind: CatalogKind, session: Session) -> Catalog:
    """The catalog with names beside the IDs in its qualifiers: a voice's language, its provider."""
    qualifiers = {qualifier.name: qualifier.ref for qualifier in kind.qualifiers if qualifier.ref}
    names = {ref: session.provider.catalog((ref, "")).by_id for ref in sorted(set(qualifiers.values()))}

    def named(item: CatalogItem) -> CatalogItem:
        found = {
            key: Ref(ref, target.id, target.name)
            for key, ref in qualifiers.items()
            if (target := names[ref].get(_id(item.properties.get(key)))) is not None
        }
        return replace(item, properties={**item.properties, **found})

    return Catalog(catalog.kind, tuple(map(named, catalog.items)))


def _id(value: object) -> RemoteId:
    return value if isinstance(value, int | str) else ""


def _for_columns(catalog: Catalog, kind: CatalogKind) -> Catalog:
    """Lists among the properties as one text; without the property that is the name already."""

    def plain(item: CatalogItem) -> CatalogItem:
        kept = {key: value for key, value in item.properties.items() if key != kind.match_keys[0]}
        texts = {key: ", ".join(value) for key, value in kept.items() if isinstance(value, list)}
        return replace(item, properties={**kept, **texts})

    return Catalog(catalog.kind, tuple(map(plain, catalog.items)))


def _searched(catalog: Catalog, text: str) -> Catalog:
    wanted = text.casefold()
    found = (item for item in catalog.items if any(wanted in word.casefold() for word in _words(item)))
    return Catalog(catalog.kind, tuple(found))


def _words(item: CatalogItem) -> Iterator[str]:
    yield from (str(item.id), item.name)
    for value in item.properties.values():
        yield value.label if isinstance(value, Ref) else str(value)
