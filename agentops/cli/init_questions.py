"""What `agentops init` asks on a terminal when it was not told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import click

from agentops.cli.ci_files import KINDS
from agentops.cli.starter import PLATFORMS
from agentops.cli.terminal import Terminal
from agentops.providers.registry import platform as platform_called

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new project should be. `name` is empty for one after the folder, `base_url` for the platform's own."""

    platform: str
    name: str = ""
    ci: tuple[str, ...] = ()
    from_account: bool = False
    base_url: str = ""


def ask_for(wanted: Wanted, name: str, terminal: Terminal) -> Wanted:
    """`wanted` with what was not said on the command line; `name` is offered. Raises click.Abort at the input's end."""
    names = list(PLATFORMS)
    terminal.tell("Where do the assistants live?")
    for number, each in enumerate(names, 1):
        terminal.tell(f"  {number}  {each.ljust(max(map(len, names)))}  {platform_called(each).title}")
    choice = {str(number): each for number, each in enumerate(names, 1)} | {each: each for each in names}
    platform = _ask(terminal, f"Number or name [1-{len(names)}]: ", choice.get)
    called = wanted.name or _ask(terminal, f"Name of the project [{name}]: ", lambda text: text or name)
    ci = wanted.ci or _ask(terminal, f"Pipelines for CI: {', '.join(KINDS)} or none [none]: ", _kinds)
    taking = wanted.from_account or _ask(
        terminal, "Write manifests for the assistants that the account has already? [y/N]: ", _yes_or_no
    )
    return Wanted(platform, called, ci, taking, wanted.base_url or _address(platform, terminal))


def _address(platform: str, terminal: Terminal) -> str:
    """Where the API of a platform answers that has no address of its own."""
    if platform_called(platform).base_url:
        return ""
    return _ask(terminal, "Address of its API, such as https://app.example.com/api [later]: ", lambda text: text)


def _kinds(text: str) -> tuple[str, ...] | None:
    if text in ("", "none"):
        return ()
    chosen = tuple(text.replace(",", " ").split())
    return chosen if set(chosen) <= set(KINDS) else None


def _yes_or_no(text: str) -> bool | None:
    return {"": False, "n": False, "no": False, "y": True, "yes": True}.get(text.lower())


def _ask(terminal: Terminal, question: str, understood: Callable[[str], Answer | None]) -> Answer:
    """The first answer that is understood."""
    try:
        while True:
            answer = understood(terminal.ask(question))
            if answer is not None:
                return answer
            terminal.tell("This is none of the answers.")
    except EOFError:
        raise click.Abort from None
