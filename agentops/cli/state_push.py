"""`agentops state push`."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from agentops.cli.approval import ask_for_yes
from agentops.cli.lock_options import lock_timeout_option
from agentops.cli.place import Claim, opened_state
from agentops.cli.project import choose_environment, find_project
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for
from agentops.domain.errors import ProjectError, StateError, UsageError
from agentops.domain.project import Environment, Project
from agentops.domain.state import Binding, State

_LARGEST = 512 * 1024 * 1024
_KEY = 32  # bytes
_TOO_MANY = 2**53  # what every reader of JSON can count to


@click.command("push", cls=Command, short_help="Make a file of `state pull` the state.")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), metavar="FILE")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@lock_timeout_option
@click.pass_obj
def push(settings: Settings, file: Path, auto_approve: bool, lock_timeout: float) -> None:
    """Put the JSON of `agentops state pull`, from FILE or - for stdin, in place of the state.

    Shows what that changes, and asks. Refuses a file with a lower serial, of another lineage, or of another project,
    environment, platform or account. The platform stays as it is.

    \b
    Example:
      agentops state pull > state.json      edit it, then
      agentops state push state.json
    """
    from agentops.render.state_changes import state_changes

    pushed = _read(file)
    terminal = terminal_for(settings)
    project = find_project(settings)
    environment = choose_environment(project, settings, terminal)
    claim = Claim("state push", lock_timeout)
    with opened_state(project, environment, terminal, claim) as (backend, state, lock):
        assert lock is not None, "it was claimed"
        _refuse(file, pushed, state, project, environment)
        pushed = replace(pushed, digest_key=state.digest_key if state else secrets.token_bytes(_KEY), moved_to="")
        changes = state_changes(state, pushed, palette=terminal.palette, width=terminal.width)
        if state is not None and not changes:
            terminal.show("The state is as the file says already.")
            return
        where = f"in place of serial {state.serial}" if state else f"into {backend.location}, where there is none yet"
        terminal.show(f"Serial {pushed.serial} of {file} {where}:\n\n{changes or '  nothing is managed'}")
        if state is None:
            terminal.tell(
                "\nThe key of this lineage's digests is not in the file: a new one is made, and the next apply sends "
                "every secret once more."
            )
        if not auto_approve:
            ask_for_yes(terminal, "Do you want to make this the state?", hint="add --auto-approve")
        serial = backend.replace(state.serial if state else None, lock, pushed)
    terminal.show(f"\nPushed, as serial {serial}. `agentops plan` shows how the platform differs.")


def _read(file: Path) -> State:
    """The state in `file`, its digest key left empty. Raises ProjectError, and StateError for what is no state."""
    from agentops.state.codec import decode_state

    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(_LARGEST)
        elif file.stat().st_size > _LARGEST:
            raise ProjectError(f"{file} is too large for a state")
        else:
            data = file.read_bytes()
        document = json.loads(data, object_pairs_hook=_once, parse_constant=_no_number)
    except OSError as exc:
        raise ProjectError(f"cannot read {file}: {exc.strerror}") from exc
    except (ValueError, RecursionError) as exc:
        raise ProjectError(f"{file} is no JSON that `agentops state pull` has written: {exc}") from exc
    try:
        return decode_state(document, digest_key=b"")
    except StateError as exc:
        raise StateError(f"{file}: {exc}", hint="push what `agentops state pull` of this version prints") from exc


def _once(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key} is there twice")
        found[key] = value
    return found


def _no_number(text: str) -> object:
    raise ValueError(f"{text} is no number")


def _refuse(file: Path, pushed: State, state: State | None, project: Project, environment: Environment) -> None:
    """Raises UsageError for what must not be the state here."""
    if not 0 <= pushed.serial < _TOO_MANY:
        raise UsageError(f"{file} has the serial {pushed.serial}, which none can be; nothing was written")
    _refuse_binding(file, pushed.binding, state, project, environment)
    if state is None:
        return
    if pushed.lineage != state.lineage:
        raise UsageError(
            f"{file} is of the lineage {pushed.lineage}, and the state of {environment.name} of {state.lineage}: "
            "they are different histories; nothing was written",
            hint="choose the file of this environment, or give it an empty place with `state:` in agentops.yaml",
        )
    if pushed.serial < state.serial:
        raise UsageError(
            f"{file} has serial {pushed.serial}, and the state moved on to {state.serial}; nothing was written",
            hint="pull again and edit that; `agentops state restore SERIAL` brings a former version back",
        )


def _refuse_binding(
    file: Path, pushed: Binding, state: State | None, project: Project, environment: Environment
) -> None:
    """What nobody can know without the platform, the account, is compared by the next plan if there is no state yet."""
    here = {"project": project.name, "environment": environment.name, "platform": environment.platform}
    if state is not None:
        here |= {"base_url": state.binding.base_url, "account": state.binding.account}
    for field, wanted in here.items():
        found = getattr(pushed, field)
        if found != wanted:
            what = field.replace("base_url", "base URL")
            raise UsageError(
                f"{file} is a state of the {what} {found}, not of {wanted}; nothing was written",
                hint="choose the file of this environment",
            )
