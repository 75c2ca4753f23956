"""What a reader meets on a page, at once or with one click: long rows of addresses, whole texts, white space, slips."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from agentops.domain.address import Address
from agentops.domain.diagnostics import Severity, SourcePos
from agentops.domain.manifest_diff import ManifestDiff
from agentops.domain.plan import Action, Cause, Change, Finding
from agentops.render.review import Review, diff_review, plan_review
from tests.html.conftest import Show
from tests.render.plans import BASIS, PROMPT, field, plan, update

PHONE = {"width": 390, "height": 800}


def edit(live: str, desired: str) -> Review:
    return plan_review(plan(update(field("system_prompt", Cause.MANIFEST, live, live, desired))))


def deletes(number: int) -> Review:
    addresses = tuple(Address("assistant", f"gone-{index:02}") for index in range(number))
    changes = (Change(address, "Assistant", Action.DELETE, remote_id=1) for address in addresses)
    large = Finding("large-change", Severity.ERROR, "60 would be deleted", addresses, "", "--allow-large-change")
    return plan_review(plan(*changes, findings=(large, replace(large, code="other", overridden=True))))


@pytest.mark.parametrize("live", ["Be polite. " * 9, "Be polite.\nBe brief."], ids=["long", "of-two-lines"])
def test_both_whole_texts_are_there_however_short_they_are(show: Show, live: str) -> None:
    page = show([edit(live, live.replace("polite", "kind"))])
    page.get_by_text("Both whole texts").click()
    expect(page.get_by_role("region", name="Live text")).to_contain_text("Be polite.")
    expect(page.get_by_role("region", name="Desired text")).to_contain_text("Be kind.")


def test_long_rows_of_addresses_show_the_first_and_fold_the_rest(show: Show) -> None:
    page = show([deletes(60)], viewport=PHONE)
    first, last = (page.locator("#overview").get_by_text(f"assistant.gone-{index}") for index in ("07", "08"))
    for index in range(3):  # the verdict, what will be destroyed, the findings
        expect(first.nth(index)).to_be_visible()
        expect(last.nth(index)).to_be_hidden()
    folded = page.locator("#overview").get_by_text("and 52 more")
    expect(folded).to_have_count(3)
    folded.nth(1).click()
    page.get_by_role("link", name="assistant.gone-59", exact=True).first.click()
    expect(page.locator("[id='assistant.gone-59']")).to_be_visible()
    assert page.locator("#overview").bounding_box()["height"] < 5 * PHONE["height"]  # type: ignore[index]


def test_what_is_left_alone_says_how_apply_will_end(show: Show) -> None:
    page = show([plan_review(plan(update(field("speech_speed", Cause.MANIFEST, 1, 1, 2), blocked="it is taken")))])
    expect(page.locator(".alert")).to_have_count(1)
    expect(page.locator(".alert")).to_contain_text("end with exit code 4")


def test_each_of_many_has_its_own_place_and_the_fields_have_none(show: Show) -> None:
    changes = [
        replace(
            update(replace(field("speech_speed", Cause.MANIFEST, 1.0, 1.0, 1.2), pos=SourcePos(f"{name}.yaml", 7, 3))),
            address=Address("assistant", name),
        )
        for name in ("a", "b", "c")
    ]
    page = show([plan_review(plan(*changes))])
    for name in ("a", "b", "c"):
        expect(page.locator(f"[id='assistant.{name}']")).to_contain_text(f"{name}.yaml:7:3")
    expect(page.locator(".rows")).not_to_contain_text("a.yaml")


def test_place_of_a_field_stands_at_the_field_where_there_is_one_resource(show: Show) -> None:
    speed = replace(field("speech_speed", Cause.MANIFEST, 1.0, 1.0, 1.2), pos=SourcePos("a.yaml", 7, 3))
    expect(show([plan_review(plan(update(speed)))]).locator(".rows")).to_contain_text("a.yaml:7:3")


def test_slips_of_one_text_are_one_box_and_one_line_of_the_overview(show: Show) -> None:
    page = show([edit(PROMPT, f"{PROMPT}\n{PROMPT}")])
    expect(page.locator(".text .slip")).to_have_count(1)
    expect(page.locator(".text .slip li")).to_have_count(4)
    overview = page.locator(".alert.slip li")
    expect(overview).to_have_count(1)
    expect(overview).to_have_text("assistant.sales-outbound system_prompt: 4 remarks")


def test_digest_of_a_commit_is_short_and_is_copied_whole(show: Show) -> None:
    digest = "0123456789abcdef0123456789abcdef01234567"
    page = show([plan_review(replace(plan(), basis=replace(BASIS, commit=digest, dirty=True)))])
    expect(page.locator(".facts")).to_contain_text("and uncommitted changes")
    shown = page.locator(".digest")
    expect(shown).to_have_attribute("title", digest)
    assert shown.bounding_box()["width"] < 150  # type: ignore[index]
    shown.click()
    assert page.evaluate("getSelection().toString()") == digest


def test_edits_of_white_space_are_one_click_away_with_marks_that_can_be_seen(show: Show) -> None:
    live = "# Rules\nBe kind.\tAlways.\nSay \u201chello\u201d.  \nEnd."
    page = show([edit(live, live.replace("\t", " ").replace("  \n", "\n").replace("\u201c", '"'))])
    expect(page.get_by_text("of white space or typography not shown")).to_be_visible()
    page.get_by_text("All that differs line by line").click()
    lines = page.locator(".both .tree")
    expect(lines.locator("del", has_text="\\t")).to_be_visible()
    expect(lines).to_contain_text("\\s\\s")
    expect(lines.locator("del", has_text="\u201c")).to_be_visible()


def test_difference_of_manifests_says_base_and_head_at_every_field(show: Show) -> None:
    fields = (
        field("voice_note", Cause.MANIFEST, "a", "a", "b"),
        field("system_prompt", Cause.MANIFEST, PROMPT, PROMPT, PROMPT.replace("polite", "kind")),
    )
    diff = ManifestDiff("acme", "production", "famulor", "main", "topic", (update(*fields),))
    page = show([diff_review(diff)])
    for table in (".rows", ".prose"):
        assert page.locator(f"{table} thead th").all_inner_texts()[-2:] == ["Base", "Head"]
    page.get_by_text("Both whole texts").click()
    expect(page.get_by_role("region", name="Head text")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Desired")
