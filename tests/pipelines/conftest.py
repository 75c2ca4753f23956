"""Accounts, repositories and forges for pipelines."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agentops.sandbox import Server, open_sandbox
from tests.pipelines.repository import Account, Repository

Make = Callable[..., Repository]


@pytest.fixture
def make_repository(tmp_path: Path) -> Iterator[Make]:
    """A repository with an account for each environment that is named."""
    with ExitStack() as stack:

        def make(*names: str) -> Repository:
            return Repository(tmp_path, {name: _account(stack, tmp_path, name) for name in names})

        yield make


def _account(stack: ExitStack, folder: Path, name: str) -> Account:
    sandbox = open_sandbox("autocalls", ":memory:")
    stack.callback(sandbox.close)
    return Account(name, stack.enter_context(Server(sandbox)), folder / f"state-{name}")
