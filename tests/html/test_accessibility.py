"""Pages for everybody: axe-core finds nothing serious, the keyboard reaches everything, no phone scrolls sideways."""

from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from agentops.domain.plan import Cause
from agentops.render.review import plan_review
from tests.html.conftest import Show
from tests.html.reviews import hostile, one_change_for_all, two_environments
from tests.render.plans import CASES, field, plan, update

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": DESKTOP},
    "dark": {"color_scheme": "dark", "viewport": DESKTOP},
    "phone": {"color_scheme": "light", "viewport": PHONE},
    "dark-phone": {"color_scheme": "dark", "viewport": PHONE},
}
LONG_WORD = "x" * 400
OPEN_EVERYTHING = "document.querySelectorAll('details').forEach(found => { found.open = true; })"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("opened", [False, True], ids=["as-it-opens", "all-open"])
def test_axe_finds_no_serious_violation(show: Show, look: str, opened: bool) -> None:
    page = show(two_environments(), **LOOKS[look])
    if opened:
        page.evaluate(OPEN_EVERYTHING)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [
        f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")
    ] == []


def test_headings_go_down_one_level_at_a_time(show: Show) -> None:
    page = show(two_environments())
    levels = page.eval_on_selector_all("h1, h2, h3, h4, h5", "found => found.map(one => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_phone_needs_no_sideways_scroll(show: Show, scripts: bool) -> None:
    reviews = [*two_environments(), hostile((LONG_WORD, f"{LONG_WORD} {{{{{LONG_WORD}}}}}"))]
    page = show(reviews, **LOOKS["phone"], java_script_enabled=scripts)
    page.evaluate(OPEN_EVERYTHING)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_first_stop_of_the_keyboard_skips_to_the_changes(show: Show) -> None:
    page = show(two_environments())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the changes")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the changes")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#changes")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_keyboard_alone_filters_opens_and_resets(show: Show) -> None:
    page = show(two_environments())
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("old-4/")
    expect(page.get_by_role("searchbox")).to_have_value("old-4/")
    page.keyboard.press("Backspace")
    expect(page.get_by_role("status")).to_contain_text("1 of 15")
    page.keyboard.press("Escape")
    expect(page.get_by_role("status")).to_contain_text("15 of 15")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "delete":
            break
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_contain_text("1 of 15")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('details[data-action] > summary')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("details[data-action][open]")).to_have_count(1)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_every_stop_of_the_keyboard_has_a_name_and_can_be_seen(show: Show) -> None:
    page = show([one_change_for_all(20)])
    stops = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        name, visible = page.evaluate(
            "(at => [(at.labels && at.labels[0] || at).textContent.trim() || at.ariaLabel, "
            "at === document.body || at.getBoundingClientRect().width > 0])(document.activeElement)"
        )
        assert name
        assert visible
        stops.add(name)
    assert {"Reset filters", "Open all", "All 20 addresses"} <= stops


def test_edits_are_heard_in_words(show: Show) -> None:
    page = show([plan_review(CASES["updates"]())])
    heard = page.get_by_role("table", name="Edit of system_prompt of assistant.sales-outbound", exact=True)
    snapshot = heard.aria_snapshot()
    assert "You are a [removed: polite ] sales assistant" in snapshot
    assert "You are a [added: friendly ] sales assistant" in snapshot
    assert 'row "not there before [added: Hang up. ]"' in snapshot


def test_sentences_that_went_are_said_to_be_gone(show: Show) -> None:
    live = "# Rules\nBe kind.\nNever shout at callers.\n"
    page = show([plan_review(plan(update(field("system_prompt", Cause.MANIFEST, live, live, "# Rules\nBe kind.\n"))))])
    assert 'row "[removed: Never shout at callers. ] no longer there"' in page.locator(".prose").aria_snapshot()


def test_what_is_only_heard_is_neither_copied_nor_found(show: Show) -> None:
    page = show(two_environments(), "#production/assistant.sales-outbound-0")
    copied = page.evaluate(
        "(document.querySelector('.prose tr.edit') instanceof Element) && (() => { "
        "getSelection().selectAllChildren(document.querySelector('.card[open] .prose tr.edit')); "
        "return getSelection().toString(); })()"
    )
    assert "polite" in copied
    assert "removed" not in copied
    page.get_by_role("searchbox").fill("[removed:")
    expect(page.get_by_role("status")).to_contain_text("0 of 15")


def test_headings_and_regions_bear_names_of_their_own(show: Show) -> None:
    page = show(two_environments())
    page.evaluate(OPEN_EVERYTHING)
    names = page.eval_on_selector_all("h3", "found => found.map(one => one.textContent.trim())")
    assert len(names) == len(set(names))
    regions = page.eval_on_selector_all(".whole", "found => found.map(one => one.ariaLabel)")
    assert len(regions) == len(set(regions))
    assert "Live text: system_prompt of staging/assistant.sales-outbound" in regions


def test_shortcut_of_a_single_character_can_be_turned_off_and_stays_off(show: Show) -> None:
    page = show(two_environments())
    search = page.get_by_role("searchbox")
    expect(search).to_have_attribute("aria-keyshortcuts", "/")
    page.get_by_label("/ goes to the search").uncheck()
    page.get_by_role("button", name="Reset filters").click()
    page.reload()
    expect(page.get_by_label("/ goes to the search")).not_to_be_checked()
    assert search.get_attribute("aria-keyshortcuts") is None
    page.keyboard.press("/")
    expect(search).not_to_be_focused()
    page.get_by_label("/ goes to the search").check()
    assert page.evaluate("location.hash") == ""
    page.get_by_label("/ goes to the search").blur()
    page.keyboard.press("/")
    expect(search).to_be_focused()


def test_nothing_moves_for_those_who_asked_for_that(show: Show) -> None:
    page = show(two_environments(), reduced_motion="reduce")
    moving = "getComputedStyle(document.querySelector('.card > summary'), '::after').transitionDuration"
    assert page.evaluate(moving) == "0s"


def test_paper_has_all_changes_and_no_controls(show: Show) -> None:
    page = show(two_environments())
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.get_by_role("search")).to_be_hidden()
    expect(page.locator("details[data-action]:not([open])")).to_have_count(0)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("details[data-action][open]")).to_have_count(0)
