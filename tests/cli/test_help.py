"""Help is complete, and quick because it imports little."""

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from agentops.cli.main import COMMANDS, cli
from agentops.cli.settings import Group
from tests.cli.conftest import Run, environment

HEAVY = ("httpx", "jsonschema", "ruamel", "deepdiff", "werkzeug", "difflib", "sqlite3")


def commands(command: click.Command = cli, name: str = "agentops") -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            assert below is not None
            yield from commands(below, f"{name} {word}")


EVERY = dict(commands())


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "--help"], ["apply", "--help"], ["version"]])
def test_help_imports_no_heavy_library(arguments: list[str]) -> None:
    code = (
        "import sys; from agentops.cli.main import run; run(sys.argv[1:]);"
        f"print('loaded:', sorted(name for name in {HEAVY!r} if name in sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment(), capture_output=True, text=True, check=True
    )

    assert result.stdout.endswith("loaded: []\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_summary_in_the_list_is_that_of_the_command(name: str) -> None:
    assert COMMANDS[name].load().short_help == COMMANDS[name].summary


@pytest.mark.parametrize("words", sorted(EVERY))
def test_help_of_every_command_works(words: str, agentops: Run) -> None:
    result = agentops(*words.split()[1:], "--help")

    assert result.returncode == 0
    assert result.stdout.startswith(f"Usage: {words}")


@pytest.mark.parametrize("words", sorted(name for name, command in EVERY.items() if not isinstance(command, Group)))
def test_every_command_teaches(words: str) -> None:
    command = EVERY[words]
    parameters = [parameter for parameter in command.params if parameter.expose_value]

    assert command.help
    assert "\b" in command.help or not parameters, "no examples"
