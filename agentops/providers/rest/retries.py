"""Requests that are repeated where that is safe, and end as one of three errors where it did not help."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from agentops.domain.errors import ProviderError, RejectedError, StateError, UnavailableError, UnclearError
from agentops.domain.events import Called
from agentops.domain.values import Path
from agentops.providers.rest import answers
from agentops.providers.rest.body import UnreadableError, at
from agentops.providers.rest.http import Answer, Client, LostError, NotSentError, Request, asked_to_wait
from agentops.providers.rest.limits import Bucket, OnWait, Sleep

T = TypeVar("T")

_TOO_MANY: Final = 429
_REPEATABLE: Final = frozenset({"GET", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long a request is repeated. Times in seconds."""

    attempts: int = 5
    refusals: int = 10  # attempts, when all that is wrong is that they come too fast
    first: float = 0.5
    longest: float = 20.0
    budget: float = 300.0  # of waiting, for one request


@dataclass(frozen=True, slots=True)
class _Setback:
    """Why an attempt brought nothing."""

    reason: str
    again: bool
    may_be_done: bool = False
    status: int | None = None
    asked: float | None = None  # seconds that the platform wants us to wait
    hint: str = ""
    cause: Exception | None = None

    @property
    def is_refusal(self) -> bool:
        return self.status == _TOO_MANY


@dataclass(frozen=True)
class Caller:
    """Carries out requests to one platform: at the allowed speed, repeated where that is safe. Safe for threads.

    `permit` is called right before each attempt of a request that is not a GET, and forbids it by raising StateError.
    `on_call` hears of every attempt, in the thread that makes it.
    """

    title: str
    client: Client
    bucket: Bucket
    redact: tuple[str, ...]
    read_only: bool = False
    policy: RetryPolicy = RetryPolicy()
    sleep: Sleep = time.sleep
    wall: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic
    on_wait: OnWait | None = None
    on_call: Callable[[Called], None] | None = None
    permit: Callable[[], None] | None = None

    def __repr__(self) -> str:
        return f"Caller({self.title!r}, {self.client.base_url!r}, read_only={self.read_only})"

    def call(
        self,
        request: Request,
        read: Callable[[Answer], T],
        *,
        locate: Callable[[str], Path] = lambda _: (),
        accept: frozenset[int] = frozenset(),
    ) -> T:
        """What `read` makes of the answer; it may raise UnreadableError. `accept` are further statuses that are fine.

        Raises RejectedError, UnavailableError or UnclearError; what `permit` raises as it is, if nothing was sent, else
        as the cause of an UnclearError.
        """
        if self.read_only and not request.is_read:
            raise RejectedError(f"{self.title}: {request} was not sent: this connection was opened to read only")
        setbacks: list[_Setback] = []
        left = self.policy.budget
        while True:
            try:
                outcome = self._attempt(request, read, locate, accept, len(setbacks) + 1)
            except StateError as exc:
                if any(setback.may_be_done for setback in setbacks):
                    raise self._failure(request, setbacks) from exc
                raise
            if not isinstance(outcome, _Setback):
                return outcome
            setbacks.append(outcome)
            wait = self._wait_before_next(setbacks)
            if wait is None or wait > left:
                raise self._failure(request, setbacks) from outcome.cause
            left -= wait
            self._pause(wait, outcome)

    def _attempt(
        self,
        request: Request,
        read: Callable[[Answer], T],
        locate: Callable[[str], Path],
        accept: frozenset[int],
        number: int,
    ) -> "T | _Setback":
        sent = self.bucket.take(self.on_wait)
        repeatable, is_write = request.method in _REPEATABLE, not request.is_read
        permit = self.permit if is_write else None
        if permit:
            permit()  # before anything else; the client asks again once it is connected
        began, status, failure = self.clock(), None, ""
        try:
            answer = self.client.send(request, permit)
            status = answer.status
            if self._is_fine(answer, accept):
                self.bucket.accepted()
                return read(answer)
            failure = "refused"
        except NotSentError as exc:
            failure = "not sent"
            return _Setback(f"cannot connect ({self._clean(exc)})", not exc.lasting, hint=_CONNECT_HINT, cause=exc)
        except StateError:
            failure = "not sent"
            raise
        except LostError as exc:
            failure = "no answer"
            return _Setback(f"no answer ({self._clean(exc)})", repeatable, may_be_done=is_write, cause=exc)
        except UnreadableError as exc:
            failure = "unreadable"
            reason = f"the answer cannot be used: {exc}"
            return _Setback(reason, not is_write, may_be_done=is_write, hint=_BODY_HINT, cause=exc)
        finally:
            if self.on_call:
                took = self.clock() - began
                self.on_call(Called(request.method, request.path, number, took, status, failure))
        return self._refusal(request, answer, sent, locate)

    @staticmethod
    def _is_fine(answer: Answer, accept: frozenset[int]) -> bool:
        return 200 <= answer.status < 300 or answer.status in accept

    def _refusal(self, request: Request, answer: Answer, sent: float, locate: Callable[[str], Path]) -> _Setback:
        """The setback that a status stands for. Raises RejectedError where repeating cannot help."""
        sensitive = (*self.redact, *request.sensitive)
        reason = f"{answer.status}: {answers.what_it_said(answer, sensitive)}"
        asked = _asked_to_wait(answer, self.wall())
        if answer.status == _TOO_MANY:
            self.bucket.refused(sent, min(asked or 0.0, self.policy.budget))
            wish = "" if asked is None else f"; asks to wait {asked:.0f} s"
            return _Setback(reason + wish, True, status=_TOO_MANY, asked=asked, hint=_LATER_HINT)
        if answer.status >= 500 or answer.status == 408:
            is_write = not request.is_read
            return _Setback(reason, request.method in _REPEATABLE, is_write, answer.status, asked, _LATER_HINT)
        rejection = answers.rejection(self.title, request, answer, sensitive, locate)
        if request.is_read or answers.body_of(answer):
            raise rejection
        # Something on the way may have said this, after it had passed the request on: the platform says no in JSON.
        reason = str(rejection).removeprefix(f"{self.title}: {request}: ")
        return _Setback(reason, False, may_be_done=True, status=answer.status, hint=rejection.hint)

    def _wait_before_next(self, setbacks: list[_Setback]) -> float | None:
        """How long to wait before the next attempt; None when there is none."""
        last = setbacks[-1]
        tries = self.policy.refusals if last.is_refusal else self.policy.attempts
        if not last.again or sum(setback.is_refusal == last.is_refusal for setback in setbacks) >= tries:
            return None
        if last.asked is not None:
            return last.asked + self.jitter() * self.policy.first
        ceiling = min(self.policy.longest, self.policy.first * 2.0 ** (len(setbacks) - 1))
        return ceiling * (0.5 + self.jitter() / 2)

    def _pause(self, wait: float, setback: _Setback) -> None:
        if self.on_wait:
            self.on_wait(wait, setback.reason)
        self.sleep(wait)

    def _failure(self, request: Request, setbacks: list[_Setback]) -> ProviderError:
        last = setbacks[-1]
        times = f" (tried {len(setbacks)} times)" if len(setbacks) > 1 else ""
        message = f"{self.title}: {request}: {last.reason}{times}"
        if any(setback.may_be_done for setback in setbacks):
            return UnclearError(f"{message}; it may have been done all the same", hint=last.hint, status=last.status)
        return UnavailableError(message, hint=last.hint, status=last.status)

    def _clean(self, exc: Exception) -> str:
        return answers.cleaned(str(exc), self.redact)


_CONNECT_HINT = "check the network and `base_url` of the environment"
_LATER_HINT = "the platform is busy or has a problem: try again later"
_BODY_HINT = "check `base_url` of the environment, and whether a proxy or a maintenance page answers in its place"


def _asked_to_wait(answer: Answer, now: float) -> float | None:
    """The seconds that the platform asks for: the header (seconds or a date), else `retry_after` in the body."""
    waiting = asked_to_wait(answer, now)
    if waiting is not None:
        return waiting
    asked = at(answers.body_of(answer), ("retry_after",))
    return float(asked) if isinstance(asked, int | float) and not isinstance(asked, bool) and 0 <= asked < 1e9 else None
