"""`agentops plan`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agentops.cli.drift import show_drift
from agentops.cli.html_file import html_option, save_html
from agentops.cli.plan_options import chosen, full_option, is_given, plan_options
from agentops.cli.project import open_session
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for
from agentops.domain.plan import Plan

CHANGES = 2
"""The exit code of --detailed-exitcode when there is something to do."""


@click.command("plan", cls=Command, short_help="Show what apply would change.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Save the plan for `apply FILE`."
)
@click.option("--json", "as_json", is_flag=True, help="Terraform's JSON plan format.")
@click.option("--markdown", "as_markdown", is_flag=True, help="For a comment on a pull request.")
@full_option
@html_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit code 0: no changes, 2: changes, 1: error.")
@click.option(
    "--refresh-only", is_flag=True, help="Show what others changed on the platform, as `agentops drift` does."
)
@plan_options
@click.pass_context
def command(
    context: click.Context,
    /,
    out: Path | None,
    as_json: bool,
    as_markdown: bool,
    full: bool,
    html: Path | None,
    detailed_exitcode: bool,
    refresh_only: bool,
    **choices: Any,
) -> int:
    """Show what apply would change on the platform, and why. Changes nothing.

    \b
    Examples:
      agentops plan
      agentops plan --env production --out production.plan
      agentops plan --env production --detailed-exitcode       did somebody edit in the portal?
      agentops plan --env production --markdown > comment.md   for a pull request
      agentops plan --env production --html production.plan.html    for a browser: side by side, with filters
      agentops plan --target assistant.front-desk
      agentops plan --refresh-only                             only what others changed
    """
    from agentops.cli.planfiles import save
    from agentops.cli.planning import make
    from agentops.cli.progress import View
    from agentops.cli.results import show_as
    from agentops.cli.written import require_writable
    from agentops.render.review import plan_review

    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown exclude each other")
    if full and (as_json or as_markdown):
        raise click.UsageError("--full is for text; JSON is whole anyway, and so is the page of --html")
    if html is not None and out is not None and html.resolve() == out.resolve():
        raise click.UsageError(f"--html and --out name the same file, {out}")
    settings: Settings = context.obj
    if refresh_only:
        shaping = {*choices, "out", "as_markdown", "full", "html"} - {"targets"}
        given = [name for name in sorted(shaping) if is_given(context, name)]
        if given:
            raise click.UsageError(
                "--refresh-only shows drift: of the options that shape a plan it takes --target only"
            )
        return show_drift(settings, choices["targets"], as_json=as_json, detailed_exitcode=detailed_exitcode)
    options = chosen(choices)
    require_writable(out, html)
    terminal = terminal_for(settings)
    with open_session(settings, terminal, quiet=as_json or as_markdown, on_wait=View(terminal).on_wait) as session:
        plan = make(session, options).plan
    show_as(plan, terminal, as_json=as_json, as_markdown=as_markdown, full=full)
    if out is not None:
        save(out, [plan])
        terminal.tell(f"\nSaved the plan to {out}. {_next(plan, out)}")
    if html is not None:
        save_html(html, [plan_review(plan)], terminal)
    return CHANGES if detailed_exitcode and not plan.is_empty else 0


def _next(plan: Plan, out: Path) -> str:
    """What can be done with a plan that was saved."""
    from agentops.render.summary import carries_out, verdict

    if carries_out(plan):
        return f"To carry out exactly this plan: agentops apply {out}"
    return "Apply would not carry it out: see above." if verdict(plan) else "There is nothing to carry out."
