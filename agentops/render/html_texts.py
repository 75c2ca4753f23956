"""Long texts for a page: what an edit says side by side, with marked words, and both texts whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agentops.render.paint import Line, Span, Style, line
from agentops.render.prose import Passage, Row, Spans, prose_diff
from agentops.render.summary import counted
from agentops.render.text_facts import TextFacts, text_facts
from agentops.render.texts import Layout, diff_lines, folded_words
from agentops.render.visible import escaped, literal, printable

_MARKS: Final = {Style.ADDED_WORD: "ins", Style.REMOVED_WORD: "del"}
_WORDS: Final = {"+": "added", "-": "removed", "~": "changed"}
_MARKED: Final = frozenset(_MARKS)
_ROWS: Final = 400  # of one text's edit; the whole texts stand below it
_STRETCH: Final = 200  # characters of each end of a long unchanged stretch
_LONGEST: Final = 20_000  # characters of one marked stretch


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `mark` is `ins`, `del` or empty."""

    text: str
    mark: str = ""


Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its symbol; `word` says what the symbol does, `depth` is how far the line stands in."""

    symbol: str
    word: str
    depth: int
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class ProseRow:
    """Both sides of one sentence; an empty side has none. `look` is a word for the style sheet."""

    before: Pieces
    after: Pieces
    look: str


@dataclass(frozen=True, slots=True)
class PassageView:
    """`where` says below which heading and in which lines."""

    where: str
    rows: tuple[ProseRow, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """A text as it is, under the name of its side."""

    label: str
    size: str
    text: str


@dataclass(frozen=True, slots=True)
class TextView:
    """One edited, new or lost text."""

    before: str  # what its sides are called
    after: str
    passages: tuple[PassageView, ...]
    remarks: tuple[str, ...]  # what is not shown
    lines: tuple[LineView, ...]  # where a remark is about white space: the edit line by line, which has that too
    notes: tuple[str, ...]  # what looks like a slip
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    size: str
    wholes: tuple[Whole, ...]
    is_whole: bool = False  # new or lost: the text itself is what there is to read


def edited_text(live: str, desired: str, sides: tuple[str, str]) -> TextView:
    """The edit from `live` to `desired`."""
    found = prose_diff(live, desired)
    facts = text_facts(live, desired)
    passages, left = _shown(found.passages)
    remarks = [f"... {counted(left, 'more sentence')} differ: see the whole texts"] if left else []
    if found.folded:
        remarks.append(folded_words(found.folded))
    wholes = (_whole(sides[0], live), _whole(sides[1], desired))
    lines = tuple(_by_line(live, desired)) if found.folded else ()
    return _view(sides, passages, tuple(remarks), facts, wholes, lines)


def new_text(desired: str, sides: tuple[str, str]) -> TextView:
    """A text that there was none of."""
    return _view(sides, (), (), text_facts("", desired), (_whole(sides[1], desired),), is_whole=True)


def lost_text(live: str, sides: tuple[str, str]) -> TextView:
    """A text that goes."""
    return _view(sides, (), (), text_facts(live, ""), (_whole(sides[0], live),), is_whole=True)


def line_view(item: Line, depth: int = 0) -> LineView:
    """A line of text with its marks."""
    pieces = tuple(Piece(printable(span.text), _MARKS.get(span.style, "")) for span in item.spans)
    return LineView(item.symbol.strip(), _WORDS.get(item.symbol, ""), depth, pieces)


def size_of(facts: TextFacts) -> str:
    """`1,203 -> 1,310 characters (+107), about 301 -> 328 tokens (+27)`."""
    return (
        f"{_change(facts.live_length, facts.desired_length)} characters, "
        f"about {_change(facts.live_tokens, facts.desired_tokens)} tokens"
    )


def _view(
    sides: tuple[str, str],
    passages: tuple[PassageView, ...],
    remarks: tuple[str, ...],
    facts: TextFacts,
    wholes: tuple[Whole, ...],
    lines: tuple[LineView, ...] = (),
    *,
    is_whole: bool = False,
) -> TextView:
    return TextView(
        *sides,
        passages,
        remarks,
        lines,
        tuple(map(printable, facts.notes)),
        tuple(map(printable, facts.gained)),
        tuple(map(printable, facts.lost)),
        size_of(facts),
        wholes,
        is_whole,
    )


def _change(before: int, after: int) -> str:
    if not before or not after:
        return f"{before or after:,}"
    return f"{before:,}" if before == after else f"{before:,} -> {after:,} ({after - before:+,})"


def _whole(label: str, text: str) -> Whole:
    return Whole(label, counted(len(text), "character"), "\n".join(map(literal, text.split("\n"))))


def _by_line(live: str, desired: str) -> Iterator[LineView]:
    """The edit as `--full` shows it, without the notes: these are shown anyhow."""
    found = [item for item in diff_lines(live, desired, 0, Layout(full=True)) if item.symbol != "!"]
    yield from map(line_view, found[:_ROWS])
    if len(found) > _ROWS:
        yield line_view(line(f"... ({counted(len(found) - _ROWS, 'more line')}: see the whole texts)"))


def _shown(passages: Sequence[Passage]) -> tuple[tuple[PassageView, ...], int]:
    """As many passages as a person would read, and how many sentences are left out."""
    shown: list[PassageView] = []
    room = _ROWS
    left = 0
    for passage in passages:
        rows = tuple(_row(row) for row in _beside(passage.rows))
        if room > 0:
            shown.append(PassageView(_where(passage), rows[:room]))
        left += max(0, len(rows) - max(0, room))
        room -= len(rows)
    return tuple(shown), left


def _where(passage: Passage) -> str:
    same = passage.live_line == passage.desired_line
    lines = f"line {passage.live_line}" if same else f"line {passage.live_line} -> {passage.desired_line}"
    return f"{printable(passage.heading)}, {lines}" if passage.heading else lines.capitalize()


def _beside(rows: Sequence[Row]) -> Iterator[Row]:
    """Sentences that went and those that came in their place next to each other."""
    gone: list[Row] = []
    for row in rows:
        if row.desired is None:
            gone.append(row)
        elif row.live is None and gone:
            yield Row(gone.pop(0).live, row.desired)
        else:
            yield from gone
            gone = []
            yield row
    yield from gone


def _row(row: Row) -> ProseRow:
    if row.is_same:
        return ProseRow(_pieces(row.live), _pieces(row.desired), "same")
    look = "gone" if row.desired is None else "new" if row.live is None else "edit"
    if any(span.style in _MARKED for span in (*(row.live or ()), *(row.desired or ()))):
        return ProseRow(_pieces(row.live), _pieces(row.desired), look)
    read = _coded if row.is_coded else _pieces
    return ProseRow(read(row.live, "del"), read(row.desired, "ins"), look)


def _pieces(spans: Spans | None, mark: str = "") -> Pieces:
    """The spans escaped; `mark` is for those that have none of their own."""
    every = spans or ()
    return tuple(
        Piece(_readable(span, is_last=number == len(every) - 1), _MARKS.get(span.style, mark))
        for number, span in enumerate(every)
    )


def _coded(spans: Spans | None, mark: str) -> Pieces:
    """Spans that are nothing but escapes already."""
    return tuple(Piece(_shortened(span.text, _LONGEST), mark) for span in spans or ())


def _readable(span: Span, *, is_last: bool) -> str:
    marked = span.style in _MARKED
    ends_open = is_last or (marked and span.text.isspace())
    return (literal if ends_open else escaped)(_shortened(span.text, _LONGEST if marked else _STRETCH))


def _shortened(text: str, end: int) -> str:
    gone = len(text) - 2 * end
    return text if gone <= 40 else f"{text[:end]} ... ({gone:,} more characters) ... {text[-end:]}"
