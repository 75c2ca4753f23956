"""What the sandbox's account can refer to, and every way in which a manifest may write each reference.

Read from the sandbox's store and matched by a reading of the rules of its own, so that the product's catalogs and
resolver are not checked against themselves.
"""

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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

SCOPED = ("voices", "multimodal_models")
MODES = ("pipeline", "multimodal", "dualplex")
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

    id: int
    spellings: tuple[Any, ...]
    row: Row


@dataclass(frozen=True)
class Account:
    """All items by catalog kind and scope (the mode, for voices and multimodal models; else "")."""

    targets: Mapping[tuple[str, str], tuple[Target, ...]]

    def of(self, kind: str, scope: str = "") -> tuple[Target, ...]:
        """What a field of this kind can refer to."""
        return self.targets.get((kind, scope), ())

    def id_of(self, kind: str, written: object, scope: str = "") -> int:
        """The ID that a generated reference means. Raises KeyError for one that was not generated."""
        return self._ids[kind, scope][_key(written)]

    @cached_property
    def _ids(self) -> Mapping[tuple[str, str], Mapping[str, int]]:
        return {
            key: {_key(spelling): target.id for target in targets for spelling in target.spellings}
            for key, targets in self.targets.items()
        }


def read_account(rows: Rows, kinds: Iterable[str], *, nicknames: bool = True) -> Account:
    """The account behind `rows`, for the catalog kinds that a platform has; not all platforms show nicknames."""
    targets: dict[tuple[str, str], tuple[Target, ...]] = {}
    names = {store: {row["id"]: row["name"] for row in rows(store)} for store in ("language", "synthesizer_provider")}
    for kind in set(kinds) & STORE_KINDS.keys():
        found = [row if nicknames else {**row, "nickname": None} for row in rows(STORE_KINDS[kind])]
        items = [_Item(row["id"], _names(kind, row), _properties(kind, row, names), row) for row in found]
        for scope in MODES if kind in SCOPED else ("",):
            inside = [item for item in items if not scope or scope in item.row["modes"]]
            targets[kind, scope] = tuple(_target(item, inside) for item in inside)
    return Account(targets)


@dataclass(frozen=True, slots=True)
class _Item:
    id: int
    names: tuple[str, ...]  # the name itself first
    properties: Mapping[str, str]
    row: Row


def _names(kind: str, row: Row) -> tuple[str, ...]:
    name = row["phone_number"] if kind == "phone_numbers" else row["name"]
    return (name, *(row[alias] for alias in _ALIASES.get(kind, ()) if row.get(alias)))


def _properties(kind: str, row: Row, names: Mapping[str, Mapping[int, str]]) -> dict[str, str]:
    if kind == "phone_numbers":
        found = {"type": row["type"], "country": row["country_code"], "nickname": row.get("nickname")}
    elif kind == "voices":
        found = {
            "language": names["language"].get(row["language_id"]),
            "provider": names["synthesizer_provider"].get(row["synthesizer_provider_id"]),
            **{name: row.get(name) for name in ("gender", "accent", "age")},
        }
    else:
        found = {}
    return {name: value for name, value in found.items() if value is not None}


def _target(item: _Item, items: list[_Item]) -> Target:
    spellings = [spelling for spelling in _spellings(item) if _matches(spelling, items) == [item.id]]
    return Target(item.id, ({"id": item.id}, *spellings), item.row)


def _spellings(item: _Item) -> Iterator[Any]:
    for name in item.names:
        # Odd case and spaces are for names; a number is written as it is.
        forms = (name,) if name.startswith("+") else (name, name.upper(), f"  {name.lower().replace(' ', '   ')} ")
        for form in dict.fromkeys(forms):
            yield form
            yield {"name": form}
            yield from ({"name": form, key: value} for key, value in item.properties.items())
        yield {"name": name, **item.properties}


def _matches(spelling: Any, items: list[_Item]) -> list[int]:
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


def _plain(text: str) -> str:
    return _spaced(text).casefold()


def _key(written: object) -> str:
    return json.dumps(written, sort_keys=True)
