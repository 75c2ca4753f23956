"""The same change on many resources is one thing to review; what is not the same stays apart."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, Change, Plan
from agentops.domain.state import Entry
from agentops.domain.values import Ref, Secret
from agentops.render.groups import grouped
from agentops.render.markdown import plan_markdown
from agentops.render.text import plan_text
from tests.render.plans import CASES, PROMPT, address, field, plan, update

MINI = Ref("llm_models", 3, "GPT-4.1-mini", "GPT-4.1-mini")
NEXT = Ref("llm_models", 7, "GPT-5", "GPT-5")
MODEL = field("llm_model", Cause.MANIFEST, MINI, MINI, NEXT)
CLIENTS = ("acme", "beta", "gamma")


def named(change: Change, number: int) -> Change:
    client = CLIENTS[number % 3]
    return replace(
        change,
        address=address(f"{client}-{number:04}"),
        remote_id=number + 1,
        name=f"Bot {number}",
        labels={"client": client},
    )


def many(change: Change, count: int) -> list[Change]:
    return sorted((named(change, number) for number in range(count)), key=lambda change: change.address)


def sizes(changes: Sequence[Change]) -> list[int]:
    return sorted(len(group.changes) for group in grouped(changes))


@pytest.mark.parametrize("width", [None, 120, 80, 40])
def test_another_model_for_a_thousand_assistants_reads_in_under_60_lines(width: int | None) -> None:
    outlier = update(MODEL, field("speech_speed", Cause.DRIFT, 1.1, 1.0, 1.1))
    changes = [*many(update(MODEL), 1_000)[1:], named(outlier, 0)]
    shown = plan_text(plan(*sorted(changes, key=lambda change: change.address)), width=width)
    assert shown.count("\n") < 60
    words = " ".join(shown.split())
    assert "# 999 resources will be updated in-place # (each in this way)" in words
    assert "# assistant.acme-0000 will be updated in-place ~ assistant.acme-0000" in words
    assert words.endswith("Plan: 0 to add, 1000 to change, 0 to destroy.")


def test_markdown_of_a_thousand_folds_too_and_counts_the_clients() -> None:
    shown, _, whole = plan_markdown(plan(*many(update(MODEL), 1_000))).partition("<details>")
    assert shown.count("\n") < 60
    assert whole.count("assistant.") == 1_000
    assert "**1000 resources**, each in this way: `assistant.acme-0000`" in shown
    assert "by `client`: `acme` 334, `beta` 333, `gamma` 333" in shown


def test_full_shows_each_by_itself() -> None:
    shown = plan_text(plan(*many(update(MODEL), 5)), full=True)
    assert shown.count("will be updated in-place\n") == 5


def test_two_alike_are_not_worth_folding() -> None:
    assert sizes(many(update(MODEL), 2)) == [1, 1]
    assert sizes(many(update(MODEL), 3)) == [3]


def test_the_same_edit_in_different_prompts_is_one_change() -> None:
    def edited(number: int) -> Change:
        live = PROMPT.replace("Acme", f"client {number}")
        text = field("system_prompt", Cause.MANIFEST, live, live, live.replace("Say goodbye.", "Say goodbye kindly."))
        return named(update(text), number)

    assert sizes([edited(number) for number in range(4)]) == [4]


@pytest.mark.parametrize(
    "other",
    [
        update(field("llm_model", Cause.MANIFEST, NEXT, NEXT, MINI)),
        update(field("llm_model", Cause.DRIFT, NEXT, MINI, NEXT)),
        update(field("llm_model", Cause.MANIFEST, MINI, MINI, replace(NEXT, id=8))),
        update(MODEL, field("record", Cause.MANIFEST, True, True, False)),
        update(MODEL, blocked="tools: unknown"),
        update(field("voice", Cause.MANIFEST, MINI, MINI, NEXT)),
    ],
)
def test_what_differs_in_anything_stays_apart(other: Change) -> None:
    changes = [*many(update(MODEL), 3), replace(other, address=address("other"))]
    assert sizes(changes) == [1, 3]


def test_creates_and_deletes_are_told_one_by_one() -> None:
    created = Change(address("x"), "Assistant", Action.CREATE, desired={"name": "A"})
    deleted = Change(address("x"), "Assistant", Action.DELETE, 7, prior=Entry(7, {"name": "A"}))
    for change in (created, deleted):
        assert sizes(many(change, 5)) == [1, 1, 1, 1, 1]
    assert plan_markdown(plan(*many(deleted, 5))).count("`assistant.acme-0000`") == 2  # in the warning and in the list


def test_secrets_that_differ_do_not_tell_changes_apart_by_their_digests() -> None:
    def rotated(number: int) -> Change:
        secret = field(
            "api_secret",
            Cause.MANIFEST,
            Secret("A", f"{number:064}"),
            UNSET,
            Secret("A", f"{number + 1:064}"),
            sensitive=True,
        )
        return named(update(secret), number)

    assert sizes([rotated(number) for number in range(3)]) == [3]


def test_drift_that_is_the_same_is_told_once() -> None:
    drifted = update(field("speech_speed", Cause.DRIFT, 1.1, 1.0, 1.1))
    shown = plan_text(plan(*many(drifted, 500)))
    assert "# 500 resources have changed\n" in shown
    assert shown.count("\n") < 60


def test_a_slip_in_a_prompt_is_in_the_warnings_of_a_comment() -> None:
    text = field("system_prompt", Cause.MANIFEST, PROMPT, PROMPT, f"{PROMPT}\n{PROMPT}")
    shown = plan_markdown(plan(update(text)))
    assert "> [!WARNING]\n> Look twice at these texts:" in shown
    assert "`system_prompt` of `assistant.sales-outbound`: the heading '\\# Role'" in shown.replace("#&#8203;", "\\#")


@pytest.mark.parametrize("case", ["deletes", "conflicts", "state_only"])
def test_every_change_is_in_the_list_of_a_comment(case: str) -> None:
    found: Plan = CASES[case.replace("_", "-")]()
    listed = plan_markdown(found).partition("<details>")[0]
    for change in found.changes:
        if change.is_shown:
            assert f"`{change.address}`" in listed


def prompts(*pairs: tuple[str, str]) -> list[Change]:
    made = (field("system_prompt", Cause.MANIFEST, live, live, desired) for live, desired in pairs)
    return [named(update(text), number) for number, text in enumerate(made)]


LONG = "The assistant is polite and patient at all times. " * 6


@pytest.mark.parametrize(
    ("other", "edit"),
    [
        (f"# Never\n\n- Sell.\n\n{LONG}", ("Sell.", "Sell more.")),  # below another heading
        (f"# Do\n\n- Sell.\n\n{LONG}{{{{ name }}}}", ("Sell.", "Sell more.")),  # the placeholder is there already
    ],
)
def test_the_same_words_that_mean_something_else_are_no_same_change(other: str, edit: tuple[str, str]) -> None:
    before, after = edit
    after = f"{after} {{{{ name }}}}"
    texts = [f"# Do\n\n- Sell.\n\n{LONG}"] * 3 + [other]
    assert sizes(prompts(*((text, text.replace(before, after)) for text in texts))) == [1, 3]


def test_conflicts_over_different_values_are_no_same_change() -> None:
    def conflict(number: int) -> Change:
        speed = field("speech_speed", Cause.CONFLICT, 1 + number / 10, 0.5, 2.0, write=False)
        return replace(named(update(speed), number), blocked="both changed it")

    assert sizes([conflict(number) for number in range(3)]) == [1, 1, 1]
    assert sizes([named(conflict(0), number) for number in range(3)]) == [3]
