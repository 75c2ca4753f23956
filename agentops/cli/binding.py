"""A state belongs to one account: a run with another one stops before it plans."""

from agentops.domain.errors import ProjectError, StalePlanError
from agentops.domain.project import Environment, Project
from agentops.domain.state import Binding, State

_WHAT = {
    "account": "account",
    "platform": "platform",
    "base_url": "base URL",
    "project": "project",
    "environment": "environment",
}
_HINTS = {
    "account": "use the token of {was}, or name the environment of {now} with --env; "
    "one that is new needs a state of its own (`state:` in agentops.yaml)",
    "platform": "change the environment's platform back, or give the new one an environment of its own",
    "base_url": "change the environment's base URL back, or give the new one an environment of its own",
    "project": "change metadata.name of agentops.yaml back, or let `state:` point to another place",
    "environment": "let `state:` of each environment point to a place of its own",
}


def check_binding(state: State, here: Binding, location: str) -> None:
    """Raises ProjectError if the state belongs to something else than what this run works on."""
    for field, what in _WHAT.items():
        was, now = getattr(state.binding, field), getattr(here, field)
        if was != now:
            raise ProjectError(
                f"the state {location} belongs to the {what} {was}, but this run is for {now}; nothing was planned",
                hint=_HINTS[field].format(was=was, now=now),
            )


def check_place(state: State, project: Project, environment: Environment, location: str) -> None:
    """Raises ProjectError if the state is another environment's, for commands that do not ask whose account it is."""
    for field, now in (("project", project.name), ("environment", environment.name)):
        was = getattr(state.binding, field)
        if was != now:
            raise ProjectError(
                f"the state {location} belongs to the {field} {was}, not to {now}; nothing was written",
                hint=_HINTS[field],
            )


def check_plan(planned: Binding, here: Binding) -> None:
    """Raises StalePlanError if a saved plan was made for something else than what this run works on."""
    for field, what in _WHAT.items():
        was, now = getattr(planned, field), getattr(here, field)
        if was != now:
            raise StalePlanError(
                f"the saved plan is for the {what} {was}, but this run is for {now}; nothing was written",
                hint=f"carry it out with the {what} it was made for, or plan again and review that",
            )
