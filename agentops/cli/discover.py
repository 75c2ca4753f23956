"""`agentops discover`."""

from __future__ import annotations

import json

import click

from agentops.cli.project import Session, open_session
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for
from agentops.domain.discovery import Discovery


@click.command("discover", cls=Command, short_help="List what exists on the account and is not managed.")
@click.option("--json", "as_json", is_flag=True, help="One object with `managed` and `unmanaged`.")
@click.pass_obj
def command(settings: Settings, as_json: bool) -> None:
    """List the assistants (and phone numbers) of the account that no state entry manages. Only reads.

    \b
    Examples:
      agentops discover --env production
      agentops discover --json
    """
    from agentops.render.discovery import discovery_json, discovery_text
    from agentops.render.summary import SANDBOX_LINE

    terminal = terminal_for(settings)
    with open_session(settings, terminal, quiet=as_json) as session:
        found = look(session)
        where = {
            "environment": session.environment.name,
            "platform": session.platform.name,
            "account": session.binding.account,
            "sandbox": SANDBOX_LINE if session.environment.sandbox else False,
        }
    if as_json:
        terminal.show(json.dumps({**where, **discovery_json(found)}, indent=2, ensure_ascii=False))
    else:
        terminal.show(discovery_text(found, palette=terminal.palette))


def look(session: Session) -> Discovery:
    """What is not managed, of all kinds."""
    from agentops.engine.discover import discover, number_catalogs
    from agentops.engine.refresh import refresh

    entries = session.state.entries if session.state else {}
    live = refresh(session.provider, {address: entry.remote_id for address, entry in entries.items()})
    catalogs = {key: session.provider.catalog(key) for key in number_catalogs(live)}
    return discover(live, session.state, session.platform, catalogs)
