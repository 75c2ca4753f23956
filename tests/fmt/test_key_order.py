"""The order of keys is one: schemas, field tables and formatting have the same."""

from collections.abc import Iterator
from typing import Any

import pytest

from agentops.domain.fields import FieldTable
from agentops.engine.key_order import key_order
from agentops.engine.schemas import schema, schema_name, schema_names
from agentops.providers.registry import platform, platforms


@pytest.mark.parametrize("name", platforms())
def test_fields_have_the_order_of_their_table(name: str) -> None:
    on = platform(name)
    for kind in on.kinds:
        order = key_order({"apiVersion": on.api_version, "kind": kind.name, "spec": {}})
        assert list(order(("spec",))) == [row.name for row in kind.table]


@pytest.mark.parametrize("name", platforms())
def test_tools_have_the_order_of_their_tables(name: str) -> None:
    on = platform(name)
    for table, path, field in variants(on.kind_by_name["Assistant"].table):
        value: Any = {"type": table.name}
        for step in reversed(path):
            value = {step: value} if isinstance(step, str) else [value]
        order = key_order({"apiVersion": on.api_version, "kind": "Assistant", "spec": value})
        assert [key for key in order(("spec", *path)) if key not in ("type", "var")] == [
            row.name for row in table if row.name != "type"
        ], field


def variants(table: FieldTable) -> Iterator[tuple[FieldTable, tuple[str | int, ...], str]]:
    for row in table:
        if row.item:
            yield from ((each, (row.name, 0), row.name) for each in row.item.variants)
        yield from ((each, (row.name,), row.name) for each in row.variants)


@pytest.mark.parametrize("name", schema_names())
def test_conditions_of_schemas_look_for_constants_only(name: str) -> None:
    for condition in conditions(schema(name)):
        assert set(condition) <= {"type", "required", "properties"}
        assert all(set(each) == {"const"} for each in condition["properties"].values())


def conditions(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        if "if" in node:
            yield node["if"]
        for item in node.values():
            yield from conditions(item)
    elif isinstance(node, list):
        for item in node:
            yield from conditions(item)


def test_every_schema_is_found_by_what_a_file_says_of_itself() -> None:
    for name in schema_names():
        version, _, kind = name.rpartition("/")
        titles = ["Assistant", "PhoneNumber", "Project"]
        said = next(title for title in titles if schema_name(version, title) == name)
        assert list(key_order({"apiVersion": version, "kind": said})(())) == ["apiVersion", "kind", "metadata", "spec"]
        assert kind
