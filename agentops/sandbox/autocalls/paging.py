"""Pages of a list: the query's two numbers, and the full and short envelopes."""

from __future__ import annotations

from dataclasses import dataclass

from agentops.sandbox.calls import Answer, Call, Refused
from agentops.sandbox.database import Row

_MOST = 100
_EACH_SIDE = 3


@dataclass(frozen=True, slots=True)
class Page:
    """Which page was asked for; `total` is how many rows there are in all."""

    number: int
    size: int
    total: int

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        """The number of the last page; 1 for an empty list."""
        return max(1, -(-self.total // self.size))


def asked_page(call: Call, total: int, *, default: int) -> Page:
    """The page that the query asks for. Raises Refused for numbers that are none."""
    number = _number(call, "page", 1)
    size = _number(call, "per_page", default)
    if size > _MOST and call.options.per_page_over == "refuse":
        raise _refusal("per_page", f"The per page must be between 1 and {_MOST}.")
    return Page(number, min(size, _MOST), total)


def _number(call: Call, name: str, default: int) -> int:
    text = call.query(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise _refusal(name, f"The {name.replace('_', ' ')} field must be an integer.")
    if int(text) < 1:
        raise _refusal(name, f"The {name.replace('_', ' ')} must be at least 1.")
    return int(text)


def _refusal(name: str, text: str) -> Refused:
    return Refused(Answer(422, {"message": text, "errors": {name: [text]}}))


def short_envelope(page: Page, items: list[Row]) -> Row:
    """The envelope that Famulor's and Intellixent's examples show."""
    return {
        "data": items,
        "current_page": page.number,
        "per_page": page.size,
        "total": page.total,
        "last_page": page.last,
    }


def full_envelope(page: Page, items: list[Row], path: str) -> Row:
    """The whole paginator; `path` is the list's address without a query."""

    def url(number: int) -> str | None:
        return f"{path}?page={number}" if 1 <= number <= page.last else None

    return {
        "current_page": page.number,
        "data": items,
        "first_page_url": url(1),
        "from": page.offset + 1 if items else None,
        "last_page": page.last,
        "last_page_url": url(page.last),
        "links": [
            {"url": url(page.number - 1), "label": "&laquo; Previous", "active": False},
            *(_link(page, number, path) for number in _numbers(page)),
            {"url": url(page.number + 1), "label": "Next &raquo;", "active": False},
        ],
        "next_page_url": url(page.number + 1),
        "path": path,
        "per_page": page.size,
        "prev_page_url": url(page.number - 1),
        "to": page.offset + len(items) if items else None,
        "total": page.total,
    }


def _link(page: Page, number: int | None, path: str) -> Row:
    if number is None:
        return {"url": None, "label": "...", "active": False}
    return {"url": f"{path}?page={number}", "label": str(number), "active": number == page.number}


def _numbers(page: Page) -> list[int | None]:
    """The pages linked to; None for a gap. Long lists show both ends and what is near."""
    last, window = page.last, _EACH_SIDE + 4
    if last < 2 * _EACH_SIDE + 8:
        return list(range(1, last + 1))
    head, tail = [1, 2], [last - 1, last]
    if page.number <= window:
        return [*range(1, window + _EACH_SIDE + 1), None, *tail]
    if page.number > last - window:
        return [*head, None, *range(last - window - _EACH_SIDE + 1, last + 1)]
    near = range(page.number - _EACH_SIDE, page.number + _EACH_SIDE + 1)
    return [*head, None, *near, None, *tail]
