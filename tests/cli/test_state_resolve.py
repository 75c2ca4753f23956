"""`state resolve`: which of several objects a create has made whose answer was lost."""

from typing import Any

import pytest

from agentops.domain.address import Address
from agentops.sandbox import Fault, FaultKind
from tests.cli.conftest import simple
from tests.support.project import Project

ONE = "assistant.one"


def lost_between_two(desk: Project) -> tuple[Any, Any]:
    """The answer to the create of `one` is lost, and there is a second new object like it; the IDs of both."""
    desk.write({"one": simple(desk, name="One")})
    desk.sandbox.faults.add(Fault(FaultKind.DROP_AFTER, method="POST"))
    desk.sandbox.faults.add(Fault(FaultKind.DROP_AFTER, method="GET", path="/user/assistants/get", after=1, times=None))
    outcome = desk.run("apply", "--auto-approve")
    assert outcome.code == 1, outcome
    desk.sandbox.faults.clear()
    (made,) = desk.sandbox.store.assistants()
    return made["id"], desk.sandbox.store.copy_assistant(made["id"])


def test_the_plan_names_the_command_and_the_command_settles_it(desk: Project) -> None:
    first, second = lost_between_two(desk)

    refused = desk.run("apply", "--auto-approve")
    assert refused.code == 1
    assert f"agentops state resolve {ONE} ID" in refused.err
    desk.succeed("state", "resolve", ONE, str(second))

    entry = desk.state().entries[Address.parse(ONE)]
    assert entry.remote_id == second
    assert entry.values["name"] == "One"
    assert not desk.state().intents
    assert "No changes." in desk.succeed("plan").out
    assert {row["id"] for row in desk.sandbox.store.assistants()} == {first, second}


def test_what_was_sent_counts_as_applied_so_a_later_edit_of_the_platform_is_drift(desk: Project) -> None:
    _, second = lost_between_two(desk)
    desk.sandbox.store.edit_assistant(second, initial_message="Edited since")
    desk.succeed("state", "resolve", ONE, str(second))

    (change,) = desk.plan().changes
    (field,) = change.fields
    assert (field.name, field.cause.value) == ("initial_message", "drift")


def test_what_cannot_be_is_refused(desk: Project) -> None:
    first, _ = lost_between_two(desk)

    missing = desk.run("state", "resolve", ONE, "424242")
    assert (missing.code, "has no assistant with the ID 424242" in missing.err) == (64, True)
    nothing = desk.run("state", "resolve", "assistant.two", str(first))
    assert (nothing.code, f"agentops import assistant.two {first}" in nothing.err) == (64, True)
    desk.succeed("state", "resolve", ONE, str(first))
    again = desk.run("state", "resolve", ONE, str(first))
    assert (again.code, f"is managed already, as {first}" in again.err) == (64, True)


@pytest.mark.parametrize("whose", ["managed", "there before"])
def test_an_object_of_somebody_else_is_refused(desk: Project, whose: str) -> None:
    desk.write({"two": simple(desk, name="Two")})
    desk.apply()
    managed = desk.ids()["two"]
    before = desk.sandbox.store.copy_assistant(managed, name="There before")
    desk.write({"two": simple(desk, name="Two"), "one": simple(desk, name="One")})
    desk.sandbox.faults.add(Fault(FaultKind.DROP_AFTER, method="POST"))
    desk.sandbox.faults.add(Fault(FaultKind.DROP_AFTER, method="GET", path="/user/assistants/get", after=1, times=None))
    assert desk.run("apply", "--auto-approve").code == 1
    desk.sandbox.faults.clear()

    outcome = desk.run("state", "resolve", ONE, str(managed if whose == "managed" else before))

    assert outcome.code == 64
    reason = "as assistant.two" if whose == "managed" else f"{before} was there before the create of {ONE} was sent"
    assert reason in outcome.err


def test_a_left_create_is_told_plainly(desk: Project) -> None:
    lost_between_two(desk)

    assert "a create whose outcome is not known yet, begun" in desk.succeed("state", "list").out
    shown = desk.succeed("state", "show", ONE).out
    assert "these values were sent" in shown
    assert "agentops state resolve" in shown
