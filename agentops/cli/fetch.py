"""`agentops fetch`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.errors import ForgeError, ProjectError

if TYPE_CHECKING:
    from agentops.forges.fetch import Reviewed, Wanted


@click.command("fetch", cls=Command, short_help="Get the plan that was reviewed, after the merge.")
@click.option("--from", "forge", type=click.Choice(["github", "gitlab"]), required=True, help="Where it was reviewed.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE", help="Where to write it."
)
@click.option("--artifact", default="", metavar="NAME", help="Its artifact.  [default: agentops-plan-ENVIRONMENT]")
@click.option(
    "--workflow",
    default="",
    metavar="FILE",
    help="GitHub: the file of the workflow that planned.  [default: the one that runs now]",
)
@click.option("--commit", default="", metavar="SHA", help="What is on the branch now, in place of what the job says.")
@click.option(
    "--if-newest",
    is_flag=True,
    help="Only if that is still the branch's newest commit, for jobs that are run again.",
)
@click.option("--repository", default="", metavar="NAME", help="OWNER/NAME on GitHub; ID or path of a GitLab project.")
@click.option("--api-url", default="", metavar="URL", help="The API, in place of the one that the job names.")
@click.option("--use-proxy", is_flag=True, help="Go through the proxy of HTTPS_PROXY.")
@click.pass_obj
def command(
    settings: Settings,
    forge: str,
    out: Path,
    artifact: str,
    workflow: str,
    commit: str,
    if_newest: bool,
    repository: str,
    api_url: str,
    use_proxy: bool,
) -> None:
    """Get the plan file that was reviewed in the pull or merge request which the branch's last commit comes from.

    For the pipeline after a merge: `apply` then carries out exactly what was reviewed, or refuses it as stale. A plan
    from a fork, of another commit, or of a run that failed is refused. The token is GITHUB_TOKEN or GITLAB_TOKEN.

    \b
    Examples:
      agentops fetch --from github --env production --out production.plan
      agentops fetch --from github --workflow plan.yml --env production --out production.plan
      agentops fetch --from gitlab --env production --out production.plan
      agentops apply production.plan
    """
    from agentops.cli.pipeline import forge_token, pipeline_of, required
    from agentops.cli.written import write_privately
    from agentops.forges.connection import FORGES, connected
    from agentops.forges.fetch import Wanted, reviewed_plan

    terminal = terminal_for(settings)
    said, kind = pipeline_of(forge), FORGES[forge]
    name = _environment(settings, terminal)
    if forge == "github":
        workflow = required(workflow or said.workflow, "which workflow planned", "--workflow", "GITHUB_WORKFLOW_REF")
    wanted = Wanted(
        required(commit or said.commit, "which commit was merged", "--commit", "GITHUB_SHA or CI_COMMIT_SHA"),
        name,
        artifact or f"agentops-plan-{name}",
        workflow,
        required(said.branch, "which branch it is", "GITHUB_REF or CI_COMMIT_BRANCH", "the forge") if if_newest else "",
    )
    where = required(repository or said.repository, "which repository", "--repository", "GITHUB_REPOSITORY")
    address = api_url or said.api_url or kind.api_url
    with connected(kind, address, forge_token(forge), where, proxied=use_proxy) as there:
        reviewed = reviewed_plan(there, wanted)
    _check(reviewed, wanted)
    write_privately(out, reviewed.text)
    terminal.show(
        f"Fetched the plan of {there.request_noun} {reviewed.number} (commit {reviewed.head[:12]}) to {out}."
        f" To carry it out: agentops apply {out}"
    )


def _environment(settings: Settings, terminal: Terminal) -> str:
    """The environment that --env names, else that of the project."""
    from agentops.cli.project import choose_environment, find_project

    return settings.environment or choose_environment(find_project(settings), settings, terminal).name


def _check(reviewed: Reviewed, wanted: Wanted) -> None:
    """Raises ForgeError if the file is no plan, or one for another environment."""
    from agentops.engine.planfile import parse
    from agentops.forges.fetch import BY_HAND

    hint = BY_HAND.format(env=wanted.environment)
    try:
        plans = parse(reviewed.text)
    except ProjectError as exc:
        raise ForgeError(f"the artifact {wanted.artifact!r} holds no usable plan: {exc}", hint=hint) from exc
    others = sorted({plan.binding.environment for plan in plans} - {wanted.environment})
    if others or not plans:
        found = f"is for {', '.join(others)}" if others else "is empty"
        message = f"the plan in the artifact {wanted.artifact!r} {found}, not for {wanted.environment}"
        raise ForgeError(message, hint=hint)
