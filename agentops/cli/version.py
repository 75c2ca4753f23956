"""`agentops version`."""

import json
import platform

import click

from agentops import __version__
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for


@click.command("version", cls=Command, short_help="Print the version.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(settings: Settings, as_json: bool) -> None:
    """Print the version of agentops and of the Python that runs it.

    \b
    Examples:
      agentops version
      agentops version --json | jq -r .agentops.version
    """
    terminal = terminal_for(settings)
    if as_json:
        machine = f"{platform.system()}_{platform.machine()}".lower()
        ours = {"version": __version__, "python": platform.python_version()}
        terminal.show(json.dumps({"format_version": "1.0", "platform": machine, "agentops": ours}, indent=2))
    else:
        terminal.show(f"agentops {__version__} (Python {platform.python_version()})")
