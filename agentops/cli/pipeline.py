"""What the pipeline says of itself by environment variables: which repository, which request, which commit."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agentops.cli.git import prefix_of
from agentops.cli.redaction import remember_secret
from agentops.cli.settings import Settings
from agentops.domain.errors import ForgeError, ProjectError, UsageError

_LARGEST_EVENT: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Empty texts are what it does not say; `number` is None outside a pull or merge request.

    `commit` is the last commit of the request, else the one that the pipeline runs for.
    """

    repository: str = ""
    api_url: str = ""
    number: int | None = None
    commit: str = ""
    run_url: str = ""
    workflow: str = ""
    workspace: str = ""
    branch: str = ""
    is_fork: bool = False


def github(environ: Mapping[str, str]) -> Pipeline:
    """By "Variables reference" of GitHub's documentation. Raises ProjectError for an event file that is none."""
    repository = environ.get("GITHUB_REPOSITORY", "")
    request = _pull_request(environ.get("GITHUB_EVENT_PATH", ""))
    head = _inner(request, "head")
    origin = _inner(head, "repo").get("full_name")
    server, run = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_RUN_ID", "")
    number = request.get("number")
    return Pipeline(
        repository,
        environ.get("GITHUB_API_URL", ""),
        number if isinstance(number, int) else _number(environ.get("GITHUB_REF", ""), r"refs/pull/(\d+)/\w+"),
        str(head.get("sha") or environ.get("GITHUB_SHA", "")),
        f"{server}/{repository}/actions/runs/{run}" if server and repository and run else "",
        _workflow_file(environ.get("GITHUB_WORKFLOW_REF", "")),
        environ.get("GITHUB_WORKSPACE", ""),
        _branch(environ.get("GITHUB_REF", "")),
        is_fork=bool(request) and origin != repository,
    )


def gitlab(environ: Mapping[str, str]) -> Pipeline:
    """By "Predefined CI/CD variables reference" of GitLab's documentation."""
    target = environ.get("CI_MERGE_REQUEST_PROJECT_ID", "")
    source = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "")
    return Pipeline(
        target or environ.get("CI_PROJECT_ID", ""),
        environ.get("CI_API_V4_URL", ""),
        _number(environ.get("CI_MERGE_REQUEST_IID", ""), r"(\d+)"),
        environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "") or environ.get("CI_COMMIT_SHA", ""),
        environ.get("CI_JOB_URL", "") or environ.get("CI_PIPELINE_URL", ""),
        "",
        environ.get("CI_PROJECT_DIR", ""),
        environ.get("CI_COMMIT_BRANCH", ""),
        is_fork=bool(target and source) and target != source,
    )


PIPELINES: Final = {"github": github, "gitlab": gitlab}


def pipeline_of(forge: str) -> Pipeline:
    """What this process's pipeline says."""
    return PIPELINES[forge](os.environ)


def forge_token(forge: str, otherwise: str = "") -> str:
    """The token for the API, from the environment only. Raises ForgeError, saying which one, when there is none.

    `otherwise`: what the caller can do without one.
    """
    from agentops.forges.connection import FORGES

    kind = FORGES[forge]
    token = known_token(forge)
    if token:
        return token
    hint = _NO_TOKEN[forge] + (f"; or {otherwise}" if otherwise else "")
    raise ForgeError(f"there is no token for {kind.title}: {kind.token_variable} is not set", hint=hint)


def known_token(forge: str) -> str:
    """The same; empty when there is none."""
    from agentops.forges.connection import FORGES

    variable = FORGES[forge].token_variable
    for name in ("CI_JOB_TOKEN", variable):
        remember_secret(os.environ.get(name, ""))
    return os.environ.get(variable, "").strip()


_NO_TOKEN: Final = {
    "github": "give it to the step: `env: {GITHUB_TOKEN: ${{ github.token }}}`",
    "gitlab": "make a project access token (scope `api`, role Developer; for `fetch` `read_api` and Reporter are"
    " enough) and set it as the masked CI/CD variable GITLAB_TOKEN; the job's own CI_JOB_TOKEN cannot write notes",
}


def required(value: str, what: str, option: str, variable: str) -> str:
    """`value`, or a UsageError that says where it may come from."""
    if not value:
        raise UsageError(f"it is not known {what}", hint=f"say so with {option}; in a pipeline {variable} does")
    return value


def path_prefix(settings: Settings, pipeline: Pipeline) -> str:
    """The way from the top of the repository to the project folder: "voice/", or "" at the top."""
    from agentops.cli.project import project_path

    project = project_path(settings)
    folder = (project.parent if project else settings.directory or Path()).resolve()
    said = prefix_of(folder)
    if said or not pipeline.workspace:
        return said
    try:
        inside = folder.relative_to(Path(pipeline.workspace).resolve()).as_posix()
    except ValueError:
        return ""
    return "" if inside == "." else f"{inside}/"


def _pull_request(event_path: str) -> Mapping[str, object]:
    """The pull request of the event that started the workflow; empty when there is none."""
    if not event_path:
        return {}
    try:
        with open(event_path, "rb") as file:
            event = json.loads(file.read(_LARGEST_EVENT))
    except (OSError, ValueError, RecursionError) as exc:
        raise ProjectError(f"cannot read the event file {event_path} (GITHUB_EVENT_PATH): {exc}") from exc
    return _inner(event if isinstance(event, dict) else {}, "pull_request")


def _inner(data: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _number(text: str, pattern: str) -> int | None:
    match = re.fullmatch(pattern, text, re.ASCII)
    return int(match[1]) if match else None


def _branch(reference: str) -> str:
    """`refs/heads/main` -> `main`; empty for a tag or a pull request."""
    return reference.removeprefix("refs/heads/") if reference.startswith("refs/heads/") else ""


def _workflow_file(reference: str) -> str:
    """`owner/name/.github/workflows/plan.yml@refs/heads/main` -> `plan.yml`."""
    return reference.partition("@")[0].rpartition("/")[2]
