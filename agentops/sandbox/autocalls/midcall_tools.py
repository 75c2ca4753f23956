"""Routes of mid-call tools, in the shape before June 2026 and the one since."""

from __future__ import annotations

from functools import partial

from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.autocalls.requests import VALIDATION_FAILED, catalog, checked
from agentops.sandbox.calls import Answer, Call, Refused, Route, message
from agentops.sandbox.checks import Choice, Flag, Key, Several, Shape, Text, Url, Whole
from agentops.sandbox.database import Row

_HEADER = Shape((Key("name", Text(), required=True), Key("value", Text(2048), required=True)))
_STATIC_FIELD = Shape((Key("key", Text(), required=True), Key("value", Text(2048), required=True)))
_METHODS = Choice(("GET", "POST", "PUT", "PATCH", "DELETE"))

_COMMON = (
    Key("description", Text(255), required=True),
    Key("endpoint", Url(2048), required=True),
    Key("method", _METHODS, required=True),
    Key("timeout", Whole(1, 30), default=10),
    Key("headers", Several(_HEADER), default=[]),
)

_EARLIER = Shape(
    (
        Key("name", Text(pattern="[a-z][a-z_]*"), required=True),
        *_COMMON,
        Key(
            "schema",
            Several(
                Shape(
                    (
                        Key("name", Text(32, least=2, pattern="[A-Za-z][A-Za-z_]*"), required=True),
                        Key("type", Choice(("string", "number", "boolean")), required=True),
                        Key("description", Text(255, least=3), required=True),
                    )
                )
            ),
            default=[],
        ),
    )
)

_SINCE_JUNE_2026 = Shape(
    (
        Key("name", Text(64, pattern="[A-Za-z_][A-Za-z0-9_]*"), required=True),
        *_COMMON,
        Key("body_format", Choice(("json", "form")), default="json"),
        Key("static_fields", Several(_STATIC_FIELD), default=[]),
        Key(
            "schema",
            Several(
                Shape(
                    (
                        Key("name", Text(32, least=1, pattern="[A-Za-z][A-Za-z_]*"), required=True),
                        Key("type", Choice(("string", "number", "float", "boolean")), required=True),
                        Key("description", Text(255, least=3), required=True),
                        Key("required", Flag()),
                    )
                )
            ),
            default=[],
        ),
    )
)

_READ = {
    False: ("id", "name", "description", "endpoint", "method", "timeout", "headers", "schema"),
    True: (
        *("id", "name", "description", "type", "endpoint", "method", "body_format", "timeout", "headers"),
        *("static_fields", "schema"),
    ),
}

_MISSING = message(404, "Tool not found")


def routes(brand: Brand) -> tuple[Route, ...]:
    """The routes of this module for one brand."""
    shape = _SINCE_JUNE_2026 if brand.new_tools else _EARLIER
    one = "/user/tools/<int:number>"
    return (
        Route("GET", "/user/tools", partial(list_all, brand)),
        Route("POST", "/user/tools", partial(create, brand, shape)),
        Route("GET", one, partial(read, brand)),
        Route("PUT", one, partial(update, brand, shape)),
        Route("DELETE", one, delete),
    )


def list_all(brand: Brand, call: Call) -> Answer:
    """GET /user/tools"""
    return catalog(call, [_shown(brand, row) for row in call.database.rows("tool", call.owner)])


def read(brand: Brand, call: Call, number: int) -> Answer:
    """GET /user/tools/{id}: the tool itself, without an envelope."""
    return Answer(200, _shown(brand, call.find("tool", number, _MISSING)))


def create(brand: Brand, shape: Shape, call: Call) -> Answer:
    """POST /user/tools"""
    sent = checked(call, shape)
    limit = call.options.tool_limit
    if limit is not None and call.database.count("tool", call.owner) >= limit:
        text = f"You have reached your plan limit of {limit} mid call tools."
        raise Refused(message(422, text + " Please upgrade your plan to create more tools."))
    row = {key.name: key.default for key in _SINCE_JUNE_2026.keys} | {"type": "http"} | sent
    row |= {"id": call.database.next_id("tool"), "created_at": call.now, "updated_at": call.now}
    call.database.insert("tool", row, call.owner)
    return Answer(201, {"message": "Tool created successfully", "data": _shown(brand, row)})


def update(brand: Brand, shape: Shape, call: Call, number: int) -> Answer:
    """PUT /user/tools/{id}: the fields sent; lists as a whole."""
    row = call.find("tool", number, _MISSING)
    row |= checked(call, shape, partial=True, text=VALIDATION_FAILED) | {"updated_at": call.now}
    call.database.replace("tool", row)
    return Answer(200, {"message": "Tool updated successfully", "data": _shown(brand, row)})


def delete(call: Call, number: int) -> Answer:
    """DELETE /user/tools/{id}: it is taken off all assistants."""
    call.find("tool", number, _MISSING)
    call.database.remove("tool", number)
    call.database.detach("tool_ids", number, call.owner)
    return Answer(200, {"message": "Tool deleted successfully"})


def _shown(brand: Brand, row: Row) -> Row:
    keys = (*_READ[brand.new_tools], "created_at", "updated_at")
    shown = {key: row[key] for key in keys}
    if brand.new_tools:
        shown["schema"] = [{"required": False} | item for item in row["schema"]]
    return shown
