"""Which backend keeps a state, by what the project file says of its place; and a new lock for it."""

import getpass
import os
import re
import socket
import uuid
from datetime import datetime
from pathlib import Path

from agentops import __version__
from agentops.domain.errors import ProjectError
from agentops.domain.state import Backend, Lock
from agentops.state.sqlite import SqliteBackend

DEFAULT_LOCATION = ".agentops/state"


def open_backend(location: str, root: Path, *, environment: str) -> Backend:
    """The backend at `location`: a folder (the file is `<environment>.db` in it), or a file that ends in `.db`.

    An empty location means the default; relative ones start at the project folder `root`. Nothing is opened or made
    yet. Raises ProjectError for a place that this version cannot keep a state in.
    """
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+)://", location)
    if scheme:
        raise ProjectError(
            f"{scheme[1]}:// is not supported as a place for the state by this version of agentops",
            hint=f"use a folder of this project, such as {DEFAULT_LOCATION}",
        )
    path = root / (location or DEFAULT_LOCATION)
    return SqliteBackend(path if path.suffix == ".db" else path / f"{environment}.db")


def new_lock(operation: str, *, now: datetime) -> Lock:
    """A lock in the name of this user, machine and process."""
    who = f"{_user()}@{socket.gethostname()} (pid {os.getpid()})"
    return Lock(str(uuid.uuid4()), operation, who, __version__, now)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"
