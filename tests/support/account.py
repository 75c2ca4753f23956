"""What the sandbox's account can refer to, and every way in which a manifest may write each reference.

Read from the sandbox's store and matched by a reading of the rules of its own, so that the product's catalogs and
resolver are not checked against themselves.
"""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agentops.domain.fields import FieldTable
from agentops.domain.values import RemoteId
from agentops.providers import registry

Row = Mapping[str, Any]
Rows = Callable[[str], list[dict[str, Any]]]
"""The rows of one of the store's kinds, as the account sees them."""

STORE_KINDS = {
    "languages": "language",
    "voices": "voice",
    "llm_models": "llm_model",
    "multimodal_models": "multimodal_model",
    "synthesizer_providers": "synthesizer_provider",
    "transcriber_providers": "transcriber_provider",
    "phone_numbers": "phone_number",
    "knowledgebases": "knowledgebase",
    "mid_call_tools": "tool",
    "folders": "folder",
    "labels": "label",
}
"""Catalog kind -> kind of the store's rows."""

NO_MODE = ("",)
"""The modes of a platform whose assistants have none."""

_ALIASES = {
    "languages": ("iso_2",),
    "multimodal_models": ("code",),
    "synthesizer_providers": ("code",),
    "transcriber_providers": ("code",),
    "phone_numbers": ("nickname",),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One item: its ID, the ways to write it that mean it and nothing else, and its row in the store."""

    id: RemoteId
    spellings: tuple[Any, ...]
    row: Row


@dataclass(frozen=True)
class Account:
    """All items by catalog kind and scope (the mode, for voices and multimodal models; else "")."""

    platform: str
    targets: Mapping[tuple[str, str], tuple[Target, ...]]

    @property
    def table(self) -> FieldTable:
        """The rows of the platform's assistants."""
        return registry.platform(self.platform).kind_by_name["Assistant"].table

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes that assistants may have there."""
        return modes(self.table)

    def of(self, kind: str, scope: str = "") -> tuple[Target, ...]:
        """What a field of this kind can refer to."""
        return self.targets.get((kind, scope), ())

    def id_of(self, kind: str, written: object, scope: str = "") -> RemoteId:
        """The ID that a generated reference means. Raises KeyError for one that was not generated."""
        return self._ids[kind, scope][_key(written)]

    @cached_property
    def _ids(self) -> Mapping[tuple[str, str], Mapping[str, RemoteId]]:
        return {
            key: {_key(spelling): target.id for target in targets for spelling in target.spellings}
            for key, targets in self.targets.items()
        }


def modes(table: FieldTable) -> tuple[str, ...]:
    """The modes that the table knows."""
    return table["mode"].choices if "mode" in table else NO_MODE


def read_account(rows: Rows, platform: str) -> Account:
    """The account behind `rows`, for the catalog kinds that the platform has, and what it shows of their items."""
    targets: dict[tuple[str, str], tuple[Target, ...]] = {}
    found = registry.platform(platform)
    table = found.kind_by_name["Assistant"].table
    for catalog in found.catalogs:
        if catalog.name not in STORE_KINDS:
            continue
        kind, shown = catalog.name, _shown(platform, catalog.name)
        names = _names_by_id(rows, found.catalog_by_name) if kind == "voices" else {}
        items = [
            _Item(*_ids(kind, row), _names(kind, row, shown), _properties(kind, row, names, shown), row)
            for row in rows(STORE_KINDS[kind])
        ]
        for scope in modes(table) if catalog.scoped else ("",):
            inside = [item for item in items if not scope or scope in item.row["modes"]]
            targets[kind, scope] = tuple(_target(item, inside) for item in inside)
    return Account(platform, targets)


def _shown(platform: str, kind: str) -> frozenset[str]:
    """The properties that the platform shows of the items of a catalog."""
    api = registry.specs()[platform].catalogs[kind]
    return frozenset(api.properties) | frozenset(api.join.properties if api.join else ())


def _names_by_id(rows: Rows, catalogs: Mapping[str, object]) -> Mapping[str, Mapping[object, str]]:
    kinds = {"languages": "language", "synthesizer_providers": "synthesizer_provider"}
    return {kinds[k]: {row["id"]: row["name"] for row in rows(kinds[k])} for k in kinds if k in catalogs}


@dataclass(frozen=True, slots=True)
class _Item:
    id: RemoteId
    written_id: Mapping[str, Any]  # how a manifest writes it
    names: tuple[str, ...]  # the name itself first
    properties: Mapping[str, Any]
    row: Row


def _ids(kind: str, row: Row) -> tuple[RemoteId, Mapping[str, Any]]:
    """What requests call the item, and what a manifest does."""
    if "voice_id" in row:  # a voice that its provider and ID name together
        return f"{row['provider']}/{row['voice_id']}", {"id": row["voice_id"], "provider": row["provider"]}
    if kind == "phone_numbers" and isinstance(row["id"], str):  # assistants name their number itself
        return row["phone_number"], {"id": row["id"]}
    return row["id"], {"id": row["id"]}


def _names(kind: str, row: Row, shown: frozenset[str]) -> tuple[str, ...]:
    name = row["phone_number"] if kind == "phone_numbers" else row["name"]
    return (name, *(row[alias] for alias in _ALIASES.get(kind, ()) if row.get(alias) and alias in shown))


def _properties(
    kind: str, row: Row, names: Mapping[str, Mapping[object, str]], shown: frozenset[str]
) -> dict[str, Any]:
    found: dict[str, Any]
    if kind == "phone_numbers":
        found = {"type": row["type"], "country": row.get("country_code"), "nickname": row.get("nickname")}
    elif kind == "voices":
        found = {
            "language": names.get("language", {}).get(row.get("language_id"), row.get("language")),
            "provider": names.get("synthesizer_provider", {}).get(
                row.get("synthesizer_provider_id"), row.get("provider")
            ),
            "is_cloned": bool(row.get("isCloned")),
            **{name: row.get(name) for name in ("gender", "accent", "age")},
        }
    else:
        found = {}
    return {name: value for name, value in found.items() if value is not None and name in shown}


def _target(item: _Item, items: list[_Item]) -> Target:
    spellings = [spelling for spelling in _spellings(item) if _matches(spelling, items) == [item.id]]
    return Target(item.id, (item.written_id, *spellings), item.row)


def _spellings(item: _Item) -> Iterator[Any]:
    for name in item.names:
        # Odd case and spaces are for names; a number is written as it is.
        forms = (name,) if name.startswith("+") else (name, name.upper(), f"  {name.lower().replace(' ', '   ')} ")
        for form in dict.fromkeys(forms):
            yield form
            yield {"name": form}
            yield from ({"name": form, key: value} for key, value in item.properties.items())
        yield {"name": name, **item.properties}


def _matches(spelling: Any, items: list[_Item]) -> list[RemoteId]:
    wanted = {"name": spelling} if isinstance(spelling, str) else dict(spelling)
    text = wanted.pop("name")
    found = [
        item
        for item in items
        if any(_plain(name) == _plain(text) for name in item.names)
        and all(_plain(item.properties.get(key, "")) == _plain(value) for key, value in wanted.items())
    ]
    for narrower in (
        [item for item in found if _spaced(item.names[0]) == _spaced(text)],
        [item for item in found if _plain(item.names[0]) == _plain(text)],
    ):
        if len(found) > 1 and narrower:
            found = narrower
    return [item.id for item in found]


def _spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _plain(value: object) -> object:
    return _spaced(value).casefold() if isinstance(value, str) else value


def _key(written: object) -> str:
    return json.dumps(written, sort_keys=True)
