"""The command `agentops`: its commands, and the one place where errors become messages and exit codes."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import click

from agentops import __version__
from agentops.cli.log import is_debugging
from agentops.cli.settings import Lazy, LazyGroup, Settings
from agentops.cli.signals import HANGUP, handled
from agentops.cli.terminal import lost, prepare_streams, write
from agentops.domain.errors import AgentopsError, ProviderError

USAGE = 64
INTERRUPTED = 130


def _lazy(module: str, summary: str) -> Lazy:
    return Lazy(f"agentops.cli.{module}", "command", summary)


COMMANDS = {
    "init": _lazy("init", "Start a project: project file, a first manifest, editor, CI."),
    "validate": _lazy("validate", "Check every manifest offline and report every fault."),
    "fmt": _lazy("fmt", "Write manifests in canonical form."),
    "plan": _lazy("plan", "Show what apply would change."),
    "apply": _lazy("apply", "Bring the platform in line with the manifests."),
    "diff": _lazy("diff", "Show what two git revisions of the manifests say differently."),
    "drift": _lazy("drift", "Show what others changed on the platform."),
    "destroy": _lazy("destroy", "Delete what the state manages."),
    "show": _lazy("show", "Show a saved plan."),
    "report": _lazy("report", "Show a saved plan on the pull request that it is for."),
    "fetch": _lazy("fetch", "Get the plan that was reviewed, after the merge."),
    "discover": _lazy("discover", "List what exists on the account and is not managed."),
    "import": _lazy("import_command", "Bring existing assistants under management."),
    "state": _lazy("state", "Look into the state, or repair it."),
    "force-unlock": _lazy("force_unlock", "Break a lock whose run is dead."),
    "catalog": _lazy("catalog", "List voices, models, numbers ... of the account."),
    "platforms": _lazy("platforms", "Show which platform can do what."),
    "schema": _lazy("schema", "Print the JSON Schemas of manifests and JSON outputs."),
    "sandbox": _lazy("sandbox", "Serve, reset or fill a local sandbox."),
    "version": _lazy("version", "Print the version."),
    "completion": _lazy("completion", "Print a script that completes commands in your shell."),
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Global options may also stand after the command. `agentops COMMAND --help` has examples.",
)
@click.version_option(__version__, prog_name="agentops", message="%(prog)s %(version)s")
def cli() -> None:
    """Terraform for AI phone assistants: manifests in git, plan, apply, drift.

    \b
      agentops init my-project --platform autocalls    start
      agentops validate                                check the manifests, offline
      agentops plan                                    what would change?
      agentops apply                                   change it
    """


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived; not an Exception, so that no handler on the way takes it for a fault."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.exit_code = 128 + number


def _on_signal(number: int, _frame: FrameType | None) -> NoReturn:
    if number == HANGUP:
        signal.signal(number, signal.SIG_IGN)
    raise Terminated(number)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave the process with its exit code."""
    stopping = handled()
    for number in stopping:
        if number is not signal.SIGINT:
            signal.signal(number, _on_signal)
    prepare_streams()
    try:
        code = _run_and_flush(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:  # once more, while the first was still being reported
        code = INTERRUPTED
    except Terminated as exc:
        code = exc.exit_code
    # All is said and done: what comes now must not turn the exit code into the death by a signal.
    for number in stopping:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)


def _run_and_flush(arguments: Sequence[str]) -> int:
    code = run(arguments)
    if lost:
        _say(f"Error: the output could not be written: {lost[0].strerror}")
        code = code or 1
    for stream in (sys.stdout, sys.stderr):
        write(stream, "")
    return code


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code (docs/cli.md lists them)."""
    try:
        settings = Settings(arguments=tuple(arguments))
        result = cli.main(args=list(arguments), prog_name="agentops", standalone_mode=False, obj=settings)
        return result if isinstance(result, int) else 0
    except click.UsageError as exc:
        exc.show()
        return USAGE
    except click.ClickException as exc:
        exc.show()
        return 1
    except AgentopsError as exc:
        _complain(exc)
        return exc.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("\nInterrupted.")
        return INTERRUPTED
    except Terminated as exc:
        _say("\nTerminated.")
        return exc.exit_code
    except Exception as exc:
        _report_bug(exc)
        return 1


def _say(text: str) -> None:
    write(sys.stderr, text)


def _complain(error: AgentopsError) -> None:
    """The message and what to do next."""
    _say_traceback(error)
    _say(f"Error: {error}")
    if isinstance(error, ProviderError):
        for path, texts in error.field_errors.items():
            _say(f"  {'.'.join(map(str, path)) or 'the object'}: {' '.join(texts)}")
    if error.hint:
        _say(f"  {error.hint}")


def _report_bug(error: Exception) -> None:
    _say_traceback(error)
    _say(f"Error: agentops failed unexpectedly ({type(error).__name__}{_place(error)}). This is a bug in agentops.")
    _say("  Please report it, with what `--log-level debug` prints for the same command. It leaves out secrets.")


def _say_traceback(error: Exception) -> None:
    if is_debugging():
        import traceback

        _say("".join(traceback.format_exception(error)))


def _place(error: Exception) -> str:
    """Where in agentops it happened, without importing what only tracebacks need."""
    place, trace = "", error.__traceback__
    while trace is not None:
        folder, found, module = trace.tb_frame.f_code.co_filename.rpartition(f"{os.sep}agentops{os.sep}")
        if found and folder:
            place = f" at {module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
