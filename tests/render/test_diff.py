"""The diff: right for any two texts, readable, and quick for long ones."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.render.diff import blocks, words
from agentops.render.paint import paint
from agentops.render.texts import Layout, diff_lines, text_lines
from agentops.render.visible import cells, literal, printable, quote
from tests.render.strategies import ODD

ANY = settings(max_examples=300, deadline=None, derandomize=True)
rows = st.lists(st.sampled_from("abcdefgh"), max_size=30)


def shown(live: str, desired: str, layout: Layout | None = None) -> str:
    return paint(diff_lines(live, desired, 0, layout or Layout()))


@ANY
@given(rows, rows)
def test_replacing_the_blocks_gives_the_other_side(live: Sequence[str], desired: Sequence[str]) -> None:
    result, at = [], 0
    for block in blocks(live, desired):
        result += [*live[at : block.i1], *desired[block.j1 : block.j2]]
        at = block.i2
    assert [*result, *live[at:]] == desired


def test_equal_texts_have_no_blocks() -> None:
    assert blocks("same", "same") == []


@ANY
@given(st.text(alphabet=ODD, max_size=20), st.text(alphabet=ODD, max_size=20))
def test_two_texts_never_look_the_same(one: str, other: str) -> None:
    assert (literal(one) == literal(other)) is (one == other)
    assert (quote(one) == quote(other)) is (one == other)


@ANY
@given(st.text(alphabet=ODD, max_size=60), st.text(alphabet=ODD, max_size=60))
def test_every_difference_is_visible_line_by_line(live: str, desired: str) -> None:
    lines = [line for line in shown(live, desired, Layout(full=True)).split("\n") if not line.startswith("!")]
    removed = [line for line in lines if line.startswith("-")]
    added = [line for line in lines if line.startswith("+")]
    assert ([line[1:] for line in removed] != [line[1:] for line in added]) is (live != desired)


@ANY
@given(st.text(alphabet=ODD, max_size=60), st.text(alphabet=ODD, max_size=60))
def test_no_difference_goes_without_a_word(live: str, desired: str) -> None:
    lines = shown(live, desired).split("\n")
    removed = [line[1:] for line in lines if line.startswith("-")]
    added = [line[1:] for line in lines if line.startswith("+")]
    folded = any("of white space or typography not shown" in line for line in lines)
    assert (removed != added or folded) is (live != desired)


@pytest.mark.parametrize(
    ("live", "desired", "expected"),
    [
        ("a\tb", "a  b", ["- a[-\\t-]b", "+ a{+\\s\\s+}b"]),
        ("end", "end ", ["- end", "+ end{+\\s+}"]),
        ("a\r", "a", ["- a[-\\r-]", "+ a"]),
        ("a\u200bb", "ab", ["- a\\u200bb", "+ ab"]),
        ("Caf\u00e9", "Cafe\u0301", ["- Caf\\xe9", "+ Cafe\\u0301"]),
        ("be very polite now", "be kind now", ["- be [-very polite-] now", "+ be {+kind+} now"]),
        ("entirely this", "nothing alike", ["- entirely this", "+ nothing alike"]),
    ],
)
def test_changes_that_hide_are_made_visible(live: str, desired: str, expected: list[str]) -> None:
    assert shown(live, desired).split("\n") == expected


def test_words_are_marked_in_paired_lines_only() -> None:
    ours, theirs = words("one two three", "one four three")
    assert [span.text for span in ours] == ["one ", "two", " three"]
    assert [span.text for span in theirs] == ["one ", "four", " three"]


def test_a_diff_by_lines_has_three_lines_of_context_and_hunks() -> None:
    live = [f"line {number}" for number in range(30)]
    desired = [*live[:5], "changed", *live[6:20], *live[21:]]
    lines = shown("\n".join(live), "\n".join(desired), Layout(full=True)).split("\n")
    assert lines[0] == "  @@ -3,7 +3,7 @@"
    assert lines[1:4] == ["  line 2", "  line 3", "  line 4"]
    assert lines[9] == "  @@ -18,7 +18,6 @@"
    assert "- line 20" in lines


@pytest.mark.parametrize("repeat", [1, 3, 20_000])
def test_a_megabyte_that_repeats_itself_is_no_problem(repeat: int) -> None:
    """Quadratic search would take hours here."""
    source = random.Random(repeat)
    live = [f"{'word ' * 8}{source.randrange(repeat)}" for _ in range(20_000)]
    desired = [line if number % 9 else f"changed {line}" for number, line in enumerate(live)]
    found = shown("\n".join(live), "\n".join(desired))
    assert "changed" in found
    assert "more" in found.split("\n")[-1]


def test_one_line_of_a_megabyte_shows_the_changed_word_only() -> None:
    live = " ".join(f"w{number}" for number in range(150_000))
    found = shown(live, live.replace(" w777 ", " changed "))
    assert "[-w777-]" in found
    assert "{+changed+}" in found
    assert "more characters" in found
    assert len(found) < 2_000
    assert len(shown(live, live.replace(" w777 ", " changed "), Layout(full=True))) > 2 * len(live)


def test_new_long_text_is_cut_unless_asked_for_whole() -> None:
    text = "\n".join(f"line {number}" for number in range(95))
    assert paint(text_lines(text, 0, Layout())).split("\n")[-1] == "... (87 more lines)"
    assert paint(text_lines(text, 0, Layout(full=True))) == text


def test_width_counts_what_a_terminal_shows() -> None:
    assert [cells(text) for text in ("abc", "你好", "e\u0301", "")] == [3, 4, 1, 0]


@ANY
@given(st.text(alphabet=ODD))
def test_printable_is_printable_and_stays_so(text: str) -> None:
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)
