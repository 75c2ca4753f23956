"""A listing that is cut short, or changes while it is read, never leads to a delete or a create."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.plan import Action
from agentops.providers import registry
from agentops.sandbox import Fault, FaultKind, Options
from tests.support.generate import Setting, Spec
from tests.support.project import Project, project
from tests.support.samples import base

PAGES = 3

MISHAPS = {
    "cut once": Fault(FaultKind.CUT_LIST, "GET"),
    "the second page cut": Fault(FaultKind.CUT_LIST, "GET", after=1),
    "the last page cut": Fault(FaultKind.CUT_LIST, "GET", after=PAGES - 1),
    "cut again and again": Fault(FaultKind.CUT_LIST, "GET", times=None),
    "somebody adds one while it is read": Fault(FaultKind.INSERT, "GET", after=1),
    "somebody keeps adding": Fault(FaultKind.INSERT, "GET", after=1, times=None),
    "somebody deletes another while it is read": Fault(FaultKind.DELETE, "GET", after=1),
    "somebody deletes another before the last page": Fault(FaultKind.DELETE, "GET", after=PAGES - 1),
}
"""What goes wrong with the listing of assistants; what is deleted is none of ours."""


@pytest.mark.parametrize("mishap", sorted(MISHAPS))
@pytest.mark.parametrize("name", registry.platforms())
def test_a_plan_never_creates_or_deletes_when_the_listing_is(name: str, mishap: str, tmp_path: Path) -> None:
    # Deleted rows stay in the list for a while on some servers: here too, so that totals alone do not tell.
    with project(tmp_path, name, Options(show_deleted=mishap.endswith("last page"))) as used:
        used.write(fleet(used))
        used.apply()
        crowd(used)
        fault = replace(MISHAPS[mishap], path=listing(name))
        if fault.kind is FaultKind.DELETE:
            fault = replace(fault, assistant=stranger(used))
        with used.sandbox.faults.on(fault):
            outcome = used.run("plan", "--out", str(used.saved))
        assert outcome.code in (0, 1), outcome
        if outcome.code == 0:
            assert used.saved_plan().count(Action.CREATE, Action.DELETE, Action.FORGET) == 0
        else:
            assert "Traceback" not in outcome.err
            assert not used.saved.exists()
        assert not [entry for entry in used.log()[-50:] if entry.method not in ("GET", "POST")]


@pytest.mark.parametrize("name", registry.platforms())
def test_an_assistant_that_is_really_gone_is_planned_to_be_created_again(name: str, tmp_path: Path) -> None:
    with project(tmp_path, name) as used:
        used.write(fleet(used))
        used.apply()
        crowd(used)
        used.sandbox.store.delete_assistant(used.ids()["late"])
        plan = used.plan()
        assert [(change.address.name, change.action) for change in plan.changes] == [("late", Action.CREATE)]


def listing(name: str) -> str:
    return registry.specs()[name].objects["Assistant"].listing.path


def stranger(used: Project) -> Any:
    """The ID of an assistant that is not ours, from among the first."""
    ours = set(used.ids().values())
    return [row["id"] for row in used.sandbox.store.assistants() if row["id"] not in ours][10]


def fleet(used: Project) -> dict[str, Spec]:
    return {name: base(Setting(used.account)) | {"name": name.title()} for name in ("early", "late")}


def crowd(used: Project) -> None:
    """Assistants of others, on several pages before and after ours."""
    first = used.ids()["early"]
    for number in range(100 * PAGES - 20):
        used.sandbox.store.copy_assistant(first, name=f"Other {number}")
