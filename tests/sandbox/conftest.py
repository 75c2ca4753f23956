"""A seeded sandbox in memory, for the Autocalls brand unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from agentops.sandbox import Options, Sandbox, open_sandbox
from tests.sandbox.support import connect

Opener = Callable[..., Sandbox]


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Opens sandboxes that are closed after the test: opened(platform, **options)."""
    sandboxes: list[Sandbox] = []

    def opener(
        platform: str = "autocalls",
        *,
        seed: bool = True,
        clock: Callable[[], datetime] = lambda: datetime(2026, 3, 9, 16, 40, 12, tzinfo=UTC),
        **options: Any,
    ) -> Sandbox:
        sandboxes.append(open_sandbox(platform, ":memory:", options=Options(**options), clock=clock, seed=seed))
        return sandboxes[-1]

    yield opener
    for sandbox in sandboxes:
        sandbox.close()


@pytest.fixture
def sandbox(opened: Opener) -> Sandbox:
    return opened()


@pytest.fixture
def client(sandbox: Sandbox) -> httpx.Client:
    return connect(sandbox)
