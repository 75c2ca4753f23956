"""`agentops validate`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from agentops.cli.project import choose_environment, find_project, project_path
from agentops.cli.results import complaint
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.diagnostics import Diagnostic, Severity, has_errors, in_order
from agentops.domain.errors import ManifestError
from agentops.domain.project import Environment, Project


@click.command("validate", cls=Command, short_help="Check every manifest offline and report every fault.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@click.pass_obj
def command(settings: Settings, paths: tuple[Path, ...], as_json: bool) -> int:
    """Check YAML, schema, rules between fields, and what each platform lacks. Needs no token and no network.

    All environments are checked unless --env names one. With PATHs only these files or folders are; that works
    without a project file too.

    \b
    Examples:
      agentops validate
      agentops validate assistants/front-desk.yaml
      agentops validate --json
    """
    terminal = terminal_for(settings)
    root, diagnostics, checked = _checked(settings, terminal, paths)
    if as_json:
        terminal.show(_as_json(diagnostics))
    else:
        terminal.tell(complaint(diagnostics, terminal, root))
        _sum_up(diagnostics, checked, terminal)
    return ManifestError.exit_code if has_errors(diagnostics) else 0


def _checked(settings: Settings, terminal: Terminal, paths: Sequence[Path]) -> tuple[Path, tuple[Diagnostic, ...], str]:
    """The folder that positions start at, everything that was found, and what was looked at."""
    if project_path(settings) is None and paths:
        root = Path(os.path.commonpath([path.resolve().parent for path in paths]))
        found = _of_paths(root, paths, None)
        return root, in_order(found), f"{len(paths)} path{'s' if len(paths) > 1 else ''}"
    try:
        project = find_project(settings)
    except ManifestError as exc:  # the project file has faults of its own
        folder = project_path(settings)
        return (folder.parent if folder else Path()), in_order(exc.diagnostics), ""
    environments = tuple(project.environments.values())
    if settings.environment:
        environments = (choose_environment(project, settings, terminal),)
    diagnostics = [found for environment in environments for found in _of_environment(project, environment, paths)]
    strays = [path for path in paths if not any(_is_of(project, environment, path) for environment in environments)]
    diagnostics += _of_paths(project.root, strays, None) if strays else ()
    return project.root, in_order(diagnostics), ", ".join(environment.name for environment in environments)


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

    names = [os.path.relpath(path.resolve(), root) for path in paths]
    where = platform(environment.platform if environment else "autocalls")
    yield from read_files(root, names, where, environment.variables if environment else None).diagnostics


def _as_json(diagnostics: Sequence[Diagnostic]) -> str:
    from agentops.render.diagnostics import diagnostics_json

    count = {severity: sum(item.severity is severity for item in diagnostics) for severity in Severity}
    found = {
        "valid": not has_errors(diagnostics),
        "error_count": count[Severity.ERROR],
        "warning_count": count[Severity.WARNING],
        "diagnostics": diagnostics_json(diagnostics),
    }
    return json.dumps(found, indent=2, ensure_ascii=False)


def _sum_up(diagnostics: Sequence[Diagnostic], checked: str, terminal: Terminal) -> None:
    from agentops.render.diagnostics import diagnostics_summary

    if has_errors(diagnostics):
        terminal.tell(f"\n{diagnostics_summary(diagnostics)}")
    else:
        warnings = f" ({diagnostics_summary(diagnostics)})" if diagnostics else ""
        terminal.show(f"Success! The manifests are valid{warnings}. Checked: {checked}")
