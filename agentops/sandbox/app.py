"""The sandbox as a WSGI application: routing, API keys, rate limit, faults and the log around the routes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from agentops.sandbox.calls import Answer, Call, Refused, message
from agentops.sandbox.database import Account, Database, Logged
from agentops.sandbox.faults import CONNECTION_FAULTS, Fault, Faults
from agentops.sandbox.mishaps import instead, meddle, spoil
from agentops.sandbox.options import Options
from agentops.sandbox.platforms import PLATFORMS, Platform
from agentops.sandbox.ratelimit import RateLimit
from agentops.sandbox.store import DEFAULT_ACCOUNT, Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BASE_PATH = "/api"
DEFAULT_TOKEN = "1|sandbox"
"""The API key of the default account."""

FAULTS_KEY = "agentops.sandbox.faults"
"""Where the server puts the faults that hit a request; it sees to those of the connection."""

_LARGEST_BODY = 25 * 1024 * 1024

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock of a sandbox that is given none."""
    return datetime.now(UTC)


def open_sandbox(
    platform: str,
    database: str | Path,
    *,
    options: Options = Options(),  # noqa: B008 - frozen
    clock: Clock = utc_now,
    seed: bool = True,
) -> Sandbox:
    """A platform's sandbox over a file, or ":memory:".

    A database opened for the first time gets the default account, and what `seed` asks for in it.
    Raises ValueError for an unknown platform, and for a database of another platform or version.
    """
    if platform not in PLATFORMS:
        raise ValueError(f"no sandbox for {platform!r}; there are {', '.join(PLATFORMS)}")
    if str(database) != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    return Sandbox(PLATFORMS[platform], Database(database, platform), options, clock, seed=seed)


class Sandbox:
    """One platform's API below /api on any host: a WSGI application for any number of threads.

    `store` looks into it and changes it behind the API's back, `faults` make it misbehave.
    """

    def __init__(self, platform: Platform, database: Database, options: Options, clock: Clock, *, seed: bool) -> None:
        self.platform = platform
        self.options = options
        self.faults = Faults()
        self._clock = clock
        self._database = database
        self.store = Store(database, platform.kinds, self._now, platform.identify)
        self._limit = RateLimit(options, clock)
        self._map = _url_map(platform.name, options)
        with database.transaction():
            if not database.accounts():
                self._begin(seed)

    def close(self) -> None:
        """Closes the database."""
        self._database.close()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with Request(environ) as request:
            request.max_content_length = _LARGEST_BODY
            answer = self._handle(request)
        body = answer.body()
        headers = {
            "Content-Type": answer.content_type,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-cache, private",
        }
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        start_response(status, list((headers | dict(answer.headers)).items()))
        return [] if request.method == "HEAD" else [body]

    def _handle(self, request: Request) -> Answer:
        """The answer to a request, in the form that its client gets."""
        path = request.path.removeprefix(BASE_PATH)
        served: tuple[Fault, ...] | None = request.environ.get(FAULTS_KEY)
        hits = _in_process(self.faults.hits(request.method, path)) if served is None else served
        answer = self._answer(request, path, hits)
        if self.options.html_without_accept and answer.status >= 400 and not _accepts_json(request):
            return Answer(answer.status, raw=f"<h1>{answer.status}</h1>", content_type="text/html")
        return answer

    def _answer(self, request: Request, path: str, hits: tuple[Fault, ...]) -> Answer:
        """The answer to a request, which is then in the log."""
        account = self._database.owner(_token(request))
        headers, refusal = self._limit.count(account)
        if refusal is None:
            for fault in hits:
                failure = self.platform.failure(request.method, path)
                refusal = refusal or instead(fault, failure, self.options, self._clock())
        answer = refusal or self._spoilt(request, path, account, hits)
        note = Logged(
            self._now(),
            account.id if account else None,
            request.method,
            path,
            request.query_string.decode("latin-1"),
            _logged_body(request),
            answer.status,
        )
        self._database.note(note, account.api_key if account else None)
        return Answer(answer.status, answer.value, {**headers, **answer.headers}, answer.raw, answer.content_type)

    def _spoilt(self, request: Request, path: str, account: Account | None, hits: tuple[Fault, ...]) -> Answer:
        for fault in hits:
            meddle(fault, path, self.store, account.id if account else DEFAULT_ACCOUNT)
        answer = self._routed(request, account)
        for fault in hits:
            failure = self.platform.failure(request.method, path)
            answer = spoil(fault, answer, failure, self.options, self._clock())
        return answer

    def _routed(self, request: Request, account: Account | None) -> Answer:
        try:
            handler, arguments = self._map.bind_to_environ(request.environ).match()
            if account is None:
                return self.platform.unauthenticated(_token(request), self.options)
            with self._database.transaction():
                call = Call(request, self._database, account, self.options, self._now())
                answer: Answer = handler(call, **arguments)
                return answer
        except Refused as refused:
            return refused.answer
        except HTTPException as refused:
            return _http_error(refused, request)

    def _now(self) -> str:
        return self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")

    def _begin(self, seed: bool) -> None:
        self._database.add_account(DEFAULT_ACCOUNT, "Sandbox Account", "sandbox@example.com", 42.75)
        self._database.add_key(DEFAULT_ACCOUNT, "Default", DEFAULT_TOKEN, self._now())
        for kind, number in self.platform.first_ids.items():
            self._database.reserve(kind, number)
        if seed:
            self.platform.seed(self.store)


@lru_cache(maxsize=64)
def _url_map(platform: str, options: Options) -> Map:
    """The routes of a platform. Kept, because Werkzeug compiles code for every rule."""
    rules = [
        Rule(BASE_PATH + route.path, methods=[route.method], endpoint=route.handler)
        for route in PLATFORMS[platform].routes(options)
    ]
    return Map(rules, strict_slashes=True, merge_slashes=False, redirect_defaults=False)


def _in_process(hits: tuple[Fault, ...]) -> tuple[Fault, ...]:
    for fault in hits:
        if fault.kind in CONNECTION_FAULTS:
            raise RuntimeError(f"the fault {fault.kind} needs a connection: serve the sandbox")
    return hits


def _token(request: Request) -> str:
    """The bearer token; empty if there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _accepts_json(request: Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _logged_body(request: Request) -> str:
    if request.mimetype == "multipart/form-data" or (request.content_length or 0) > _LARGEST_BODY:
        return ""
    return request.get_data().decode("utf-8", "replace")


def _http_error(refused: HTTPException, request: Request) -> Answer:
    """Werkzeug's refusals in the words of the platforms' framework."""
    path = request.path.lstrip("/")
    match refused:
        case NotFound():
            return message(404, f"The route {path} could not be found.")
        case MethodNotAllowed():
            allowed = ", ".join(sorted(refused.valid_methods or ()))
            text = f"The {request.method} method is not supported for route {path}. Supported methods: {allowed}."
            return Answer(405, {"message": text}, {"Allow": allowed})
        case RequestEntityTooLarge():
            return message(413, "The request is too large.")
    return message(refused.code or 400, refused.name)


def served_url(host: str, port: int) -> str:
    """The base URL of a sandbox served there."""
    shown: Any = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}{BASE_PATH}"
