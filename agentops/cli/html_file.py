"""`--html FILE`: the page for reviewers, in a file of its own beside whatever a command prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agentops.cli.redaction import redact
from agentops.cli.terminal import Terminal
from agentops.cli.written import write_privately

if TYPE_CHECKING:
    from agentops.render.review import Review

Function = TypeVar("Function", bound=Callable[..., Any])


def html_option(function: Function) -> Function:
    """`--html FILE`, as every command has it that shows changes."""
    return click.option(
        "--html",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Also write a page for reviewers: one file, for a browser.",
    )(function)


def save_html(path: Path, reviews: Sequence[Review], terminal: Terminal) -> None:
    """Write the page, whole or not at all, and say where it is. Raises ProjectError."""
    from agentops.render.html import html_report

    write_privately(path, html_report(reviews, hide=redact))
    terminal.tell(f"\nWrote the page to {path}. It holds prompts, so only you can read it; open it in a browser.")
