"""How fast requests may go: one token bucket for each account, shared by all threads of the process."""

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Final, TypeAlias

Clock: TypeAlias = Callable[[], float]
Sleep: TypeAlias = Callable[[float], None]
OnWait: TypeAlias = Callable[[float, str], None]
"""Told the seconds that a request is about to wait, and why."""

RATE: Final = 1.5  # requests a second: what the platforms' pages allow, with room
BURST: Final = 15
_SLOWEST: Final = 1 / 16  # of the full rate
_RECOVERY: Final = 1 / 20  # of the full rate, for each request that was let through
_SHORTEST: Final = 0.001


class Bucket:
    """Lets `burst` requests go at once and then `rate` a second; `rate` 0 lets all go."""

    def __init__(
        self, rate: float = RATE, burst: int = BURST, *, clock: Clock = time.monotonic, sleep: Sleep = time.sleep
    ) -> None:
        self.rate = rate  # now; falls with each refusal, then recovers
        self._full_rate = rate
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._tokens = float(burst)
        self._filled = clock()
        self._slowed = self._filled
        self._closed_until = self._filled

    def take(self, on_wait: OnWait | None = None) -> float:
        """Waits until a request may go; returns when that was."""
        while wait := self._try():
            if on_wait:
                on_wait(wait, "rate limit")
            self._sleep(wait)
        return self._clock()

    def _try(self) -> float:
        """Takes a token and returns 0, or returns how long to wait before trying again."""
        if not self._full_rate:
            return 0.0
        with self._lock:
            now = self._clock()
            self._tokens = min(float(self._burst), self._tokens + (now - self._filled) * self.rate)
            self._filled = now
            wait = max(self._closed_until - now, (1 - self._tokens) / self.rate)
            if wait > _SHORTEST / 1000:
                return max(wait, _SHORTEST)
            self._tokens -= 1
            return 0.0

    def refused(self, sent: float, pause: float = 0.0) -> None:
        """The platform said that the request sent at `sent` was one too many: everybody slows down and pauses."""
        with self._lock:
            now = self._clock()
            self._closed_until = max(self._closed_until, now + pause)
            self._tokens = min(self._tokens, 0.0)
            if sent < self._slowed:
                return  # many requests of one burst are refused together: that is one refusal
            self._slowed = now
            self.rate = max(self.rate / 2, self._full_rate * _SLOWEST)

    def accepted(self) -> None:
        """A request was let through: a little faster again."""
        if self.rate < self._full_rate:
            with self._lock:
                self.rate = min(self._full_rate, self.rate + self._full_rate * _RECOVERY)


class Buckets:
    """One bucket for each host and token."""

    def __init__(self, *, clock: Clock = time.monotonic, sleep: Sleep = time.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, bytes], Bucket] = {}

    def of(self, host: str, token: str) -> Bucket:
        """The bucket that all requests to `host` with `token` share."""
        key = (host, hashlib.sha256(token.encode()).digest())
        with self._lock:
            if key not in self._buckets:
                self._buckets[key] = Bucket(clock=self._clock, sleep=self._sleep)
            return self._buckets[key]


SHARED: Final = Buckets()
