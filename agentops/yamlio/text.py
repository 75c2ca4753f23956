"""Bytes of a YAML file as text that both parsers read alike, and places in it as lines and columns."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from agentops.domain.diagnostics import Diagnostic, SourcePos, error

_BREAK = re.compile(r"\r\n|\r|\n")
# Parsers disagree whether the last four are line ends, or whether they may stand there at all.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_MOST_FAULTS = 20  # a file of another kind is full of them: more would only fill the screen
_BEFORE_CONTENT = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*")


class Lines:
    """Finds line and column of characters in one text; lines end as editors see it."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._length = len(text)
        self._starts = [0, *(match.end() for match in _BREAK.finditer(text))]

    def position(self, index: int) -> SourcePos:
        """Where character `index` stands."""
        index = min(max(index, 0), self._length)
        line = bisect_right(self._starts, index)
        return SourcePos(self._path, line, index - self._starts[line - 1] + 1)


def decode(data: bytes, path: str, max_bytes: int) -> tuple[str, Diagnostic | None]:
    """The text of a file without its byte order mark, and why it cannot be read, if so."""
    if len(data) > max_bytes:
        limit = f"the file has {len(data)} bytes, more than the {max_bytes} that are read"
        return "", error(
            "yaml-too-large", limit, SourcePos(path), "keep long texts in files of their own: {file: path}"
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        before = data[: exc.start].decode("utf-8", errors="replace")
        place = Lines(path, before).position(len(before))
        return "", error("yaml-encoding", "the file is not UTF-8", place, "save it as UTF-8")
    return text.removeprefix("\ufeff"), None


def faults(text: str, path: str) -> Iterator[Diagnostic]:
    """What must not stand in a YAML file wherever it stands: the first odd control characters, and directives."""
    lines: Lines | None = None
    for match in islice(_REFUSED.finditer(text), _MOST_FAULTS):
        lines = lines or Lines(path, text)
        code_point = ord(match[0])
        message = f"the invisible character U+{code_point:04X} must not stand in a manifest"
        escape = f', or write "\\u{code_point:04x}" in a quoted text' if code_point > 0x9F else ""
        hint = f"remove it{escape}"
        yield error("yaml-character", message, lines.position(match.start()), hint)
    start = _BEFORE_CONTENT.match(text)
    index = start.end() if start else 0
    if text.startswith("%", index):
        place = Lines(path, text).position(index)
        yield error("yaml-directive", "directives (%) are not supported", place, "remove the line")


def tabs_between(text: str, gaps: Iterator[tuple[int, int]]) -> Iterator[int]:
    """Where tabs stand between tokens, outside comments. `gaps` are the stretches that hold no scalar."""
    for start, end in gaps:
        for line_start, line in _lines_of(text[start:end], start):
            code = re.split(r"(?:^|(?<=[ \t\r\n]))#", line, maxsplit=1)[0]
            if "\t" in code:
                yield line_start + code.index("\t")


def _lines_of(text: str, offset: int) -> Iterator[tuple[int, str]]:
    for line in re.split(r"(?<=[\n\r])", text):
        yield offset, line
        offset += len(line)
