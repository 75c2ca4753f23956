"""`agentops state migrate`."""

from __future__ import annotations

import os
import re

import click

from agentops.cli.lock_options import lock_timeout_option
from agentops.cli.place import Claim, locked, opened_backend
from agentops.cli.project import choose_environment, find_project
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for
from agentops.domain.errors import UsageError
from agentops.domain.project import Environment, Project
from agentops.domain.state import State


@click.command("migrate", cls=Command, short_help="Bring the state to another place.")
@click.argument("origin", metavar="FROM")
@click.argument("target", metavar="TO")
@lock_timeout_option
@click.pass_obj
def migrate(settings: Settings, origin: str, target: str, lock_timeout: float) -> None:
    """Bring the state of an environment from one place to another, both written as in `state:` of agentops.yaml.

    TO must be empty. The state in FROM stays, marked as moved, and can no longer be used by mistake. Stopped half-way,
    the same command goes on. Then change `state:` as the last line says.

    \b
    Examples:
      agentops state migrate .agentops/state s3://acme-state/agentops --env production
      agentops state migrate s3://acme-state/agentops postgresql://db.example.com/agentops --env production
    """
    from agentops.engine.migrate import Left, Place
    from agentops.engine.migrate import migrate as carry_over

    terminal = terminal_for(settings)
    project = find_project(settings)
    environment = choose_environment(project, settings, terminal)
    names = place_name(origin), place_name(target)
    claim = Claim("state migrate", lock_timeout)
    with (
        opened_backend(project, environment, names[0]) as source,
        opened_backend(project, environment, names[1]) as destination,
    ):
        if source.location == destination.location:
            raise UsageError(f"FROM and TO are the same place: {source.location}")
        _refuse_foreign(source.read(), project, environment, names[0])
        with (
            locked(source, claim, environment, terminal) as source_lock,
            locked(destination, claim, environment, terminal) as destination_lock,
        ):
            left = carry_over(Place(names[0], source, source_lock), Place(names[1], destination, destination_lock))
    done = "It had been done already" if left is Left.NOTHING else "Migrated"
    terminal.show(f"{done}: the state of {environment.name} is in {names[1]} now.")
    terminal.show(_what_to_write(project, environment, names[1]))


def place_name(location: str) -> str:
    """How a place is called in messages and in a state that moved there: as in the project file, in one spelling."""
    from agentops.state.backends import DEFAULT_LOCATION

    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", location):
        return location.rstrip("/")
    return os.path.normpath(location or DEFAULT_LOCATION)


def _refuse_foreign(state: State | None, project: Project, environment: Environment, place: str) -> None:
    """Raises UsageError for the state of another environment: it would be of no use here."""
    if state is None:
        return  # that is said where both places are compared
    found = (state.binding.project, state.binding.environment)
    if found != (project.name, environment.name):
        raise UsageError(
            f"{place} holds the state of {' '.join(found)}, not of {project.name} {environment.name}",
            hint="name the environment with --env",
        )


def _what_to_write(project: Project, environment: Environment, target: str) -> str:
    if place_name(environment.state) == target:
        return "agentops.yaml says so already."
    if environment.state:
        where = project.position(environment.name, "state")
        return f"Now change {where}: replace `state: {environment.state}` by `state: {target}`"
    where = project.key_position(environment.name)
    return f"Now add `state: {target}` to the environment {environment.name} ({where})."
