"""Strict reading of one YAML file: plain values or diagnostics out, positions on demand."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from agentops.domain.diagnostics import Diagnostic, SourcePos, error
from agentops.domain.values import Path, Value
from agentops.yamlio.build import Builder, Limits, Refused
from agentops.yamlio.events import Parser, SyntaxFault, events_of, fast_parser
from agentops.yamlio.spans import Node, Span, find, quoted_spans, spans_of
from agentops.yamlio.syntax import TAB, explain
from agentops.yamlio.text import Lines, decode, faults, tabs_between

LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A YAML file that was read without fault. `text` has no byte order mark; spans are character offsets in it."""

    path: str
    text: str
    value: Value
    parser: Parser
    has_mark: bool = False  # whether the file begins with a byte order mark

    def locate(self, path: Path) -> SourcePos:
        """Where the value at `path` stands, or the nearest enclosing one."""
        return self._lines.position(find(self._spans, path).span[0])

    def locate_key(self, path: Path) -> SourcePos:
        """Where the key of the value at `path` stands; where the value does, if it has none."""
        node = find(self._spans, path)
        return self._lines.position((node.key or node.span)[0])

    def spans(self, path: Path) -> tuple[Span | None, Span]:
        """The spans of the key (None in a list) and of the value at `path`. Raises KeyError if it is not written."""
        node = self._spans
        for step in path:
            node = node.children[step]
        return node.key, node.span

    def source(self, path: Path) -> str:
        """The value at `path` as its author wrote it."""
        start, end = find(self._spans, path).span
        return self.text[start:end]

    @property
    def _lines(self) -> Lines:
        return _lines(self.path, self.text)

    @property
    def _spans(self) -> Node:
        return _spans(self.text, self.parser)


# Only faults need places, and they come file by file: remembering few keeps a thousand files small.
_lines = lru_cache(maxsize=4)(Lines)
_spans = lru_cache(maxsize=4)(spans_of)


def read(
    data: bytes, path: str, *, parser: Parser | None = None, limits: Limits = LIMITS
) -> tuple[YamlFile | None, tuple[Diagnostic, ...]]:
    """The file with content `data`, and nothing wrong; or None, and every fault that strict reading finds.

    `path` is for messages. `parser` None takes the fastest that is installed.
    """
    parser = parser or fast_parser()
    text, fault = decode(data, path, limits.bytes)
    if fault:
        return None, (fault,)
    wrong = tuple(faults(text, path))
    if wrong:
        return None, wrong
    found: list[tuple[str, str, str, int]] = []
    value = _build(text, parser, limits, found)
    if not found and "\t" in text:
        found += _tabs(text, parser)
    if not found:
        return YamlFile(path, text, value, parser, data.startswith(BOM_UTF8)), ()
    lines = Lines(path, text)
    return None, tuple(error(code, message, lines.position(index), hint) for code, message, hint, index in found)


def _build(text: str, parser: Parser, limits: Limits, found: list[tuple[str, str, str, int]]) -> Value:
    try:
        return Builder(text, events_of(text, parser), limits, lambda *fault: found.append(fault)).document()
    except Refused as exc:
        found.append((exc.code, exc.message, exc.hint, exc.index))
    except SyntaxFault as exc:
        index = len(text) if exc.index is None else exc.index
        found.append((*explain(exc.problem, text[index : index + 1]), index))
    return None


def _tabs(text: str, parser: Parser) -> Iterator[tuple[str, str, str, int]]:
    spans = quoted_spans(text, parser)
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(text)]
    for index in tabs_between(text, zip(starts, ends, strict=True)):
        yield ("yaml-tab", *TAB, index)
