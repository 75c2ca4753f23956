"""`agentops version`."""

import platform

import click

from agentops import __version__
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for


@click.command("version", cls=Command, short_help="Print the version.")
@click.pass_obj
def command(settings: Settings) -> None:
    """Print the version of agentops and of the Python that runs it."""
    terminal_for(settings).show(f"agentops {__version__} (Python {platform.python_version()})")
