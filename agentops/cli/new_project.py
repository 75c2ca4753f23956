"""Makes a project: what is written, what is left as it is, and what is taken back when it cannot be finished."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agentops.cli.ci_write import write_pipelines
from agentops.cli.editor import SETTINGS, editor_files
from agentops.cli.gitignore import ANYWHERE, IN_PROJECT, add_lines
from agentops.cli.gitignore import FILE as GITIGNORE
from agentops.cli.init_questions import Wanted, check_address, check_name
from agentops.cli.place import Claim
from agentops.cli.project import PROJECT_FILE
from agentops.cli.settings import Settings
from agentops.cli.starter import PLATFORMS, account_file, starter_files
from agentops.cli.terminal import Terminal
from agentops.cli.written import write_file
from agentops.domain.errors import PartialError, ProjectError, UsageError
from agentops.domain.project import EnvToken

if TYPE_CHECKING:
    from agentops.domain.project import Project

_PRODUCTION: Final = "production"
_MANIFESTS: Final = "assistants"
_LOCAL: Final = ".agentops"
_SCHEMAS: Final = "schemas/"


def start(root: Path, folder: Path | None, wanted: Wanted, terminal: Terminal) -> None:
    """A project with an example. Raises ProjectError, with nothing written, where one of its files is there already."""
    files = {**starter_files(wanted.name, wanted.platform, wanted.base_url), **_schema_files()}
    project = _parsed(root, files[PROJECT_FILE], wanted)
    _refuse_existing(root, files)
    for path, text in files.items():
        write_file(root / path, text)
    _say_written(root, files, terminal)
    _beside(root, wanted, project, terminal)
    way = _way(folder)
    terminal.show(f"\nNext: {f'cd {way} && ' if way else ''}agentops plan --env sandbox")


def start_from_account(settings: Settings, root: Path, folder: Path | None, wanted: Wanted, terminal: Terminal) -> int:
    """A project with the manifests of what the account has. Nothing stays where it could not be read."""
    from agentops.cli.import_write import write_manifests
    from agentops.cli.token import read_token
    from agentops.providers.registry import platform

    if not wanted.base_url and not platform(wanted.platform).base_url:
        raise UsageError(f"{wanted.platform} answers at an address of your own", hint="say which: --base-url URL")
    text = account_file(wanted.name, wanted.platform, wanted.base_url)
    project, schemas = _parsed(root, text, wanted), _schema_files()
    _refuse_existing(root, {PROJECT_FILE: text, _MANIFESTS: "", **schemas})
    read_token(EnvToken(PLATFORMS[wanted.platform]), root)
    there, had_local = root.exists(), (root / _LOCAL).exists()
    write_file(root / PROJECT_FILE, text)
    try:
        there_now = replace(settings, directory=root, environment=_PRODUCTION)
        write_manifests(there_now, None, (), Claim("init"), force=False)
        if not (root / _MANIFESTS).exists():
            way = f"agentops init --platform {wanted.platform}"
            raise ProjectError("the account is empty; nothing was written", hint=f"start with an example: {way}")
    except PartialError as exc:
        terminal.tell(f"Warning: {exc}")
    except BaseException:
        if not (root / _MANIFESTS).exists():
            _take_back(root, there=there, had_local=had_local)
        raise
    for path, schema in schemas.items():
        write_file(root / path, schema)
    _say_written(root, {PROJECT_FILE: text, **schemas}, terminal)
    _beside(root, wanted, project, terminal)
    if way := _way(folder):  # what comes next, the import has said already
        terminal.show(f"\nThe project is in {folder}: cd {way}")
    return 0


def add_ci(path: Path, kinds: Sequence[str], source: str | None, terminal: Terminal) -> None:
    """Pipelines for the project whose file is at `path`, and what its .gitignore lacks."""
    from agentops.engine.project_file import read_project
    from agentops.providers.registry import platforms

    project = read_project(path, platforms())
    _ignore(path.parent, terminal)
    write_pipelines(path.parent, kinds, source, project, terminal)


def _parsed(root: Path, text: str, wanted: Wanted) -> Project:
    """The project that a new file will describe. Raises UsageError when an option made it wrong."""
    from agentops.engine.project_file import parse_project
    from agentops.providers.registry import platforms

    with _from_option("--name"):
        check_name(wanted.name)
    if wanted.base_url:
        with _from_option("--base-url"):
            check_address(wanted.platform, wanted.base_url)
    return parse_project(text.encode(), root / PROJECT_FILE, platforms())


@contextmanager
def _from_option(name: str) -> Iterator[None]:
    """What is wrong is said of the option that it came from."""
    try:
        yield
    except UsageError as exc:
        raise UsageError(f"{name}: {exc}", hint=exc.hint) from exc


def _schema_files() -> dict[str, str]:
    from agentops.cli.schema import schema_texts

    return {f"{_SCHEMAS}{name}.schema.json": text for name, text in schema_texts().items()}


def _refuse_existing(root: Path, files: Mapping[str, str]) -> None:
    existing = [path for path in files if os.path.lexists(root / path)]  # also a link that leads nowhere
    if existing:
        raise ProjectError(
            f"{root / existing[0]} exists already; nothing was written",
            hint="choose an empty folder: agentops init DIR",
        )


def _take_back(root: Path, *, there: bool, had_local: bool) -> None:
    """Leave the folder as it was before."""
    (root / PROJECT_FILE).unlink(missing_ok=True)
    if not had_local:
        shutil.rmtree(root / _LOCAL, ignore_errors=True)
    if not there:
        with suppress(OSError):  # somebody else put something there
            root.rmdir()


def _beside(root: Path, wanted: Wanted, project: Project, terminal: Terminal) -> None:
    """What goes with a new project and may be there already."""
    from agentops.providers.registry import platform

    found = platform(wanted.platform)
    _add(root, editor_files(found.api_version, len(found.kinds)), terminal)
    _ignore(root, terminal)
    write_pipelines(root, wanted.ci, wanted.source, project, terminal)


def _add(root: Path, files: Mapping[str, str], terminal: Terminal) -> None:
    """Write those that are missing. The others stay as they are, and what is not in them is said."""
    for path, text in files.items():
        there = root / path
        if not os.path.lexists(there):
            write_file(there, text)
            terminal.show(f"wrote {there}")
        elif not there.is_file() or there.read_bytes().replace(b"\r\n", b"\n") != text.encode():
            merge = f". What it needs for agentops:\n{text.strip()}" if path == SETTINGS else ""
            terminal.tell(f"Left as it is: {there}{merge}")
        else:
            terminal.show(f"{there} is there already")


def _ignore(root: Path, terminal: Terminal) -> None:
    """The lines that .gitignore lacks: of the project, and of the repository, at whose top plans are written too."""
    from agentops.cli.git import top_of

    real = root.resolve()
    top = top_of(real)
    _ignore_in(root, IN_PROJECT, terminal)
    if top is not None and top.resolve() != real:
        _ignore_in(top, ANYWHERE, terminal)


def _ignore_in(folder: Path, lines: Sequence[str], terminal: Terminal) -> None:
    there = (folder / GITIGNORE).exists()
    added = add_lines(folder, lines)
    if added:
        what = f"added {' and '.join(added)} to" if there else "wrote"
        terminal.show(f"{what} {folder / GITIGNORE}")


def _say_written(root: Path, files: Mapping[str, str], terminal: Terminal) -> None:
    for path in sorted(files):
        if not path.startswith(_SCHEMAS):
            terminal.show(f"wrote {root / path}")
    terminal.show(f"wrote {root / 'schemas'} (for the editor)")


def _way(folder: Path | None) -> str:
    """The project folder as a shell takes it; empty where the user is there already."""
    return "" if folder is None or folder == Path() else shlex.quote(str(folder))
