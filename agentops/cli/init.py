"""`agentops init`."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import click

from agentops.cli.ci_files import KINDS
from agentops.cli.ci_install import check_source
from agentops.cli.init_questions import Wanted, ask_for, check_name
from agentops.cli.new_project import add_ci, start, start_from_account
from agentops.cli.project import PROJECT_FILE, project_path
from agentops.cli.settings import Command, Settings
from agentops.cli.starter import PLATFORMS
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.errors import ProjectError, UsageError


@click.command("init", cls=Command, short_help="Start a project: project file, a first manifest, editor, CI.")
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]")
@click.option("--platform", type=click.Choice(list(PLATFORMS)), help="Where the assistants will live.")
@click.option("--name", default="", metavar="NAME", help="What the project is called.  [default: after its folder]")
@click.option(
    "--ci",
    type=click.Choice(KINDS),
    multiple=True,
    help="Write pipelines that plan pull requests and apply on merge; may be repeated.",
)
@click.option(
    "--install",
    "source",
    metavar="SOURCE",
    help="What the pipelines install: a version, a path in the repository, or a URL.  [default: this version, of PyPI]",
)
@click.option("--from-account", is_flag=True, help="Write manifests for what the account has, in place of an example.")
@click.option(
    "--base-url", default="", metavar="URL", help="Where the account's API answers, if not at the usual place."
)
@click.pass_obj
def command(
    settings: Settings,
    folder: Path | None,
    platform: str | None,
    name: str,
    ci: tuple[str, ...],
    source: str | None,
    from_account: bool,
    base_url: str,
) -> int:
    """Write a project: agentops.yaml, a first manifest with its prompt, schemas and settings for editors, .gitignore.

    On a terminal it asks, unless --platform is given. Existing files are never overwritten: if one is there already,
    nothing is written, but a .gitignore gets the lines that it lacks, and settings of an editor stay as they are.
    In a project that exists already, --ci adds pipelines, or says what those that are there lack by now.

    \b
    Examples:
      agentops init                                       asks what is needed
      agentops init my-project --platform autocalls
      agentops init my-project --platform autocalls --ci github
      agentops init my-project --platform autocalls --from-account     with AUTOCALLS_TOKEN set
      agentops init --ci gitlab                           pipelines for the project here
      agentops init --ci github --install vendor/agentops_reconciler-0.1.0-py3-none-any.whl    not from PyPI
    """
    terminal = terminal_for(settings)
    base = settings.directory or Path()
    root = base / folder if folder else base
    if source is not None:
        _check_install(source, ci)
    existing = _existing(settings, root, is_above=bool(ci) and not platform and folder is None)
    if existing is not None:
        wrong = {"--platform": platform, "--name": name, "--from-account": from_account, "--base-url": base_url}
        _refuse_in_project(existing, [option for option, value in wrong.items() if value], ci)
        add_ci(existing, ci, source, terminal)
        return 0
    offered = _project_name(root)
    wanted = Wanted(platform or "", name, tuple(dict.fromkeys(ci)), from_account, base_url, source)
    if not platform:
        wanted = _asked(wanted, offered, terminal)
    wanted = replace(wanted, name=wanted.name or offered)
    if wanted.from_account:
        return start_from_account(settings, root, folder, wanted, terminal)
    start(root, folder, wanted, terminal)
    return 0


def _check_install(source: str, ci: tuple[str, ...]) -> None:
    if not ci:
        raise UsageError("--install says what pipelines install", hint="add --ci github or --ci gitlab")
    check_source(source)


def _existing(settings: Settings, root: Path, *, is_above: bool) -> Path | None:
    """The project file that is there already: in the folder, or else, when `is_above`, in one above."""
    if (root / PROJECT_FILE).exists():
        return root / PROJECT_FILE
    return project_path(replace(settings, directory=root)) if is_above else None


def _refuse_in_project(path: Path, given: list[str], ci: tuple[str, ...]) -> None:
    if not ci:
        hint = (
            "for a new project, choose an empty folder: agentops init DIR; for pipelines in this one, add --ci github"
        )
        if "--from-account" in given:
            hint = "to write manifests for what the account has: agentops import --all --write"
        raise ProjectError(f"{path} exists already; nothing was written", hint=hint)
    if given:
        raise UsageError(
            f"{', '.join(given)}: for new projects only, and {path} is there already",
            hint="--ci alone adds pipelines to it",
        )


def _asked(wanted: Wanted, offered: str, terminal: Terminal) -> Wanted:
    if not terminal.can_ask:
        raise UsageError("say where the assistants will live: --platform P", hint=f"there are: {', '.join(PLATFORMS)}")
    if wanted.name:
        check_name(wanted.name)
    return ask_for(wanted, offered, terminal)


def _project_name(root: Path) -> str:
    """A name for the project that its file accepts, after its folder."""
    name = re.sub(r"[^a-z0-9]+", "-", root.resolve().name.lower()).strip("-")
    return name[:63].strip("-") or "project"
