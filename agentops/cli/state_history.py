"""`agentops state history` and `agentops state restore`: former versions of the state."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import click

from agentops.cli.approval import ask_for_yes
from agentops.cli.binding import check_place
from agentops.cli.lock_options import lock_timeout_option
from agentops.cli.place import Claim, moved, opened_backend, opened_state
from agentops.cli.project import choose_environment, find_project
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for
from agentops.domain.errors import ProjectError, UsageError
from agentops.domain.project import Environment
from agentops.domain.state import Backend, Version


@click.command("history", cls=Command, short_help="The former versions that are kept.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: `lineage`, `serial`, `versions`.")
@click.pass_obj
def history(settings: Settings, as_json: bool) -> None:
    """List the former versions of the state that are kept, newest first.

    One is kept of each command that changed the state: as it was before.

    \b
    Examples:
      agentops state history
      agentops state restore 41
    """
    from agentops.render.history import history_json, history_table

    terminal = terminal_for(settings)
    project = find_project(settings)
    environment = choose_environment(project, settings, terminal)
    with opened_backend(project, environment) as backend:
        state, versions = backend.read(), backend.history()
    if state is None:
        _require_versions(versions, environment, backend)
        terminal.tell(
            f"Warning: there is no state in {backend.location} any more, but these versions of it are\n"
            "  agentops state restore SERIAL brings one of them back"
        )
    left = moved(state, environment) if state is not None else None
    if left is not None:
        terminal.tell(f"Warning: {left}; this is how it was left behind\n  {left.hint}")
    if as_json:
        terminal.show(json.dumps(history_json(state, versions), indent=2))
    else:
        terminal.show(history_table(state, versions, terminal.palette))


@click.command("restore", cls=Command, short_help="Bring a former version of the state back.")
@click.argument("serial", type=click.IntRange(min=0), metavar="SERIAL")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@lock_timeout_option
@click.pass_obj
def restore(settings: Settings, serial: int, auto_approve: bool, lock_timeout: float) -> None:
    """Make the version SERIAL of `agentops state history` the state again, under a new serial.

    Shows what that changes, and asks. The platform stays as it is: what was created since is forgotten, not deleted.

    \b
    Example:
      agentops state restore 41
    """
    from agentops.render.state_changes import state_changes

    terminal = terminal_for(settings)
    project = find_project(settings)
    environment = choose_environment(project, settings, terminal)
    claim = Claim("state restore", lock_timeout)
    with opened_state(project, environment, terminal, claim) as (backend, state, lock):
        assert lock is not None, "it was claimed"
        if state is None:
            _require_versions(backend.history(), environment, backend)
        elif serial == state.serial:
            raise UsageError(f"{serial} is the serial of the state as it is now")
        former = replace(backend.version(serial), moved_to="")
        check_place(state or former, project, environment, backend.location)
        changes = state_changes(state, former, palette=terminal.palette, width=terminal.width)
        if state is not None and not changes:
            terminal.show(f"The state is as it was at serial {serial} already.")
            return
        where = f"in place of {state.serial}" if state else f"into {backend.location}, where there is none any more"
        terminal.show(f"Serial {serial} {where}:\n\n{changes or '  nothing is managed'}")
        if not auto_approve:
            ask_for_yes(terminal, "Do you want to restore this version of the state?", hint="add --auto-approve")
        new = backend.replace(state.serial if state else None, lock, former)
    terminal.show(f"\nRestored serial {serial}, as serial {new}. `agentops plan` shows how the platform differs.")


def _require_versions(versions: Sequence[Version], environment: Environment, backend: Backend) -> None:
    """Raises ProjectError where there is no state, and never was one."""
    if not versions:
        raise ProjectError(f"{environment.name} has no state yet ({backend.location})")
