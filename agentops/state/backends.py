"""Which backend keeps a state, by what the project file says of its place; and a new lock for it."""

import getpass
import os
import socket
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from agentops import __version__
from agentops.domain.state import Backend, Lock
from agentops.state.lease import LEASE_SECONDS
from agentops.state.locations import open_documents, refuse_mistyped, scheme_of
from agentops.state.sqlite import SqliteBackend

DEFAULT_LOCATION = ".agentops/state"

_CI_URLS: Final = (
    ("GITHUB_SERVER_URL", "/", "GITHUB_REPOSITORY", "/actions/runs/", "GITHUB_RUN_ID"),  # also Gitea and Forgejo
    ("CI_JOB_URL",),  # GitLab
    ("CI_PIPELINE_URL",),  # Woodpecker
    ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "/_build/results?buildId=", "BUILD_BUILDID"),  # Azure DevOps
    ("CIRCLE_BUILD_URL",),
    ("BUILDKITE_BUILD_URL",),
    ("TRAVIS_JOB_WEB_URL",),
    ("DRONE_BUILD_LINK",),
    ("BITBUCKET_GIT_HTTP_ORIGIN", "/pipelines/results/", "BITBUCKET_BUILD_NUMBER"),
    ("BUILD_URL",),  # Jenkins
)
"""Environment variables, in capitals, and what stands between them; the first row with all its variables set counts."""


def open_backend(
    location: str, root: Path, *, project: str, environment: str, lease_seconds: float | None = None
) -> Backend:
    """The backend at `location`: a folder (the file is `<environment>.db` in it), a file that ends in `.db`, or a URL.

    An empty location means the default; relative ones start at the project folder `root`. Nothing is opened or made
    yet. Raises ProjectError for a place that cannot keep a state.
    """
    if scheme_of(location):
        from agentops.state.remote import RemoteBackend  # nobody with a local state has to load it

        documents, name = open_documents(location, project=project, environment=environment)
        return RemoteBackend(documents, name, LEASE_SECONDS if lease_seconds is None else lease_seconds)
    refuse_mistyped(location)
    path = root / (location or DEFAULT_LOCATION)
    return SqliteBackend(path if path.suffix == ".db" else path / f"{environment}.db")


def new_lock(operation: str, *, now: datetime, environ: Mapping[str, str] = os.environ) -> Lock:
    """A lock in the name of this user, machine and process, and of the CI run that `environ` tells of."""
    who = f"{_user()}@{socket.gethostname()} (pid {os.getpid()})"
    return Lock(str(uuid.uuid4()), operation, who, __version__, now, ci_url(environ))


def ci_url(environ: Mapping[str, str]) -> str:
    """The page of the CI run that this process is part of; empty outside CI."""
    for names in _CI_URLS:
        parts = [environ.get(name, "") for name in names if name.isupper()]
        if all(parts):
            values = iter(parts)
            return _one_line("".join(next(values) if name.isupper() else name for name in names))
    return ""


def _one_line(text: str) -> str:
    """`text` as far as it can be shown in a message."""
    return "".join(character for character in text if character.isprintable())[:500]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"
