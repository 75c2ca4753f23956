"""Prompts cut into what people edit: headings, items of lists, sentences; however their lines are wrapped."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_FENCE = re.compile(r"\s*(```|~~~)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+\S")
_ITEM = re.compile(r"(\s*)(?:[-*+•]|(\d{1,3})[.)])\s+")
_ROW = re.compile(r"\s*\|")
_WRAPPED: Final = 40  # a line of so many characters is taken to go on in the next one
_END = re.compile(r"""(?:(?<![.!?…])[.!?…]+["'”’»“)\]*_]*(?=\s)\s+|[。！？]+)(?=\S)""")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:\w|e\.g|i\.e|z\.\s?B|d\.\s?h|u\.\s?a|bzw|ca|vs|etc|Dr|Mr|Mrs|Ms|Prof|Nr|No|St|Tel|ggf|inkl)\.\s+$"
)
_SPACES: Final = (
    " \t\n\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_SPACE = re.compile(f"[{_SPACES}]+")
_EXACT = re.compile(r"(`[^`]*`|\{[^{}]*\})")  # code and placeholders
_WORD = re.compile(r"\S+")
_NO_PROSE = re.compile(r"[@/\\_=<>$&#|~^+]|\w[.:]\w|^[-‐‑–—−]\d")  # addresses, paths, times, negative numbers
_MANY_DIGITS: Final = 7  # so many are a phone number or an account
_TYPOGRAPHY: Final = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("–—‑‐−", "-"),
        "…": "...",
        "•": "-",
    }
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One piece of a text.

    `text` is what is shown, on one line; two pieces with the same `key` say the same, in other spacing, punctuation
    marks or running numbers of a list; `raw` is as it was written. `heading` is the nearest one above, `line` counts
    from 1.
    """

    text: str
    key: str
    raw: str
    line: int
    heading: str = ""
    is_heading: bool = False


def sentences(text: str) -> list[Sentence]:
    """The pieces of `text` in order; lines inside a fence stay as they are."""
    return sentences_of(text.split("\n"))


def sentences_of(lines: Sequence[str], start: int = 0, end: int | None = None) -> list[Sentence]:
    """The same of some lines of a text: from a line that nothing goes on into (see `opens`)."""
    found: list[Sentence] = []
    heading = next((_one_line(line) for line in reversed(lines[:start]) if _HEADING.match(line)), "")
    numbers = _Numbers()
    for block in _blocks(lines[start:end], start + 1):
        pieces = list(_pieces(block, heading, numbers))
        found += pieces
        if pieces and pieces[0].is_heading:
            heading = pieces[0].text
            numbers = _Numbers()
    return found


def openings(lines: Sequence[str], end: int) -> list[int]:
    """The lines before `end` at which something opens, outside of fences; the first line of all is always one."""
    found, in_code = [0], False
    for number, line in enumerate(lines[:end]):
        if number and not in_code and opens(lines, number):
            found.append(number)
        in_code ^= _FENCE.match(line) is not None
    return found


def opens(lines: Sequence[str], number: int) -> bool:
    """Whether nothing goes on from the lines before into this one, fences aside."""
    line = lines[number]
    return not _is_blank(line) and bool(_is_blank(lines[number - 1]) or _ITEM.match(line) or _HEADING.match(line))


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that are one paragraph, heading, item or row; `is_code` for a line inside a fence."""

    lines: tuple[str, ...]
    line: int
    is_code: bool = False


def _blocks(lines: Sequence[str], first: int) -> Iterator[_Block]:
    open_: list[str] = []
    start, in_code = 0, False
    for number, line in enumerate(lines, first):
        fence = _FENCE.match(line) is not None
        alone = in_code or fence or _is_blank(line) or _HEADING.match(line) or _ROW.match(line)
        if open_ and (alone or _ITEM.match(line) or len(open_[-1]) < _WRAPPED):
            yield _Block(tuple(open_), start)
            open_ = []
        if alone:
            if in_code or fence or not _is_blank(line):
                yield _Block((line,), number, is_code=in_code or fence)
            in_code ^= fence
        else:
            start = start if open_ else number
            open_.append(line)
    if open_:
        yield _Block(tuple(open_), start)


class _Numbers:
    """Counts the items of the lists below one heading."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}

    def mark(self, depth: int, number: str) -> str:
        """What of an item's number says something: nothing, if it is simply the next one of its list."""
        for deeper in [other for other in self._last if other > depth]:
            del self._last[deeper]
        if not number:
            return "-"
        running = int(number) == self._last.get(depth, 0) + 1
        self._last[depth] = int(number)
        return "next" if running else number


def _pieces(block: _Block, heading: str, numbers: _Numbers) -> Iterator[Sentence]:
    if block.is_code:
        yield Sentence(block.lines[0], f"code {block.lines[0].rstrip()}", block.lines[0], block.line, heading)
        return
    text = "\n".join(block.lines)
    if _HEADING.match(text):
        yield Sentence(_one_line(text), _folded(text), text, block.line, heading, is_heading=True)
        return
    item = _ITEM.match(text)
    body = item.end() if item else 0
    at, line = 0, block.line
    for end in _ends(text, body):
        raw = text[at:end]
        lead = _depth(item) if item and at == 0 else ""
        key = _folded(text[max(at, body) : end])
        if item and at == 0:
            key = f"item {len(lead)} {numbers.mark(len(lead), item[2] or '')} {key}"
        yield Sentence(lead + _one_line(raw), key, raw, line, heading)
        at, line = end, line + raw.count("\n")


def _depth(item: re.Match[str]) -> str:
    """The indent of an item, which says what it is part of."""
    return " " * len(item[1].expandtabs(4))


def _ends(text: str, start: int) -> Iterator[int]:
    """Where the sentences of `text` end; nothing is cut before `start`."""
    for match in _END.finditer(text, start):
        end = match.end()
        if not text[end].islower() and not _ABBREVIATION.search(text[max(0, end - 12) : end]):
            yield end
    yield len(text)


def _is_blank(line: str) -> bool:
    return not line.strip(_SPACES)


def _one_line(text: str) -> str:
    """`text` with one space for any white space, but inside code and placeholders, where only lines are joined."""
    if "`" not in text and "{" not in text:
        return _SPACE.sub(" ", text).strip(" ")
    parts = _EXACT.split(text)
    return "".join(
        part.replace("\n", " ") if number % 2 else _SPACE.sub(" ", part) for number, part in enumerate(parts)
    ).strip(" ")


def _folded(text: str) -> str:
    """`text` on one line, the same for every way to set its quotes and dashes in prose."""
    line = _one_line(text)
    if line.isascii():
        return line
    parts = _EXACT.split(line)
    return "".join(part if number % 2 else _WORD.sub(_plain, part) for number, part in enumerate(parts))


def _plain(word: re.Match[str]) -> str:
    is_prose = _NO_PROSE.search(word[0]) is None and sum(map(str.isdigit, word[0])) < _MANY_DIGITS
    return word[0].translate(_TYPOGRAPHY) if is_prose else word[0]
