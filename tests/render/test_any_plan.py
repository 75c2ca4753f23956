"""What holds for the views of every plan, whatever a platform or an author wrote into it."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from agentops.domain.address import Address
from agentops.domain.diagnostics import Severity
from agentops.domain.plan import Action, Change, Finding, Plan
from agentops.forges.comments import marker
from agentops.render.comment import Link, comment
from agentops.render.json import plan_json, plan_json_text
from agentops.render.markdown import plan_markdown
from agentops.render.paint import COLOUR
from agentops.render.text import plan_text
from tests.render.plans import CASES
from tests.render.strategies import CANARY, plans

ANY = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
FENCED = re.compile(r"^( *)(`{3,})diff\n(.*?)\n\1\2$", re.DOTALL | re.MULTILINE)
CODES = re.compile(r"\x1b\[[0-9;]+m")


@ANY
@given(plans, st.sampled_from([None, 40, 80, 200]))
def test_text_holds_no_control_or_invisible_character(plan: Plan, width: int | None) -> None:
    for shown in (plan_text(plan, width=width), plan_text(plan, width=width, full=True), plan_markdown(plan)):
        assert all(line.isprintable() for line in shown.split("\n"))
    coloured = plan_text(plan, palette=COLOUR, width=width)
    assert all(line.isprintable() for line in CODES.sub("", coloured).split("\n"))


@ANY
@given(plans)
def test_no_view_shows_a_secret_its_digest_or_a_sensitive_value(plan: Plan) -> None:
    for shown in (plan_text(plan, full=True), plan_markdown(plan), plan_json_text(plan)):
        assert CANARY not in shown


@ANY
@given(plans)
def test_json_is_json_without_nan_and_always_the_same(plan: Plan) -> None:
    shown = plan_json_text(plan)

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    again = json.loads(shown, parse_constant=refuse)
    assert again == json.loads(json.dumps(plan_json(plan)))
    assert plan_json_text(plan) == shown


@ANY
@given(plans)
def test_fence_is_longer_than_any_run_of_backticks_in_it(plan: Plan) -> None:
    shown = plan_markdown(plan)
    found = FENCED.findall(shown)
    for _, fence, body in found:
        assert max(map(len, re.findall("`+", body)), default=0) < len(fence)
    assert len(re.findall(r"^ *`{3,}", shown, re.MULTILINE)) - sum(
        len(re.findall(r"^ *`{3,}", body, re.MULTILINE)) for _, _, body in found
    ) == 2 * len(found)


@ANY
@given(plans)
def test_nothing_in_a_plan_becomes_a_mention_or_markup(plan: Plan) -> None:
    shown = FENCED.sub("", plan_markdown(plan))
    shown = re.sub(r"\\\\", "", shown)  # a backslash that is shown
    shown = re.sub(r"<code>[^<>]*</code>|(?<!\\)`[^`\n]+`", "", shown)
    assert not re.search(r"(?<!\\)@\w", shown)
    tags = {"details", "/details", "summary", "/summary"}
    assert {tag.strip("<>") for tag in re.findall(r"(?<!\\)<[^>]*>", shown)} <= tags


COMMONMARK = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = re.compile(r"</?(?:details|summary|code|sub)>|<details><summary>[\w ]+</summary>")
NEVER = {"link_open", "image", "hr", "code_block", "ordered_list_open", "s_open", "em_open"}


def forged(tokens: Sequence[Token]) -> Iterator[str]:
    """What a text of a plan has become that no view writes."""
    for token in tokens:
        if token.type in NEVER:
            yield token.type
        if token.type in ("html_block", "html_inline") and not OURS.fullmatch(token.content.strip()):
            yield token.content
        if token.type in ("heading_open", "blockquote_open") and token.level:
            yield f"{token.type} inside of something"
        if token.type == "bullet_list_open" and token.level > 2:
            yield "a list too deep"
        if token.type == "fence" and token.info != "diff":
            yield f"a fence of {token.info}"
        yield from forged(token.children or ())


@ANY
@given(plans)
def test_a_parser_of_markdown_finds_nothing_but_what_we_write(plan: Plan) -> None:
    assert list(forged(COMMONMARK.parse(plan_markdown(plan)))) == []


@ANY
@given(plans)
def test_no_line_is_a_command_to_the_forge_and_one_is_the_marker(plan: Plan) -> None:
    mark = marker(plan.binding.project, plan.binding.environment)
    shown = comment(plan, mark, [Link("run", "https://ci.example/1")])
    assert not [line for line in shown.split("\n") if line.startswith(("/", "::"))]
    assert [line for line in shown.split("\n") if line.startswith("<!--")] == [mark]


@ANY
@given(plans)
def test_every_delete_block_and_refusal_is_told_before_the_whole_plan(plan: Plan) -> None:
    seen = plan_markdown(plan).partition("<details>")[0]
    for change in plan.changes:
        if change.blocked or change.action is Action.DELETE:
            assert f"`{change.address}`" in seen  # of several that are alike the first ones are named
    if any(finding.is_blocking and finding.override != "--allow-deletes" for finding in plan.findings):
        assert "What stands in the way" in seen


def named(change: Change, name: str) -> Change:
    return replace(change, address=Address("assistant", name))


def test_one_change_that_is_too_long_hides_no_other() -> None:
    (change,) = CASES["updates"]().changes[:1]
    texts = ["".join(f"we say {number * step} " for number in range(9_000)) for step in (1, 3)]
    field = replace(change.fields[0], name="system_prompt", live=texts[0], desired=texts[1], edits=())
    plan = replace(CASES["updates"](), changes=(named(replace(change, fields=(field,)), "a"), named(change, "b")))
    shown = plan_markdown(plan)
    seen = shown.partition("<details>")[0]
    assert "- `assistant.a`" in seen
    assert "`system_prompt`: too long for this place: see `agentops show PLANFILE`" in seen
    assert "- `assistant.b`" in seen
    assert len(shown) <= 60_000


def test_a_message_that_is_too_long_is_cut_and_not_left_out() -> None:
    finding = Finding("large-change", Severity.ERROR, "x" * 50_000)
    seen = plan_markdown(replace(CASES["updates"](), findings=(finding,)))
    assert f"> - {'x' * 1_000} ... (49000 more characters)" in seen


def test_a_comment_keeps_the_limit_however_a_forge_counts() -> None:
    plan = CASES["creates"]()
    text = "\n".join("\U0001f600" * 900 for _ in range(8))
    changes = tuple(
        replace(named(plan.changes[0], f"a{number:03}"), desired={"system_prompt": text}) for number in range(40)
    )
    shown = comment(replace(plan, changes=changes), "<!-- mark -->", [])
    assert 20_000 < len(shown.encode("utf-16-le")) // 2 <= 60_000
    assert len(shown.encode()) <= 4 * 60_000


@ANY
@given(plans, st.sampled_from([5_000, 60_000]))
def test_markdown_keeps_its_limit(plan: Plan, limit: int) -> None:
    assert len(plan_markdown(plan, limit=limit)) <= limit


def test_wrapping_loses_no_word() -> None:
    for case, make in CASES.items():
        wide, narrow = (plan_text(make(), width=width).split() for width in (300, 299))
        assert wide == narrow, case


def test_huge_plan_is_cut_by_whole_items_with_a_pointer() -> None:
    plan = CASES["creates"]()
    many = tuple(replace(plan.changes[0], address=Address("assistant", f"a{number:04}")) for number in range(2_000))
    shown = plan_markdown(replace(plan, changes=many))
    assert len(shown) <= 60_000
    assert "2000 to add" in shown
    assert re.search(r"\.\.\. and \d+ more", shown)
    assert re.search(r"# \.\.\. \d+ more changes: see `agentops show PLANFILE`", shown)
    assert shown.endswith("</details>")
