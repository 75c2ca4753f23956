"""Makes a project: what is written, what is left as it is, and what is taken back when it cannot be finished."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agentops.cli.ci_files import GITLAB_FILE, GITLAB_INCLUDED, CiEnvironment, ci_environments, ci_files
from agentops.cli.editor import SETTINGS, editor_files
from agentops.cli.gitignore import FILE as GITIGNORE
from agentops.cli.gitignore import add_lines
from agentops.cli.init_questions import Wanted
from agentops.cli.place import Claim
from agentops.cli.project import PROJECT_FILE
from agentops.cli.settings import Settings
from agentops.cli.starter import PLATFORMS, account_file, starter_files
from agentops.cli.terminal import Terminal
from agentops.cli.written import write_file
from agentops.domain.address import is_name
from agentops.domain.errors import ManifestError, PartialError, ProjectError, UsageError
from agentops.domain.project import EnvToken

if TYPE_CHECKING:
    from agentops.domain.project import Project

_PRODUCTION: Final = "production"
_MANIFESTS: Final = "assistants"
_LOCAL: Final = ".agentops"
_SCHEMAS: Final = "schemas/"
_URL: Final = re.compile(r"https?://[^\s\"'#{}\[\],]+")


def start(root: Path, folder: Path | None, wanted: Wanted, terminal: Terminal) -> None:
    """A project with an example. Raises ProjectError, with nothing written, where one of its files is there already."""
    files = {**starter_files(wanted.name, wanted.platform, wanted.base_url), **_schema_files()}
    project = _parsed(root, files[PROJECT_FILE], wanted)
    _refuse_existing(root, files)
    for path, text in files.items():
        write_file(root / path, text)
    _say_written(root, files, terminal)
    _beside(root, wanted, project, terminal)
    terminal.show(f"\nNext: {_go(folder)}agentops plan --env sandbox")


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
    terminal.show(f"\nNext: {_go(folder)}agentops plan")
    return 0


def add_ci(path: Path, kinds: Sequence[str], terminal: Terminal) -> None:
    """Pipelines for the project whose file is at `path`, and what its .gitignore lacks."""
    from agentops.engine.project_file import read_project
    from agentops.providers.registry import platforms

    project = read_project(path, platforms())
    _ignore(path.parent, terminal)
    _pipelines(path.parent, kinds, project, terminal)


def _parsed(root: Path, text: str, wanted: Wanted) -> Project:
    """The project that a new file will describe. Raises UsageError when an option made it wrong."""
    from agentops.engine.project_file import parse_project
    from agentops.providers.registry import platforms

    if not is_name(wanted.name):
        hint = "lower-case letters, digits and hyphens, up to 63, with a letter or digit at both ends"
        raise UsageError(f"--name {wanted.name!r} is no name for a project", hint=hint)
    if wanted.base_url and not _URL.fullmatch(wanted.base_url):
        raise UsageError(f"--base-url {wanted.base_url!r} is no address", hint="such as https://app.example.com/api")
    try:
        return parse_project(text.encode(), root / PROJECT_FILE, platforms())
    except ManifestError as exc:
        fault = exc.diagnostics[0]
        raise UsageError(f"--base-url {wanted.base_url!r}: {fault.message}", hint=fault.hint) from exc


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
    _pipelines(root, wanted.ci, project, terminal)


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
    there = (root / GITIGNORE).exists()
    added = add_lines(root)
    if added:
        what = f"added {' and '.join(added)} to" if there else "wrote"
        terminal.show(f"{what} {root / GITIGNORE}")


def _pipelines(root: Path, kinds: Sequence[str], project: Project, terminal: Terminal) -> None:
    """The files of CI, which belong at the top of the repository."""
    from agentops.cli.git import default_branch, top_of

    real = root.resolve()
    top = top_of(real) or real
    environments = ci_environments(project)
    for kind in dict.fromkeys(kinds):
        files = ci_files(
            kind,
            environments=environments,
            default_branch=default_branch(top),
            folder=real.relative_to(top.resolve()).as_posix(),
            is_included=kind == "gitlab" and _has_foreign_pipeline(top),
        )
        _add(root if top.resolve() == real else top, files, terminal)
        if GITLAB_INCLUDED in files:
            terminal.tell(f"In {top / GITLAB_FILE} add:\n  include:\n    - local: {GITLAB_INCLUDED}")
    if kinds:
        _say_needs(environments, terminal)


def _has_foreign_pipeline(top: Path) -> bool:
    """Whether GitLab's file is there, and is another's than ours; then ours is included in it."""
    path = top / GITLAB_FILE
    return path.exists() and "agentops plan" not in path.read_bytes().decode("utf-8", "replace")


def _say_needs(environments: Sequence[CiEnvironment], terminal: Terminal) -> None:
    secrets = [name for each in environments for name in each.secrets]
    if secrets:
        terminal.show(f"\nThe pipelines need as a secret: {', '.join(dict.fromkeys(secrets))}")
    local = [each.name for each in environments if not each.state]
    if local:
        terminal.show(
            f"The state of {', '.join(local)} is on this machine, where no pipeline finds it: bring it to a place that "
            "both reach (`agentops state migrate`, docs/state.md)"
        )


def _say_written(root: Path, files: Mapping[str, str], terminal: Terminal) -> None:
    for path in sorted(files):
        if not path.startswith(_SCHEMAS):
            terminal.show(f"wrote {root / path}")
    terminal.show(f"wrote {root / 'schemas'} (for the editor)")


def _go(folder: Path | None) -> str:
    return f"cd {folder} && " if folder else ""
