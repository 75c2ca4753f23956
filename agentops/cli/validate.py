"""`agentops validate`."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from agentops.cli.git import prefix_of
from agentops.cli.project import PROJECT_FILE, choose_environment, find_project, project_path
from agentops.cli.results import complaint
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import Terminal, harmless, terminal_for
from agentops.cli.written import replace_file
from agentops.domain.diagnostics import Diagnostic, has_errors, in_order
from agentops.domain.errors import ManifestError
from agentops.domain.project import Environment, Project

if TYPE_CHECKING:
    from agentops.render.validation import Checked

RENDERERS: Final = {
    "text": ("validation", "validation_text"),
    "json": ("validation", "validation_json"),
    "github": ("annotations", "annotations_of"),
    "sarif": ("sarif", "sarif"),
    "junit": ("junit", "junit"),
    "gitlab": ("code_quality", "code_quality"),
}
"""Format -> module and function of agentops.render."""


@click.command("validate", cls=Command, short_help="Check every manifest offline and report every fault.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(RENDERERS)),
    help="text; json (Terraform's); github: annotations in the log of a workflow; sarif: GitHub code scanning; junit: "
    "test reports; gitlab: Code Quality.  [default: text]",
)
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write that format to FILE, and show the text.",
)
@click.pass_obj
def command(settings: Settings, paths: tuple[Path, ...], form: str | None, as_json: bool, out: Path | None) -> int:
    """Check YAML, schema, rules between fields, and what each platform lacks. Needs no token and no network.

    All environments are checked unless --env names one. With PATHs only these files or folders are; that works
    without a project file too.

    \b
    Examples:
      agentops validate
      agentops validate assistants/front-desk.yaml
      agentops validate --json
      agentops validate --format github                        in a GitHub workflow
      agentops validate --format sarif --out agentops.sarif    text in the log, a file to upload
    """
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} exclude each other")
    form = "json" if as_json else form or "text"
    terminal = terminal_for(settings)
    root, checked = _checked(settings, terminal, paths)
    if out is not None:
        replace_file(out, harmless(renderer(form)(checked)) + "\n")
    if out is not None or form == "text":
        terminal.tell(complaint(checked.diagnostics, terminal, root))
        _sum_up(checked, terminal.tell if has_errors(checked.diagnostics) else terminal.show)
    else:
        terminal.show(renderer(form)(checked))
        if form == "github":  # read by people too, for whom silence says little
            _sum_up(checked, terminal.tell)
    return ManifestError.exit_code if has_errors(checked.diagnostics) else 0


def renderer(form: str) -> Callable[[Checked], str]:
    """What turns a result into this format; imported here, as each run needs one only."""
    module, name = RENDERERS[form]
    found: Callable[[Checked], str] = getattr(importlib.import_module(f"agentops.render.{module}"), name)
    return found


def _checked(settings: Settings, terminal: Terminal, paths: Sequence[Path]) -> tuple[Path, Checked]:
    """The folder that positions start at, and everything that was looked at and found."""
    if project_path(settings) is None and paths:
        root = Path(os.path.commonpath([path.resolve().parent for path in paths]))
        scope = f"{len(paths)} path{'s' if len(paths) > 1 else ''}"
        return root, _result(root, _of_paths(root, paths, None), _names(root, paths), scope)
    try:
        project = find_project(settings)
    except ManifestError as exc:  # the project file has faults of its own
        folder = project_path(settings)
        root = folder.parent if folder else Path()
        return root, _result(root, exc.diagnostics, (), "", files=(PROJECT_FILE,))
    environments = tuple(project.environments.values())
    if settings.environment:
        environments = (choose_environment(project, settings, terminal),)
    diagnostics = [found for environment in environments for found in _of_environment(project, environment, paths)]
    strays = [path for path in paths if not any(_is_of(project, environment, path) for environment in environments)]
    diagnostics += _of_paths(project.root, strays, None) if strays else ()
    names = tuple(environment.name for environment in environments)
    own = () if paths else (PROJECT_FILE,)
    folders = [name for environment in environments for name in environment.manifests]
    read = _names(project.root, paths) if paths else tuple(dict.fromkeys(folders))
    return project.root, _result(project.root, diagnostics, read, ", ".join(names), files=own, environments=names)


def _result(
    root: Path,
    diagnostics: Iterable[Diagnostic],
    manifests: Sequence[str],
    scope: str,
    *,
    files: Sequence[str] = (),
    environments: tuple[str, ...] = (),
) -> Checked:
    """What was found in the manifests at `manifests`, and in `files` beside them."""
    from agentops.engine.load import manifest_paths
    from agentops.render.validation import Checked

    looked_at, _ = manifest_paths(root, manifests)
    return Checked(in_order(diagnostics), (*files, *looked_at), prefix_of(root), scope, environments)


def _names(root: Path, paths: Sequence[Path]) -> tuple[str, ...]:
    """The paths as the project knows them."""
    return tuple(os.path.relpath(path.resolve(), root) for path in paths)


def _of_environment(project: Project, environment: Environment, paths: Sequence[Path]) -> Sequence[Diagnostic]:
    from agentops.engine.manifests import read_manifests
    from agentops.providers.registry import platform

    if paths:
        own = [path for path in paths if _is_of(project, environment, path)]
        return list(_of_paths(project.root, own, environment)) if own else []
    return read_manifests(project, environment, platform(environment.platform)).diagnostics


def _is_of(project: Project, environment: Environment, path: Path) -> bool:
    """Whether the environment's manifests are below `path`, or it is among them."""
    here = path.resolve()
    folders = [(project.root / name).resolve() for name in environment.manifests]
    return any(here.is_relative_to(folder) or folder.is_relative_to(here) for folder in folders)


def _of_paths(root: Path, paths: Sequence[Path], environment: Environment | None) -> Iterator[Diagnostic]:
    """The faults of some files: for an environment, or for the vocabulary as its first platform has it."""
    from agentops.engine.manifests import read_files
    from agentops.providers.registry import platform

    where = platform(environment.platform if environment else "autocalls")
    yield from read_files(root, _names(root, paths), where, environment.variables if environment else None).diagnostics


def _sum_up(checked: Checked, say: Callable[[str], None]) -> None:
    from agentops.render.validation import verdict

    say(("\n" if has_errors(checked.diagnostics) else "") + verdict(checked))
