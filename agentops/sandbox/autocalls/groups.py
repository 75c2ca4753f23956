"""Routes of folders and labels, which are alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from agentops.sandbox.autocalls.paging import asked_page
from agentops.sandbox.autocalls.requests import checked, checker, refuse_errors
from agentops.sandbox.calls import Answer, Call, Route, message
from agentops.sandbox.checks import Choice, Key, Shape, Text
from agentops.sandbox.database import Row

_COLORS = ("gray", "slate", "red", "orange", "amber", "green", "teal", "blue", "purple", "pink")

_SHAPE = Shape((Key("name", Text(255), required=True), Key("color", Choice(_COLORS), null=True)))


@dataclass(frozen=True, slots=True)
class Group:
    """Folder or label: its kind, how texts call it, and the assistants' field that names it."""

    kind: str
    title: str
    field: str

    @property
    def missing(self) -> Answer:
        """The answer for an id that is none."""
        return message(404, f"{self.title} not found")


_GROUPS = (Group("folder", "Folder", "folder_id"), Group("label", "Label", "label_ids"))


def routes() -> tuple[Route, ...]:
    """The routes of this module."""
    return tuple(route for group in _GROUPS for route in _routes(group))


def _routes(group: Group) -> tuple[Route, ...]:
    one = f"/user/{group.kind}/<int:number>"
    return (
        Route("GET", f"/user/{group.kind}s", partial(list_page, group)),
        Route("POST", f"/user/{group.kind}", partial(create, group)),
        Route("PUT", one, partial(update, group)),
        Route("DELETE", one, partial(delete, group)),
    )


def list_page(group: Group, call: Call) -> Answer:
    """GET /user/folders, /user/labels"""
    page = asked_page(call, call.database.count(group.kind, call.owner), default=15)
    rows = call.database.page(group.kind, call.owner, limit=page.size, offset=page.offset)
    counts = call.database.tally("assistant", call.owner, group.field)
    items = [_shown(row, counts) for row in rows]
    numbers = {"current_page": page.number, "per_page": page.size, "total": page.total}
    return Answer(200, {"data": items} | numbers)


def create(group: Group, call: Call) -> Answer:
    """POST /user/folder, /user/label"""
    row: Row = {"color": None} | checked(call, _SHAPE)
    _refuse_taken(group, call, row, None)
    row["id"] = call.database.next_id(group.kind)
    call.database.insert(group.kind, row, call.owner)
    return Answer(201, {"message": f"{group.title} created successfully", "data": _shown(row, {})})


def update(group: Group, call: Call, number: int) -> Answer:
    """PUT /user/folder/{id}, /user/label/{id}"""
    row = call.find(group.kind, number, group.missing) | checked(call, _SHAPE, partial=True)
    _refuse_taken(group, call, row, number)
    call.database.replace(group.kind, row)
    counts = call.database.tally("assistant", call.owner, group.field)
    return Answer(200, {"message": f"{group.title} updated successfully", "data": _shown(row, counts)})


def delete(group: Group, call: Call, number: int) -> Answer:
    """DELETE /user/folder/{id}, /user/label/{id}: it is taken off all assistants."""
    call.find(group.kind, number, group.missing)
    call.database.remove(group.kind, number)
    call.database.detach(group.field, number, call.owner)
    return Answer(200, {"message": f"{group.title} deleted successfully"})


def _refuse_taken(group: Group, call: Call, row: Row, number: int | None) -> None:
    check = checker(call)
    others = (other for other in call.database.rows(group.kind, call.owner) if other["id"] != number)
    if any(other["name"] == row["name"] for other in others):
        check.refuse("name", "The {} has already been taken.")
    refuse_errors(check)


def _shown(row: Row, counts: dict[int, int]) -> Row:
    shown = {key: row[key] for key in ("id", "name", "color")}
    return shown | {"assistants_count": counts.get(row["id"], 0)}
