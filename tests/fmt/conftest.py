"""The project and the command line of the tests of commands."""

from tests.cli.conftest import agentops, project

__all__ = ["agentops", "project"]
