"""Complete listings: all pages, or an error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from agentops.domain.errors import UnavailableError
from agentops.domain.values import RemoteId
from agentops.providers.rest.body import UnreadableError, as_object
from agentops.providers.rest.reading import read_id
from agentops.providers.rest.spec import Listing

T = TypeVar("T")
Row: TypeAlias = Mapping[str, object]

_TRIES: Final = 3
_MOST_PAGES: Final = 10_000


class _MovedError(Exception):
    """The list is not the same on all its pages; `str()` says how."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. What the envelope does not say is None."""

    rows: tuple[tuple[RemoteId, T], ...]
    number: int | None = None
    total: int | None = None
    last: int | None = None
    size: int | None = None


Fetch: TypeAlias = Callable[[Mapping[str, str], Callable[[object], Page[T]]], Page[T]]
"""Asks for one page with a query, and reads it with a function that may raise UnreadableError."""


def all_rows(
    listing: Listing, ids: type[int] | type[str], fetch: Fetch[T], convert: Callable[[RemoteId, Row], T], where: str
) -> dict[RemoteId, T]:
    """Every row by its ID, made into what `convert` makes of it at once, so that pages need not be kept.

    Raises UnavailableError, which begins with `where`, when the list keeps changing while it is read.
    """

    def read(data: object) -> Page[T]:
        return read_page(data, listing.key, ids, convert, listing.identity)

    problem = ""
    for _ in range(_TRIES):
        try:
            return dict(_pages(listing, lambda query: fetch(query, read)))
        except _MovedError as exc:
            problem = str(exc)
    raise UnavailableError(
        f"{where}: the list could not be read as a whole ({problem}; tried {_TRIES} times)",
        hint="somebody else may be changing it just now: try again",
    )


def read_page(
    data: object,
    key: str,
    ids: type[int] | type[str],
    convert: Callable[[RemoteId, Row], T],
    identity: tuple[str, ...] = ("id",),
) -> Page[T]:
    """The page in an answer: a bare array, or an array below `key`. Raises UnreadableError when it is neither."""
    envelope = {key: data} if isinstance(data, list) else as_object(data)
    rows = envelope.get(key)
    if not isinstance(rows, list):
        raise UnreadableError(f"it has no list {key!r}")
    numbers = (_count(envelope.get(name)) for name in ("current_page", "total", "last_page", "per_page"))
    return Page(tuple(_identified(row, ids, convert, identity) for row in rows), *numbers)


def _count(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _identified(
    row: object, ids: type[int] | type[str], convert: Callable[[RemoteId, Row], T], identity: tuple[str, ...]
) -> tuple[RemoteId, T]:
    item = as_object(row)
    parts = [read_id(item.get(key), ids) for key in identity]
    if None in parts:
        raise UnreadableError("an entry of the list has no ID")
    id_ = parts[0] if len(parts) == 1 else "/".join(map(str, parts))
    assert id_ is not None
    return id_, convert(id_, item)


def _pages(listing: Listing, fetch: Callable[[Mapping[str, str]], Page[T]]) -> dict[RemoteId, T]:
    """The rows of all pages. Raises _MovedError unless they are certainly one whole list."""
    if not listing.paged:
        return dict(fetch({}).rows)
    first: Page[T] | None = None
    rows: dict[RemoteId, T] = {}
    for number in range(1, _MOST_PAGES):
        page = fetch({"page": str(number), "per_page": str(listing.page_size)})
        first = first or page
        _require_same_list(first, page, number)
        before = len(rows)
        rows = _unique(page.rows, rows)
        if _is_last(page, number, len(rows), grew=len(rows) > before):
            _require_complete(page, len(rows))
            return rows
    raise _MovedError("it has no end")


def _unique(new: tuple[tuple[RemoteId, T], ...], rows: dict[RemoteId, T]) -> dict[RemoteId, T]:
    """`rows` with `new` in it. Raises _MovedError for an ID that is there twice, as another was pushed out of sight."""
    for id_, row in new:
        if id_ in rows:
            raise _MovedError(f"it shows {id_} twice")
        rows[id_] = row
    return rows


def _require_same_list(first: Page[T], page: Page[T], number: int) -> None:
    if page.number not in (None, number):
        raise _MovedError(f"page {number} was asked for and page {page.number} came")
    if page.total != first.total:
        raise _MovedError(f"its total went from {first.total} to {page.total}")
    if page.total is None and page.last != first.last:
        raise _MovedError(f"its last page went from {first.last} to {page.last}")
    if page.total is None and page.last is not None and number < page.last and len(page.rows) < (page.size or 0):
        raise _MovedError(f"page {number} has a gap")


def _is_last(page: Page[T], number: int, read: int, *, grew: bool) -> bool:
    """Whether there is no further page; where the envelope is silent, only an empty page proves it."""
    if page.last is not None:
        return number >= page.last
    if page.total is not None:
        return read >= page.total or not grew
    return not grew


def _require_complete(page: Page[T], read: int) -> None:
    if page.total is not None and page.total != read:
        raise _MovedError(f"it has {page.total} entries and shows {read}")
