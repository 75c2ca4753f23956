"""The project: its environments, each one account on one platform."""

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from agentops.domain.address import Address
from agentops.domain.diagnostics import SourcePos
from agentops.domain.manifest import Locate
from agentops.domain.policy import Policy
from agentops.domain.values import Path

Scalar: TypeAlias = str | int | float | bool


@dataclass(frozen=True, slots=True)
class EnvToken:
    """The token is in environment variable `name`."""

    name: str


@dataclass(frozen=True, slots=True)
class FileToken:
    """The token is the content of a file; a relative `path` starts at the project folder."""

    path: str


@dataclass(frozen=True, slots=True)
class CommandToken:
    """The token is what a command prints."""

    arguments: tuple[str, ...]


TokenSource: TypeAlias = EnvToken | FileToken | CommandToken


@dataclass(frozen=True, slots=True)
class Environment:
    """One account on one platform, the manifests that belong there, and their variables.

    `base_url` is empty for the platform's own, `state` for the default place, `token` None in a sandbox. `is_proxied`:
    the platform is reached through the proxy that the process's environment names.
    """

    name: str
    platform: str
    manifests: tuple[str, ...]
    base_url: str = ""
    token: TokenSource | None = None
    sandbox: bool = False
    variables: Mapping[str, Scalar] = field(default_factory=dict)
    state: str = ""
    policy: Policy = field(default_factory=Policy)
    settle_seconds: float | None = None  # None: the default of apply
    is_proxied: bool = False
    lease_seconds: float | None = None  # None: the default of a remote state


@dataclass(frozen=True)
class Project:
    """A project file that was read. `root` is the folder it stands in; `locate` and `locate_key` find places in it."""

    name: str
    root: pathlib.Path
    environments: Mapping[str, Environment]
    default_environment: str = ""  # empty: there is none
    removed: frozenset[Address] = frozenset()  # what a state forgets, and leaves on the platform
    locate: Locate = field(default=lambda _: SourcePos("agentops.yaml"), compare=False, repr=False)
    locate_key: Locate = field(default=lambda _: SourcePos("agentops.yaml"), compare=False, repr=False)

    def position(self, environment: str, *path: str | int) -> SourcePos:
        """Where `path` of an environment was written."""
        return self.locate(self._path(environment, path))

    def key_position(self, environment: str, *path: str | int) -> SourcePos:
        """Where the key of `path` of an environment was written."""
        return self.locate_key(self._path(environment, path))

    def _path(self, environment: str, path: Path) -> Path:
        return ("spec", "environments", environment, *path)
