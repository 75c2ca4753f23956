"""Routes of assistants: create, update, delete and the lists."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from agentops.sandbox.autocalls.assistant_reads import OUTBOUND_KEYS, Reader
from agentops.sandbox.autocalls.automatic import automatic, fillers_for, mode_defaults, without
from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.autocalls.builtin_tools import built_in_tools
from agentops.sandbox.autocalls.dialects import Dialect, dialect_of
from agentops.sandbox.autocalls.paging import asked_page, full_envelope, short_envelope
from agentops.sandbox.autocalls.requests import VALIDATION_FAILED, checker, refuse_errors
from agentops.sandbox.autocalls.rules import Write, drop_wrong_mode
from agentops.sandbox.calls import Answer, Call, Route, message
from agentops.sandbox.checks import Check
from agentops.sandbox.database import Row
from agentops.sandbox.options import Options

MISSING = "Assistant not found"


def routes(brand: Brand, options: Options) -> tuple[Route, ...]:
    """The routes of this module for one brand."""
    dialect = dialect_of(brand)
    bare = partial(list_bare, brand) if options.bare_assistants else no_such_route
    single = partial(read_one, brand) if options.single_read else no_such_route
    return (
        Route("GET", "/user/assistants/get", partial(list_pages, brand)),
        Route("GET", "/user/assistants/outbound", partial(list_outbound, brand)),
        Route("POST", "/user/assistant", partial(create, brand, dialect)),
        Route("PUT", "/user/assistant/<int:number>", partial(update, brand, dialect)),
        Route("DELETE", "/user/assistant/<int:number>", partial(delete, brand)),
        Route("GET", "/user/assistants", bare),
        Route("GET", "/user/assistants/<int:number>", no_such_route),
        Route("GET", "/user/assistant/<int:number>", single),
    )


def no_such_route(call: Call, **_numbers: int) -> Answer:
    """What answers where no document shows a read."""
    path = call.request.path.lstrip("/")
    return Answer(404, {"message": f"The route {path} could not be found."})


def create(brand: Brand, dialect: Dialect, call: Call) -> Answer:
    """POST /user/assistant"""
    check = checker(call)
    sent = dialect.stored(dialect.fields.sent(call.body(), check), None, check)
    if call.options.ignore_wrong_mode:
        sent = drop_wrong_mode(sent, sent.get("mode"), dialect.bound)
    write = Write(sent, None, dialect.defaults | sent, replace(check, names=dialect.names), call.database, call.owner)
    _check(write, dialect, check)
    row = write.after | without(automatic(brand, call, write.after), sent)
    row |= _server_made(brand, call, call.database.next_id("assistant"))
    row["filler_config"] = row["filler_config"] or fillers_for(call, row)
    call.database.insert("assistant", row, call.owner)
    return Answer(201, {"message": "Assistant created successfully", "data": _summary(row)})


def update(brand: Brand, dialect: Dialect, call: Call, number: int) -> Answer:
    """PUT /user/assistant/{id}: the fields sent, all others stay."""
    before = call.find("assistant", number, message(404, MISSING))
    check = checker(call)
    sent = dialect.stored(dialect.fields.sent(call.body(), check, partial=True), before, check)
    mode = sent.get("mode", before["mode"])
    if call.options.ignore_wrong_mode:
        sent = drop_wrong_mode(sent, mode, dialect.bound)
    reset = without(mode_defaults(brand, call, before | sent), sent) if mode != before["mode"] else {}
    after = before | reset | sent
    write = Write(sent, before, after, replace(check, names=dialect.names), call.database, call.owner)
    _check(write, dialect, check)
    row = write.after
    row["filler_config"] = row["filler_config"] or fillers_for(call, row)
    if row != before:
        row["updated_at"] = call.now
        call.database.replace("assistant", row)
    return Answer(200, {"message": "Assistant updated successfully", "data": _summary(row)})


def delete(brand: Brand, call: Call, number: int) -> Answer:
    """DELETE /user/assistant/{id}"""
    row = call.find("assistant", number, message(404, brand.delete_missing))
    call.database.replace("assistant", row | {"deleted_at": call.now}, deleted=True)
    return Answer(200, {"message": "Assistant deleted successfully"})


def list_pages(brand: Brand, call: Call) -> Answer:
    """GET /user/assistants/get"""
    deleted = call.options.show_deleted
    page = asked_page(call, call.database.count("assistant", call.owner, deleted=deleted), default=10)
    newest = call.options.list_order == "newest"
    rows = call.database.page(
        "assistant", call.owner, limit=page.size, offset=page.offset, deleted=deleted, newest=newest
    )
    items = reader(brand, call).items(rows)
    form = brand.envelope if call.options.list_envelope == "brand" else call.options.list_envelope
    if form == "short":
        return Answer(200, short_envelope(page, items))
    return Answer(200, full_envelope(page, items, call.request.base_url))


def list_outbound(brand: Brand, call: Call) -> Answer:
    """GET /user/assistants/outbound: few fields, all at once."""
    read = reader(brand, call)
    rows = call.database.rows("assistant", call.owner)
    outbound = [row for row in rows if row["type"] == "outbound"]
    return Answer(200, read.keys(outbound, OUTBOUND_KEYS))


def list_bare(brand: Brand, call: Call) -> Answer:
    """GET /user/assistants, which no document lists: all at once."""
    rows = call.database.rows("assistant", call.owner, deleted=call.options.show_deleted)
    return Answer(200, reader(brand, call).items(rows))


def read_one(brand: Brand, call: Call, number: int) -> Answer:
    """GET /user/assistant/{id}, which no document lists."""
    row = call.find("assistant", number, message(404, MISSING))
    return Answer(200, {"data": reader(brand, call).item(row)})


def reader(brand: Brand, call: Call) -> Reader:
    """What turns this account's rows into list items."""
    languages = call.database.rows("language", call.owner) if brand.language_code else []
    codes = {language["id"]: language["iso_2"] for language in languages}
    return Reader(brand, call.options, built_in_tools(brand), codes)


def _check(write: Write, dialect: Dialect, check: Check) -> None:
    for rule in dialect.rules:
        rule(write)
    refuse_errors(check, VALIDATION_FAILED)


def _summary(row: Row) -> Row:
    return {key: row[key] for key in ("id", "name", "status", "type", "mode")}


def _server_made(brand: Brand, call: Call, number: int) -> Row:
    status = call.options.status_after_create
    return {
        "id": number,
        "user_id": call.owner,
        "uuid": str(uuid5(NAMESPACE_URL, f"assistant/{call.owner}/{number}")),
        "status": brand.status if status == "brand" else status,
        "instance_id": 1,
        "inbound_webhook_url": None,
        "created_at": call.now,
        "updated_at": call.now,
        "deleted_at": None,
    }
