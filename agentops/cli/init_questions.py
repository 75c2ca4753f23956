"""What `agentops init` asks on a terminal when it was not told."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import click

from agentops.cli.ci_files import KINDS
from agentops.cli.project import PROJECT_FILE
from agentops.cli.starter import PLATFORMS, account_file
from agentops.cli.terminal import Terminal
from agentops.domain.address import is_name
from agentops.domain.errors import ManifestError, UsageError
from agentops.providers.registry import platform as platform_called

Answer = TypeVar("Answer")
_URL: Final = re.compile(r"https?://[^\s\"'#{}\[\],]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new project should be. `name` is empty for one after the folder, `base_url` for the platform's own.

    `source`: what pipelines install, None for agentops of PyPI.
    """

    platform: str
    name: str = ""
    ci: tuple[str, ...] = ()
    from_account: bool = False
    base_url: str = ""
    source: str | None = None


def check_name(name: str) -> None:
    """Raises UsageError for what is no name of a project."""
    if not is_name(name):
        hint = "lower-case letters, digits and hyphens, up to 63, with a letter or digit at both ends"
        raise UsageError(f"{name!r} is no name for a project", hint=hint)


def check_address(platform: str, url: str) -> None:
    """Raises UsageError for what is no address of an API, by itself or for the project file."""
    from agentops.engine.project_file import parse_project
    from agentops.providers.registry import platforms

    if not _URL.fullmatch(url):
        raise UsageError(f"{url!r} is no address", hint="such as https://app.example.com/api")
    try:
        parse_project(account_file("project", platform, url).encode(), Path(PROJECT_FILE), platforms())
    except ManifestError as exc:
        fault = exc.diagnostics[0]
        raise UsageError(f"{url!r}: {fault.message}", hint=fault.hint) from exc


def ask_for(wanted: Wanted, name: str, terminal: Terminal) -> Wanted:
    """`wanted` with what was not said on the command line; `name` is offered. Raises click.Abort at the input's end."""
    names = list(PLATFORMS)
    terminal.tell("Where do the assistants live?")
    for number, each in enumerate(names, 1):
        terminal.tell(f"  {number}  {each.ljust(max(map(len, names)))}  {platform_called(each).title}")
    choice = {str(number): each for number, each in enumerate(names, 1)} | {each: each for each in names}
    platform = _ask(terminal, f"Number or name [1-{len(names)}]: ", choice.get)
    called = wanted.name or _ask(terminal, f"Name of the project [{name}]: ", lambda text: _name(text or name))
    ci = wanted.ci or _ask(terminal, f"Pipelines for CI: {', '.join(KINDS)} or none [none]: ", _kinds)
    taking = wanted.from_account or _ask(
        terminal, "Write manifests for the assistants that the account has already? [y/N]: ", _yes_or_no
    )
    url = wanted.base_url or _address(platform, terminal, is_needed=taking)
    return Wanted(platform, called, ci, taking, url, wanted.source)


def _address(platform: str, terminal: Terminal, *, is_needed: bool) -> str:
    """Where the API of a platform answers that has no address of its own."""
    if platform_called(platform).base_url:
        return ""

    def understood(text: str) -> str | None:
        if text:
            check_address(platform, text)
        return None if is_needed and not text else text

    later = "" if is_needed else " [later]"
    return _ask(terminal, f"Address of its API, such as https://app.example.com/api{later}: ", understood)


def _name(text: str) -> str:
    check_name(text)
    return text


def _kinds(text: str) -> tuple[str, ...] | None:
    if text in ("", "none"):
        return ()
    chosen = tuple(text.replace(",", " ").split())
    return chosen if set(chosen) <= set(KINDS) else None


def _yes_or_no(text: str) -> bool | None:
    return {"": False, "n": False, "no": False, "y": True, "yes": True}.get(text.lower())


def _ask(terminal: Terminal, question: str, understood: Callable[[str], Answer | None]) -> Answer:
    """The first answer that is understood. A UsageError of `understood` says what is wrong with one."""
    try:
        while True:
            text = terminal.ask(question)
            try:
                answer = understood(text)
            except UsageError as exc:
                terminal.tell(f"{exc}: {exc.hint}" if exc.hint else str(exc))
                continue
            if answer is not None:
                return answer
            terminal.tell("This is none of the answers.")
    except EOFError:
        raise click.Abort from None
