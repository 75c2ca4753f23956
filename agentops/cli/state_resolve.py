"""`agentops state resolve`."""

from __future__ import annotations

import click

from agentops.cli.lock_options import lock_timeout_option
from agentops.cli.place import Claim
from agentops.cli.plan_options import ADDRESS
from agentops.cli.project import open_session
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for
from agentops.domain.address import Address
from agentops.domain.errors import UsageError


@click.command("resolve", cls=Command, short_help="Say which object a create that was left unclear has made.")
@click.argument("address", type=ADDRESS, metavar="ADDR")
@click.argument("remote_id", metavar="ID")
@lock_timeout_option
@click.pass_obj
def resolve(settings: Settings, address: Address, remote_id: str, lock_timeout: float) -> None:
    """Write to the state that the create of ADDR has made the object ID, with the values that were sent.

    For a create whose answer was lost, where agentops cannot tell which of several new objects it made. Looks at the
    account, and changes nothing there. If it made none of them, `agentops state rm ADDR` forgets that create.

    \b
    Example:
      agentops state resolve assistant.front-desk 4711
    """
    from agentops.engine import state_edits
    from agentops.engine.refresh import listed

    terminal = terminal_for(settings)
    with open_session(settings, terminal, claim=Claim("state resolve", lock_timeout)) as session:
        kind = session.platform.kind_by_prefix.get(address.prefix)
        if kind is None:
            raise UsageError(f"there is nothing called {address.prefix} on {session.platform.title}")
        if session.state is None:
            raise UsageError(f"no create of {address} was left unclear: there is no state yet")
        id_ = session.provider.parse_id(kind.name, remote_id)
        objects = listed(session.provider, kind, {id_})
        change = state_edits.resolve(session.state, address, id_, objects)
        session.backend.commit(session.state.serial, session.require_lock(), change)
    terminal.show(f"{address}: is {objects[id_].name!r} (ID {id_}) from now on. `agentops plan` shows how it differs.")
