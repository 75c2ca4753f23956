"""`agentops fmt`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from agentops.cli.project import PROJECT_FILE, choose_environment, find_project, project_path
from agentops.cli.settings import Command, Settings
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.diagnostics import Diagnostic, in_order
from agentops.domain.errors import ManifestError, UsageError

if TYPE_CHECKING:
    from agentops.engine.fmt import Formatted

NOT_FORMATTED: Final = 1
_INPUT: Final = "<stdin>"


@click.command("fmt", cls=Command, short_help="Write manifests in canonical form.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, allow_dash=True, path_type=Path), metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a file is not in canonical form.")
@click.option("--diff", "with_diff", is_flag=True, help="Show what changes; writes it too, unless there is --check.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: the files that change, with --diff how.")
@click.pass_obj
def command(settings: Settings, paths: tuple[Path, ...], check: bool, with_diff: bool, as_json: bool) -> int:
    """Put keys in the order of the documents, indent by two spaces, and quote what other YAML readers would misread.

    Comments stay with what they describe, and no value changes. Without PATHs: the project file and the manifests of
    all environments, or of --env. A PATH is a file, a folder, or - for stdin to stdout. Lists the files that change.

    \b
    Examples:
      agentops fmt
      agentops fmt --check --diff
      agentops fmt --check --json
      agentops fmt assistants/front-desk.yaml
      agentops fmt - < draft.yaml
    """
    terminal = terminal_for(settings)
    if Path("-") in paths:
        if len(paths) > 1:
            raise UsageError("- cannot stand beside other paths")
        if as_json:
            raise UsageError("with - stdout is the manifest, so there is no place for JSON")
        return _filter(terminal, check=check, with_diff=with_diff)
    from agentops.engine.fmt import format_files

    root, names, faults = _files(settings, terminal, paths)
    files, wrong = format_files(root, names)
    if faults or wrong:
        raise ManifestError(in_order([*faults, *wrong]))
    changed = [file for file in files if file.differs]
    if not check:
        _write(root, changed)
    if as_json:
        terminal.show(_as_json(root, changed, len(files), written=not check, with_diff=with_diff))
    else:
        for file in changed:
            _show(file, os.path.relpath(root / file.path), terminal, with_diff=with_diff)
        _sum_up(len(changed), len(files), terminal, check=check)
    return NOT_FORMATTED if check and changed else 0


def _filter(terminal: Terminal, *, check: bool, with_diff: bool) -> int:
    """Format stdin."""
    from agentops.engine.fmt import Formatted, formatted

    data = sys.stdin.buffer.read()
    text, faults = formatted(data, _INPUT)
    if text is None:
        raise ManifestError(in_order(faults))
    file = Formatted(_INPUT, data.decode("utf-8"), text)
    if file.differs and (check or with_diff):
        _show(file, _INPUT, terminal, with_diff=with_diff)
    if not check and not with_diff:
        terminal.show(text)
    return NOT_FORMATTED if check and file.differs else 0


def _files(
    settings: Settings, terminal: Terminal, paths: Sequence[Path]
) -> tuple[Path, tuple[str, ...], tuple[Diagnostic, ...]]:
    """The folder that names start at, the files to format, and what is wrong with the paths."""
    from agentops.engine.load import manifest_paths

    if not paths:
        return _of_project(settings, terminal)
    root = _root(settings, paths)
    names = [os.path.relpath(path.resolve(), root) for path in paths]
    found, faults = manifest_paths(root, names)
    projects = [os.path.relpath(path, root) for path in _project_files(paths)]
    if projects:  # a folder with a project file alone is not empty
        faults = tuple(fault for fault in faults if fault.code != "no-manifests")
    return root, tuple(sorted({*found, *projects})), faults


def _project_files(paths: Sequence[Path]) -> Iterator[Path]:
    """Project files in the folders that were named, which are no manifests."""
    return (file for path in paths if path.is_dir() and (file := path.resolve() / PROJECT_FILE).is_file())


def _of_project(settings: Settings, terminal: Terminal) -> tuple[Path, tuple[str, ...], tuple[Diagnostic, ...]]:
    from agentops.engine.load import manifest_paths

    project = find_project(settings)
    environments = tuple(project.environments.values())
    if settings.environment:
        environments = (choose_environment(project, settings, terminal),)
    names = dict.fromkeys(name for environment in environments for name in environment.manifests)
    found, faults = manifest_paths(project.root, tuple(names))
    return project.root, (PROJECT_FILE, *found), faults


def _root(settings: Settings, paths: Sequence[Path]) -> Path:
    """The project folder, if all paths are in it; else the folder that they share."""
    project = project_path(settings)
    if project and all(path.resolve().is_relative_to(project.parent) for path in paths):
        return project.parent
    return Path(os.path.commonpath([path.resolve() if path.is_dir() else path.resolve().parent for path in paths]))


def _write(root: Path, files: Sequence[Formatted]) -> None:
    from agentops.engine.file_set import FileSet

    changes = FileSet(root)
    for file in files:
        changes.add(file.path, file.after)
    changes.write()


def _show(file: Formatted, name: str, terminal: Terminal, *, with_diff: bool) -> None:
    terminal.show(_diff(file, name) if with_diff else name)


def _diff(file: Formatted, name: str) -> str:
    from difflib import unified_diff

    before, after = (text.splitlines(keepends=True) for text in (file.before, file.after))
    lines = unified_diff(before, after, f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _as_json(root: Path, changed: Sequence[Formatted], looked_at: int, *, written: bool, with_diff: bool) -> str:
    names = {os.path.relpath(root / file.path): file for file in changed}
    files = [{"path": name, **({"diff": _diff(file, name)} if with_diff else {})} for name, file in names.items()]
    ours = {"checked": looked_at, "changed": files, "written": written}
    return json.dumps({"format_version": "1.0", "agentops": ours}, indent=2, ensure_ascii=False)


def _sum_up(changed: int, looked_at: int, terminal: Terminal, *, check: bool) -> None:
    noun = "file" if looked_at == 1 else "files"
    if check and changed:
        terminal.tell(f"{changed} of {looked_at} {noun} not in canonical form; `agentops fmt` writes them so")
    elif check:
        terminal.tell(f"{looked_at} {noun} in canonical form")
    else:
        terminal.tell(f"{changed} of {looked_at} {noun} changed")
