"""Routes of knowledge bases and their documents."""

from __future__ import annotations

from agentops.sandbox.autocalls.requests import checked, checker, refuse_errors
from agentops.sandbox.calls import Answer, Call, Refused, Route, error
from agentops.sandbox.checks import Check, Choice, Key, Several, Shape, Text, Url, Whole
from agentops.sandbox.database import Row

_MISSING = error(404, "Knowledgebase not found.")
_NO_DOCUMENT = error(404, "Document not found.")

_NAMED = (Key("name", Text(255), required=True), Key("description", Text(255), null=True))
_BASE = Shape(_NAMED)
_TYPE = Key("type", Choice(("website", "pdf", "txt", "docx")), required=True)
_WEBSITE = Shape(
    (
        *_NAMED,
        _TYPE,
        Key("url", Url()),
        Key("links", Several(Shape((Key("link", Url(), required=True),)))),
        Key("relative_links_limit", Whole(1, 50), default=10),
    )
)
_FILE = Shape((*_NAMED, _TYPE))
_LARGEST_FILE = 20 * 1024 * 1024

_TYPE_LABELS = {"website": "Website", "pdf": "PDF", "txt": "TXT", "docx": "DOCX"}


def routes() -> tuple[Route, ...]:
    """The routes of this module."""
    every, base = "/user/knowledgebases", "/user/knowledgebases/<int:number>"
    document = base + "/documents/<int:document>"
    return (
        Route("GET", every, list_all),
        Route("POST", every, create),
        Route("GET", base, read),
        Route("PUT", base, update),
        Route("DELETE", base, delete),
        Route("GET", base + "/documents", list_documents),
        Route("POST", base + "/documents", create_document),
        Route("GET", document, read_document),
        Route("PUT", document, update_document),
        Route("DELETE", document, delete_document),
    )


def list_all(call: Call) -> Answer:
    """GET /user/knowledgebases"""
    counts = call.database.tally("assistant", call.owner, "knowledgebase_id")
    rows = call.database.rows("knowledgebase", call.owner)
    return Answer(200, {"data": [_counted(call, row, counts) for row in rows]})


def read(call: Call, number: int) -> Answer:
    """GET /user/knowledgebases/{id}"""
    row = call.find("knowledgebase", number, _MISSING)
    counts = call.database.tally("assistant", call.owner, "knowledgebase_id")
    return Answer(200, {"data": _counted(call, row, counts)})


def create(call: Call) -> Answer:
    """POST /user/knowledgebases"""
    row: Row = {"description": None} | checked(call, _BASE)
    row |= {"id": call.database.next_id("knowledgebase"), "created_at": call.now, "updated_at": call.now}
    call.database.insert("knowledgebase", row, call.owner)
    data = _described(row, []) | _times(row)
    return Answer(201, {"message": "Knowledgebase created successfully.", "data": data})


def update(call: Call, number: int) -> Answer:
    """PUT /user/knowledgebases/{id}"""
    row = call.find("knowledgebase", number, _MISSING) | checked(call, _BASE, partial=True)
    row["updated_at"] = call.now
    call.database.replace("knowledgebase", row)
    data = _described(row, _documents(call, number)) | {"updated_at": row["updated_at"]}
    return Answer(200, {"message": "Knowledgebase updated successfully.", "data": data})


def delete(call: Call, number: int) -> Answer:
    """DELETE /user/knowledgebases/{id}: its documents go, assistants lose the reference."""
    call.find("knowledgebase", number, _MISSING)
    for document in _documents(call, number):
        call.database.remove("document", document["id"])
    call.database.remove("knowledgebase", number)
    call.database.detach("knowledgebase_id", number, call.owner)
    return Answer(200, {"message": "Knowledgebase deleted successfully."})


def list_documents(call: Call, number: int) -> Answer:
    """GET a knowledge base's documents; those in processing are done the next time."""
    call.find("knowledgebase", number, _MISSING)
    return Answer(200, {"data": [_read_document(call, row) for row in _documents(call, number)]})


def read_document(call: Call, number: int, document: int) -> Answer:
    """GET one document; if it is in processing it is done the next time."""
    return Answer(200, {"data": _read_document(call, _document(call, number, document))})


def create_document(call: Call, number: int) -> Answer:
    """POST a website as JSON, or a file as a multipart form."""
    call.find("knowledgebase", number, _MISSING)
    sent = _form(call) if call.request.mimetype == "multipart/form-data" else _website(call)
    row: Row = {"description": None} | sent
    row |= {"id": call.database.next_id("document"), "knowledgebase_id": number, "status": "processing"}
    row |= {"created_at": call.now, "updated_at": call.now}
    call.database.insert("document", row, call.owner)
    shown = _shown_document(row)
    del shown["updated_at"]
    text = "Document created successfully. Processing will begin shortly."
    return Answer(201, {"message": text, "data": shown})


def update_document(call: Call, number: int, document: int) -> Answer:
    """PUT a document's name and description; its content cannot be changed."""
    row = _document(call, number, document) | checked(call, _BASE, partial=True) | {"updated_at": call.now}
    call.database.replace("document", row)
    return Answer(200, {"message": "Document updated successfully.", "data": _shown_document(row)})


def delete_document(call: Call, number: int, document: int) -> Answer:
    """DELETE a document."""
    call.database.remove("document", _document(call, number, document)["id"])
    return Answer(200, {"message": "Document deleted successfully."})


def _website(call: Call) -> Row:
    check = checker(call)
    body = call.body()
    sent = _WEBSITE.sent(body, check)
    if sent.get("type") in ("pdf", "txt", "docx"):
        check.refuse("file", "The {} field is required.")
    elif not body.get("url") and not body.get("links"):
        check.refuse("url", "The {} field is required when links is not present.")
    refuse_errors(check)
    return {"relative_links_limit": 10} | sent


def _form(call: Call) -> Row:
    check = checker(call)
    sent = _FILE.sent(call.request.form.to_dict(), check)
    return sent | _file(call, check)


def _file(call: Call, check: Check) -> Row:
    file = call.request.files.get("file")
    size = 0 if file is None else len(file.stream.read())
    if file is None:
        check.refuse("file", "The {} field is required.")
    elif size > _LARGEST_FILE:
        check.refuse("file", "The {} field must not be greater than 20480 kilobytes.")
    refuse_errors(check)
    return {"size": size}


def _document(call: Call, number: int, document: int) -> Row:
    call.find("knowledgebase", number, _MISSING)
    row = call.find("document", document, _NO_DOCUMENT)
    if row["knowledgebase_id"] != number:
        raise Refused(_NO_DOCUMENT)
    return row


def _documents(call: Call, number: int) -> list[Row]:
    rows = call.database.rows("document", call.owner)
    return [row for row in rows if row["knowledgebase_id"] == number]


def _read_document(call: Call, row: Row) -> Row:
    if row["status"] == "processing":
        call.database.replace("document", row | {"status": "active"})
    return _shown_document(row)


def _shown_document(row: Row) -> Row:
    shown = {key: row[key] for key in ("id", "name", "description", "type")}
    shown |= {"type_label": _TYPE_LABELS[row["type"]]}
    shown |= {"status": row["status"], "status_label": str(row["status"]).capitalize()}
    return shown | _times(row)


def _described(row: Row, documents: list[Row]) -> Row:
    """A knowledge base with its status, which is that of its documents."""
    statuses = {document["status"] for document in documents}
    order = ("failed", "processing", "active")
    status = next((status for status in order if status in statuses), "empty")
    shown = {key: row[key] for key in ("id", "name", "description")}
    return shown | {"status": status, "status_label": status.capitalize()}


def _counted(call: Call, row: Row, counts: dict[int, int]) -> Row:
    documents = _documents(call, row["id"])
    shown = _described(row, documents)
    for document in documents:
        _read_document(call, document)
    shown |= {"documents_count": len(documents), "assistants_count": counts.get(row["id"], 0)}
    return shown | _times(row)


def _times(row: Row) -> Row:
    return {key: row[key] for key in ("created_at", "updated_at")}
