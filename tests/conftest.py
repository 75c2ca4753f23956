"""What holds for all tests: generated examples are the same in every run, and no test leaves anything to the next."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

from agentops.cli import redaction

pytest_plugins = ["tests.support.components"]

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def secrets_as_before() -> Iterator[None]:
    """Lets no test hide in its output what was a secret of another one: `secret`, say, which is a key in JSON too."""
    known = set(redaction._known)
    yield
    redaction._known.clear()
    redaction._known.update(known)


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
