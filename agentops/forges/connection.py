"""Opens the connection to a forge. What differs between the two before the first request stands in one table."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from agentops.domain.errors import ForgeError, ProjectError, UsageError
from agentops.forges import github, gitlab
from agentops.forges.calls import KEEP, Announce, Caller
from agentops.forges.forge import Forge
from agentops.providers.rest.http import Client


@dataclass(frozen=True, slots=True)
class Kind:
    """`repository` is the form of a repository's name; `largest` the characters that a comment may have."""

    title: str
    api_url: str
    token_variable: str
    token_header: str
    headers: Mapping[str, str]
    hints: Mapping[int, str]
    repository: str
    named: str
    largest: int
    make: Callable[[Caller, str], Forge]


FORGES: Final[Mapping[str, Kind]] = {
    "github": Kind(
        title="GitHub",
        api_url="https://api.github.com",
        token_variable="GITHUB_TOKEN",
        token_header="Authorization",
        headers=github.HEADERS,
        hints=github.HINTS,
        repository=r"[\w.-]+/[\w.-]+",
        named="OWNER/NAME",
        largest=65_536,
        make=github.GitHub,
    ),
    "gitlab": Kind(
        title="GitLab",
        api_url="https://gitlab.com/api/v4",
        token_variable="GITLAB_TOKEN",
        token_header="PRIVATE-TOKEN",
        headers=gitlab.HEADERS,
        hints=gitlab.HINTS,
        repository=r"\d+|[\w.-]+(/[\w.-]+)+",
        named="the project's ID or its path, GROUP/NAME",
        largest=1_000_000,
        make=gitlab.GitLab,
    ),
}


@contextmanager
def connected(
    kind: Kind, api_url: str, token: str, repository: str, *, announce: Announce | None = None, proxied: bool = False
) -> Iterator[Forge]:
    """The repository on its forge. Raises UsageError for a name that is none, ForgeError for a URL or token."""
    if not re.fullmatch(kind.repository, repository):
        hint = f"write it as {kind.named}"
        raise UsageError(f"{repository!r} is no repository of {kind.title}", hint=hint)
    try:
        client = Client(
            api_url,
            token,
            headers=kind.headers,
            token_header=kind.token_header,
            keep=KEEP,
            proxied=proxied,
        )
    except ProjectError as exc:
        hint = f"check --api-url, and {kind.token_variable}"
        raise ForgeError(f"{kind.title} cannot be asked: {exc}", hint=hint) from exc
    try:
        yield kind.make(Caller(kind.title, client, kind.hints, announce, proxied), repository)
    finally:
        client.close()
