"""The dialect that Autocalls and its white labels speak; `brand` makes a platform of it."""

from collections.abc import Mapping
from dataclasses import replace

from agentops.domain.catalog import CatalogKind
from agentops.domain.fields import Field, FieldTable
from agentops.domain.platform import Kind, Platform
from agentops.domain.values import Value
from agentops.providers.autocalls.api import ACCOUNT, ASSISTANTS, catalog_apis
from agentops.providers.autocalls.catalogs import CATALOGS, without_nickname
from agentops.providers.autocalls.rules import RULES
from agentops.providers.autocalls.tables import ASSISTANT
from agentops.providers.rest.spec import ApiSpec

VARIABLES = frozenset(
    {"customer_phone", "assistant_phone", "assistant_id", "assistant_name", "current_date", "current_time"}
)


def brand(
    name: str,
    *,
    title: str,
    base_url: str,
    activation: str,
    lacks: frozenset[str] = frozenset(),
    shows: frozenset[str] = frozenset(),
    nicknames: bool = True,
    tools: Mapping[str, Mapping[str, Mapping[str, Value]]] | None = None,
) -> ApiSpec:
    """The platform `name`.

    It `lacks` some fields of the dialect and `shows` some in lists that others hide; `tools` changes rows of its
    tools, by tool type and field.
    """
    table = ASSISTANT.revise({field: {"absent": f"{title} has no {field}"} for field in lacks})
    table = table.revise({field: {"hidden": False} for field in shows})
    if tools:
        table = table.revise({"tools": {"item": _revised_tools(table["tools"], tools)}})
    catalogs = _catalogs(table, nicknames)
    platform = Platform(
        name=name,
        title=title,
        api_version="autocalls/v1",
        base_url=base_url,
        kinds=(Kind("Assistant", "assistant", table, RULES),),
        catalogs=catalogs,
        variables=VARIABLES,
        activation=activation,
    )
    kinds = {catalog.name for catalog in catalogs}
    apis = {kind: api for kind, api in catalog_apis(nicknames).items() if kind in kinds}
    return ApiSpec(platform, {"Assistant": ASSISTANTS}, apis, ACCOUNT)


def _revised_tools(row: Field, changes: Mapping[str, Mapping[str, Mapping[str, Value]]]) -> Field:
    if row.item is None:
        raise ValueError(f"{row.name} is no list")
    variants = (table.revise(changes.get(table.name, {})) for table in row.item.variants)
    return replace(row.item, variants=tuple(variants))


def _catalogs(table: FieldTable, nicknames: bool) -> tuple[CatalogKind, ...]:
    missing = {ref.kind for row in table if row.absent and (ref := (row.item or row).ref)}
    return tuple(
        kind if nicknames or not kind.numbers else without_nickname(kind)
        for kind in CATALOGS
        if kind.name not in missing
    )
