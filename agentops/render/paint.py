"""Lines as values, and how they become text: wrapped to a width, coloured by a table of styles."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from agentops.render.visible import cells, printable

_NARROWEST = 24  # with less room than this a terminal's own wrapping reads better than ours


class Style(Enum):
    """What a piece of a line is; a palette says how that looks."""

    PLAIN = "plain"
    TITLE = "title"
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    ADDED_WORD = "added-word"
    REMOVED_WORD = "removed-word"
    FAINT = "faint"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Palette:
    """How styles look: `codes` are terminal attributes, `marks` stand around a text where there is no colour."""

    codes: Mapping[Style, str] = field(default_factory=dict)
    marks: Mapping[Style, tuple[str, str]] = field(default_factory=dict)

    def dress(self, text: str, style: Style) -> str:
        """`text` with the terminal's attributes around it."""
        code = self.codes.get(style)
        return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


PLAIN: Final = Palette(marks={Style.ADDED_WORD: ("{+", "+}"), Style.REMOVED_WORD: ("[-", "-]")})
COLOUR: Final = Palette(
    codes={
        Style.TITLE: "1",
        Style.ADD: "32",
        Style.CHANGE: "33",
        Style.REMOVE: "31",
        Style.ADDED_WORD: "1;7;32",
        Style.REMOVED_WORD: "1;7;31",
        Style.FAINT: "2",
        Style.WARNING: "33",
        Style.ERROR: "1;31",
    }
)
SYMBOLS: Final = {"+": Style.ADD, "~": Style.CHANGE, "-": Style.REMOVE, ".": Style.FAINT}


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line in one style."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `indent` columns, a symbol in a column of its own (" ": none, but its room is kept), then text."""

    spans: tuple[Span, ...] = ()
    indent: int = 0
    symbol: str = ""
    hang: int = 4  # how much deeper the rest of the line goes on when it is wrapped


def line(text: str, style: Style = Style.PLAIN, *, indent: int = 0, symbol: str = "", hang: int = 4) -> Line:
    """A line in one style."""
    return Line((Span(text, style),) if text else (), indent, symbol, hang)


def paint(lines: Iterable[Line], palette: Palette = PLAIN, width: int | None = None) -> str:
    """The lines as one text without a final line end. Whatever the lines hold, no control character gets through."""
    return "\n".join("\n".join(_painted(item, palette, width)) for item in lines)


def plain(item: Line) -> str:
    """The words of a line without its indent and symbol, marked as where there is no colour."""
    return "".join(span.text for span in _marked(item.spans, PLAIN)).rstrip(" ")


def _painted(item: Line, palette: Palette, width: int | None) -> Iterator[str]:
    margin = " " * item.indent
    symbol = palette.dress(item.symbol, SYMBOLS.get(item.symbol, Style.PLAIN)) + " " if item.symbol else ""
    room = None if width is None else width - item.indent - (2 if item.symbol else 0)
    rest = margin + " " * ((2 if item.symbol else 0) + item.hang)
    for number, row in enumerate(_wrapped(_marked(item.spans, palette), room, item.hang)):
        body = "".join(palette.dress(span.text, span.style) for span in row)
        yield ((rest if number else margin + symbol) + body).rstrip(" ")


def _marked(spans: Iterable[Span], palette: Palette) -> list[Span]:
    pairs = ((span, *palette.marks.get(span.style, ("", ""))) for span in spans)
    return [Span(before + printable(span.text) + after, span.style) for span, before, after in pairs]


def _wrapped(spans: list[Span], room: int | None, hang: int) -> Iterator[list[Span]]:
    """Rows of spans, each at most `room` columns where words allow it; words are never cut."""
    if room is None or room - hang < _NARROWEST or sum(cells(span.text) for span in spans) <= room:
        yield spans
        return
    row: list[Span] = []
    left = room
    for span in spans:
        for word in re.findall(r" *[^ ]+| +", span.text):
            need = cells(word)
            if need > left and row:
                yield row
                row, left, word = [], room - hang, word.lstrip(" ")
                need = cells(word)
            row.append(Span(word, span.style))
            left -= need
    if row:
        yield row
