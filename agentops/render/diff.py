"""What differs between two rows of lines, words or entries, at a cost that stays near their size."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from agentops.render.paint import Span, Style
from agentops.render.visible import same_looking

_SMALL = 40_000  # below this product of sizes, difflib's quadratic search is quick
_ROUNDS = 24  # how often a gap between anchors is searched for anchors of its own
_PAIRS = 2_500  # how many pairs of lines are tried for likeness in one block
_ALIKE = 0.5  # lines that share less are shown as removed and added, without marked words
_WORDS = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]|\w+|\s|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch that differs: `live[i1:i2]` became `desired[j1:j2]`."""

    i1: int
    i2: int
    j1: int
    j2: int


def blocks(live: Sequence[Hashable], desired: Sequence[Hashable]) -> list[Block]:
    """The stretches that differ, in order.

    Anchored at members that occur once on both sides ("patience"); difflib only looks at small gaps, as it takes
    minutes for long texts that repeat themselves.
    """
    found: list[Block] = []
    todo = [(Block(0, len(live), 0, len(desired)), 0)]
    while todo:
        block, depth = todo.pop()
        gap = _trimmed(live, desired, block)
        if gap.i1 == gap.i2 or gap.j1 == gap.j2:
            if gap.i1 != gap.i2 or gap.j1 != gap.j2:
                found.append(gap)
            continue
        anchors = _anchors(live, desired, gap) if depth < _ROUNDS else []
        if anchors:
            todo += [(inner, depth + 1) for inner in _between(gap, anchors)]
        else:
            found += _searched(live, desired, gap)
    return sorted(found, key=lambda block: (block.i1, block.j1))


def _trimmed(live: Sequence[Hashable], desired: Sequence[Hashable], block: Block) -> Block:
    i1, i2, j1, j2 = block.i1, block.i2, block.j1, block.j2
    while i1 < i2 and j1 < j2 and live[i1] == desired[j1]:
        i1, j1 = i1 + 1, j1 + 1
    while i1 < i2 and j1 < j2 and live[i2 - 1] == desired[j2 - 1]:
        i2, j2 = i2 - 1, j2 - 1
    return Block(i1, i2, j1, j2)


def _anchors(live: Sequence[Hashable], desired: Sequence[Hashable], gap: Block) -> list[tuple[int, int]]:
    """Pairs of equal members, each unique on its side, in the longest order that both sides share."""
    ours, theirs = Counter(live[gap.i1 : gap.i2]), Counter(desired[gap.j1 : gap.j2])
    places = {desired[j]: j for j in range(gap.j1, gap.j2) if theirs[desired[j]] == 1}
    pairs = [(i, places[live[i]]) for i in range(gap.i1, gap.i2) if ours[live[i]] == 1 and live[i] in places]
    return _longest_rise(pairs)


def _longest_rise(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    ends: list[int] = []  # the smallest last j of a rise of each length
    tops: list[int] = []  # the index of that pair
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before.append(tops[length - 1] if length else -1)
        if length == len(ends):
            ends.append(j)
            tops.append(index)
        else:
            ends[length], tops[length] = j, index
    rise = []
    index = tops[-1] if tops else -1
    while index >= 0:
        rise.append(pairs[index])
        index = before[index]
    return rise[::-1]


def _between(gap: Block, anchors: list[tuple[int, int]]) -> Iterator[Block]:
    i1, j1 = gap.i1, gap.j1
    for i, j in anchors:
        yield Block(i1, i, j1, j)
        i1, j1 = i + 1, j + 1
    yield Block(i1, gap.i2, j1, gap.j2)


def _searched(live: Sequence[Hashable], desired: Sequence[Hashable], gap: Block) -> list[Block]:
    if (gap.i2 - gap.i1) * (gap.j2 - gap.j1) > _SMALL:
        return _by_position(live, desired, gap) if gap.i2 - gap.i1 == gap.j2 - gap.j1 else [gap]
    from difflib import SequenceMatcher  # only plans with changes need it

    matcher = SequenceMatcher(None, live[gap.i1 : gap.i2], desired[gap.j1 : gap.j2], autojunk=False)
    codes = matcher.get_opcodes()
    return [
        Block(gap.i1 + i1, gap.i1 + i2, gap.j1 + j1, gap.j1 + j2) for tag, i1, i2, j1, j2 in codes if tag != "equal"
    ]


def _by_position(live: Sequence[Hashable], desired: Sequence[Hashable], gap: Block) -> list[Block]:
    found: list[Block] = []
    shift = gap.j1 - gap.i1
    for i in range(gap.i1, gap.i2):
        if live[i] == desired[i + shift]:
            continue
        if found and found[-1].i2 == i:
            found[-1] = Block(found[-1].i1, i + 1, found[-1].j1, i + 1 + shift)
        else:
            found.append(Block(i, i + 1, i + shift, i + 1 + shift))
    return found


def hunks(found: Sequence[Block], context: int) -> Iterator[list[Block]]:
    """The blocks in groups whose surroundings of `context` members touch."""
    group: list[Block] = []
    for block in found:
        if group and block.i1 - group[-1].i2 > 2 * context:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def pairs(live: Sequence[str], desired: Sequence[str]) -> dict[int, int]:
    """Which removed line became which added one: in order, where they are alike; index to index."""
    if len(live) == len(desired):
        return {index: index for index, pair in enumerate(zip(live, desired, strict=True)) if _alike(*pair)}
    if len(live) * len(desired) > _PAIRS:
        return {}
    found: dict[int, int] = {}
    start = 0
    for i, ours in enumerate(live):
        match = next((j for j in range(start, len(desired)) if _alike(ours, desired[j])), None)
        if match is not None:
            found[i], start = match, match + 1
    return found


def _alike(live: str, desired: str) -> bool:
    if live.split() == desired.split():
        return True  # also when only white space differs
    if same_looking(live, desired):
        return True
    ours, theirs = (Counter(word for word in _WORDS.findall(text) if not word.isspace()) for text in (live, desired))
    return 2 * (ours & theirs).total() >= _ALIKE * (ours.total() + theirs.total())


def words(live: str, desired: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Both lines with the words that differ marked."""
    ours, theirs = _WORDS.findall(live), _WORDS.findall(desired)
    found = _joined(blocks(ours, theirs), ours)
    return (
        _spans(ours, [(block.i1, block.i2) for block in found], Style.REMOVE, Style.REMOVED_WORD),
        _spans(theirs, [(block.j1, block.j2) for block in found], Style.ADD, Style.ADDED_WORD),
    )


def _joined(found: list[Block], live: list[str]) -> list[Block]:
    """Blocks with nothing but white space between them as one: whole phrases read better than single words."""
    joined: list[Block] = []
    for block in found:
        last = joined[-1] if joined else None
        if last and all(word.isspace() for word in live[last.i2 : block.i1]):
            joined[-1] = Block(last.i1, block.i2, last.j1, block.j2)
        else:
            joined.append(block)
    return joined


def _spans(tokens: list[str], marked: list[tuple[int, int]], style: Style, mark: Style) -> tuple[Span, ...]:
    spans: list[Span] = []
    at = 0
    for start, end in marked:
        spans += [Span("".join(tokens[at:start]), style), Span("".join(tokens[start:end]), mark)]
        at = end
    spans.append(Span("".join(tokens[at:]), style))
    return tuple(span for span in spans if span.text)
