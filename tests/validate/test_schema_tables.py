"""The schema and the field tables of every platform hold each other, both ways."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from agentops.domain.fields import Field, FieldTable, Type
from agentops.domain.platform import Kind, Platform
from agentops.engine.schemas import schema, schema_name
from agentops.providers.registry import platform, platforms

JSON_TYPES = {
    Type.TEXT: "string",
    Type.INTEGER: "integer",
    Type.NUMBER: "number",
    Type.BOOLEAN: "boolean",
    Type.LIST: "array",
    Type.MAP: "object",
    Type.OBJECT: "object",
    Type.VARIANT: "object",
    Type.REFERENCE: "string",
}
MARKERS = {"file", "var", "env"}
Property = Mapping[str, Any]


class Pairs:
    """Every field of a platform's kind beside its property in the schema."""

    def __init__(self, on: Platform, kind: Kind) -> None:
        self.platform = on
        self.faults: list[str] = []
        self.root = schema(schema_name(on.api_version, kind.name))
        self.pairs = list(self._table(kind.table, self.root["properties"]["spec"], kind.prefix))

    def resolved(self, prop: Property) -> Property:
        while "$ref" in prop:
            prop = self.root["definitions"][prop["$ref"].rpartition("/")[2]]
        return prop

    def _table(self, table: FieldTable, prop: Property, path: str) -> Iterator[tuple[str, Field, Property]]:
        names, keys = {row.name for row in table}, set(prop["properties"])
        self.faults += [f"{path}.{key} has no field" for key in keys - names - {"type"}]
        self.faults += [f"{path}.{name} has no property" for name in names - keys]
        required = {row.name for row in table if row.required}
        if not required >= set(prop.get("required", ())) - ({"type"} - names):
            self.faults.append(f"{path}: required differs")
        for row in table:
            if row.name in keys:
                yield from self._row(row, self.resolved(prop["properties"][row.name]), f"{path}.{row.name}")

    def _row(self, row: Field, prop: Property, path: str) -> Iterator[tuple[str, Field, Property]]:
        yield path, row, prop
        if row.type is Type.LIST:
            assert row.item is not None
            yield from self._row(row.item, self.resolved(prop["items"]), path + "[]")
        elif row.type is Type.MAP:
            assert row.item is not None
            yield from self._row(row.item, prop["additionalProperties"], path + ".*")
        elif row.qualified:
            yield from self._qualified(row, prop, path)
        elif row.type is Type.OBJECT:
            assert row.table is not None
            yield from self._table(row.table, prop, path)
        elif row.type is Type.VARIANT:
            yield from self._variants(row, prop, path)

    def _qualified(self, row: Field, prop: Property, path: str) -> Iterator[tuple[str, Field, Property]]:
        assert row.table is not None
        first, *settings = row.table
        yield f"{path}.{first.name}", first, prop
        keys = self.resolved(prop["allOf"][0])["properties"]
        for setting in settings:
            yield from self._row(setting, self.resolved(keys[setting.name]), f"{path}.{setting.name}")

    def _variants(self, row: Field, prop: Property, path: str) -> Iterator[tuple[str, Field, Property]]:
        named = {branch["if"]["properties"]["type"]["const"]: branch["then"] for branch in prop["allOf"]}
        choices = prop["properties"]["type"]["anyOf"][0]["enum"]
        if set(named) != set(choices) or set(named) != {table.name for table in row.variants}:
            self.faults.append(f"{path}: the types differ")
        for table in row.variants:
            chosen = self.resolved(named[table.name])
            assert chosen["properties"]["type"]["const"] == table.name
            yield from self._table(table, chosen, f"{path}<{table.name}>")


KINDS = [(name, kind) for name in platforms() for kind in platform(name).kinds]
PAIRS = {(name, kind.name): Pairs(platform(name), kind) for name, kind in KINDS}
ALL = [(name, *pair) for (name, _), pairs in PAIRS.items() for pair in pairs.pairs]


def widest() -> dict[tuple[str, str], tuple[list[Field], Property]]:
    """Vocabulary and path -> the rows of all its platforms that have the field, and their one property."""
    found: dict[tuple[str, str], tuple[list[Field], Property]] = {}
    for (name, _), pairs in PAIRS.items():
        for path, row, prop in pairs.pairs:
            rows, _ = found.setdefault((platform(name).api_version, path), ([], prop))
            if not row.absent:
                rows.append(row)
    return found


WIDEST = widest()


def types_of(prop: Property) -> set[str]:
    types = prop.get("type", "string")
    named = {types} if isinstance(types, str) else set(types)
    return named | {branch["type"] for branch in prop.get("anyOf", ()) if "type" in branch}


def enum_of(prop: Property) -> list[str]:
    return next((list(branch["enum"]) for branch in prop.get("anyOf", ()) if "enum" in branch), [])


@pytest.mark.parametrize("place", sorted(PAIRS))
def test_every_property_has_a_field_and_every_field_a_property(place: tuple[str, str]) -> None:
    assert PAIRS[place].faults == []
    assert len(PAIRS[place].pairs) > (110 if place[1] == "Assistant" else 2)


@pytest.mark.parametrize("name, path, row, prop", ALL, ids=[f"{name}:{path}" for name, path, *_ in ALL])
def test_the_schema_allows_all_that_the_field_does(name: str, path: str, row: Field, prop: Property) -> None:
    if row.secret:
        assert set(prop["properties"]) == ({"env", "var"} if row.spelled_out else {"env"})
        return
    if row.qualified:
        assert types_of(prop) == {"string", "object"}
        return
    assert JSON_TYPES[row.type] in types_of(prop)
    assert set(row.choices) <= set(enum_of(prop))
    assert not row.nullable or "null" in types_of(prop)
    assert ("file" in prop.get("properties", ())) == row.long_text
    for limit, wider in (("minimum", float.__le__), ("maximum", float.__ge__)):
        own, theirs = getattr(row, limit), prop.get(limit)
        assert own is None or theirs is None or wider(float(theirs), float(own))
    assert row.max_length is None or prop.get("maxLength") is None or prop["maxLength"] >= row.max_length
    assert (row.min_length or 0) >= prop.get("minLength", 0) or prop["minLength"] == 1


@pytest.mark.parametrize("place", sorted(WIDEST))
def test_the_schema_allows_no_more_than_the_widest_platform(place: tuple[str, str]) -> None:
    rows, prop = WIDEST[place]
    row = rows[0]
    assert {choice for each in rows for choice in each.choices} == set(enum_of(prop))
    if row.secret or row.qualified:
        return
    assert any(each.nullable for each in rows) == ("null" in types_of(prop))
    assert prop.get("minimum") == lowest([each.minimum for each in rows])
    assert prop.get("maximum") == highest([each.maximum for each in rows])
    assert prop.get("maxLength") == highest([each.max_length for each in rows])
    if row.type in (Type.TEXT, Type.INTEGER, Type.NUMBER, Type.BOOLEAN) and not row.choices:
        extra = types_of(prop) - {JSON_TYPES[row.type], "null"}
        assert extra == {"object"}
        assert set(prop["properties"]) <= MARKERS
        assert prop["additionalProperties"] is False


def lowest(limits: list[float | None]) -> float | None:
    """The limit that lets everything pass which one of them does; None is no limit."""
    return None if None in limits else min(limit for limit in limits if limit is not None)


def highest(limits: list[float | None]) -> float | None:
    return None if None in limits else max(limit for limit in limits if limit is not None)


FIRST = {platform(name).api_version: name for name in reversed(platforms())}
"""Vocabulary -> the platform that has all of it."""

REFERENCES = [
    (name, kind.name, path, row, prop)
    for name, kind in KINDS
    if name in FIRST.values()
    for path, row, prop in PAIRS[name, kind.name].pairs
    if row.type is Type.REFERENCE
]


@pytest.mark.parametrize("name, kind, path, row, prop", REFERENCES, ids=[f"{r[0]}:{r[2]}" for r in REFERENCES])
def test_references_take_the_qualifiers_of_their_catalog(
    name: str, kind: str, path: str, row: Field, prop: Property
) -> None:
    assert row.ref is not None
    definition = PAIRS[name, kind].resolved(prop["allOf"][0])
    qualifiers = {qualifier.name for qualifier in platform(name).catalog_by_name[row.ref.kind].qualifiers}
    voice = platform(name).kind_by_name[kind].table.by_name.get(path.split(".")[1])
    settings = {each.name for each in voice.table} if voice is not None and voice.qualified and voice.table else set()
    assert set(definition["properties"]) - {"name", "id", "var"} - settings == qualifiers
