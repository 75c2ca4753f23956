"""Puts the parts together for one environment: project file, platform, account, state."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agentops.cli.binding import check_binding, check_plan
from agentops.cli.place import Claim, opened_state
from agentops.cli.redaction import WatchedEnvironment
from agentops.cli.settings import Settings
from agentops.cli.terminal import Terminal
from agentops.cli.token import read_token
from agentops.domain.errors import AgentopsError, ProjectError, UsageError
from agentops.domain.project import Environment, Project
from agentops.domain.secrets import Secrets
from agentops.domain.state import Backend, Binding, Lock, State

if TYPE_CHECKING:
    from agentops.domain.platform import Platform
    from agentops.providers.rest.adapter import RestProvider
    from agentops.sandbox import Options, Sandbox

PROJECT_FILE: Final = "agentops.yaml"
SANDBOX_LINE: Final = "SANDBOX: nothing leaves this machine"
SANDBOX_URL: Final = "http://sandbox.localhost/api"
"""What the binding of a state calls a sandbox in process; no request goes there."""


def find_project(settings: Settings) -> Project:
    """The project of the nearest agentops.yaml, here or above. Raises ProjectError when there is none, or a bad one."""
    from agentops.engine.project_file import read_project
    from agentops.providers.registry import platforms

    path = project_path(settings)
    if path is None:
        raise ProjectError(
            f"there is no {PROJECT_FILE} in {settings.directory or Path.cwd()} or above",
            hint="start a project with `agentops init`, or name its folder with -C",
        )
    return read_project(path, platforms())


def project_path(settings: Settings) -> Path | None:
    """The nearest project file; None when there is none."""
    start = (settings.directory or Path()).resolve()
    candidates = (folder / PROJECT_FILE for folder in (start, *start.parents))
    return next((path for path in candidates if path.is_file()), None)


def choose_environment(project: Project, settings: Settings, terminal: Terminal) -> Environment:
    """The environment to work on. Raises UsageError when it is unknown, or not clear which one is meant."""
    names = ", ".join(project.environments)
    if settings.environment:
        if settings.environment not in project.environments:
            raise UsageError(f"there is no environment {settings.environment!r}", hint=f"there are: {names}")
        return project.environments[settings.environment]
    if len(project.environments) == 1:
        return next(iter(project.environments.values()))
    # A pipeline that forgot --env must not hit whichever account happens to be the default.
    if project.default_environment and terminal.can_ask:
        return project.environments[project.default_environment]
    raise UsageError(
        f"the project has several environments: {names}", hint="say which one: --env NAME, or AGENTOPS_ENV"
    )


def environment_names(settings: object) -> tuple[str, ...]:
    """For completion: the environments of the project here, none if it cannot be read."""
    try:
        return tuple(find_project(settings if isinstance(settings, Settings) else Settings()).environments)
    except AgentopsError:
        return ()


def sandbox_path(project: Project, environment: Environment) -> Path:
    """Where the sandbox of an environment keeps its data."""
    return project.root / ".agentops" / "sandbox" / f"{environment.name}.db"


@dataclass(frozen=True, slots=True)
class Session:
    """An environment that a command works on. `provider` only reads; `state` is None before the first apply."""

    project: Project
    environment: Environment
    platform: Platform
    provider: RestProvider
    backend: Backend
    binding: Binding
    state: State | None
    lock: Lock | None
    terminal: Terminal
    arguments: tuple[str, ...] = ()

    def secrets(self, state: State | None) -> Secrets:
        """The secrets of the manifests, digested under the key of `state`."""
        return secrets_of(state)

    def require_lock(self) -> Lock:
        assert self.lock is not None, "the command was opened without a claim"
        return self.lock

    def require_state(self) -> State:
        """The state, made now if there is none yet."""
        return self.state or self.backend.create(self.binding)


def secrets_of(state: State | None) -> Secrets:
    return Secrets(WatchedEnvironment(os.environ), state.digest_key if state else None)


@contextmanager
def open_session(
    settings: Settings,
    terminal: Terminal,
    *,
    claim: Claim | None = None,
    quiet: bool = False,
    on_wait: Callable[[float, str], None] | None = None,
    planned_for: Binding | None = None,
) -> Iterator[Session]:
    """The chosen environment, ready to work on; asks the platform whose account it is.

    With a `claim` the state is locked before it is read. Raises LockedError, ProjectError if the state
    belongs to another account, StalePlanError if what a saved plan was `planned_for` is another one. In a sandbox the
    first line says so, on stderr if `quiet`.
    """
    project = find_project(settings)
    environment = choose_environment(project, settings, terminal)
    say_sandbox(environment, terminal, quiet=quiet)
    with (
        opened_state(project, environment, terminal, claim) as (backend, state, lock),
        _connected(project, environment, secrets_of(state), on_wait) as (provider, base_url),
    ):
        binding = Binding(project.name, environment.name, environment.platform, base_url, provider.account())
        if planned_for is not None:
            check_plan(planned_for, binding)
        if state is not None:
            check_binding(state, binding, backend.location)
        yield Session(
            project,
            environment,
            provider.platform,
            provider,
            backend,
            binding,
            state,
            lock,
            terminal,
            settings.arguments,
        )


def say_sandbox(environment: Environment, terminal: Terminal, *, quiet: bool) -> None:
    if environment.sandbox:
        (terminal.tell if quiet else terminal.show)(SANDBOX_LINE)


@contextmanager
def _connected(
    project: Project, environment: Environment, secrets: Secrets, on_wait: Callable[[float, str], None] | None
) -> Iterator[tuple[RestProvider, str]]:
    """The account, for reading, and the base URL that a state is bound to."""
    from agentops.providers.registry import connect, platform

    with _in_process(project, environment) as sandbox:
        if sandbox is not None:
            token, base_url = sandbox.token, SANDBOX_URL
        else:
            token = _token(project, environment)
            base_url = environment.base_url or platform(environment.platform).base_url
        provider = connect(
            environment.platform,
            token=token,
            secrets=secrets,
            base_url=base_url,
            wsgi_app=sandbox.app if sandbox else None,
            read_only=True,
            on_wait=on_wait,
            proxied=environment.is_proxied,
        )
        try:
            yield provider, base_url
        finally:
            provider.close()


def _token(project: Project, environment: Environment) -> str:
    if environment.token is None:
        raise ProjectError(
            f"the environment {environment.name} has no token",
            hint="add `token: {env: NAME}` to it in agentops.yaml",
        )
    return read_token(environment.token, project.root)


@dataclass(frozen=True, slots=True)
class _Served:
    app: Sandbox
    token: str


@contextmanager
def _in_process(project: Project, environment: Environment) -> Iterator[_Served | None]:
    """The environment's sandbox, made and filled if it is not there; None if it is no sandbox."""
    if not environment.sandbox:
        yield None
        return
    from agentops.sandbox import DEFAULT_TOKEN

    sandbox = open_database(environment.platform, sandbox_path(project, environment))
    try:
        yield _Served(sandbox, DEFAULT_TOKEN)
    finally:
        sandbox.close()


def open_database(platform: str, database: Path | str, options: Options | None = None) -> Sandbox:
    """The sandbox over a file, made and filled if it is not there. Raises ProjectError when it cannot be one."""
    import sqlite3

    from agentops.sandbox import Options, open_sandbox

    try:
        if isinstance(database, Path):
            database.parent.mkdir(parents=True, exist_ok=True)
        return open_sandbox(platform, database, options=options or Options())
    except (ValueError, OSError, sqlite3.Error) as exc:
        raise ProjectError(
            f"cannot open the sandbox {database}: {exc}", hint="`agentops sandbox reset` starts it anew"
        ) from exc
