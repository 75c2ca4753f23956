"""`metadata.import`: taking an object over inside a reviewed plan."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.plan import Action
from tests.import_.accounts import new_project
from tests.import_.test_import_write import PIPELINE
from tests.support.project import Project, project


@pytest.fixture
def used(tmp_path: Path) -> Iterator[Project]:
    """A project on an account with two assistants, Desk and Sales, of which it manages none."""
    folder = tmp_path / "made"
    folder.mkdir()
    with project(folder, "autocalls") as made:
        made.write({name.lower(): {**PIPELINE, "name": name} for name in ("Desk", "Sales")})
        made.apply("--parallelism", "1")
        with new_project(made.server, "autocalls") as fresh:
            yield fresh


def id_of(used: Project, name: str) -> Any:
    (found,) = (row["id"] for row in used.sandbox.store.assistants() if row["name"] == name)
    return found


def write(used: Project, import_id: Any, name: str = "sales", **spec: Any) -> None:
    used.write({name: {**PIPELINE, **spec}}, **{name: {"import": import_id}})


def test_plan_says_that_it_will_be_imported_and_apply_manages_it_without_a_write(used: Project) -> None:
    number = id_of(used, "Sales")
    write(used, number)
    shown = used.succeed("plan").out
    (body,) = json.loads(used.succeed("plan", "--json").out)["resource_changes"]
    used.sandbox.store.clear_log()
    used.apply()

    assert "# assistant.sales will be imported" in shown
    assert "Plan: 1 to import, 0 to add, 0 to change, 0 to destroy." in shown
    assert body["change"]["importing"] == {"id": str(number)}
    assert used.ids() == {"sales": number}
    assert not used.writes()
    assert used.plan().is_empty


def test_what_differs_is_shown_and_written_in_the_same_plan(used: Project) -> None:
    number = id_of(used, "Sales")
    write(used, number, record=True)
    (change,) = used.plan().changes
    used.apply()

    assert (change.action, [field.name for field in change.writes]) == (Action.ADOPT, ["record"])
    assert used.sandbox.store.assistant(number)["record"] is True
    assert used.plan().is_empty


def test_saved_plan_carries_out_the_import_that_was_reviewed_and_no_other(used: Project) -> None:
    write(used, id_of(used, "Sales"))
    used.plan()
    write(used, id_of(used, "Desk"))
    stale = used.run("apply", str(used.saved))
    assert stale.code == 5, stale
    write(used, id_of(used, "Sales"))
    used.succeed("apply", str(used.saved))

    assert used.ids() == {"sales": id_of(used, "Sales")}


def test_others_may_refer_to_it_in_the_same_plan(used: Project) -> None:
    number = id_of(used, "Desk")
    transfer = {"type": "assistant_transfer", "assistant": "desk"}
    used.write(
        {"desk": {**PIPELINE, "name": "Desk"}, "new": {**PIPELINE, "name": "New", "tools": [transfer]}},
        desk={"import": number},
    )
    used.apply()

    assert used.rows()["new"]["tools"][0]["assistant_id"] == number


def test_the_line_may_stay_and_may_go(used: Project) -> None:
    write(used, id_of(used, "Sales"))
    used.apply()
    assert used.plan().is_empty
    used.write({"sales": PIPELINE})

    assert used.plan().is_empty


@pytest.mark.parametrize(
    "prepare, wanted, said",
    [
        ((), 4711, "Autocalls has no assistant with the ID 4711"),
        (("import", "assistant.sales", "Sales"), "Desk", "assistant.sales is managed already, as"),
        (("import", "assistant.other", "Sales"), "Sales", "is taken already, by assistant.other"),
    ],
)
def test_an_import_that_cannot_be_is_an_error_at_its_line(
    used: Project, prepare: tuple[str, ...], wanted: Any, said: str
) -> None:
    if prepare:
        used.succeed(*prepare[:2], str(id_of(used, prepare[2])), "--write")
    number = id_of(used, wanted) if isinstance(wanted, str) else wanted
    used.write_file("sales.yaml", used.manifest("sales", PIPELINE, **{"import": number}))
    outcome = used.run("plan")

    assert outcome.code == 1, outcome
    assert said in outcome.err
    assert "assistants/sales.yaml:6:" in outcome.err
    assert "[wrong-import]" in outcome.err


def test_two_manifests_cannot_import_the_same(used: Project) -> None:
    number = id_of(used, "Sales")
    used.write({"a": PIPELINE, "b": PIPELINE}, a={"import": number}, b={"import": number})
    outcome = used.run("plan")

    assert outcome.code == 1
    assert f"{number} is taken already, by assistant.a" in outcome.err


def test_one_that_is_gone_is_not_made_anew_under_another_id(used: Project) -> None:
    number = id_of(used, "Sales")
    write(used, number)
    used.apply()
    used.sandbox.store.delete_assistant(number)
    outcome = used.run("plan")

    assert outcome.code == 1
    assert "without metadata.import it is made anew" in outcome.err


def test_unlisted_assistant_of_revox_is_found_by_its_id(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    spec = {"name": "Sub", "prompt": "Be kind.", "type": "sub-assistant"}
    with project(folder, "revox") as made:
        made.write({"sub": spec})
        made.apply()
        (number,) = made.ids().values()
        with new_project(made.server, "revox") as used:
            used.write({"sub": spec}, sub={"import": number})
            used.apply()
            assert used.ids() == {"sub": number}
        with new_project(made.server, "revox") as used:
            used.succeed("import", "assistant.sub", str(number), "--write")
            assert used.plan().is_empty


@pytest.mark.parametrize("wrong", ["12", 0, 1.5, True, None, {"var": "x"}])
def test_what_is_no_id_is_refused_offline(used: Project, wrong: Any) -> None:
    write(used, wrong)

    assert used.run("validate").code == 1
