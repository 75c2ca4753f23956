"""`agentops destroy`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from agentops.cli.lock_options import lock_timeout_option
from agentops.cli.place import Claim
from agentops.cli.plan_options import chosen, destroy_options, parallelism_option, stream_option
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for

QUESTION = "Do you really want to destroy all of these? There is no undo."


@click.command("destroy", cls=Command, short_help="Delete what the state manages.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@stream_option
@parallelism_option
@lock_timeout_option
@destroy_options
@click.pass_obj
def command(
    settings: Settings, /, auto_approve: bool, as_json: bool, parallelism: int, lock_timeout: float, **choices: Any
) -> int:
    """Delete from the platform what the state manages; what agentops never managed stays.

    Protected assistants (`metadata.protect: true`) stop it, and so does `deletes: refuse` in the environment.

    \b
    Examples:
      agentops destroy --env sandbox
      agentops destroy --target assistant.front-desk
      agentops destroy --env sandbox --auto-approve --json
    """
    from agentops.cli.apply import apply_now

    # Whoever calls this command by name and says yes to it has agreed to deletes.
    options = replace(chosen(choices), destroy=True, allow_deletes=auto_approve)
    return apply_now(
        settings,
        terminal_for(settings),
        options,
        auto_approve=auto_approve,
        as_json=as_json,
        parallelism=parallelism,
        claim=Claim("destroy", lock_timeout),
        question=QUESTION,
    )
