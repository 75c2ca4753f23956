"""Requests to a forge: repeated where that is safe, and ended as a ForgeError where it did not help."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from agentops.domain.errors import ForgeError, ForgeRefusedError, ForgeUnclearError
from agentops.providers.rest.body import UnreadableError, parse
from agentops.providers.rest.http import Answer, Client, LostError, NotSentError, Request, asked_to_wait

Sleep = Callable[[float], None]
Announce = Callable[[Request], None]

KEEP: Final = frozenset({"link", "location", "x-next-page", "x-ratelimit-remaining", "x-ratelimit-reset"})
"""The headers of answers that say how to go on."""

_TRIES: Final = 5
_PATIENCE: Final = 120.0  # seconds of waiting, for one request
_FIRST: Final = 1.0
_SECONDARY: Final = 60.0  # what GitHub asks for when it names no time
_MOST_PAGES: Final = 300
_LONGEST: Final = 300  # characters of what a forge says
_REPEATABLE: Final = frozenset({"GET", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class _Setback:
    """Why an attempt brought nothing, and what to raise if that stays so."""

    error: ForgeError
    again: bool = False
    wait: float | None = None  # seconds that the forge asks for


@dataclass(frozen=True)
class Caller:
    """Carries out requests to one forge. With `announce` nothing that writes is sent: it hears of it instead.

    `hints` say what to do about a status.
    """

    title: str
    client: Client
    hints: Mapping[int, str] = field(default_factory=dict)
    announce: Announce | None = None
    proxied: bool = False
    sleep: Sleep = time.sleep
    wall: Callable[[], float] = time.time

    def call(self, request: Request, *, accept: frozenset[int] = frozenset()) -> Answer:
        """The answer, if it is a yes or of a status in `accept`. Raises a ForgeError otherwise."""
        left, pause = _PATIENCE, _FIRST
        for attempt in count(1):
            outcome = self._attempt(request, accept)
            if isinstance(outcome, Answer):
                return outcome
            wait = pause if outcome.wait is None else outcome.wait
            if not outcome.again or attempt == _TRIES or wait > left:
                raise outcome.error
            left, pause = left - wait, pause * 2
            self.sleep(wait)
        raise AssertionError

    def read(self, request: Request) -> object:
        """The JSON of the answer."""
        return self._parsed(request, self.call(request))

    def write(self, request: Request) -> Mapping[str, object] | None:
        """The JSON object of the answer; None when it was announced in place of being sent."""
        if self.announce:
            self.announce(request)
            return None
        data = self._parsed(request, self.call(request), written=True)
        return data if isinstance(data, dict) else {}

    def pages(self, request: Request, key: str = "") -> list[Mapping[str, object]]:
        """The objects of all pages: the answers themselves, or the list under `key` of each."""
        found: list[Mapping[str, object]] = []
        query: Mapping[str, str] = {**request.query, "per_page": "100"}
        for _ in range(_MOST_PAGES):
            page = Request("GET", request.path, query)
            answer = self.call(page)
            data = self._parsed(page, answer)
            items = data.get(key) if key and isinstance(data, dict) else data
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise self._unusable(page, "it is no list of objects")
            found += items
            following = next_query(answer.headers, query)
            if following is None:
                return found
            query = following
        raise ForgeError(f"{self.title}: {request} has more than {_MOST_PAGES} pages")

    def _attempt(self, request: Request, accept: frozenset[int]) -> Answer | _Setback:
        head = f"{self.title}: {request}"
        try:
            answer = self.client.send(request)
        except NotSentError as exc:
            hint = "check the network, and the URL of the API"
            return _Setback(ForgeError(f"{head}: cannot connect ({exc})", hint=hint), again=not exc.lasting)
        except LostError as exc:
            again = request.method in _REPEATABLE
            return _Setback(self._lost(request, f"no answer ({exc})"), again=again)
        except UnreadableError as exc:
            return _Setback(self._unusable(request, str(exc)))
        if 200 <= answer.status < 300 or answer.status in accept:
            return answer
        return self._refusal(request, answer)

    def _refusal(self, request: Request, answer: Answer) -> _Setback:
        reason = f"{answer.status}: {said(answer)}"
        if _is_rate_limit(answer):
            wait = _asked_to_wait(answer, self.wall())
            message = f"{self.title}: {request}: {reason}; the rate limit is used up for another {wait:.0f} s"
            return _Setback(ForgeError(message, hint="run the same command again later"), again=True, wait=wait)
        if answer.status >= 500 or answer.status == 408:
            wish = _asked_to_wait(answer, self.wall()) if answer.retry_after else None
            return _Setback(self._lost(request, reason), again=request.method in _REPEATABLE, wait=wish)
        hint = self.hints.get(answer.status, "")
        if 300 <= answer.status < 400:
            hint = "it is another address now (renamed?): check the repository's name and the URL of the API"
        return _Setback(ForgeRefusedError(f"{self.title}: {request}: {reason}", status=answer.status, hint=hint))

    def _lost(self, request: Request, reason: str) -> ForgeError:
        message = f"{self.title}: {request}: {reason}"
        if request.is_read:
            return ForgeError(message, hint="run the same command again later")
        return ForgeUnclearError(f"{message}; it may have been done all the same", hint="run the same command again")

    def _parsed(self, request: Request, answer: Answer, *, written: bool = False) -> object:
        if not answer.content and answer.status == 204:
            return {}
        try:
            return parse(answer.content)
        except UnreadableError as exc:
            if written:
                raise self._lost(request, f"the answer cannot be used: {exc}") from exc
            raise self._unusable(request, str(exc)) from exc

    def _unusable(self, request: Request, problem: str) -> ForgeError:
        hint = "check the URL of the API, and whether a proxy or a sign-in page answers in its place"
        return ForgeError(f"{self.title}: {request}: the answer cannot be used: {problem}", hint=hint)


def next_query(headers: Mapping[str, str], query: Mapping[str, str]) -> Mapping[str, str] | None:
    """The query of the next page; None after the last. The way of GitHub (`Link`), else that of GitLab."""
    for link in headers.get("link", "").split(","):
        url, _, relation = link.partition(";")
        if 'rel="next"' in relation:
            return {**query, **dict(parse_qsl(urlsplit(url.strip(" <>")).query))}
    page = headers.get("x-next-page", "").strip()
    return {**query, "page": page} if page.isascii() and page.isdigit() else None


def said(answer: Answer) -> str:
    """The forge's own words on one line, of bounded length; the name of the status is not worth more."""
    try:
        data = parse(answer.content)
    except UnreadableError:
        return "no reason given"
    body = data if isinstance(data, dict) else {}
    words = [body[key] for key in ("message", "error", "error_description") if body.get(key)]
    text = "; ".join(word if isinstance(word, str) else repr(word) for word in words)
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text[: 2 * _LONGEST]).split())
    return text[:_LONGEST] or "no reason given"


def _is_rate_limit(answer: Answer) -> bool:
    """GitHub says so with 429 or 403, and then with one of these headers, or in words for the secondary limit."""
    if answer.status == 429:
        return True
    used_up = answer.headers.get("x-ratelimit-remaining") == "0" or bool(answer.retry_after)
    return answer.status == 403 and (used_up or "secondary rate limit" in said(answer).casefold())


def _asked_to_wait(answer: Answer, now: float) -> float:
    waiting = asked_to_wait(answer, now)
    if waiting is not None:
        return waiting
    reset = answer.headers.get("x-ratelimit-reset", "")
    if reset.isascii() and reset.isdigit() and answer.headers.get("x-ratelimit-remaining") == "0":
        return max(0.0, float(reset[:12]) - now)
    return _SECONDARY
