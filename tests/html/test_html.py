"""The page as text: golden files, its policy, and what holds for any plan; AGENTOPS_UPDATE_CASES=1 writes them anew."""

import os
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from agentops.domain.address import Address
from agentops.domain.manifest_diff import ManifestDiff
from agentops.domain.plan import Action, Change, Plan
from agentops.render.html import html_report
from agentops.render.review import diff_review, plan_review
from tests.html.reviews import fleet, hostile, one_change_for_all, two_environments
from tests.render.plans import CASES
from tests.render.strategies import CANARY, plans

FOLDER = Path(__file__).parent.parent / "cases" / "render"
GOLDEN = ("updates", "whole-values", "conflicts", "deletes", "creates", "invisible", "nothing-in-the-sandbox")
ANY = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
LOADING = ("src", "style", "srcdoc", "action")
VOID = {"meta", "link", "input", "br", "rect"}


def body(page: str) -> str:
    """The page without what is the same in all of them: style, script, policy and version."""
    page = re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", page, flags=re.DOTALL)
    page = re.sub(r"sha256-[\w+/=]+", "sha256-...", page)
    return re.sub(r"agentops \d+\.\d+\.\d+\S*(?=[\".])", "agentops VERSION", page)


@pytest.mark.parametrize("case", GOLDEN)
def test_page_is_as_in_its_case(case: str) -> None:
    path = FOLDER / case / "plan.html"
    shown = body(html_report([plan_review(CASES[case]())]))
    if os.environ.get("AGENTOPS_UPDATE_CASES"):
        path.write_text(shown, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == shown


class Outline(HTMLParser):
    """Whether tags close in order, which IDs and anchors there are, and whatever could load or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.anchors: set[str] = set()
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        target = values.get("href") or ""
        if target.startswith("#"):
            self.anchors.add(target[1:])
        elif target != "data:,":
            self.active += [target] if target else []
        self.active += [
            name for name in values if name.startswith("on") or name in ("src", "style", "srcdoc", "action")
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    found.close()
    assert found.open == []
    return found


def assert_sound(page: str) -> None:
    found = outline(page)
    assert found.active == []
    assert len(found.ids) == len(set(found.ids))
    assert found.anchors <= set(found.ids)
    assert all(line.isprintable() for line in page.split("\n"))


def test_page_is_sound_for_every_case_in_one_file() -> None:
    assert_sound(html_report(two_environments()))
    for make in CASES.values():
        assert_sound(html_report([plan_review(make())]))


@ANY
@given(plans)
def test_page_of_any_plan_is_sound_and_shows_no_secret(plan: Plan) -> None:
    changes = {change.address: change for change in plan.changes}  # an address stands in a plan once
    page = html_report([plan_review(replace(plan, changes=tuple(changes.values())))])
    assert_sound(page)
    assert CANARY not in page


def test_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() -> None:
    page = html_report([])
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    style, script = (re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL) for tag in ("style", "script"))
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for (text,) in (style, script)]
    assert policy.replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_page_names_no_other_place_of_the_net() -> None:
    page = html_report([plan_review(CASES["nothing"]())])
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) == {"https://app.famulor.de/api"}
    assert "url(" not in page
    assert "@import" not in page


def test_texts_are_hidden_by_whoever_writes_the_page() -> None:
    review = hostile(("a secret & more",))
    page = html_report([review], hide=lambda text: text.replace("secret & more", "(sensitive value)"))
    assert "secret &amp; more" not in page
    assert "(sensitive value)" in page


def test_page_of_a_fleet_stays_small() -> None:
    same, own = len(html_report([one_change_for_all()])), len(html_report([fleet()]))
    assert same < 600_000
    assert own < 8_000_000


def test_difference_of_manifests_says_base_and_head_and_added_and_removed() -> None:
    changes = (
        Change(Address("assistant", "new"), "Assistant", Action.CREATE, desired={"name": "New"}),
        Change(Address("assistant", "old"), "Assistant", Action.DELETE, live={"name": "Old"}),
    )
    page = html_report([diff_review(ManifestDiff("acme", "production", "famulor", "main", "topic", changes))])
    assert "Differences in acme" in page
    assert "Diff: 1 added, 0 changed, 1 removed." in page
    assert "1 resource removed" in page
    assert "known after apply" not in page
    assert "not in the manifests" not in page
    for side in ("Base", "Head"):
        assert f'<th scope="col">{side}</th>' in page


@pytest.mark.parametrize(
    ("desired", "note"), [("# Role\nBe kind.\n" * 2, "the heading &#39;# Role&#39; stands 2 times")]
)
def test_slips_are_named_in_the_overview_and_at_the_change(desired: str, note: str) -> None:
    change = Change(Address("assistant", "new"), "Assistant", Action.CREATE, desired={"system_prompt": desired})
    plan = CASES["nothing"]()
    page = html_report([plan_review(Plan(plan.binding, False, plan.basis, plan.options, (change,)))])
    assert page.count(note) == 2
    assert "1 text to check" in page
    assert "check the text" in page
