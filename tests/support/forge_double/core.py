"""What both doubles share: routes with a strict shape, pages, faults, and a record of what came."""

import io
import json
import re
import socket
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

TOKEN = "forge-canary-token-c0ffee"
REPOSITORY = "acme/voice"
HEAD = "a" * 40
MERGE = "b" * 40


@dataclass
class Note:
    """A comment. `foreign`: somebody else's, which the token may not change; the status says how that is refused."""

    id: int
    body: str
    foreign: int = 0


@dataclass
class Upload:
    """A run that uploaded an artifact."""

    run: int
    archive: bytes
    commit: str = HEAD
    name: str = "agentops-plan-production"
    succeeded: bool = True
    expired: bool = False
    workflow: str = "plan.yml"
    event: str = "pull_request"
    ref: str = "refs/merge-requests/7/head"


@dataclass
class Fault:
    """What happens to the next requests that match: an answer in place of ours, or none.

    `after`: the request is carried out first. `status` 0: the connection is cut.
    """

    method: str
    path: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] = field(default_factory=dict)
    after: bool = False
    times: int = 1


Handler = Callable[..., Response]
"""Called with the request and the texts that the path's groups matched."""


@dataclass(frozen=True)
class Route:
    """A row of the documentation: `query` and `body` are all that may be sent; the keys of `needs` have to be."""

    method: str
    path: str
    handler: Handler
    query: frozenset[str] = frozenset()
    body: Mapping[str, type] | None = None
    needs: frozenset[str] = frozenset()


PAGED = frozenset({"per_page", "page"})


class RefusedError(Exception):
    """The request does not have the documented shape."""


class Double:
    """A WSGI application with one repository. `seen` are all requests, `refused` those of no documented shape."""

    page_size = 100

    def __init__(self) -> None:
        self.comments: dict[int, list[Note]] = {7: []}
        self.labels: dict[int, list[str]] = {7: []}
        self.uploads: list[Upload] = []
        self.merged: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        self.seen: list[str] = []
        self.refused: list[str] = []
        self.branches = {"main": MERGE, "release/a b": MERGE}  # the newest commit of each
        self.base = ""
        self.storage = ""
        self._ids = iter(range(1001, 10_000))

    # What a test sets up and looks at

    def note(self, body: str, foreign: int = 0, number: int = 7) -> Note:
        made = Note(next(self._ids), body, foreign)
        self.comments[number].append(made)
        return made

    def bodies(self, number: int = 7) -> list[str]:
        return [note.body for note in self.comments[number]]

    @property
    def written(self) -> list[str]:
        """The requests that were not reads."""
        return [line for line in self.seen if not line.startswith("GET ")]

    # The application

    def routes(self) -> Sequence[Route]:
        raise NotImplementedError

    def authenticate(self, request: Request) -> Response | None:
        raise NotImplementedError

    def pages(self, request: Request, rows: Sequence[object]) -> tuple[Sequence[object], dict[str, str]]:
        raise NotImplementedError

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        fault = self._fault(request)
        answer = self._answer(request) if fault is None or fault.after else None
        if fault is not None:
            if not fault.status:
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            answer = as_json(fault.body or {"message": "a fault"}, fault.status or 500, fault.headers)
        assert answer is not None
        return answer(environ, start_response)

    def _answer(self, request: Request) -> Response:
        self.seen.append(f"{request.method} {request.path}")
        denied = self.authenticate(request)
        if denied is not None:
            return denied
        try:
            route, parts = self._route(request)
            self.check_headers(request)
            _check(request, route)
        except RefusedError as exc:
            self.refused.append(f"{request.method} {request.path}: {exc}")
            return as_json({"message": f"refused: {exc}"}, 400)
        return route.handler(request, *parts)

    def check_headers(self, request: Request) -> None:
        if not request.headers.get("User-Agent", "").startswith("agentops/"):
            raise RefusedError("no User-Agent of ours")

    def _route(self, request: Request) -> tuple[Route, tuple[str, ...]]:
        raw = str(request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or request.path)
        path = raw.partition("?")[0]
        for route in self.routes():
            match = re.fullmatch(route.path, path)
            if match and route.method == request.method:
                return route, tuple(map(unquote, match.groups()))
        raise RefusedError("no such route")

    def _fault(self, request: Request) -> Fault | None:
        for fault in self.faults:
            if fault.method == request.method and re.search(fault.path, request.path):
                fault.times -= 1
                if not fault.times:
                    self.faults.remove(fault)
                if not fault.after:
                    self.seen.append(f"{request.method} {request.path}")
                return fault
        return None

    def listed(self, request: Request, rows: Sequence[object], key: str = "") -> Response:
        """A page of the rows, as this forge pages."""
        page, headers = self.pages(request, rows)
        return as_json({"total_count": len(rows), key: page} if key else page, 200, headers)

    def window(self, request: Request) -> tuple[int, int]:
        size = min(int(request.args.get("per_page", "20")), self.page_size)
        return int(request.args.get("page", "1")), size


def as_json(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(data), status, dict(headers or {}), mimetype="application/json")


def _check(request: Request, route: Route) -> None:
    unknown = set(request.args) - route.query
    if unknown:
        raise RefusedError(f"unknown in the query: {sorted(unknown)}")
    if route.body is None:
        if request.get_data():
            raise RefusedError("a body where there is none")
        return
    if request.mimetype != "application/json":
        raise RefusedError(f"a body of type {request.mimetype}")
    body = request.get_json()
    if not isinstance(body, dict) or set(body) - set(route.body) or route.needs - set(body):
        raise RefusedError(f"keys of the body: {sorted(body)}")
    wrong = [key for key, value in body.items() if type(value) is not route.body[key]]
    if wrong:
        raise RefusedError(f"types in the body: {wrong}")


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return made.getvalue()
