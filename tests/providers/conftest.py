"""Providers over a sandbox in process."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agentops.domain.secrets import Secrets
from agentops.providers.registry import connect
from agentops.providers.rest.adapter import RestProvider
from agentops.sandbox import DEFAULT_TOKEN, Options, Sandbox, open_sandbox
from tests.providers.support import SECRETS

OpenSandbox = Callable[..., Sandbox]


@pytest.fixture
def opened() -> Iterator[OpenSandbox]:
    """Opens sandboxes that are closed after the test: opened(platform, **options)."""
    sandboxes: list[Sandbox] = []

    def opener(platform: str = "autocalls", *, seed: bool = True, **options: Any) -> Sandbox:
        sandboxes.append(open_sandbox(platform, ":memory:", options=Options(**options), seed=seed))
        return sandboxes[-1]

    yield opener
    for sandbox in sandboxes:
        sandbox.close()


@pytest.fixture
def sandbox(opened: OpenSandbox) -> Sandbox:
    return opened()


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the provider would have slept."""
    return []


@pytest.fixture
def provider(sandbox: Sandbox, waits: list[float]) -> RestProvider:
    return provider_of(sandbox, sleep=waits.append)


def provider_of(
    sandbox: Sandbox, platform: str = "autocalls", *, secrets: Secrets = SECRETS, **options: Any
) -> RestProvider:
    """The sandbox's default account."""
    options = {"base_url": "https://sandbox.example/api", **options}
    return connect(platform, token=DEFAULT_TOKEN, secrets=secrets, wsgi_app=sandbox, **options)
