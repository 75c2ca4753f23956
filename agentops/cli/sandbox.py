"""`agentops sandbox`: serve, reset and fill the local sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agentops.cli.project import SANDBOX_LINE, choose_environment, find_project, open_database, sandbox_path
from agentops.cli.settings import Group, Settings
from agentops.cli.starter import PLATFORMS
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.errors import UsageError

if TYPE_CHECKING:
    from agentops.sandbox import Fault, Options, Sandbox, Server

DEFAULT_PLATFORM = "autocalls"
DEFAULT_PORT = 8799


@click.group("sandbox", cls=Group, short_help="Serve, reset or fill a local sandbox.")
def command() -> None:
    """The platforms' APIs on this machine, for trying things out; nothing leaves it.

    An environment with `sandbox: true` has a sandbox of its own, inside agentops, without a port. `serve` puts one
    behind a port, for any HTTP client.
    """


@command.command("serve", short_help="Serve a sandbox over HTTP, on this machine only.")
@click.option("--platform", type=click.Choice(list(PLATFORMS)), help="Which API.  [default: autocalls]")
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0: any free one.")
@click.option(
    "--db",
    "database",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where it keeps its data. Without --db and --env: in memory, gone at the end.",
)
@click.option("--fault", "faults", multiple=True, metavar="FAULT", help="Something to go wrong. May be repeated.")
@click.option("--option", "options", multiple=True, metavar="NAME[=VALUE]", help="An undocumented behaviour.")
@click.pass_obj
def serve(
    settings: Settings,
    platform: str | None,
    port: int,
    database: Path | None,
    faults: tuple[str, ...],
    options: tuple[str, ...],
) -> None:
    """Serve until ^C. The first lines say the base URL and the token.

    With --env the sandbox of that environment is served: what is changed through it, the next plan finds as drift.

    \b
    A fault is KIND[,KEY=VALUE]..., with the keys method, path, times, after, every, status, seconds and more:
      status,status=503,times=3           the next three requests fail
      status-after,method=POST,status=502 a create is carried out, but the answer is an error
      drop-after,method=POST              the same, and the connection breaks
      slow,seconds=0.05,times=all         every answer is late
      status,status=429,every=2,times=all every second request comes too fast
      status,status=429,retry_after=9,dated=true  and when to come back is told as a date
      edit,method=PUT,set.name=Edited     somebody else edits an assistant just before

    \b
    Examples:
      agentops sandbox serve --platform famulor --port 8800
      agentops sandbox serve --env sandbox
      agentops sandbox serve --option trim --fault status,status=429,retry_after=2
    """
    from agentops.sandbox import serve as run_server

    terminal = terminal_for(settings)
    sandbox = _sandbox_to_serve(settings, platform, database, options, terminal)
    try:
        for fault in faults:
            sandbox.faults.add(_fault(fault))

        def ready(server: Server) -> None:
            terminal.show(f"{SANDBOX_LINE}\n{sandbox.platform.name} at {server.url}\ntoken: {server.token}")

        run_server(sandbox, port=port, ready=ready)
    except OSError as exc:
        raise UsageError(f"cannot listen on port {port}: {exc.strerror}", hint="choose another: --port N") from exc
    finally:
        sandbox.close()


@command.command("reset", short_help="Start the sandbox of an environment anew.")
@click.pass_obj
def reset(settings: Settings) -> None:
    """Throw away what the environment's sandbox holds, and fill it anew. The state stays.

    \b
    Example:
      agentops sandbox reset --env sandbox
    """
    terminal = terminal_for(settings)
    path, platform = _of_environment(settings, terminal)
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    _fill(path, platform, terminal)


@command.command("seed", short_help="Fill the sandbox of an environment; what is there stays.")
@click.pass_obj
def seed(settings: Settings) -> None:
    """Make the environment's sandbox with its languages, voices, models, numbers ..., unless it is there already.

    \b
    Example:
      agentops sandbox seed --env sandbox
    """
    terminal = terminal_for(settings)
    path, platform = _of_environment(settings, terminal)
    _fill(path, platform, terminal)


def _fill(path: Path, platform: str, terminal: Terminal) -> None:
    sandbox = open_database(platform, path)
    try:
        voices, assistants = len(sandbox.store.objects("voice")), len(sandbox.store.assistants())
    finally:
        sandbox.close()
    terminal.show(f"{path}: {platform}, {voices} voices, {assistants} assistants")


def _of_environment(settings: Settings, terminal: Terminal) -> tuple[Path, str]:
    project = find_project(settings)
    environment = choose_environment(project, settings, terminal)
    if not environment.sandbox:
        raise UsageError(f"the environment {environment.name} is no sandbox", hint="name another one with --env")
    return sandbox_path(project, environment), environment.platform


def _sandbox_to_serve(
    settings: Settings, platform: str | None, database: Path | None, options: tuple[str, ...], terminal: Terminal
) -> Sandbox:
    if settings.environment and database is None:
        path, own = _of_environment(settings, terminal)
        if platform not in (None, own):
            raise UsageError(f"the environment {settings.environment} is on {own}, not on {platform}")
        return open_database(own, path, _options(options))
    return open_database(platform or DEFAULT_PLATFORM, database or ":memory:", _options(options))


def _fault(text: str) -> Fault:
    from agentops.sandbox import Fault

    try:
        return Fault.parse(text)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc


def _options(given: tuple[str, ...]) -> Options:
    """`trim`, `rate_limit=60`, `show_hidden=tool_ids+folder_id` ... as the sandbox's options."""
    import dataclasses

    from agentops.sandbox import Options

    defaults = {field.name: getattr(Options(), field.name) for field in dataclasses.fields(Options)}
    values: dict[str, Any] = {}
    for text in given:
        name, _, value = text.partition("=")
        if name not in defaults:
            raise UsageError(f"the sandbox has no option {name!r}", hint=f"there are: {', '.join(defaults)}")
        values[name] = _option_value(name, value, defaults[name])
    return Options(**values)


def _option_value(name: str, text: str, default: object) -> object:
    match default:
        case bool():
            if text not in ("", "true", "false"):
                raise UsageError(f"--option {name} takes true or false, not {text!r}")
            return text != "false"
        case int() | None:
            if not text.isdecimal():
                raise UsageError(f"--option {name} takes a number: {name}=60")
            return int(text)
        case frozenset():
            return frozenset(text.split("+"))
    return text
