"""What holds for all tests: generated examples are the same in every run, and nothing is left behind in the log."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

pytest_plugins = ["tests.support.components"]

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Lets every test find the log as it is made, whatever a command line in this process has set up before."""
    log = logging.getLogger("agentops")
    level, propagate, handlers = log.level, log.propagate, log.handlers[:]
    log.setLevel(logging.NOTSET)
    log.propagate, log.handlers[:] = True, []
    yield
    log.setLevel(level)
    log.propagate, log.handlers[:] = propagate, handlers
