"""`agentops import`."""

from __future__ import annotations

import click

from agentops.cli.lock_options import lock_timeout_option
from agentops.cli.place import Claim
from agentops.cli.plan_options import ADDRESS
from agentops.cli.project import Session, open_session
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for
from agentops.domain.address import Address
from agentops.domain.diagnostics import has_errors
from agentops.domain.discovery import Imported
from agentops.domain.errors import ManifestError, UsageError
from agentops.domain.platform import Kind


@click.command("import", cls=Command, short_help="Bring existing assistants under management.")
@click.argument("address", type=ADDRESS, required=False, metavar="[ADDRESS]")
@click.argument("remote_id", required=False, metavar="[ID]")
@click.option("--write", is_flag=True, help="Write the manifests, too.")
@click.option("--all", "everything", is_flag=True, help="Take over all that is not managed; with --write.")
@click.option(
    "--select",
    "patterns",
    multiple=True,
    metavar="FIELD=PATTERN",
    help="Take over those with, say, name=Sales*; may be repeated. With --write.",
)
@click.option("--force", is_flag=True, help="With --write: write over files that are there.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: what was imported, and what is left to do.")
@lock_timeout_option
@click.pass_obj
def command(
    settings: Settings,
    address: Address | None,
    remote_id: str | None,
    write: bool,
    everything: bool,
    patterns: tuple[str, ...],
    force: bool,
    as_json: bool,
    lock_timeout: float,
) -> int:
    """Bring assistants under management that exist already. On the platform nothing is changed.

    With --write agentops writes manifests that describe them as they are; the plan after it is empty. Without, it
    writes to the state that ADDRESS, whose manifest you wrote, is the assistant ID; the plan after it shows how they
    differ.

    \b
    Examples:
      agentops import --all --write
      agentops import --select 'name=Sales*' --select type=outbound --write
      agentops import assistant.front-desk 4711 --write
      agentops import assistant.front-desk 4711
    """
    _refuse_nonsense(address, remote_id, write=write, many=everything or bool(patterns), force=force)
    claim = Claim("import", lock_timeout)
    if not write:
        assert address is not None, "refused above"
        assert remote_id is not None, "refused above"
        _adopt(settings, address, remote_id, claim, as_json=as_json)
        return 0
    from agentops.cli.import_write import write_manifests

    one = (address, remote_id) if address is not None and remote_id is not None else None
    return write_manifests(settings, one, patterns, claim, force=force, as_json=as_json)


def kind_called(session: Session, prefix: str) -> Kind:
    """The kind of the addresses that begin with `prefix`. Raises UsageError if there is none."""
    kind = session.platform.kind_by_prefix.get(prefix)
    if kind is None:
        raise UsageError(f"there is nothing called {prefix} on {session.platform.title}")
    return kind


def _refuse_nonsense(address: Address | None, remote_id: str | None, *, write: bool, many: bool, force: bool) -> None:
    if many and address is not None:
        raise click.UsageError("name one object by ADDRESS and ID, or several by --all or --select, not both")
    if many and not write:
        raise click.UsageError("--all and --select write manifests: add --write")
    if not many and (address is None or remote_id is None):
        raise click.UsageError("say what to import: ADDRESS and ID, or --all --write, or --select ... --write")
    if force and not write:
        raise click.UsageError("--force is about files that --write would write")


def _adopt(settings: Settings, address: Address, remote_id: str, claim: Claim, *, as_json: bool) -> None:
    """Note in the state which object a manifest means that is there already."""
    from agentops.engine.import_resource import import_resource
    from agentops.engine.manifests import read_manifests
    from agentops.engine.refresh import listed

    terminal = terminal_for(settings)
    with open_session(settings, terminal, claim=claim, quiet=as_json) as session:
        kind = kind_called(session, address.prefix)
        read = read_manifests(session.project, session.environment, session.platform)
        if has_errors(read.diagnostics):
            raise ManifestError(read.diagnostics)
        id_ = session.provider.parse_id(kind.name, remote_id)
        objects = listed(session.provider, kind, {id_})
        state = session.require_state()
        manifests = {manifest.address: manifest for manifest in read.manifests}
        change = import_resource(state, address, id_, kind=kind, manifests=manifests, objects=objects)
        session.backend.commit(state.serial, session.require_lock(), change)
    if as_json:
        from agentops.render.imports import import_json
        from agentops.render.json import json_text

        path = manifests[address].document.path
        taken = Imported(address, id_, objects[id_].name, path)
        terminal.show(json_text(import_json([taken], session.binding, sandbox=session.environment.sandbox)))
        return
    terminal.show(f"{address}: imported {objects[id_].name!r} (ID {id_}). `agentops plan` shows how it differs.")
