"""`agentops platforms`."""

import json

import click

from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for
from agentops.domain.errors import UsageError


@click.command("platforms", cls=Command, short_help="Show which platform can do what.")
@click.option("--json", "as_json", is_flag=True, help="A list with one object for each kind of each vocabulary.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Tables of Markdown.")
@click.pass_obj
def command(settings: Settings, *, as_json: bool, as_markdown: bool) -> None:
    """Show for every field and tool whether each platform has it: full, limited (and how), or absent.

    \b
    Examples:
      agentops platforms
      agentops platforms --json
    """
    from agentops.providers.registry import platform, platforms
    from agentops.render.platforms import matrices, platforms_json, platforms_markdown, platforms_text

    if as_json and as_markdown:
        raise UsageError("--json and --markdown cannot stand together")
    terminal = terminal_for(settings)
    found = matrices(map(platform, platforms()))
    if as_json:
        terminal.show(json.dumps(platforms_json(found), indent=2, ensure_ascii=False))
    elif as_markdown:
        terminal.show(platforms_markdown(found))
    else:
        terminal.show(platforms_text(found, palette=terminal.palette))
