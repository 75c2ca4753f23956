"""What a run shows and asks: results on stdout, progress, warnings and questions on stderr."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from io import TextIOWrapper
from typing import TYPE_CHECKING, Final, TextIO

from agentops.cli.redaction import redact
from agentops.cli.settings import Settings

if TYPE_CHECKING:
    from agentops.render.paint import Palette


@dataclass(frozen=True, slots=True)
class Terminal:
    """`can_ask`: somebody is there to answer. Secrets that were read are taken out of all that is shown."""

    color: bool
    color_errors: bool
    can_ask: bool
    width: int | None = None  # None: stdout is no terminal, lines are not wrapped

    @property
    def palette(self) -> Palette:
        """How stdout shows styles."""
        return _palette(self.color)

    @property
    def error_palette(self) -> Palette:
        """How stderr shows styles."""
        return _palette(self.color_errors)

    def show(self, text: str) -> None:
        """A result. A reader that went away (`| head`) is no error, and does not stop an apply half-way."""
        write(sys.stdout, text)

    def tell(self, text: str) -> None:
        """Progress or a warning."""
        write(sys.stderr, text)

    def draw(self, text: str) -> None:
        """A status line, with what moves the cursor."""
        _send(sys.stderr, text)

    def ask(self, question: str) -> str:
        """What the user types. Raises EOFError when the input ends."""
        write(sys.stderr, question, end="")
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.strip()


def terminal_for(settings: Settings) -> Terminal:
    """The terminal of this process: plain and silent under CI, NO_COLOR or when output goes to a file."""
    plain = settings.no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    unattended = _truthy(os.environ.get("CI", ""))
    colored = not plain and not unattended
    import shutil

    return Terminal(
        color=colored and sys.stdout.isatty(),
        color_errors=colored and sys.stderr.isatty(),
        can_ask=not unattended and sys.stdin.isatty() and sys.stderr.isatty(),
        width=shutil.get_terminal_size().columns if sys.stdout.isatty() else None,
    )


def _palette(colored: bool) -> Palette:
    from agentops.render.paint import COLOUR, PLAIN

    return COLOUR if colored else PLAIN


def _truthy(text: str) -> bool:
    return text.strip().lower() not in ("", "0", "false", "no")


lost: list[OSError] = []
"""What went wrong while a result was shown, but for a reader that went away; the run goes on without being seen."""


def write(stream: TextIO, text: str, end: str = "\n") -> None:
    """Show `text`, without secrets and what a terminal would obey.

    Never fails: an apply must not end half-way because a disk is full.
    """
    if text and not text.endswith("\n"):
        text += end
    _send(stream, harmless(redact(text)))


def _send(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except OSError as exc:
        lost.append(exc)
        _silence(stream)


_STEERING: Final = re.compile(
    r"(\x1b\[[0-9;]*m)"  # the palette's colours stay
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)


def harmless(text: str) -> str:
    """`text` with escapes in place of what steers a terminal or turns its direction of writing.

    Names of platforms and of files go through `agentops.render.visible` as well; this is for JSON, whose meaning an
    escape does not change, and for whatever was forgotten.
    """
    return _STEERING.sub(lambda match: match[1] or f"\\u{ord(match[0]):04x}", text)


def prepare_streams() -> None:
    """Make sure that there are streams, and that no character is too much for them."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _silence(stream: TextIO) -> None:
    """Send what follows nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
