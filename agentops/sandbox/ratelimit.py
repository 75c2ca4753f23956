"""The rate limit of an account: so many requests in a window of so many seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from agentops.sandbox.calls import Answer
from agentops.sandbox.database import Account
from agentops.sandbox.options import Options


class RateLimit:
    """Counts requests by account."""

    def __init__(self, options: Options, clock: Callable[[], datetime]) -> None:
        self._options = options
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[int, tuple[float, int]] = {}

    def count(self, account: Account | None) -> tuple[Mapping[str, str], Answer | None]:
        """The headers for a request's answer, and the answer itself if the limit is passed."""
        limit = self._options.rate_limit
        if limit is None or account is None:
            return {}, None
        now = self._clock().timestamp()
        with self._lock:
            start, used = self._windows.get(account.id, (now, 0))
            if now >= start + self._options.rate_window:
                start, used = now, 0
            self._windows[account.id] = (start, used + 1)
        wait = max(1, round(start + self._options.rate_window - now))
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - used - 1)),
            "X-RateLimit-Reset": str(int(start + self._options.rate_window)),
        }
        refusal = too_many(wait, self._options) if used >= limit else None
        return (headers if self._options.rate_headers else {}), refusal


def too_many(wait: int, options: Options) -> Answer:
    """The answer 429."""
    headers = {"Retry-After": str(wait)} if options.rate_headers else {}
    if options.guide_errors:
        told = {"error": "Rate limit exceeded", "message": "Too many requests. Please try again later."}
    else:
        told = {"message": "Too Many Attempts."}
    return Answer(429, {**told, "retry_after": wait}, headers)
