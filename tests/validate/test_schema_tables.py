"""The schema and the field tables of every platform hold each other, both ways."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from agentops.domain.fields import Field, FieldTable, Type
from agentops.domain.platform import Platform
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

    def __init__(self, on: Platform) -> None:
        self.platform = on
        self.faults: list[str] = []
        kind = on.kinds[0]
        self.root = schema(schema_name(on.api_version, kind.name))
        self.pairs = list(self._table(kind.table, self.root["properties"]["spec"], "spec"))

    def resolved(self, prop: Property) -> Property:
        while "$ref" in prop:
            prop = self.root["definitions"][prop["$ref"].rpartition("/")[2]]
        return prop

    def _table(self, table: FieldTable, prop: Property, path: str) -> Iterator[tuple[str, Field, Property]]:
        names, keys = {row.name for row in table}, set(prop["properties"])
        self.faults += [f"{path}.{key} has no field" for key in keys - names - {"type"}]
        self.faults += [f"{path}.{name} has no property" for name in names - keys]
        required = {row.name for row in table if row.required}
        if required != set(prop.get("required", ())) - ({"type"} - names):
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
        elif row.type is Type.OBJECT:
            assert row.table is not None
            yield from self._table(row.table, prop, path)
        elif row.type is Type.VARIANT:
            yield from self._variants(row, prop, path)

    def _variants(self, row: Field, prop: Property, path: str) -> Iterator[tuple[str, Field, Property]]:
        named = {branch["if"]["properties"]["type"]["const"]: branch["then"] for branch in prop["allOf"]}
        choices = prop["properties"]["type"]["anyOf"][0]["enum"]
        if set(named) != set(choices) or set(named) != {table.name for table in row.variants}:
            self.faults.append(f"{path}: the types differ")
        for table in row.variants:
            chosen = self.resolved(named[table.name])
            assert chosen["properties"]["type"]["const"] == table.name
            yield from self._table(table, chosen, f"{path}<{table.name}>")


PAIRS = {name: Pairs(platform(name)) for name in platforms()}
ALL = [(name, *pair) for name in platforms() for pair in PAIRS[name].pairs]
WIDEST = [(path, row, prop) for path, row, prop in PAIRS["autocalls"].pairs]


def types_of(prop: Property) -> set[str]:
    types = prop.get("type", "string")
    return {types} if isinstance(types, str) else set(types)


def enum_of(prop: Property) -> list[str]:
    return next((list(branch["enum"]) for branch in prop.get("anyOf", ()) if "enum" in branch), [])


@pytest.mark.parametrize("name", platforms())
def test_every_property_has_a_field_and_every_field_a_property(name: str) -> None:
    assert PAIRS[name].faults == []
    assert len(PAIRS[name].pairs) > 110


@pytest.mark.parametrize("name, path, row, prop", ALL, ids=[f"{name}:{path}" for name, path, *_ in ALL])
def test_the_schema_allows_all_that_the_field_does(name: str, path: str, row: Field, prop: Property) -> None:
    if row.secret:
        assert set(prop["properties"]) == {"env"}
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


@pytest.mark.parametrize("path, row, prop", WIDEST, ids=[path for path, *_ in WIDEST])
def test_the_schema_allows_no_more_than_the_widest_platform(path: str, row: Field, prop: Property) -> None:
    assert sorted(row.choices) == sorted(enum_of(prop))
    if row.secret:
        return
    assert bool(row.nullable) == ("null" in types_of(prop))
    assert (row.minimum, row.maximum) == (prop.get("minimum"), prop.get("maximum"))
    assert row.max_length == prop.get("maxLength")
    if row.type in (Type.TEXT, Type.INTEGER, Type.NUMBER, Type.BOOLEAN) and not row.choices:
        extra = types_of(prop) - {JSON_TYPES[row.type], "null"}
        assert extra == {"object"}
        assert set(prop["properties"]) <= MARKERS
        assert prop["additionalProperties"] is False


@pytest.mark.parametrize(
    "path, row, prop",
    [pair for pair in WIDEST if pair[1].type is Type.REFERENCE],
    ids=[pair[0] for pair in WIDEST if pair[1].type is Type.REFERENCE],
)
def test_references_take_the_qualifiers_of_their_catalog(path: str, row: Field, prop: Property) -> None:
    assert row.ref is not None
    definition = PAIRS["autocalls"].resolved(prop["allOf"][0])
    catalog = platform("autocalls").catalog_by_name[row.ref.kind]
    qualifiers = {qualifier.name for qualifier in catalog.qualifiers}
    assert set(definition["properties"]) - {"name", "id", "var"} == qualifiers
