"""What the plan's text owes its readers beyond how it looks."""

from dataclasses import replace

import pytest

from agentops.domain.diagnostics import Severity
from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, Edit, Finding, OnConflict, Plan, PlanOptions
from agentops.domain.values import Ref, Secret, Value
from agentops.render.json import plan_json
from agentops.render.markdown import plan_markdown
from agentops.render.text import plan_text
from agentops.render.values import inline
from tests.render.plans import BASIS, CASES, KEY, address, field, plan, update

DELETES = Finding("deletes", Severity.ERROR, "1 would be deleted", (address("old"),), override="--allow-deletes")
LARGE = Finding("large-change", Severity.ERROR, "12 of 20", (), override="--allow-large-change")
PROTECTED = Finding("protected", Severity.ERROR, "it is protected", ())


def test_last_line_is_terraforms_sum() -> None:
    assert plan_text(CASES["creates"]()).split("\n")[-1] == "Plan: 1 to add, 0 to change, 0 to destroy."


def test_no_changes_begins_as_in_terraform() -> None:
    assert "\nNo changes. The platform matches your manifests.\n" in plan_text(CASES["nothing"]())


def test_a_release_alone_is_no_change() -> None:
    released = update(field("folder", Cause.RELEASED, 1, UNSET, UNSET), action=Action.NO_OP)
    assert "No changes." in plan_text(plan(released))
    assert plan_json(plan(released))["resource_changes"] == []


def conflict(*, options: PlanOptions = PlanOptions()) -> Plan:  # noqa: B008 - frozen
    parted = field("initial_message", Cause.CONFLICT, "a", "b", "c", write=False)
    blocked = "" if options.on_conflict is OnConflict.LIVE else "git and the platform both changed initial_message"
    return replace(plan(update(parted, action=Action.NO_OP, blocked=blocked)), options=options)


def test_an_undecided_conflict_says_how_to_decide_it() -> None:
    shown = plan_text(conflict())
    assert "--on-conflict git writes what git says" in shown
    assert "will leave the following alone:" in shown
    assert "will perform the following actions:" not in shown
    assert "| **blocked** |" in plan_markdown(conflict())


def test_what_is_left_alone_stands_in_the_way() -> None:
    for shown in (plan_text(conflict()), plan_markdown(conflict())):
        assert "Apply will leave 1 resource alone and end with exit code 4: plan again with --on-conflict git" in shown
        assert "Nothing stands in the way" not in shown
    assert plan_json(conflict())["applyable"] is False


def test_names_that_are_taken_do_not_lead_to_duplicates() -> None:
    taken = [
        replace(LARGE, code="duplicate-name", message=f"{number} is taken", override="--allow-duplicate-names")
        for number in range(61)
    ]
    lost = replace(plan(update(), findings=tuple(taken)), basis=replace(BASIS, lineage=""))
    shown = plan_text(lost)
    assert "To go on" not in shown
    assert "the account has 61 objects of the same name already" in shown
    assert "the state is lost or elsewhere: agentops state migrate" in shown
    assert shown.count("is taken") == 5
    assert "... and 56 more [duplicate-name]" in shown


def test_a_finding_on_many_names_the_first_ones() -> None:
    many = replace(LARGE, addresses=tuple(address(f"a{number}") for number in range(60)))
    shown = plan_text(plan(update(), findings=(many,)))
    assert "assistant.a11 and 48 more" in shown
    assert "assistant.a12" not in shown


def test_kept_conflicts_are_not_called_a_match() -> None:
    kept = conflict(options=PlanOptions(on_conflict=OnConflict.LIVE))
    for shown in (plan_text(kept), plan_markdown(kept)):
        assert "No changes. What differs stays as it is on the platform." in shown
        assert "matches" not in shown


def test_a_name_that_is_no_text_is_not_shown_in_the_list() -> None:
    nameless = replace(update(), name="", desired={"name": Secret("KEY", "digest")})
    assert "digest" not in plan_markdown(plan(nameless))


def test_options_that_would_pass_are_named_exactly() -> None:
    shown = plan_text(plan(update(), findings=(replace(LARGE, hint="too many"),)))
    assert "apply refuses this plan without --allow-large-change" in shown
    assert shown.endswith("To go on, plan again with --allow-large-change")
    assert plan_json(plan(update(), findings=(LARGE,)))["applyable"] is False


def test_deletes_wait_for_a_yes_and_are_no_refusal() -> None:
    found = plan(update(), findings=(DELETES,))
    assert "warning: 1 would be deleted" in plan_text(found)
    assert "Apply will refuse" not in plan_text(found) + plan_markdown(found)
    assert plan_json(found)["applyable"] is True


def test_overridden_findings_say_so_and_stop_nothing() -> None:
    shown = plan_text(plan(update(), findings=(replace(LARGE, overridden=True),)))
    assert "allowed by --allow-large-change" in shown
    assert "Apply will refuse" not in shown


def test_a_finding_without_an_option_says_so() -> None:
    assert "no option passes this" in plan_text(plan(update(), findings=(PROTECTED, LARGE)))


def test_entries_in_another_order_are_shown_as_taking_places() -> None:
    one: Value = {"type": "end_call", "description": "End."}
    two: Value = {"type": "dtmf_input"}
    edits = (Edit((0,), one, two), Edit((1,), two, one))
    change = field("tools", Cause.MANIFEST, [one, two], [one, two], [two, one], edits=edits)
    lines = [line.strip() for line in plan_text(plan(update(change))).split("\n")]
    start = lines.index("~ tools:")
    assert lines[start + 1 : start + 7] == [
        "- [0] end_call:",
        '- description: "End."',
        "+ [0] dtmf_input",
        "- [1] dtmf_input",
        "+ [1] end_call:",
        '+ description: "End."',
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Ref("voices", 12, "Sarah", "sarah"), '"Sarah" (12)'),
        (Ref("voices", 12), "ID 12"),
        (Ref("voices", None, "", "x", "assistant.x"), "assistant.x (known after apply)"),
        (Ref("assistants", 5, "X", "x", "assistant.x"), "assistant.x (5)"),
        (Ref("voices", None), "(known after apply)"),
        (KEY, "(sensitive value)"),
        ({"b": [1, True, None], "a": 'say "hi"\n'}, '{a: "say \\"hi\\"\\n", b: [1, true, null]}'),
        (UNSET, "(not set)"),
    ],
)
def test_values_are_readable_on_one_line(value: Value, expected: str) -> None:
    assert inline(value) == expected


def test_full_shows_long_texts_whole() -> None:
    shown = plan_text(CASES["creates"](), full=True)
    assert "30. Rule number 30" in shown
    assert "more lines" not in shown
