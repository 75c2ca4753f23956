"""One port for all: what is served behind it changes from test to test."""

from collections.abc import Iterator

import pytest

from agentops.sandbox import Server, open_sandbox


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    sandbox = open_sandbox("autocalls", ":memory:")
    with Server(sandbox) as running:
        yield running
    sandbox.close()
