"""`agentops drift`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from agentops.cli.plan_options import ADDRESS, is_given
from agentops.cli.project import Session, open_session
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.address import Address
from agentops.domain.diagnostics import has_errors
from agentops.domain.drift import Drift
from agentops.domain.errors import ManifestError, UsageError
from agentops.domain.plan import OnConflict

if TYPE_CHECKING:
    from agentops.engine.manifests import Manifests
    from agentops.engine.refresh import Live

DRIFTED = 2
"""The exit code of --detailed-exitcode when something was changed on the platform."""


@click.command("drift", cls=Command, short_help="Show what others changed on the platform.")
@click.argument("addresses", nargs=-1, type=ADDRESS, metavar="[ADDR]...")
@click.option("--json", "as_json", is_flag=True, help="Terraform's JSON plan format, with all of it in resource_drift.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit code 0: no drift, 2: drift, 1: error.")
@click.option("--write", is_flag=True, help="Put the live values into the manifests.")
@click.option("--diff", "as_diff", is_flag=True, help="Show what --write would change in the files; writes nothing.")
@click.option(
    "--on-conflict",
    type=click.Choice([choice.value for choice in OnConflict]),
    default=OnConflict.FAIL.value,
    show_default=True,
    help="With --write, where git changed the field too: keep git's value, write the live one, or leave it and say so.",
)
@click.pass_context
def command(
    context: click.Context,
    /,
    addresses: tuple[Address, ...],
    as_json: bool,
    detailed_exitcode: bool,
    write: bool,
    as_diff: bool,
    on_conflict: str,
) -> int:
    """Show what was changed on the platform since the last apply, whatever git says by now. Changes nothing.

    Managed fields only; what appeared on the account is listed by `agentops discover`. With --write the live values
    go into the manifests in place: only the lines that differ change.

    \b
    Examples:
      agentops drift
      agentops drift assistant.front-desk
      agentops drift --env production --detailed-exitcode     did somebody edit in the portal?
      agentops drift --write --diff                           what would git say then?
      agentops drift --write assistant.front-desk
    """
    settings: Settings = context.obj
    if not (write or as_diff):
        if is_given(context, "on_conflict"):
            raise click.UsageError("--on-conflict says what --write does: add --write, or --diff")
        return show_drift(settings, addresses, as_json=as_json, detailed_exitcode=detailed_exitcode)
    if as_json or detailed_exitcode:
        raise click.UsageError(
            "--json and --detailed-exitcode are for drift that is only shown: leave out --write and --diff"
        )
    from agentops.cli.drift_write import write_drift

    return write_drift(settings, addresses, OnConflict(on_conflict), dry_run=as_diff)


def show_drift(settings: Settings, addresses: tuple[Address, ...], *, as_json: bool, detailed_exitcode: bool) -> int:
    """Find drift and show it; returns the exit code."""
    from agentops.cli.progress import View

    terminal = terminal_for(settings)
    with open_session(settings, terminal, quiet=as_json, on_wait=View(terminal).on_wait) as session:
        drift = detect(session, addresses)
    show(drift, terminal, as_json=as_json)
    return DRIFTED if detailed_exitcode and not drift.is_empty else 0


@dataclass(frozen=True, slots=True)
class Observed:
    """The drift of an environment, and what it was found in."""

    drift: Drift
    live: Live
    manifests: Manifests


def detect(session: Session, addresses: tuple[Address, ...] = ()) -> Drift:
    """The drift of the session's environment, of `addresses` only when some are given."""
    return observe(session, addresses).drift


def observe(session: Session, addresses: tuple[Address, ...] = ()) -> Observed:
    """The same with what it was found in. Raises ManifestError, as manifests say what to ignore."""
    from datetime import UTC, datetime

    from agentops.engine.drift import catalogs_to_name, find_drift, find_unmanaged, with_names
    from agentops.engine.manifests import read_manifests
    from agentops.engine.refresh import refresh

    state, platform = session.state, session.platform
    entries = state.entries if state else {}
    for address in addresses:
        if address not in entries:
            raise UsageError(f"{address} is not managed", hint="agentops state list shows what is")
    read = read_manifests(session.project, session.environment, platform)
    if has_errors(read.diagnostics):
        raise ManifestError(read.diagnostics)
    ignore = {manifest.address: manifest.ignore for manifest in read.manifests}
    live = refresh(session.provider, {address: entry.remote_id for address, entry in entries.items()})
    drifted = find_drift(state, live, platform, addresses, ignore) if state else ()
    catalogs = {key: session.provider.catalog(key) for key in sorted(catalogs_to_name(drifted, platform))}
    drift = Drift(
        session.binding,
        session.environment.sandbox,
        state.lineage if state else "",
        state.serial if state else 0,
        datetime.now(UTC),
        with_names(drifted, state, live, platform, catalogs) if state else (),
        (len(addresses) or len(entries)) - len(drifted),
        find_unmanaged(state, live, platform),
    )
    return Observed(drift, live, read)


def show(drift: Drift, terminal: Terminal, *, as_json: bool) -> None:
    """The drift on stdout."""
    if as_json:
        from agentops.render.json import drift_json, json_text

        terminal.show(json_text(drift_json(drift)))
        return
    from agentops.render.drift import drift_text

    terminal.show(drift_text(drift, palette=terminal.palette, width=terminal.width))
