"""`agentops import`."""

from __future__ import annotations

import click

from agentops.cli.lock_options import lock_timeout_option
from agentops.cli.place import Claim
from agentops.cli.plan_options import ADDRESS
from agentops.cli.project import open_session
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for
from agentops.domain.address import Address
from agentops.domain.diagnostics import has_errors
from agentops.domain.errors import ManifestError, UsageError


@click.command("import", cls=Command, short_help="Bring an existing assistant under management.")
@click.argument("address", type=ADDRESS, metavar="ADDRESS")
@click.argument("remote_id", metavar="ID")
@lock_timeout_option
@click.pass_obj
def command(settings: Settings, address: Address, remote_id: str, lock_timeout: float) -> None:
    """Write to the state that ADDRESS is the assistant ID on the platform, where nothing is changed.

    Write the manifest first. The plan after it shows how the assistant differs from it.

    \b
    Examples:
      agentops import assistant.front-desk 4711
      agentops plan --target assistant.front-desk
    """
    from agentops.engine.import_resource import import_resource
    from agentops.engine.manifests import read_manifests
    from agentops.engine.refresh import listed

    terminal = terminal_for(settings)
    with open_session(settings, terminal, claim=Claim("import", lock_timeout)) as session:
        kind = session.platform.kind_by_prefix.get(address.prefix)
        if kind is None:
            raise UsageError(f"there is nothing called {address.prefix} on {session.platform.title}")
        read = read_manifests(session.project, session.environment, session.platform)
        if has_errors(read.diagnostics):
            raise ManifestError(read.diagnostics)
        id_ = session.provider.parse_id(kind.name, remote_id)
        objects = listed(session.provider, kind, {id_})
        state = session.require_state()
        manifests = {manifest.address: manifest for manifest in read.manifests}
        change = import_resource(state, address, id_, kind=kind, manifests=manifests, objects=objects)
        session.backend.commit(state.serial, session.require_lock(), change)
    terminal.show(f"{address}: imported {objects[id_].name!r} (ID {id_}). `agentops plan` shows how it differs.")
