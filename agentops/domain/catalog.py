"""A platform's names and IDs, as one account has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from agentops.domain.values import RemoteId

CatalogKey: TypeAlias = tuple[str, str]
"""Kind and scope: ("voices", "pipeline"), ("languages", "")."""


@dataclass(frozen=True, slots=True)
class Qualifier:
    """What may stand beside `name` in a reference; `ref` names the kind whose items its value refers to."""

    name: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class CatalogKind:
    """How the references to one kind are matched (FIELDS, section 2).

    Where the ID of an item is not what the platform calls its ID, `id_property` names the property that `{id: ...}`
    means; qualifiers may stand beside it.
    """

    name: str
    match_keys: tuple[str, ...] = ("name",)  # the first is the label
    qualifiers: tuple[Qualifier, ...] = ()
    scoped: bool = False
    numbers: bool = False  # names are phone numbers
    id_property: str = ""


@dataclass(frozen=True, slots=True)
class CatalogItem:
    """One item. `properties` holds match keys and qualifiers under their manifest names; unknown ones are left out."""

    id: RemoteId
    name: str
    properties: Mapping[str, object]


@dataclass(frozen=True)
class Catalog:
    """All items of one kind (and scope) that the account can use."""

    kind: str
    items: tuple[CatalogItem, ...]

    @cached_property
    def by_id(self) -> Mapping[RemoteId, CatalogItem]:
        return {item.id: item for item in self.items}
