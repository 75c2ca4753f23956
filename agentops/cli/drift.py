"""`agentops drift`."""

from __future__ import annotations

import click

from agentops.cli.plan_options import ADDRESS
from agentops.cli.project import Session, open_session
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.address import Address
from agentops.domain.drift import Drift
from agentops.domain.errors import UsageError

DRIFTED = 2
"""The exit code of --detailed-exitcode when something was changed on the platform."""


@click.command("drift", cls=Command, short_help="Show what others changed on the platform.")
@click.argument("addresses", nargs=-1, type=ADDRESS, metavar="[ADDR]...")
@click.option("--json", "as_json", is_flag=True, help="Terraform's JSON plan format, with all of it in resource_drift.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit code 0: no drift, 2: drift, 1: error.")
@click.pass_obj
def command(settings: Settings, addresses: tuple[Address, ...], as_json: bool, detailed_exitcode: bool) -> int:
    """Show what was changed on the platform since the last apply, whatever git says by now. Changes nothing.

    Managed fields only; what appeared on the account is listed by `agentops discover`.

    \b
    Examples:
      agentops drift
      agentops drift assistant.front-desk
      agentops drift --env production --detailed-exitcode     did somebody edit in the portal?
    """
    return show_drift(settings, addresses, as_json=as_json, detailed_exitcode=detailed_exitcode)


def show_drift(settings: Settings, addresses: tuple[Address, ...], *, as_json: bool, detailed_exitcode: bool) -> int:
    """Find drift and show it; returns the exit code."""
    from agentops.cli.progress import View

    terminal = terminal_for(settings)
    with open_session(settings, terminal, quiet=as_json, on_wait=View(terminal).on_wait) as session:
        drift = detect(session, addresses)
    show(drift, terminal, as_json=as_json)
    return DRIFTED if detailed_exitcode and not drift.is_empty else 0


def detect(session: Session, addresses: tuple[Address, ...] = ()) -> Drift:
    """The drift of the session's environment, of `addresses` only when some are given."""
    from datetime import UTC, datetime

    from agentops.engine.drift import catalogs_to_name, find_drift, find_unmanaged, with_names
    from agentops.engine.refresh import refresh

    state, platform = session.state, session.platform
    entries = state.entries if state else {}
    for address in addresses:
        if address not in entries:
            raise UsageError(f"{address} is not managed", hint="agentops state list shows what is")
    live = refresh(session.provider, {address: entry.remote_id for address, entry in entries.items()})
    drifted = find_drift(state, live, platform, addresses) if state else ()
    catalogs = {key: session.provider.catalog(key) for key in sorted(catalogs_to_name(drifted, platform))}
    return Drift(
        session.binding,
        session.environment.sandbox,
        state.lineage if state else "",
        state.serial if state else 0,
        datetime.now(UTC),
        with_names(drifted, state, live, platform, catalogs) if state else (),
        (len(addresses) or len(entries)) - len(drifted),
        find_unmanaged(state, live, platform),
    )


def show(drift: Drift, terminal: Terminal, *, as_json: bool) -> None:
    """The drift on stdout."""
    if as_json:
        from agentops.render.json import drift_json, json_text

        terminal.show(json_text(drift_json(drift)))
        return
    from agentops.render.drift import drift_text

    terminal.show(drift_text(drift, palette=terminal.palette, width=terminal.width))
