"""`removed` in the project file, protection that outlives its manifest, thresholds of an environment."""

import json

import pytest

from agentops.domain.plan import Action
from tests.drift.conftest import spec_of
from tests.support.project import Outcome, Project


def _remove(used: Project, *addresses: str) -> None:
    """Lists addresses under `removed` in the project file."""
    path = used.folder / "agentops.yaml"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["spec"]["removed"] = list(addresses)
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")


def _apply(used: Project, *options: str) -> Outcome:
    return used.run("apply", "--auto-approve", *options)


def test_what_is_removed_is_forgotten_and_stays_on_the_platform(used: Project) -> None:
    number = used.ids()["night"]
    used.write({"desk": spec_of(used, "desk")})
    _remove(used, "assistant.night")
    (change,) = [change for change in used.plan().changes if change.is_shown]
    assert (str(change.address), change.action) == ("assistant.night", Action.FORGET)
    used.sandbox.store.clear_log()
    assert _apply(used).code == 0  # no --allow-deletes: nothing is deleted
    assert not used.writes()
    assert used.ids().keys() == {"desk"}
    assert number in {row["id"] for row in used.sandbox.store.assistants()}
    assert used.plan().is_empty
    assert not used.drift()


def test_without_the_list_the_same_is_a_delete_that_has_to_be_allowed(used: Project) -> None:
    used.write({"desk": spec_of(used, "desk")})
    (change,) = [change for change in used.plan().changes if change.is_shown]
    assert change.action is Action.DELETE
    assert _apply(used).code == 4


def test_a_manifest_of_what_is_removed_is_an_error_at_the_list(used: Project) -> None:
    _remove(used, "assistant.night")
    outcome = used.run("validate")
    assert outcome.code == 1
    assert "removed-is-there" in outcome.err + outcome.out
    assert "agentops.yaml:" in outcome.err + outcome.out


def test_removing_what_the_state_does_not_know_does_nothing(used: Project) -> None:
    _remove(used, "assistant.never-was")
    assert used.plan().is_empty


def test_an_address_in_another_form_is_an_error(used: Project) -> None:
    _remove(used, "night")
    outcome = used.run("plan")
    assert outcome.code == 1
    assert "agentops.yaml:" in outcome.err


@pytest.mark.parametrize("listed", [False, True])
def test_protection_outlives_the_manifest_until_it_is_forgotten(used: Project, listed: bool) -> None:
    both = {name: spec_of(used, name) for name in ("desk", "night")}
    used.write(both, night={"protect": True})
    used.apply()
    used.write({"desk": both["desk"]})
    if listed:
        _remove(used, "assistant.night")
        assert _apply(used).code == 0
        assert len(used.sandbox.store.assistants()) == 2
        return
    outcome = _apply(used, "--allow-deletes", "--allow-large-change")
    assert outcome.code == 4, outcome
    assert "protected" in outcome.err + outcome.out
    assert len(used.sandbox.store.assistants()) == 2


def test_protection_ends_with_an_apply_of_a_manifest_without_it(used: Project) -> None:
    both = {name: spec_of(used, name) for name in ("desk", "night")}
    used.write(both, night={"protect": True})
    used.apply()
    used.write(both)
    used.apply()
    used.write({"desk": both["desk"]})
    used.apply()
    assert len(used.sandbox.store.assistants()) == 1


def test_thresholds_of_the_project_file_stop_large_changes(used: Project) -> None:
    names = [f"a{number}" for number in range(5)]
    fleet = {name: spec_of(used, name) for name in names}
    used.write({"desk": spec_of(used, "desk"), "night": spec_of(used, "night"), **fleet})
    used.apply()
    changed = {name: spec | {"initial_message": "New"} for name, spec in fleet.items()}
    used.extra["thresholds"] = {"max_changes": 2, "max_share": 0.5}
    used.write({"desk": spec_of(used, "desk"), "night": spec_of(used, "night"), **changed})
    assert _apply(used).code == 4
    used.extra["thresholds"] = {"max_changes": 5, "max_share": 0.5}
    used.write_project()
    assert _apply(used).code == 0
