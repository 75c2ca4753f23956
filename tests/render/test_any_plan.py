"""What holds for the views of every plan, whatever a platform or an author wrote into it."""

import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentops.domain.plan import Plan
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
    shown = re.sub(r"<code>[^<>]*</code>|(?<!\\)`[^`\n]+`", "", shown)
    assert not re.search(r"(?<!\\)@\w", shown)
    tags = {"details", "/details", "summary", "/summary"}
    assert {tag.strip("<>") for tag in re.findall(r"(?<!\\)<[^>]*>", shown)} <= tags


@ANY
@given(plans, st.sampled_from([5_000, 60_000]))
def test_markdown_keeps_its_limit(plan: Plan, limit: int) -> None:
    assert len(plan_markdown(plan, limit=limit)) <= limit


def test_wrapping_loses_no_word() -> None:
    for case, make in CASES.items():
        wide, narrow = (plan_text(make(), width=width).split() for width in (300, 299))
        assert wide == narrow, case


def test_huge_plan_is_cut_by_whole_items_with_a_pointer() -> None:
    from dataclasses import replace

    from agentops.domain.address import Address

    plan = CASES["creates"]()
    many = tuple(replace(plan.changes[0], address=Address("assistant", f"a{number:04}")) for number in range(2_000))
    shown = plan_markdown(replace(plan, changes=many))
    assert len(shown) <= 60_000
    assert "2000 to add" in shown
    assert re.search(r"\.\.\. and \d+ more", shown)
    assert re.search(r"# \.\.\. \d+ more changes: see `agentops show PLANFILE`", shown)
    assert shown.endswith("</details>")
