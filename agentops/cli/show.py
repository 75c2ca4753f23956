"""`agentops show`."""

from pathlib import Path

import click

from agentops.cli.html_file import html_option, save_html
from agentops.cli.plan_options import full_option
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for


@click.command("show", cls=Command, short_help="Show a saved plan.")
@click.argument("planfile", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="PLANFILE")
@click.option("--json", "as_json", is_flag=True, help="Terraform's JSON plan format.")
@click.option("--markdown", "as_markdown", is_flag=True, help="For a comment on a pull request.")
@full_option
@html_option
@click.pass_obj
def command(
    settings: Settings, planfile: Path, as_json: bool, as_markdown: bool, full: bool, html: Path | None
) -> None:
    """Show a plan that `plan --out` saved. Needs neither the platform nor the project.

    \b
    Examples:
      agentops show production.plan
      agentops show production.plan --markdown
      agentops show production.plan --html production.plan.html    for a browser: side by side, with filters
    """
    from agentops.cli.planfiles import load
    from agentops.cli.project import SANDBOX_LINE
    from agentops.cli.results import show_as
    from agentops.cli.written import require_writable
    from agentops.render.review import plan_review

    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown exclude each other")
    if full and (as_json or as_markdown):
        raise click.UsageError("--full is for text; JSON is whole anyway, and so is the page of --html")
    terminal = terminal_for(settings)
    if html is not None and html.resolve() == planfile.resolve():
        raise click.UsageError(f"--html would write over the plan file, {planfile}")
    require_writable(html)
    plans = load(planfile)
    for plan in plans:
        if plan.sandbox:
            (terminal.tell if as_json or as_markdown else terminal.show)(SANDBOX_LINE)
        show_as(plan, terminal, as_json=as_json, as_markdown=as_markdown, full=full)
    if html is not None:
        save_html(html, [plan_review(plan) for plan in plans], terminal)
