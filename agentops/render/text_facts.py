"""What a reviewer should hear of an edited prompt besides its words: size, placeholders, signs of a slip."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Final

from agentops.domain.placeholders import placeholders
from agentops.render.sentences import Sentence, sentences
from agentops.render.summary import counted

_DOUBLED: Final = 1.9  # so many times as long: most likely it was pasted once more
_WORTH_A_NOTE: Final = 200  # characters; a short text may well double
_GREW: Final = 1.15  # by less nobody pastes a text once more
_LONG: Final = 60  # characters of a sentence that nobody writes twice on purpose
_REPEATED: Final = 3  # so many of them


@dataclass(frozen=True, slots=True)
class TextFacts:
    """Sizes in characters, and in tokens as a rough estimate; placeholders as written, sorted."""

    live_length: int
    desired_length: int
    live_tokens: int
    desired_tokens: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    notes: tuple[str, ...]  # what looks like a slip


def text_facts(live: str, desired: str) -> TextFacts:
    """The facts of an edit from `live` (empty for a new text) to `desired`."""
    before, after = ({use.written for use in placeholders(text)} for text in (live, desired))
    return TextFacts(
        len(live),
        len(desired),
        estimated_tokens(live),
        estimated_tokens(desired),
        tuple(sorted(after - before)),
        tuple(sorted(before - after)),
        text_notes(live, desired),
    )


def estimated_tokens(text: str) -> int:
    """About how many tokens a model reads: four characters each in ASCII, one and a half in what is beyond."""
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return ceil((len(text) - beyond) / 4 + beyond / 1.5)


@lru_cache(maxsize=4096)  # each view of a review asks for the same few
def text_notes(live: str, desired: str) -> tuple[str, ...]:
    """What looks like a slip in an edit that adds to a text: it doubled, a heading stands twice, or sentences do."""
    return tuple(_notes(live, desired)) if len(desired) > len(live) else ()


def _notes(live: str, desired: str) -> Iterator[str]:
    if len(live) >= _WORTH_A_NOTE and len(desired) >= _DOUBLED * len(live):
        times = len(desired) / len(live)
        yield f"the text is {times:.1f} times as long: {len(live):,} -> {len(desired):,} characters"
    if len(desired) < _GREW * len(live) and not _may_repeat_headings(desired):
        return  # the rest takes its time
    ours, theirs = sentences(live), sentences(desired)
    known = _repeated_headings(ours)
    for heading, times_ in _repeated_headings(theirs).items():
        if times_ > known.get(heading, 1):
            yield f"the heading {heading!r} stands {times_} times"
    again = _repeated_sentences(theirs) - _repeated_sentences(ours)
    if again >= _REPEATED:
        yield f"{counted(again, 'long sentence')} are written more than once"


def _may_repeat_headings(text: str) -> bool:
    lines = [" ".join(line.split()) for line in text.split("\n") if line.lstrip().startswith("#")]
    return len(set(lines)) < len(lines)


def _repeated_headings(every: list[Sentence]) -> dict[str, int]:
    count = Counter(one.text for one in every if one.is_heading)
    return {heading: times for heading, times in count.items() if times > 1}


def _repeated_sentences(every: list[Sentence]) -> int:
    count = Counter(one.key for one in every if len(one.key) >= _LONG and not one.is_heading)
    return sum(times > 1 for times in count.values())
