"""Mid-call tools in the earlier and the newest shape."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import Opener
from tests.sandbox.support import connect, errors, fixture, ok

MINIMAL: dict[str, Any] = {
    "name": "lookup",
    "description": "d",
    "endpoint": "https://api.example.com/{id}",
    "method": "GET",
}
SERVER_MADE = ("id", "type", "created_at", "updated_at")
PARAMETER = {"name": "order_id", "type": "string", "description": "Order number"}


def written(tool: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in tool.items() if key not in SERVER_MADE}


@pytest.mark.parametrize("platform", ["autocalls", "famulor"])
def test_the_fixtures_tools_can_be_written(opened: Opener, platform: str) -> None:
    client = connect(opened(platform, seed=False))
    for tool in fixture(f"{platform}.tools"):
        ok(client.post("/user/tools", json=written(tool)), 201)
    found = ok(client.get("/user/tools"))
    assert [written(tool) for tool in found] == [written(tool) for tool in fixture(f"{platform}.tools")]
    assert [tool.keys() for tool in found] == [tool.keys() for tool in fixture(f"{platform}.tools")]
    assert ok(client.get(f"/user/tools/{found[0]['id']}")) == found[0]


def test_defaults(client: httpx.Client) -> None:
    tool = ok(client.post("/user/tools", json=MINIMAL), 201)["data"]
    assert (tool["timeout"], tool["headers"], tool["schema"], tool["body_format"]) == (10, [], [], "json")
    assert (tool["static_fields"], tool["type"], tool["id"]) == ([], "http", 13)


def test_an_update_is_partial_and_replaces_lists(client: httpx.Client) -> None:
    answer = ok(client.put("/user/tools/1", json={"headers": [], "timeout": 30}))
    assert answer["message"] == "Tool updated successfully"
    assert (answer["data"]["headers"], answer["data"]["timeout"]) == ([], 30)
    assert answer["data"]["name"] == "lookup_order"


def test_the_two_forms_of_a_refusal(client: httpx.Client) -> None:
    create = client.post("/user/tools", json={})
    update = client.put("/user/tools/1", json={"timeout": 31})
    assert ok(create, 422)["message"] == "The name field is required."
    assert ok(update, 422) == {
        "message": "Validation failed",
        "errors": {"timeout": ["The timeout must be between 1 and 30."]},
    }


def test_a_deleted_tool_is_gone(client: httpx.Client) -> None:
    assert ok(client.delete("/user/tools/1")) == {"message": "Tool deleted successfully"}
    ok(client.get("/user/tools/1"), 404)


@pytest.mark.parametrize(
    "change, path",
    [
        ({"name": "Lookup-1"}, "name"),
        ({"name": ""}, "name"),
        ({"description": "x" * 256}, "description"),
        ({"endpoint": "api.example.com"}, "endpoint"),
        ({"endpoint": "https://example.com/" + "x" * 2048}, "endpoint"),
        ({"method": "HEAD"}, "method"),
        ({"timeout": 0}, "timeout"),
        ({"headers": [{"name": "A"}]}, "headers.0.value"),
        ({"headers": {"A": "b"}}, "headers"),
        ({"schema": [PARAMETER | {"name": "1x"}]}, "schema.0.name"),
        ({"schema": [PARAMETER | {"type": "bool"}]}, "schema.0.type"),
        ({"schema": [PARAMETER | {"description": "ab"}]}, "schema.0.description"),
        ({"url": "https://example.com"}, "url"),
    ],
)
@pytest.mark.parametrize("platform", ["autocalls", "famulor"])
def test_a_wrong_tool_is_refused(opened: Opener, platform: str, change: dict[str, Any], path: str) -> None:
    assert errors(connect(opened(platform)).post("/user/tools", json=MINIMAL | change)).keys() == {path}


@pytest.mark.parametrize(
    "change",
    [
        {"name": "lookup2"},
        {"name": "_Lookup"},
        {"body_format": "form"},
        {"static_fields": [{"key": "a", "value": "b"}]},
        {"schema": [PARAMETER | {"required": True}]},
        {"schema": [PARAMETER | {"type": "float"}]},
        {"schema": [PARAMETER | {"name": "x"}]},
    ],
)
def test_what_only_the_newest_shape_has(opened: Opener, change: dict[str, Any]) -> None:
    ok(connect(opened("autocalls")).post("/user/tools", json=MINIMAL | change), 201)
    for platform in ("famulor", "intellixent"):
        assert errors(connect(opened(platform)).post("/user/tools", json=MINIMAL | change))
