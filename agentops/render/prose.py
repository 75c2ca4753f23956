"""What an edit of a prompt says: by sentences and words, below the heading that it stands under.

What changes nothing but white space, typographic marks or the numbers of a list is counted, not shown.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice
from typing import Final, TypeAlias

from agentops.render.diff import Block, blocks, hunks, pairs, words
from agentops.render.paint import Span, Style
from agentops.render.sentences import Sentence, openings, opens, sentences_of
from agentops.render.visible import coded, same_looking

CONTEXT: Final = 1  # sentences around an edit
_SHORT: Final = 240  # characters; a line no longer than this is read whole
Spans: TypeAlias = tuple[Span, ...]
"""A text in pieces; those in the style ADDED_WORD or REMOVED_WORD are what differs. Not escaped yet."""


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence on both sides; None where it is not there. A row that `is_same` is context."""

    live: Spans | None
    desired: Spans | None
    is_same: bool = False
    is_coded: bool = False  # both look alike, so every character beyond ASCII is an escape


@dataclass(frozen=True, slots=True)
class Passage:
    """Edits that stand near each other, with what is around them. Lines count from 1."""

    heading: str  # the Markdown heading above; empty where there is none
    live_line: int
    desired_line: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ProseDiff:
    """All that differs; `folded` counts edits of white space and typography only."""

    passages: tuple[Passage, ...]
    folded: int = 0


@lru_cache(maxsize=4096)  # each view of a review asks for the same few
def prose_diff(live: str, desired: str) -> ProseDiff:
    """What an edit from `live` to `desired` says, with some sentences around each."""
    ours, theirs = _pieces(live, desired)
    found = blocks([one.key for one in ours], [one.key for one in theirs])
    groups = (part for group in hunks(found, CONTEXT) for part in _by_heading(ours, theirs, group))
    passages = tuple(_passage(ours, theirs, group) for group in groups)
    folded = _folded(ours, theirs, found)
    if not passages and not folded and live != desired:
        folded = 1  # nothing but empty lines
    return ProseDiff(passages, folded)


def _pieces(live: str, desired: str) -> tuple[Sequence[Sentence], Sequence[Sentence]]:
    """Both texts in pieces, as far as there may be a difference: most prompts are long, and most edits small."""
    if all(len(text) <= _SHORT and "\n" not in text for text in (live, desired)):
        return _whole(live), _whole(desired)
    ours, theirs = live.split("\n"), desired.split("\n")
    head = _shared(ours, theirs)
    start = openings(ours, head)[-2:][0]
    tail = _shared(ours[head:][::-1], theirs[head:][::-1])
    after = (number for number in range(len(ours) - tail + 1, len(ours)) if opens(ours, number))
    end = next(islice(after, 1, None), len(ours))  # as at the start: where the edit is, and one more for context
    return sentences_of(ours, start, end), sentences_of(theirs, start, len(theirs) - (len(ours) - end))


def _whole(text: str) -> list[Sentence]:
    return [Sentence(text, text, text, 1)] if text else []


def _shared(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """How many lines both begin with."""
    pairs = enumerate(zip(ours, theirs, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(ours), len(theirs)))


def edited(diff: ProseDiff) -> tuple[tuple[str, str, str], ...]:
    """The heading and the sentences of all that differs: equal for the same edit made in different texts."""
    rows = ((passage.heading, row) for passage in diff.passages for row in passage.rows if not row.is_same)
    return tuple((heading, text_of(row.live), text_of(row.desired)) for heading, row in rows)


def text_of(spans: Spans | None) -> str:
    return "".join(span.text for span in spans or ())


def _by_heading(ours: Sequence[Sentence], theirs: Sequence[Sentence], group: list[Block]) -> Iterator[list[Block]]:
    """The group in parts that stand below one heading each: what is right below one may be wrong below another."""
    return (list(part) for _, part in groupby(group, lambda block: _first(ours, theirs, block).heading))


def _first(ours: Sequence[Sentence], theirs: Sequence[Sentence], block: Block) -> Sentence:
    return theirs[block.j1] if block.j1 < block.j2 else ours[block.i1]


def _passage(ours: Sequence[Sentence], theirs: Sequence[Sentence], group: list[Block]) -> Passage:
    heading = _first(ours, theirs, group[0]).heading
    headings = {heading, *(one.heading for block in group for one in ours[block.i1 : block.i2])}
    start, end = max(0, group[0].i1 - CONTEXT), min(len(ours), group[-1].i2 + CONTEXT)
    rows: list[Row] = []
    at = start
    for block in group:
        rows += _context(ours[at : block.i1], headings)
        rows += _edited(ours[block.i1 : block.i2], theirs[block.j1 : block.j2])
        at = block.i2
    rows += _context(ours[at:end], headings)
    first = group[0]
    return Passage(heading, _line(ours, first.i1, first.i2), _line(theirs, first.j1, first.j2), tuple(rows))


def _line(every: Sequence[Sentence], start: int, end: int) -> int:
    """Where an edit is; where there is nothing on this side, what stands before."""
    return every[start if start < end else max(0, start - 1)].line if every else 1


def _context(around: Sequence[Sentence], headings: Collection[str]) -> Iterator[Row]:
    """What stands around an edit below the same heading, which the passage names."""
    for sentence in around:
        if sentence.heading in headings and not sentence.is_heading:
            spans = (Span(sentence.text),)
            yield Row(spans, spans, is_same=True)


def _edited(removed: Sequence[Sentence], added: Sequence[Sentence]) -> Iterator[Row]:
    """Each sentence next to what became of it."""
    ours, theirs = [one.text for one in removed], [one.text for one in added]
    i = j = 0
    for here, there in (*sorted(pairs(ours, theirs).items()), (len(ours), len(theirs))):
        yield from (Row((Span(text, Style.REMOVE),), None) for text in ours[i:here])
        yield from (Row(None, (Span(text, Style.ADD),)) for text in theirs[j:there])
        if here < len(ours):
            yield _changed(removed[here], added[there])
        i, j = here + 1, there + 1


def _changed(live: Sentence, desired: Sentence) -> Row:
    if same_looking(live.text, desired.text):
        return Row((Span(coded(live.text), Style.REMOVE),), (Span(coded(desired.text), Style.ADD),), is_coded=True)
    if live.text == desired.text:
        return Row(_standing(live, Style.REMOVE, Style.REMOVED_WORD), _standing(desired, Style.ADD, Style.ADDED_WORD))
    return Row(*words(live.text, desired.text))


def _standing(sentence: Sentence, style: Style, mark: Style) -> Spans:
    """A sentence that differs in nothing but where it stands."""
    kinds = {"item": "an item of its own", "code": "in code"}
    return Span(sentence.text, style), Span(f" ({kinds.get(sentence.key.partition(' ')[0], 'in a sentence')})", mark)


def _folded(ours: Sequence[Sentence], theirs: Sequence[Sentence], found: Sequence[Block]) -> int:
    """How many sentences say the same and are not written the same."""
    count = i = j = 0
    for block in (*found, Block(len(ours), len(ours), len(theirs), len(theirs))):
        same = zip(ours[i : block.i1], theirs[j : block.j1], strict=True)
        count += sum(here.raw.strip() != there.raw.strip() for here, there in same)
        i, j = block.i2, block.j2
    return count
