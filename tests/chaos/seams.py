"""Where a run can be cut in two: the calls at whose edges everything is between two steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Seam:
    """A function, as `module:qualified.name`; there is an edge before and one after each call of it.

    `split`: what a call is named tells what kind of request it sends.
    """

    name: str
    target: str
    split: bool = False


_COMMON: Final = (
    Seam("request", "agentops.providers.rest.http:Client.send", split=True),
    Seam("verify", "agentops.engine.apply:verify"),
)


def _backend(target: str) -> tuple[Seam, ...]:
    return (
        Seam("lock", f"{target}.acquire"),
        Seam("read", f"{target}.read"),
        Seam("make", f"{target}.create"),
        Seam("commit", f"{target}.commit"),
        Seam("release", f"{target}.release"),
    )


def _documents(target: str) -> tuple[Seam, ...]:
    """Below a remote backend; its heartbeat goes through here too."""
    return (Seam("swap", f"{target}.put"), Seam("look", f"{target}.get"))


_REMOTE: Final = "agentops.state.remote:RemoteBackend"

SEAMS: Final[Mapping[str, tuple[Seam, ...]]] = {
    "sqlite": (
        *_COMMON,
        *_backend("agentops.state.sqlite:SqliteBackend"),
        Seam("rows", "agentops.state.rows:write"),  # inside the transaction of a commit
    ),
    "objects": (*_COMMON, *_backend(_REMOTE), *_documents("agentops.state.objects:ObjectDocuments")),
    "database": (*_COMMON, *_backend(_REMOTE), *_documents("agentops.state.postgres:PostgresDocuments")),
}
"""The seams by the kind of backend that a run uses."""
