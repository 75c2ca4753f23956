"""`agentops state`: what the state holds, and edits of it by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click

from agentops.cli.binding import check_place
from agentops.cli.lock_options import lock_timeout_option
from agentops.cli.place import Claim, moved, opened_backend, opened_state
from agentops.cli.plan_options import ADDRESS
from agentops.cli.project import choose_environment, find_project
from agentops.cli.settings import Group, Settings
from agentops.cli.state_history import history, restore
from agentops.cli.state_migrate import migrate
from agentops.cli.state_push import push
from agentops.cli.state_resolve import resolve
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.address import Address
from agentops.domain.errors import ProjectError, UsageError
from agentops.domain.state import State, StateChange


@click.group("state", cls=Group, short_help="Look into the state, or repair it.")
def command() -> None:
    """The state remembers which assistant on the platform belongs to which manifest, and what was applied last.

    These commands work on the state alone, offline (but for `resolve`); they never change the platform.
    """


_json_option = click.option("--json", "as_json", is_flag=True, help="The shape of `terraform show -json` for a state.")


@command.command("list", short_help="Addresses and remote IDs.")
@_json_option
@click.pass_obj
def list_command(settings: Settings, as_json: bool) -> None:
    """List what is managed: address and remote ID.

    \b
    Examples:
      agentops state list --env production
      agentops state list --env production --json | jq -r '.values.root_module.resources[].address'
    """
    from agentops.render.state import state_table

    terminal = terminal_for(settings)
    with _state(settings, terminal) as state:
        if as_json:
            _show_json(state, None, terminal)
        else:
            terminal.show(state_table(state, terminal.palette))


@command.command("show", short_help="What was applied last to one resource.")
@click.argument("address", type=ADDRESS, metavar="ADDR")
@_json_option
@click.pass_obj
def show(settings: Settings, address: Address, as_json: bool) -> None:
    """Show the remote ID of a resource and the values that were applied last.

    \b
    Examples:
      agentops state show assistant.front-desk
      agentops state show assistant.front-desk --json
    """
    from agentops.render.state import state_show

    terminal = terminal_for(settings)
    with _state(settings, terminal) as state:
        if address not in state.entries and address not in state.intents:
            raise UsageError(f"{address} is not in the state", hint="agentops state list shows what is")
        if as_json:
            _show_json(state, [address], terminal)
        else:
            terminal.show(state_show(state, address, palette=terminal.palette, width=terminal.width))


def _show_json(state: State, addresses: Iterable[Address] | None, terminal: Terminal) -> None:
    from agentops.render.json import json_text
    from agentops.render.state_json import state_json

    terminal.show(json_text(state_json(state, addresses)))


@command.command("rm", short_help="Forget a resource; it stays on the platform.")
@click.argument("address", type=ADDRESS, metavar="ADDR")
@lock_timeout_option
@click.pass_obj
def remove(settings: Settings, address: Address, lock_timeout: float) -> None:
    """Forget a resource. On the platform it stays as it is; agentops will not touch it any more.

    If its manifest is still there, the next plan wants to create it again: remove the manifest too.

    \b
    Example:
      agentops state rm assistant.front-desk
    """
    from agentops.engine import state_edits

    before = _edit(settings, Claim("state rm", lock_timeout), lambda state: state_edits.remove(state, address))
    terminal_for(settings).show(_removed(address, before))


def _removed(address: Address, before: State) -> str:
    if address in before.entries:
        known = before.entries[address].remote_id
        return f"Removed {address} from the state. On the platform it is still there as {known}."
    return f"Removed the create of {address} that was left unclear. If it was carried out, nobody manages it now."


@command.command("mv", short_help="Give a resource another address.")
@click.argument("source", type=ADDRESS, metavar="FROM")
@click.argument("target", type=ADDRESS, metavar="TO")
@lock_timeout_option
@click.pass_obj
def move(settings: Settings, source: Address, target: Address, lock_timeout: float) -> None:
    """Give a managed resource another address, after its manifest was renamed.

    `metadata.previous_names` in the manifest does the same, reviewed and for everybody.

    \b
    Example:
      agentops state mv assistant.front-desk assistant.reception
    """
    from agentops.engine import state_edits

    _edit(settings, Claim("state mv", lock_timeout), lambda state: state_edits.move(state, source, target))
    terminal_for(settings).show(f"Moved {source} to {target}.")


@command.command("pull", short_help="The whole state as JSON.")
@click.pass_obj
def pull(settings: Settings) -> None:
    """Print the whole state as JSON with sorted keys. It holds your prompts, but no secret.

    \b
    Example:
      agentops state pull --env production > state.json
    """
    from agentops.state.codec import dump_state

    terminal = terminal_for(settings)
    with _state(settings, terminal) as state:
        terminal.show(dump_state(state))


for further in (resolve, history, restore, push, migrate):
    command.add_command(further)


@contextmanager
def _state(settings: Settings, terminal: Terminal) -> Iterator[State]:
    """The environment's state, without a lock, also one that has moved. Raises ProjectError if there is none."""
    project = find_project(settings)
    environment = choose_environment(project, settings, terminal)
    with opened_backend(project, environment) as backend:
        state = backend.read()
        if state is None:
            raise ProjectError(
                f"{environment.name} has no state yet ({backend.location})",
                hint="the first apply or import makes it",
            )
        left = moved(state, environment)
        if left is not None:
            terminal.tell(f"Warning: {left}; this is how it was left behind\n  {left.hint}")
        yield state


def _edit(settings: Settings, claim: Claim, edit: Callable[[State], StateChange]) -> State:
    """Carry an edit out under the lock; returns the state as it was before."""
    terminal = terminal_for(settings)
    project = find_project(settings)
    environment = choose_environment(project, settings, terminal)
    with opened_state(project, environment, terminal, claim) as (backend, state, lock):
        if state is None or lock is None:
            raise ProjectError(f"{environment.name} has no state yet ({backend.location})")
        check_place(state, project, environment, backend.location)
        backend.commit(state.serial, lock, edit(state))
        return state
