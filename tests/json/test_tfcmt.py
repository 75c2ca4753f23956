"""The text of a plan is recognised by tfcmt, which makes comments from what `terraform plan` prints.

The patterns are those of its documentation and of `NewPlanParser` and `NewApplyParser` in its pkg/terraform/parser.go.
"""

import re

import pytest

from tests.json.conftest import plain
from tests.support.project import Project

PASS = r"(?m)^(Plan: \d|No changes.)"  # PlanParser.Pass
FAIL = r"(?m)^([│|] )?(Error: )"  # PlanParser.Fail
HAS_DESTROY = r"(?m)([1-9][0-9]* to destroy.)"  # PlanParser.HasDestroy
NO_CHANGES = r"(?m)^(No changes.)"  # PlanParser.HasNoChanges
CREATE = r"(?m)^ *# (.*) will be created$"  # PlanParser.Create
UPDATE = r"(?m)^ *# (.*) will be updated in-place$"  # PlanParser.Update
DELETE = r"(?m)^ *# (.*) will be destroyed$"  # PlanParser.Delete
IMPORT = r"(?m)^ *# (.*?) will be imported$"  # PlanParser.Import
MOVE = r"(?m)^ *# (.*?) has moved to (.*?)$"  # PlanParser.Move
APPLY_PASS = r"(?m)^(Apply complete!)"  # ApplyParser.Pass
APPLY_FAIL = r"(?m)^(Error: )"  # ApplyParser.Fail


@pytest.fixture
def changed(desk: Project) -> Project:
    """A project with a create, an update, a delete and an import to come, and a move."""
    names = ("kept", "gone", "old", "taken")
    desk.write({name: plain(desk, name=name.title()) for name in names})
    desk.apply()
    taken = desk.ids()["taken"]
    desk.succeed("state", "rm", "assistant.taken")
    manifests = {
        "kept": plain(desk, name="Kept", initial_message="Changed"),
        "moved": plain(desk, name="Old"),
        "taken": plain(desk, name="Taken"),
        "fresh": plain(desk, name="Fresh"),
    }
    desk.write(manifests, moved={"previous_names": ["old"]}, taken={"import": taken})
    return desk


def test_resources_are_found_by_action(changed: Project) -> None:
    text = changed.run("plan").out

    assert re.findall(CREATE, text) == ["assistant.fresh"]
    assert re.findall(UPDATE, text) == ["assistant.kept"]
    assert re.findall(DELETE, text) == ["assistant.gone"]
    assert re.findall(IMPORT, text) == ["assistant.taken"]
    assert re.findall(MOVE, text) == [("assistant.old", "assistant.moved")]


def test_resources_of_one_group_are_found_when_every_change_stands_by_itself(desk: Project) -> None:
    names = ("a", "b", "c", "d")
    desk.write({name: plain(desk, name=name) for name in names})
    desk.apply()
    desk.write({name: plain(desk, name=name, initial_message="Changed") for name in names})

    assert re.findall(UPDATE, desk.run("plan").out) == ["4 resources"]
    assert re.findall(UPDATE, desk.run("plan", "--full").out) == [f"assistant.{name}" for name in names]


def test_the_result_is_the_line_with_the_counts(changed: Project) -> None:
    text = changed.run("plan").out
    line = next(line for line in text.splitlines() if re.search(PASS, line))

    assert line.startswith("Plan: 1 to import, 1 to add, 1 to change, 1 to destroy")
    assert re.search(HAS_DESTROY, line.replace(", 1 to move", ""))
    assert not re.search(FAIL, text)


def test_a_plan_without_changes_and_one_without_deletes(desk: Project) -> None:
    assert not re.search(HAS_DESTROY, desk.succeed("plan").out)
    desk.apply()

    assert re.search(NO_CHANGES, desk.succeed("plan").out)


def test_an_apply_passes_or_fails(desk: Project) -> None:
    refused = desk.run("apply")

    assert re.search(APPLY_FAIL, refused.err)
    assert re.search(FAIL, refused.err)
    assert re.search(APPLY_PASS, desk.apply().out)
