"""Pages in a browser: with and without scripts, hostile texts, and fleets."""

import pytest
from playwright.sync_api import expect

from agentops.render.review import plan_review
from tests.html.conftest import Show
from tests.html.reviews import fleet, hostile, megabyte, one_change_for_all, two_environments
from tests.render.plans import CASES

EVIL = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "]]><!--<script>alert(1)",
    "--><iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "</textarea></title></style><style>@import url(http://evil.example/x.css)</style>",
    "javascript:alert(1)",
    "<base href=http://evil.example/><link rel=stylesheet href=//evil.example/x.css>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "\u202egnp.exe \u2066x\u2069 a\u200bb \x00\x07\x1b[31m \ud800 \ufeff",
    "&lt;b&gt; &#60;script&#62; &amp;amp;",
    "' onmouseover='alert(1)' x='",
)


@pytest.mark.parametrize("case", CASES)
def test_every_case_opens_without_a_word_of_complaint(show: Show, case: str) -> None:
    review = plan_review(CASES[case]())
    page = show([review])
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan for acme-voice")
    expect(page.get_by_text(review.headline).first).to_be_visible()


def test_without_scripts_everything_is_there_and_no_control_that_would_do_nothing(show: Show) -> None:
    page = show(two_environments(), java_script_enabled=False)
    expect(page.get_by_role("search")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.locator("details[data-action]")).to_have_count(15)
    page.locator("summary", has_text="assistant.old-4").first.click()
    expect(page.locator("[id='production/assistant.old-4']")).to_be_visible()


def test_what_is_in_the_way_comes_before_anything_else(show: Show) -> None:
    page = show(two_environments())
    alerts = page.locator(".alert").all_inner_texts()
    assert alerts[0].startswith("Apply will refuse this plan")
    assert "assistant.old is protected" in alerts[0]
    assert [text.splitlines()[0] for text in alerts[1:]] == [
        "1 resource blocked, and left alone",
        "1 resource will be destroyed",
        "1 resource changed in git and on the platform",
    ]
    first_card = page.locator("details[data-action]").first
    assert page.locator(".alert").last.bounding_box()["y"] < first_card.bounding_box()["y"]  # type: ignore[index]


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_hostile_text_is_text(show: Show, text: str) -> None:
    page = show([hostile((text, "one", "two", "three"))])
    page.evaluate("document.querySelectorAll('details').forEach(found => { found.open = true; })")
    for control in ("Search", "Label"):
        page.get_by_label(control).first.focus()
    page.get_by_role("searchbox").fill(text.encode("utf-8", "replace").decode()[:40].replace("\x00", ""))
    page.mouse.move(200, 500)
    elements = page.evaluate("[...document.querySelectorAll('script, style, img, iframe, base, link')].length")
    assert elements == 3, "the page's own style, script and icon"
    if text.isprintable():
        assert text.replace("\\", "\\\\") in page.locator(".prose").first.inner_text()
    else:
        assert "\\u202e" in page.locator(".prose").first.inner_text()


def test_text_of_a_megabyte_opens_with_its_one_edit(show: Show) -> None:
    page = show([megabyte()])
    expect(page.locator(".prose ins")).to_contain_text("seventy-seven")
    page.get_by_text("Both whole texts").click()
    assert page.locator("pre.whole").first.evaluate("one => one.textContent.length") > 1_000_000


def test_thousand_assistants_with_edits_of_their_own_open_closed_and_are_filtered(show: Show) -> None:
    page = show([fleet()])
    expect(page.get_by_role("status")).to_have_text("1,000 of 1,000 changes shown")
    expect(page.locator("details[data-action][open]")).to_have_count(0)
    page.get_by_role("searchbox").fill("friendly (7")
    expect(page.get_by_role("status")).to_have_text("111 of 1,000 changes shown")
    page.get_by_label("Cause", exact=True).select_option(value="drift")
    expect(page.get_by_role("status")).to_have_text("11 of 1,000 changes shown")


def test_same_change_of_a_thousand_assistants_is_one_card(show: Show) -> None:
    page = show([one_change_for_all()])
    expect(page.locator("details[data-action]")).to_have_count(1)
    expect(page.get_by_role("heading", level=4, name="1000 resources in the same way")).to_be_visible()
    page.get_by_text("All 1,000 addresses").click()
    expect(page.locator("[id='assistant.a0999']")).to_be_attached()
