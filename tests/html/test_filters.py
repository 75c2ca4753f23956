"""What is chosen decides what is shown, how many that are is said, and the page's address keeps it."""

import pytest
from playwright.sync_api import Page, expect

from tests.html.conftest import Show
from tests.html.reviews import one_change_for_all, two_environments


@pytest.fixture
def page(show: Show) -> Page:
    return show(two_environments())


def shown(page: Page) -> list[str]:
    """The addresses that can be seen, each behind its environment."""
    found: list[str] = page.eval_on_selector_all(
        ".member:not([hidden])",
        "found => found.filter(one => !one.closest('[hidden]')).map(one => one.id)",
    )
    return found


def says(page: Page, number: int) -> None:
    expect(page.get_by_role("status")).to_have_text(f"{number} of 15 changes shown")
    assert len(shown(page)) == number


def test_everything_is_shown_at_first(page: Page) -> None:
    says(page, 15)
    expect(page.get_by_role("search")).to_be_visible()


def test_actions_add_up(page: Page) -> None:
    page.get_by_role("checkbox", name="destroy").check()
    says(page, 1)
    page.get_by_role("checkbox", name="create").check()
    says(page, 4)
    assert shown(page)[0] == "production/assistant.old-4"


@pytest.mark.parametrize(
    ("control", "option", "number"),
    [
        ("Environment", "staging", 1),
        ("Platform", "famulor", 14),
        ("Label", "client=beta", 4),
        ("Cause", "drift", 4),
        ("Cause", "conflict", 2),
    ],
)
def test_a_choice_narrows_what_is_shown(page: Page, control: str, option: str, number: int) -> None:
    page.get_by_label(control, exact=True).select_option(value=option)
    says(page, number)


@pytest.mark.parametrize(
    ("words", "number"),
    [("webhook", 3), ("sales-outbound-3", 1), ("POLITE friendly", 3), ("nothing-like-it", 0), ("e-mail \\", 0)],
)
def test_search_finds_all_words_in_addresses_names_fields_and_texts(page: Page, words: str, number: int) -> None:
    page.get_by_role("searchbox").fill(words)
    says(page, number)
    expect(page.get_by_text("No change fits the filters.")).to_be_visible(visible=number == 0)


def test_filters_combine(page: Page) -> None:
    page.get_by_label("Label", exact=True).select_option(value="client=acme")
    page.get_by_role("checkbox", name="update").check()
    page.get_by_label("Cause", exact=True).select_option(value="drift")
    page.get_by_role("searchbox").fill("speech_speed")
    says(page, 1)
    assert shown(page) == ["production/assistant.sales-outbound-0"]
    expect(page.get_by_role("region", name="Changes in staging")).to_be_hidden()


def test_reset_shows_everything_again_and_leaves_no_trace_in_the_address(page: Page) -> None:
    page.get_by_role("checkbox", name="update").check()
    page.get_by_role("searchbox").fill("voice")
    page.get_by_role("button", name="Reset filters").click()
    says(page, 15)
    expect(page.get_by_role("searchbox")).to_have_value("")
    assert page.evaluate("location.hash") == ""


def test_filters_survive_a_reload_and_can_be_sent_as_a_link(page: Page) -> None:
    page.get_by_role("checkbox", name="update").check()
    page.get_by_label("Label", exact=True).select_option(value="client=acme")
    page.get_by_role("searchbox").fill("voice & more? #1")
    page.get_by_role("searchbox").fill("voice")
    link, before = str(page.evaluate("location.href")), shown(page)
    page.reload()
    assert shown(page) == before
    expect(page.get_by_role("checkbox", name="update")).to_be_checked()
    expect(page.get_by_role("searchbox")).to_have_value("voice")
    page.goto("about:blank")
    page.goto(link)
    assert shown(page) == before


def test_an_anchor_opens_its_change(show: Show) -> None:
    page = show(two_environments(), "#production/assistant.old-4")
    card = page.locator("details", has=page.locator("[id='production/assistant.old-4']"))
    expect(card).to_have_attribute("open", "")
    expect(card).to_be_in_viewport()


def test_a_link_to_a_change_leads_there_although_a_filter_hides_it(page: Page) -> None:
    page.get_by_role("checkbox", name="create").check()
    page.get_by_role("link", name="assistant.old-4", exact=True).first.click()
    says(page, 15)
    expect(page.locator("[id='production/assistant.old-4']")).to_be_visible()
    assert page.evaluate("location.hash") == "#production/assistant.old-4"


def test_a_link_to_a_change_keeps_filters_that_show_it(page: Page) -> None:
    page.get_by_role("checkbox", name="destroy").check()
    page.get_by_role("link", name="assistant.old-4", exact=True).first.click()
    says(page, 1)
    page.reload()
    says(page, 1)
    expect(page.locator("[id='production/assistant.old-4']")).to_be_visible()


def test_back_in_history_is_no_dead_end(page: Page) -> None:
    page.evaluate("location.hash = '#?action=create'")
    says(page, 3)
    page.go_back()
    says(page, 15)


def test_members_of_one_change_are_filtered_each_by_its_own_labels(show: Show) -> None:
    page = show([one_change_for_all(40)])
    expect(page.get_by_role("status")).to_have_text("40 of 40 changes shown")
    page.get_by_label("Label", exact=True).select_option(value="client=acme")
    expect(page.get_by_role("status")).to_have_text("20 of 40 changes shown")
    page.get_by_role("searchbox").fill("a0002")
    expect(page.get_by_role("status")).to_have_text("1 of 40 changes shown")
    assert shown(page) == ["assistant.a0002"]
    page.get_by_role("searchbox").fill("emma")
    expect(page.get_by_role("status")).to_have_text("20 of 40 changes shown")


def test_open_all_opens_what_the_filters_leave(page: Page) -> None:
    page.get_by_role("checkbox", name="create").check()
    page.get_by_role("button", name="Open all").click()
    expect(page.locator("details[data-action][open]")).to_have_count(3)
    page.get_by_role("button", name="Close all").click()
    expect(page.locator("details[data-action][open]")).to_have_count(0)


def test_few_changes_need_no_filters_and_an_address_with_some_hides_nothing(show: Show) -> None:
    page = show([one_change_for_all(3)], "#?action=create&q=nothing")
    expect(page.get_by_role("search")).to_have_count(0)
    expect(page.get_by_role("button", name="Open all")).to_have_count(0)
    expect(page.locator(".bars")).to_have_count(0)
    assert len(shown(page)) == 3
    page.get_by_role("button", name="theme").click()
    assert "#?theme=" in page.url


def test_four_changes_have_filters(show: Show) -> None:
    expect(show([one_change_for_all(4)]).get_by_role("search")).to_be_visible()


def test_theme_follows_the_system_until_it_is_chosen(show: Show) -> None:
    page = show(two_environments(), color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Light theme").click()
    assert page.evaluate(ground) != dark
    assert page.evaluate("location.hash") == "#?theme=light"
    page.reload()
    assert page.evaluate(ground) != dark
    page.get_by_role("button", name="Dark theme").click()
    assert page.evaluate(ground) == dark
