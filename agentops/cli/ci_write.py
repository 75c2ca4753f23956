"""Writes pipelines into a repository, and says what is still to be done before they work."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agentops.cli.ci_files import (
    GITHUB_FILE,
    GITLAB_FILE,
    GITLAB_INCLUDED,
    CiEnvironment,
    ci_environments,
    ci_files,
    lacking,
    secrets_of,
)
from agentops.cli.ci_install import is_path, requirement, source_in
from agentops.cli.terminal import Terminal
from agentops.cli.written import write_file

if TYPE_CHECKING:
    from agentops.domain.project import Project

_SHOWN: Final = 16  # lines that a pipeline lacks


def write_pipelines(root: Path, kinds: Sequence[str], source: str | None, project: Project, terminal: Terminal) -> None:
    """Write the files of CI, which belong at the top of the repository; those that are there are compared.

    `source`: where agentops is installed from. Without one it is where the file that is there says, else PyPI.
    """
    from agentops.cli.git import default_branch, top_of

    if not kinds:
        return
    real = root.resolve()
    found = top_of(real)
    top = found or real
    environments = ci_environments(project, dict(_named_secrets(project, terminal)))
    sources: dict[str | None, None] = {}  # each once, in order
    for kind in dict.fromkeys(kinds):
        is_included = kind == "gitlab" and _has_foreign_pipeline(top)
        main = top / (GITHUB_FILE if kind == "github" else GITLAB_INCLUDED if is_included else GITLAB_FILE)
        chosen = source if source is not None else source_in(_text(main) or "")
        files = ci_files(
            kind,
            environments=environments,
            default_branch=default_branch(top),
            folder=real.relative_to(top.resolve()).as_posix(),
            is_included=is_included,
            source=chosen,
        )
        again = f"agentops init --ci {kind}" + ("" if chosen is None else f" --install {shlex.quote(chosen)}")
        _add(root if top.resolve() == real else top, files, again, terminal)
        if is_included:
            terminal.tell(f"In {top / GITLAB_FILE} add:\n  include:\n    - local: {GITLAB_INCLUDED}")
        sources[chosen] = None
    for each in sources:
        _say_source(top, each, terminal)
    _say_needs(environments, terminal)
    if found is None:
        terminal.tell(
            f"Warning: {real} is in no git repository so far, and pipelines work at the top of one only. If this folder"
            " is to be the top: git init. If not: delete the files of the pipelines, and run `agentops init --ci` again"
            " inside the repository."
        )


def _named_secrets(project: Project, terminal: Terminal) -> Iterator[tuple[str, Sequence[str]]]:
    """The environment variables that the manifests of each environment name by `{env: ...}`."""
    from agentops.domain.diagnostics import has_errors
    from agentops.engine.manifests import read_manifests
    from agentops.providers.registry import platform

    for environment in project.environments.values():
        read = read_manifests(project, environment, platform(environment.platform))
        if not environment.sandbox and has_errors(read.diagnostics):
            terminal.tell(
                f"Warning: manifests of {environment.name} have faults (agentops validate), so the secrets that they"
                " name may be missing in the pipelines"
            )
        origins = (origin for manifest in read.manifests for origin in manifest.origins.values())
        yield environment.name, sorted({origin.name for origin in origins if origin.source == "env"})


def _add(top: Path, files: Mapping[str, str], again: str, terminal: Terminal) -> None:
    """Write those that are missing. The others stay, and what they lack for this project is said."""
    for path, text in files.items():
        there = top / path
        found = _text(there)
        if found is None:
            write_file(there, text)
            terminal.show(f"wrote {there}")
        elif found == text:
            terminal.show(f"{there} is there already, and fits")
        else:
            terminal.tell(_difference(there, lacking(text, found)))
            terminal.tell(f"  To have it written anew: rm {shlex.quote(str(there))} && {again}")


def _difference(there: Path, lines: Sequence[str]) -> str:
    if not lines:
        return f"Left as it is: {there}. It is not as this agentops would write it, but lacks nothing of this project."
    more = [f"  ... and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    shown = [f"  | {line}" for line in lines[:_SHOWN]]
    return "\n".join([f"Left as it is: {there}. It lacks these lines, which the project needs by now:", *shown, *more])


def _text(path: Path) -> str | None:
    """What a file says; None where there is none."""
    if not path.exists():
        return None
    return path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n") if path.is_file() else ""


def _has_foreign_pipeline(top: Path) -> bool:
    """Whether GitLab's file is there, and is another's than ours; then ours is included in it."""
    text = _text(top / GITLAB_FILE)
    return text is not None and "agentops plan" not in text


def _say_source(top: Path, source: str | None, terminal: Terminal) -> None:
    if source is None:
        terminal.tell(
            f"The pipelines install {requirement()} from PyPI. While it is not there, say what to install: a wheel in"
            " the repository or a git URL, by --install (docs/review-github.md, docs/review-gitlab.md)."
        )
    elif is_path(source) and not (top / source).exists():
        terminal.tell(f"Warning: the pipelines install {source}, and there is no such file below {top} so far")


def _say_needs(environments: Sequence[CiEnvironment], terminal: Terminal) -> None:
    secrets = secrets_of(environments)
    if secrets:
        terminal.show(f"\nThe pipelines need as secrets: {', '.join(secrets)}")
    for each in environments:
        if not each.state:
            terminal.show(_LOCAL_STATE.format(name=each.name))


_LOCAL_STATE: Final = """\
The state of {name} is on this machine, where no pipeline finds it. Before you commit, choose a place that both reach
(docs/state.md). Where something was imported or applied already, bring it there:
  agentops state migrate .agentops/state s3://BUCKET/PREFIX --env {name}
Then write the place as `state:` into agentops.yaml, and run `agentops init --ci` again for its secrets."""
