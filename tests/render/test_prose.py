"""Edits of prompts as their reviewers read them: sentences, words, headings, and what is folded away."""

import random
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.render.paint import paint
from agentops.render.prose import ProseDiff, prose_diff, text_of
from agentops.render.sentences import sentences
from agentops.render.text_facts import estimated_tokens, text_facts
from agentops.render.texts import Layout, diff_lines
from tests.render.strategies import ODD

ANY = settings(max_examples=300, deadline=None, derandomize=True)
PROMPT = """\
# Role
You are a polite assistant of Acme. You speak with Dr. Smith, e.g. about prices. You never lie.

## Opening hours
- We open at 9 and close at 5 on every day of the week but Sunday.
- On Sunday we are closed. Offer to call back on Monday.

1. Greet the caller and ask for the name before anything else.
2. Ask what it is about.

This paragraph is wrapped by an editor at some column, so that its
sentences go on in the next line. It says "hello" at its end.
"""


def said(diff: ProseDiff) -> list[tuple[str, str, str]]:
    """Heading, live and desired of every sentence that differs."""
    return [
        (passage.heading, text_of(row.live), text_of(row.desired))
        for passage in diff.passages
        for row in passage.rows
        if not row.is_same
    ]


def edit(before: str, after: str) -> list[tuple[str, str, str]]:
    assert before in PROMPT
    return said(prose_diff(PROMPT, PROMPT.replace(before, after)))


def test_only_the_sentence_that_changed_is_shown_below_its_heading() -> None:
    assert edit("on Monday", "on Tuesday") == [
        ("## Opening hours", "Offer to call back on Monday.", "Offer to call back on Tuesday.")
    ]


def test_abbreviations_do_not_end_a_sentence() -> None:
    assert edit("prices", "invoices") == [
        (
            "# Role",
            "You speak with Dr. Smith, e.g. about prices.",
            "You speak with Dr. Smith, e.g. about invoices.",
        )
    ]


def test_a_sentence_that_is_wrapped_is_one_sentence() -> None:
    ((_, live, desired),) = edit("go on in the next", "end in the following")
    assert live.startswith("This paragraph is wrapped by an editor at some column, so that its sentences go on")
    assert desired.endswith("in the following line.")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("so that its\nsentences go on", "so that\nits sentences go on"),
        ("\n\n## Opening", "\n\n\n\n## Opening"),
        ('"hello"', "\u201chello\u201d"),
        ("- We open", "*  We open"),
        ("never lie.", "never  lie."),
        ("9 and close", "9\u00a0and close"),
        ("\n", "\r\n"),
    ],
)
def test_white_space_and_typography_are_folded_and_counted(before: str, after: str) -> None:
    diff = prose_diff(PROMPT, PROMPT.replace(before, after))
    assert before in PROMPT
    assert diff.passages == ()
    assert diff.folded >= 1


def test_items_that_only_got_another_number_are_folded() -> None:
    desired = PROMPT.replace("1. Greet", "1. Wait for the tone.\n2. Greet").replace("2. Ask", "3. Ask")
    diff = prose_diff(PROMPT, desired)
    assert said(diff) == [("## Opening hours", "", "1. Wait for the tone.")]
    assert diff.folded == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Press:\n1. Sales", "Press:\n9. Sales"),
        ("Press:\n1. Sales\n2. Support", "Press:\n2. Sales\n1. Support"),
        ("Call:\n911. Emergency", "Call:\n110. Emergency"),
        ("Then:\n- Sales", "Then:\n1. Sales"),
        ("Owed: -5 euros", "Owed: \u20135 euros"),
        ("Call +49-30-1234567", "Call +49\u201330\u20131234567"),
        ("See my-shop.example/a", "See my\u2013shop.example/a"),
        ("Write to a-b@c.example", "Write to a\u2010b@c.example"),
        ("Run `x -f`", "Run `x \u2013f`"),
        ("Say `a  b`", "Say `a b`"),
        ("Hello {{ first-name }}", "Hello {{ first\u2010name }}"),
        ("Say a b", "Say a\x0cb"),
        ("Say a b", "Say a\u2028b"),
        ("Say ab", "Say a\u200bb"),
        ("Say ab", "Say a\u00adb"),
        ("Say paypal", "Say p\u0430ypal"),
    ],
)
def test_an_edit_that_may_matter_is_never_folded(before: str, after: str) -> None:
    for live, desired in ((before, after), (after, before)):
        assert said(prose_diff(f"# Top\n\n{live}\n\nEnd.", f"# Top\n\n{desired}\n\nEnd.")) != []


def test_a_sentence_that_moves_below_another_heading_says_so() -> None:
    live = "# Do\n- Greet.\n- Sell data.\n\n# Never\n- Shout.\n"
    desired = "# Do\n- Greet.\n\n# Never\n- Sell data.\n- Shout.\n"
    shown = paint(diff_lines(live, desired, 0, Layout())).split("\n")
    assert shown[-4:] == ["- - Sell data.", "  @@ -5 +5 @@ # Never", "+ - Sell data.", "  - Shout."]


LINES = st.sampled_from(
    [
        "",
        "# A",
        "## B",
        "- x y",
        "  - x y",
        "1. x y",
        "2. x y",
        "3. z",
        "* z",
        "```",
        "| a | b |",
        "x y",
        "Say no. Say z.",
    ]
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


def words_of(text: str) -> Counter[str]:
    return Counter(re.sub(r"(?m)^\s*(?:[-*]|\d+\.)\s", " ", text).split())


@ANY
@given(TEXTS, TEXTS)
def test_no_word_comes_or_goes_without_being_shown(live: str, desired: str) -> None:
    told = re.compile(r" \((an item of its own|in code|in a sentence)\)$")
    rows = [[told.sub("", part) for part in row] for row in said(prose_diff(live, desired))]
    gone, come = (words_of("\n".join(row[side] for row in rows)) for side in (1, 2))
    before, after = words_of(live), words_of(desired)
    assert before - after == gone - come
    assert after - before == come - gone


@pytest.mark.parametrize(
    "text", ["." * 200_000, '."' * 100_000, "Yes. " * 100_000, "`" * 100_001, "{" * 200_000, "a. \n" * 50_000]
)
def test_a_long_text_of_any_shape_is_cut_in_time_near_its_size(text: str) -> None:
    assert "".join("".join(one.raw for one in sentences(text)).split()) == "".join(text.split())


def test_an_item_that_moves_to_another_depth_is_no_white_space() -> None:
    assert edit("- On Sunday we", "    - On Sunday we") != []


def test_lines_of_code_stay_lines_and_keep_their_spaces() -> None:
    live = "Use this:\n```\n# no heading\nx = 1\n```\n"
    diff = prose_diff(live, live.replace("x = 1", "x  =  1"))
    assert said(diff) == [("", "x = 1", "x  =  1")]


def test_a_heading_that_changes_stands_below_the_one_before() -> None:
    assert edit("## Opening hours", "## Hours") == [("# Role", "## Opening hours", "## Hours")]


def test_a_rule_that_moves_below_another_heading_is_shown_below_both() -> None:
    live = "# Never\n- Name prices.\n- Promise anything.\n\n# Always\n- Stay friendly.\n"
    desired = "# Never\n- Name prices.\n\n# Always\n- Stay friendly.\n- Promise anything.\n"
    diff = prose_diff(live, desired)
    assert said(diff) == [("# Never", "- Promise anything.", ""), ("# Always", "", "- Promise anything.")]
    around = [(passage.heading, text_of(row.live)) for passage in diff.passages for row in passage.rows if row.is_same]
    assert around == [("# Never", "- Name prices."), ("# Always", "- Stay friendly.")]


def test_an_item_that_joins_the_line_above_does_not_look_unchanged() -> None:
    shown = paint(diff_lines("- Be kind.\n- Be quick.\n", "- Be kind. - Be quick.\n", 0, Layout())).split("\n")
    assert shown[-2:] == ["- - Be quick.[- (an item of its own)-]", "+ - Be quick.{+ (in a sentence)+}"]


def test_numbers_of_lines_lead_to_the_edit_on_both_sides() -> None:
    (passage,) = prose_diff(PROMPT, PROMPT.replace("You never lie.", "")).passages
    assert (passage.live_line, passage.desired_line) == (2, 2)
    (passage,) = prose_diff(PROMPT, PROMPT.replace("at its end", "at the end")).passages
    assert PROMPT.split("\n")[passage.live_line - 1].endswith("at its end.")


def test_a_short_line_is_read_whole() -> None:
    assert said(prose_diff("Hello! How are you?", "Hello! How is it?")) == [
        ("", "Hello! How are you?", "Hello! How is it?")
    ]


@ANY
@given(st.text(alphabet=ODD, max_size=80))
def test_no_word_of_a_text_is_lost(text: str) -> None:
    assert "".join("".join(one.raw for one in sentences(text)).split()) == "".join(text.split())


@ANY
@given(st.text(alphabet=ODD, max_size=60), st.text(alphabet=ODD, max_size=60))
def test_equal_texts_and_only_these_have_nothing_to_say(live: str, desired: str) -> None:
    diff = prose_diff(live, desired)
    assert (bool(diff.passages) or diff.folded > 0) is (live != desired)


def test_a_prompt_that_was_pasted_twice_is_noted_loudly() -> None:
    notes = text_facts(PROMPT, PROMPT + "\n" + PROMPT).notes
    assert any("2.0 times as long" in note for note in notes)
    assert any("'## Opening hours' stands 2 times" in note for note in notes)
    shown = paint(diff_lines(PROMPT, PROMPT + "\n" + PROMPT, 0, Layout()))
    assert "! the heading '# Role' stands 2 times" in shown


def test_a_heading_that_was_there_twice_before_is_no_news() -> None:
    twice = PROMPT + "\n# Role\nOnce more.\n"
    assert text_facts(twice, twice.replace("polite", "kind")).notes == ()


def test_short_texts_may_double() -> None:
    assert text_facts("Hello!", "Hello! Good to hear from you.").notes == ()


def test_placeholders_gained_and_lost_are_told_as_written() -> None:
    facts = text_facts("Dear {{name}}, {company} greets.", "Dear {{name}}, {{ firm }} greets.")
    assert (facts.gained, facts.lost) == (("{{ firm }}",), ("{company}",))


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("abcd", 1), ("a" * 400, 100), ("\u4f60\u597d\u5417", 2)])
def test_tokens_are_estimated_from_characters(text: str, tokens: int) -> None:
    assert estimated_tokens(text) == tokens


def test_a_megabyte_of_prose_is_no_problem() -> None:
    source = random.Random(3)
    live = [f"Sentence {source.randrange(9)} of rule {number} is kept at all times. " for number in range(20_000)]
    desired = [text if number % 9 else f"Changed. {text}" for number, text in enumerate(live)]
    found = paint(diff_lines("".join(live), "".join(desired), 0, Layout()))
    assert "Changed." in found
    assert "--full shows all" in found.split("\n")[-1]
