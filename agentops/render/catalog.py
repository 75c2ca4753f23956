"""A platform's names and IDs as a table and as JSON."""

from collections.abc import Mapping, Sequence

from agentops.domain.catalog import Catalog, CatalogItem
from agentops.domain.values import Ref
from agentops.render.paint import PLAIN, Palette
from agentops.render.tables import table


def catalog_text(catalog: Catalog, columns: Sequence[str] = (), *, palette: Palette = PLAIN) -> str:
    """A table of ID, name and properties. `columns` puts these properties first and in this order (a kind's match keys
    and qualifiers); a property that no item has gets no column."""
    if not catalog.items:
        return f"The account has no {catalog.kind.replace('_', ' ')}."
    extra = _columns(catalog.items, columns)
    rows = [(str(item.id), item.name, *(_cell(item.properties.get(key)) for key in extra)) for item in _sorted(catalog)]
    return table(("ID", "NAME", *(key.upper() for key in extra)), rows, palette)


def catalog_json(catalog: Catalog) -> list[dict[str, object]]:
    """A list of objects with `id`, `name` and the item's properties."""
    return [
        {"id": item.id, "name": item.name}
        | {key: _plain(item.properties[key]) for key in sorted(item.properties) if key not in ("id", "name")}
        for item in _sorted(catalog)
    ]


def _sorted(catalog: Catalog) -> list[CatalogItem]:
    return sorted(catalog.items, key=lambda item: (item.name.casefold(), item.name, str(item.id).zfill(20)))


def _columns(items: Sequence[CatalogItem], wanted: Sequence[str]) -> list[str]:
    present = {key for item in items for key, value in item.properties.items() if value not in (None, "")}
    present -= {"id", "name"}
    first = [key for key in dict.fromkeys(wanted) if key in present]
    return first + sorted(present - set(first))


def _cell(value: object) -> str:
    if isinstance(value, Ref):
        return f"{value.label or value.query} ({value.id})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _plain(value: object) -> object:
    match value:
        case Ref():
            return {"id": value.id, "name": value.label or value.query}
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
    return str(value)
