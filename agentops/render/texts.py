"""Long texts as lines: whole ones cut to a few lines, changed ones by sentences with marked words, or line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agentops.render.diff import Block, blocks, hunks, pairs, words
from agentops.render.paint import Line, Span, Style, line
from agentops.render.prose import Passage, Row, Spans, prose_diff
from agentops.render.summary import counted
from agentops.render.text_facts import text_notes
from agentops.render.visible import coded, escaped, literal, same_looking

CONTEXT: Final = 3
_KEPT_LINES = 8  # of a text that is new or goes
_KEPT_DIFF = 300  # of one text's diff
_KEPT_CHARACTERS = 1_000  # of one line of such a text
_KEPT_RUN = 120  # of each end of an unchanged stretch inside a changed line
_MARKED = (Style.ADDED_WORD, Style.REMOVED_WORD)


@dataclass(frozen=True, slots=True)
class Layout:
    """How much room there is, and whether long texts are shown whole. `offline`: no platform was asked.

    Of resources that change in the same way the `most` first ones are named, None: all of them. `pointer` is what is
    said where something was left out.
    """

    width: int | None = None
    full: bool = False
    offline: bool = False
    most: int | None = 12
    pointer: str = "; --full shows all"

    @property
    def room(self) -> int:
        """The columns that a value may take before it is set on lines of its own."""
        return self.width or 110


def text_lines(text: str, indent: int, layout: Layout) -> Iterator[Line]:
    """The text's lines; the first few, unless `layout.full`."""
    rows = text.split("\n")
    kept = rows if layout.full or len(rows) <= _KEPT_LINES + 1 else rows[:_KEPT_LINES]
    for row in kept:
        yield line(_cut(row, layout), indent=indent, hang=0)
    if len(kept) < len(rows):
        yield line(f"... ({len(rows) - len(kept)} more lines)", Style.FAINT, indent=indent)


def diff_lines(live: str, desired: str, indent: int, layout: Layout) -> Iterator[Line]:
    """What differs, and what looks like a slip: by sentences below their headings, or with `layout.full` by lines."""
    yield from _raw_lines(live, desired, indent, layout) if layout.full else _prose_lines(live, desired, indent, layout)
    for note in text_notes(live, desired):
        yield line(note, Style.WARNING, indent=indent, symbol="!")


def _prose_lines(live: str, desired: str, indent: int, layout: Layout) -> Iterator[Line]:
    diff = prose_diff(live, desired)
    is_short = "\n" not in live and "\n" not in desired
    shown = 0
    for number, passage in enumerate(diff.passages):
        if shown >= _KEPT_DIFF:
            rest = counted(len(diff.passages) - number, "more passage")
            yield line(f"... ({rest} in this text{layout.pointer})", Style.FAINT, indent=indent)
            return
        if not is_short:
            yield line(_where(passage), Style.FAINT, indent=indent, symbol=" ")
        rows = [item for row in passage.rows for item in _row_lines(row, indent, layout)]
        kept = rows[:_KEPT_DIFF]
        yield from kept
        if len(kept) < len(rows):
            yield line(f"... ({len(rows) - len(kept)} more lines{layout.pointer})", Style.FAINT, indent=indent)
        shown += len(rows)
    if diff.folded:
        yield line(f"# ({folded_words(diff.folded)}{layout.pointer})", Style.FAINT, indent=indent, symbol=" ")


def folded_words(count: int) -> str:
    """What is said of edits that change nothing but white space and typography."""
    return f"{counted(count, 'edit')} of white space or typography not shown"


def _where(passage: Passage) -> str:
    """As a header of git's diffs: where it begins on both sides, and what it stands below."""
    return f"@@ -{passage.live_line} +{passage.desired_line} @@ {_cut(passage.heading, Layout())}".rstrip(" ")


def _row_lines(row: Row, indent: int, layout: Layout) -> Iterator[Line]:
    if row.is_same:
        yield Line(_readable(row.live or (), layout), indent, " ", 0)
        return
    for symbol, spans in (("-", row.live), ("+", row.desired)):
        if spans is not None:
            yield Line(_coded(spans) if row.is_coded else _readable(spans, layout), indent, symbol, 0)


def _coded(spans: Spans) -> Spans:
    return tuple(Span(_shortened(span.text, _KEPT_CHARACTERS, 0), span.style) for span in spans)


def _raw_lines(live: str, desired: str, indent: int, layout: Layout) -> Iterator[Line]:
    """Line by line, with some around them; the same cost for a text of a megabyte."""
    ours, theirs = live.split("\n"), desired.split("\n")
    for hunk in hunks(blocks(ours, theirs), CONTEXT):
        yield from _hunk_lines(ours, theirs, hunk, indent, layout)


def _hunk_lines(ours: list[str], theirs: list[str], hunk: list[Block], indent: int, layout: Layout) -> Iterator[Line]:
    start, end = max(0, hunk[0].i1 - CONTEXT), min(len(ours), hunk[-1].i2 + CONTEXT)
    from_, to = max(0, hunk[0].j1 - CONTEXT), min(len(theirs), hunk[-1].j2 + CONTEXT)
    if len(ours) > 1 or len(theirs) > 1:
        where = f"@@ -{start + 1},{end - start} +{from_ + 1},{to - from_} @@"
        yield line(where, Style.FAINT, indent=indent, symbol=" ")
    at = start
    for block in hunk:
        yield from _context(ours[at : block.i1], indent, layout)
        yield from _block_lines(ours[block.i1 : block.i2], theirs[block.j1 : block.j2], indent, layout)
        at = block.i2
    yield from _context(ours[at:end], indent, layout)


def _context(rows: Sequence[str], indent: int, layout: Layout) -> Iterator[Line]:
    for row in rows:
        yield line(_cut(row, layout), indent=indent, symbol=" ", hang=0)


def _block_lines(removed: list[str], added: list[str], indent: int, layout: Layout) -> Iterator[Line]:
    paired = pairs(removed, added)
    before = {i: _pair(removed[i], added[j], layout) for i, j in paired.items()}
    after = {j: before[i][1] for i, j in paired.items()}
    for i, row in enumerate(removed):
        spans = before[i][0] if i in before else _readable((Span(row, Style.REMOVE),), layout)
        yield Line(spans, indent, "-", 0)
    for j, row in enumerate(added):
        yield Line(after[j] if j in after else _readable((Span(row, Style.ADD),), layout), indent, "+", 0)


def _pair(live: str, desired: str, layout: Layout) -> tuple[Spans, Spans]:
    """Both lines with marked words; when they differ in how accents are coded and look the same, the codes show."""
    if same_looking(live, desired):
        return (Span(coded(live), Style.REMOVE),), (Span(coded(desired), Style.ADD),)
    marked = words(live, desired)
    return _readable(marked[0], layout), _readable(marked[1], layout)


def _readable(spans: Spans, layout: Layout) -> Spans:
    """The spans escaped, and long stretches between marked words shortened."""
    shown = []
    for number, span in enumerate(spans):
        whole = len(spans) == 1 or span.style in _MARKED
        head, tail = (_KEPT_CHARACTERS, 0) if whole else (_KEPT_RUN, _KEPT_RUN)
        text = span.text if layout.full else _shortened(span.text, head, tail)
        at_end = number == len(spans) - 1
        escape = literal if at_end or (span.style in _MARKED and text.isspace()) else escaped
        shown.append(Span(escape(text), span.style))
    return tuple(shown)


def _shortened(text: str, head: int, tail: int) -> str:
    gone = len(text) - head - tail
    if gone <= 0:
        return text
    return f"{text[:head]} ... ({gone} more characters) ... {text[len(text) - tail :] if tail else ''}".rstrip(" ")


def _cut(row: str, layout: Layout) -> str:
    return literal(row if layout.full else _shortened(row, _KEPT_CHARACTERS, 0))
