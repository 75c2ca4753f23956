"""`agentops report`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import terminal_for

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("report", cls=Command, short_help="Show a saved plan on the pull request that it is for.")
@click.argument("planfile", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="PLANFILE")
@click.option("--to", "forge", type=click.Choice(["github", "gitlab"]), required=True, help="Where to.")
@click.option("--repository", default="", metavar="NAME", help="OWNER/NAME on GitHub; ID or path of a GitLab project.")
@click.option(
    "--pull-request",
    "--merge-request",
    "number",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="Which one, in place of what the job says.",
)
@click.option("--api-url", default="", metavar="URL", help="The API, in place of the one that the job names.")
@click.option(
    "--link",
    "links",
    multiple=True,
    metavar="[TEXT=]URL",
    help="A link below the plan: to the artifact, to the HTML report. May be repeated.",
)
@click.option("--path-prefix", metavar="PATH", help="The project folder, as seen from the repository's top.")
@click.option("--no-comment", is_flag=True, help="No comment.")
@click.option("--no-labels", is_flag=True, help="No labels.")
@click.option("--no-annotations", is_flag=True, help="GitHub: no annotations beside the lines of manifests.")
@click.option("--best-effort", is_flag=True, help="Exit code 0, with a warning, when comment or labels are refused.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Show every request that would write, and send and write nothing. Without a token: comment and label.",
)
@click.option("--terraform-report", type=_FILE, metavar="FILE", help="Write GitLab's artifacts:reports:terraform.")
@click.option("--code-quality", type=_FILE, metavar="FILE", help="Write GitLab's artifacts:reports:codequality.")
@click.option("--dotenv", type=_FILE, metavar="FILE", help="Write GitLab's artifacts:reports:dotenv.")
@click.option("--use-proxy", is_flag=True, help="Go through the proxy of HTTPS_PROXY.")
@click.pass_obj
def command(settings: Settings, /, planfile: Path, links: tuple[str, ...], **choices: Any) -> None:
    """Show a plan that `plan --out` saved where it is reviewed: as a comment, as labels, in the job's summary.

    Each environment has one comment, which is updated in place. Outside a pull or merge request there is none, but
    summary and outputs are written all the same. The token is GITHUB_TOKEN or GITLAB_TOKEN.

    \b
    Examples:
      agentops report production.plan --to github
      agentops report production.plan --to github --link plan=https://ci.example.com/plan.html
      agentops report production.plan --to gitlab --terraform-report tf.json --code-quality quality.json
      agentops report production.plan --to github --pull-request 7 --repository acme/voice --dry-run
      agentops report production.plan --to github --dry-run       what would the comment look like?
    """
    from agentops.cli.planfiles import load
    from agentops.cli.reporting import Wishes, report

    wishes = Wishes(planfile=planfile, links=tuple(map(_link, links)), **choices)
    report(settings, terminal_for(settings), load(planfile), wishes)


def _link(text: str) -> tuple[str, str]:
    """`plan=https://...` or the bare address."""
    name, equals, url = text.partition("=")
    name, url = (name, url) if equals and "://" not in name else ("artifact", text)
    if not url.startswith(("https://", "http://")) or not url.isprintable() or " " in url:
        raise click.UsageError(f"--link {text}: this is no address of the web")
    return name, url
