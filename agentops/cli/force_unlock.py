"""`agentops force-unlock`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from agentops.cli.approval import ask_for_yes
from agentops.cli.place import opened_backend
from agentops.cli.project import choose_environment, find_project
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for


@click.command("force-unlock", cls=Command, short_help="Break a lock whose run is dead.")
@click.argument("lock_id", metavar="ID")
@click.option("--auto-approve", "--force", is_flag=True, help="Do not ask.")
@click.pass_obj
def command(settings: Settings, lock_id: str, auto_approve: bool) -> None:
    """Break the lock with this ID, which the message of the refused run names.

    If its run is alive after all, it notices: it sends nothing more and ends with exit code 5 or 3.

    \b
    Example:
      agentops force-unlock 0d2c4c1e-4ac0-4c3e-9bb5-2f2ac1cd5d8c --env production
    """
    from agentops.render.lock import lock_text

    terminal = terminal_for(settings)
    project = find_project(settings)
    environment = choose_environment(project, settings, terminal)
    with opened_backend(project, environment) as backend:
        if not auto_approve:
            state = backend.read()
            holder = state.lock if state is not None else None
            if holder is not None and holder.id == lock_id:
                terminal.tell(f"{backend.location} is locked\n{lock_text(holder, datetime.now(UTC))}")
            question = "Is that run dead for certain, and do you want to break its lock?"
            ask_for_yes(terminal, question, hint="add --auto-approve")
        broken = backend.unlock(lock_id)
    terminal.show(f"The lock is broken. It was held by\n{lock_text(broken, datetime.now(UTC))}")
