"""`agentops apply`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from agentops.cli.lock_options import lock_timeout_option
from agentops.cli.place import Claim
from agentops.cli.plan_options import chosen, parallelism_option, plan_options, stream_option
from agentops.cli.progress import View
from agentops.cli.project import Session, open_session
from agentops.cli.settings import Command, Settings
from agentops.cli.stream import Stream, require_approval
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.errors import ProjectError, StalePlanError, UsageError
from agentops.domain.plan import Plan, PlanOptions
from agentops.domain.state import Binding

QUESTION = "Do you want to perform these actions?"


@click.command("apply", cls=Command, short_help="Bring the platform in line with the manifests.")
@click.argument(
    "planfile", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[PLANFILE]"
)
@click.option("--auto-approve", is_flag=True, help="Do not ask. Deletes need --allow-deletes all the same.")
@stream_option
@parallelism_option
@lock_timeout_option
@plan_options
@click.pass_context
def command(
    context: click.Context,
    /,
    planfile: Path | None,
    auto_approve: bool,
    as_json: bool,
    parallelism: int,
    lock_timeout: float,
    **choices: Any,
) -> int:
    """Plan, ask, and carry the plan out; or carry out a saved plan, exactly as it was reviewed.

    Everything is written to the state as it happens. ^C finishes what is under way; the next run goes on.

    \b
    Examples:
      agentops apply
      agentops apply --env production --auto-approve
      agentops plan --env production --out p.plan && agentops show p.plan && agentops apply p.plan
      agentops apply --on-conflict git        git wins where the platform was edited too
      agentops apply p.plan --json | jq -r '."@message"'
    """
    settings: Settings = context.obj
    terminal = terminal_for(settings)
    if planfile is None:
        return apply_now(
            settings,
            terminal,
            chosen(choices),
            auto_approve=auto_approve,
            as_json=as_json,
            parallelism=parallelism,
            claim=Claim("apply", lock_timeout),
        )
    given = [name for name in choices if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE]
    if given:
        raise click.UsageError("a saved plan brings its options along: give them to `agentops plan`")
    claim = Claim("apply", lock_timeout)
    return apply_saved(settings, terminal, planfile, as_json=as_json, parallelism=parallelism, claim=claim)


def apply_now(
    settings: Settings,
    terminal: Terminal,
    options: PlanOptions,
    *,
    auto_approve: bool,
    as_json: bool,
    parallelism: int,
    claim: Claim,
    question: str = QUESTION,
) -> int:
    """Plan and carry out, with a question in between; returns the exit code."""
    from agentops.cli.carry_out import carry_out, consent
    from agentops.cli.planning import make

    with _viewed(terminal, as_json=as_json) as view:
        if as_json:
            require_approval(approved=auto_approve)
        with _opened(settings, terminal, view, claim) as session:
            planned = make(session, options)
            view.planned(planned.plan)
            if not planned.plan.is_empty:
                consent(planned.plan, terminal, approved=auto_approve, question=question)
            return carry_out(session, planned, planned.plan, view, parallelism=parallelism)


def apply_saved(
    settings: Settings, terminal: Terminal, path: Path, *, as_json: bool, parallelism: int, claim: Claim
) -> int:
    """Carry out a saved plan, or refuse it as stale; returns the exit code."""
    from agentops.cli.carry_out import carry_out, refuse_findings
    from agentops.cli.planning import guarded, make
    from agentops.engine.planfile import stale, to_carry_out

    with _viewed(terminal, as_json=as_json) as view:
        saved = _only(path, settings.environment)
        here = replace(settings, environment=saved.binding.environment)
        with _opened(here, terminal, view, claim, saved.binding) as session:
            planned = make(session, saved.options)
            reasons = stale(saved, planned.plan)
            if reasons:
                raise StalePlanError(
                    "\n  ".join([f"{path} is stale; nothing was written", *reasons]), hint="plan again, and review that"
                )
            # Whoever applies a saved plan has read it, deletes and all; but what stands in its way since, nobody has.
            refuse_findings(saved, deletes_agreed=True)
            refuse_findings(guarded(session, saved, planned.live), deletes_agreed=True)
            if as_json:
                view.planned(saved)
            plan = to_carry_out(saved, planned.plan)
            return carry_out(session, planned, plan, view, parallelism=parallelism)


@contextmanager
def _viewed(terminal: Terminal, *, as_json: bool) -> Iterator[View | Stream]:
    """What shows the run: text, or a stream that says in the end how it ended, whatever happened."""
    if not as_json:
        yield View(terminal)
        return
    stream = Stream(terminal)
    with stream.whole():
        yield stream


@contextmanager
def _opened(
    settings: Settings, terminal: Terminal, view: View | Stream, claim: Claim, planned_for: Binding | None = None
) -> Iterator[Session]:
    """The environment, locked; a stream says itself that it is a sandbox."""
    quiet = isinstance(view, Stream)
    with open_session(
        settings, terminal, claim=claim, quiet=quiet, on_wait=view.on_wait, planned_for=planned_for
    ) as session:
        if isinstance(view, Stream) and session.environment.sandbox:
            view.sandbox()
        yield session


def _only(path: Path, environment: str) -> Plan:
    """The one plan of the file. Raises UsageError if it is for another environment than the one that was named."""
    from agentops.cli.planfiles import load

    plans = load(path)
    if len(plans) != 1:
        raise ProjectError(f"{path} holds {len(plans)} plans; this version applies one at a time")
    if environment and environment != plans[0].binding.environment:
        raise UsageError(f"{path} is a plan for {plans[0].binding.environment}, not for {environment}")
    return plans[0]
