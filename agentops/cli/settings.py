"""The global options, which stand before or after a command, and the click classes that make it so."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from agentops.domain.errors import ManifestError

LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the global options say. `environment` is empty when none was named; `arguments` are all, as they came."""

    directory: Path | None = None
    environment: str = ""
    no_color: bool = False
    log_level: str = "warning"
    log_file: Path | None = None
    arguments: tuple[str, ...] = ()


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Put an option that was really given into the settings; the one nearest to the command wins."""
    settings = context.obj if isinstance(context.obj, Settings) else Settings()
    name = parameter.name or ""
    given = context.get_parameter_source(name) in (
        click.core.ParameterSource.COMMANDLINE,
        click.core.ParameterSource.ENVIRONMENT,
    )
    context.obj = replace(settings, **{name: value}) if given else settings


def _complete_environment(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    from agentops.cli.project import environment_names

    return [name for name in environment_names(context.obj) if name.startswith(incomplete)]


def global_options(*, from_environment: bool) -> list[click.Option]:
    """The global options. Only the outermost command reads `AGENTOPS_*`, else these would beat what is written."""

    def option(*names: str, variable: str, **attributes: Any) -> click.Option:
        attributes |= {"envvar": variable, "show_envvar": True} if from_environment else {}
        return click.Option(names, callback=_remember, expose_value=False, **attributes)

    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    file = click.Path(dir_okay=False, path_type=Path)
    return [
        option(
            "-C",
            "directory",
            variable="AGENTOPS_DIR",
            type=folder,
            metavar="DIR",
            help="Work in this folder; the project file is looked for here and above.",
        ),
        option(
            "--env",
            "environment",
            variable="AGENTOPS_ENV",
            metavar="NAME",
            help="The environment of the project file to work on.",
            shell_complete=_complete_environment,
        ),
        option("--no-color", "no_color", variable="AGENTOPS_NO_COLOR", is_flag=True, help="Plain text."),
        option(
            "--log-level",
            "log_level",
            variable="AGENTOPS_LOG_LEVEL",
            type=click.Choice(LOG_LEVELS),
            help="How much to log.  [default: warning]",
        ),
        option(
            "--log-file",
            "log_file",
            variable="AGENTOPS_LOG_FILE",
            type=file,
            metavar="FILE",
            help="Append the log to this file instead of stderr.",
        ),
    ]


def _write_options(command: click.Command, context: click.Context, formatter: click.HelpFormatter) -> None:
    """The command's own options, then the global ones under their own heading."""
    own: list[tuple[str, str]] = []
    shared: list[tuple[str, str]] = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            (shared if parameter.callback is _remember else own).append(record)
    for title, records in (("Options", own), ("Global options", shared)):
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


class Command(click.Command):
    """A command that also takes the global options, and starts the log before it runs."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params.extend(global_options(from_environment=False))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        from agentops.cli.log import start_log

        settings = ctx.obj if isinstance(ctx.obj, Settings) else Settings()
        start_log(settings.log_level, settings.log_file)
        try:
            return super().invoke(ctx)
        except ManifestError as exc:  # here, as the lines it speaks of are found from the project folder
            from agentops.cli.results import show_manifest_error

            show_manifest_error(exc, settings)
            ctx.exit(exc.exit_code)


class Group(click.Group):
    """A command with commands below it."""

    command_class = Command
    from_environment = False

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params.extend(global_options(from_environment=self.from_environment))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)


@dataclass(frozen=True, slots=True)
class Lazy:
    """Where a command is defined, and its line in the list of commands."""

    module: str
    attribute: str
    summary: str

    def load(self) -> click.Command:
        command = getattr(importlib.import_module(self.module), self.attribute)
        assert isinstance(command, click.Command)
        return command


class LazyGroup(Group):
    """Imports a command's module only when that command is run, so that `--help` stays quick."""

    from_environment = True

    def __init__(self, *args: Any, table: Mapping[str, Lazy], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        entry = self.table.get(cmd_name)
        return entry.load() if entry else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.table:
            raise _no_such_command(args[0], self.table, ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self.table.items()])


def _no_such_command(name: str, table: Mapping[str, Lazy], context: click.Context) -> click.UsageError:
    from difflib import get_close_matches

    near = get_close_matches(name, table, n=1)
    return click.UsageError(f"No such command '{name}'." + (f" Did you mean '{near[0]}'?" if near else ""), context)
