"""Aligned columns."""

from collections.abc import Sequence

from agentops.render.paint import PLAIN, Palette, Style
from agentops.render.visible import cells, printable


def table(head: Sequence[str], rows: Sequence[Sequence[str]], palette: Palette = PLAIN) -> str:
    """Rows below their heads, each column as wide as its widest cell; never cut, never wrapped."""
    shown = [[printable(cell) for cell in row] for row in (head, *rows)]
    widths = [max(cells(row[column]) for row in shown) for column in range(len(head))]
    first, *rest = (_row(row, widths) for row in shown)
    return "\n".join([palette.dress(first, Style.TITLE), *rest])


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - cells(cell)) for cell, width in zip(row, widths, strict=True))
    return "  ".join(padded).rstrip(" ")
