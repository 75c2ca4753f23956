"""Folded block texts (`>`): their lines for a new text, with the paragraphs that stay broken as they were."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

WIDTH = 80


def folded_lines(text: str, old: Sequence[str]) -> tuple[str, ...] | None:
    """The lines of `text` folded, in the way of the `old` lines; None for a text that folding would change."""
    body = text.rstrip("\n")
    paragraphs = body.split("\n")
    if any(line[:1] in (" ", "\t") for line in [*paragraphs, *old]):
        return None  # what is indented further is not folded
    known = {" ".join(lines): lines for lines in _groups(old)}
    width = max(WIDTH, *map(len, old)) if old else WIDTH
    lines: list[str] = []
    for index, paragraph in enumerate(paragraphs):
        if index and paragraph:
            lines.append("")
        lines += known.get(paragraph) or _wrapped(paragraph, width) if paragraph else [""]
    extra = len(text) - len(body) - 1
    return (*lines, *[""] * max(extra, 0))


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for line in [*lines, ""]:
        if line:
            group.append(line)
        elif group:
            yield group
            group = []


def _wrapped(paragraph: str, width: int) -> list[str]:
    lines = wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)
    return lines if " ".join(lines) == paragraph else [paragraph]
