"""Git and the platform changed one assistant since the last apply: what survives, who decides; on every platform."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.plan import Cause, FieldChange
from agentops.providers import registry
from tests.support.generate import Setting, Spec
from tests.support.project import Outcome, Project, project
from tests.support.samples import base

TEXTS = {"autocalls/v1": ("initial_message", "system_prompt"), "revox/v1": ("end_of_call_sentence", "prompt")}
"""Vocabulary -> two fields with any text, which the API calls the same."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A project with the assistants `desk`, which both sides change, and `night`, which only git changes."""

    used: Project
    one: str
    two: str
    spec: Spec

    def git(self, **desk: str) -> None:
        """Git gives `desk` other values, and `night` another name."""
        self.used.write({"desk": self.spec | desk, "night": self.spec | {"name": "Late night"}})

    def live(self, **fields: Any) -> None:
        """Somebody gives `desk` other values on the platform."""
        self.used.sandbox.store.edit_assistant(self.used.ids()["desk"], **fields)

    def stored(self, name: str = "desk") -> tuple[str, str]:
        row = self.used.rows()[name]
        return row[self.one], row[self.two]

    def written(self) -> tuple[str, str]:
        """What git says of `desk`."""
        spec = json.loads((self.used.folder / "assistants" / "desk.yaml").read_text(encoding="utf-8"))["spec"]
        return spec[self.one], spec[self.two]

    def apply(self, *options: str) -> Outcome:
        return self.used.run("apply", "--auto-approve", "--allow-large-change", *options)


@pytest.fixture(params=registry.platforms())
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    with project(tmp_path, request.param) as used:
        one, two = TEXTS[registry.platform(request.param).api_version]
        spec = base(Setting(used.account)) | {"name": "Desk", one: "One", two: "Two"}
        used.write({"desk": spec, "night": spec | {"name": "Night"}})
        used.apply()
        yield Pair(used, one, two, spec)


def test_edits_of_different_fields_both_survive_a_write_and_an_apply(pair: Pair) -> None:
    pair.git(**{pair.one: "One of git"})
    pair.live(**{pair.two: "Two of the portal"})

    pair.used.succeed("drift", "--write")
    assert pair.written() == ("One of git", "Two of the portal")
    assert pair.apply().code == 0
    assert pair.stored() == ("One of git", "Two of the portal")
    assert pair.used.plan().is_empty
    assert not pair.used.drift()


def test_an_apply_alone_shows_what_it_undoes_and_sends_what_git_says(pair: Pair) -> None:
    pair.git(**{pair.one: "One of git"})
    pair.live(**{pair.two: "Two of the portal"})

    plan = pair.used.run("plan")
    assert "Note: Objects have changed outside of agentops" in plan.out
    causes = {change.name: change.cause for change in _desk(pair.used)}
    assert causes == {pair.one: Cause.MANIFEST, pair.two: Cause.DRIFT}
    assert pair.apply().code == 0
    assert pair.stored() == ("One of git", "Two")


def test_an_ignored_edit_survives_an_apply_alone(pair: Pair) -> None:
    ignore = {"ignore": [{"field": pair.two, "reason": "the client words it"}]}
    pair.used.write({"desk": pair.spec | {pair.one: "One of git"}, "night": pair.spec | {"name": "Night"}}, desk=ignore)
    pair.live(**{pair.two: "Two of the portal"})

    assert not pair.used.drift()
    assert pair.apply().code == 0
    assert pair.stored() == ("One of git", "Two of the portal")


def test_a_conflict_is_planned_with_all_three_values_and_stops_its_resource_only(pair: Pair) -> None:
    pair.git(**{pair.one: "One of git", pair.two: "Two of git"})
    pair.live(**{pair.two: "Two of the portal"})

    change = next(change for change in _desk(pair.used) if change.name == pair.two)
    assert (change.cause, change.write) == (Cause.CONFLICT, False)
    assert (change.prior, change.live, change.desired) == ("Two", "Two of the portal", "Two of git")
    said = pair.used.run("plan").out
    assert all(text in said for text in ('"Two"', '"Two of the portal"', '"Two of git"'))
    outcome = pair.apply()
    assert outcome.code == 3, outcome
    assert pair.stored() == ("One", "Two of the portal")
    assert pair.used.rows()["night"]["name"] == "Late night"


@pytest.mark.parametrize("side, kept", [("git", "Two of git"), ("live", "Two of the portal")])
def test_a_conflict_is_decided_by_the_side_that_is_named(pair: Pair, side: str, kept: str) -> None:
    pair.git(**{pair.one: "One of git", pair.two: "Two of git"})
    pair.live(**{pair.two: "Two of the portal"})

    assert pair.apply("--on-conflict", side).code == 0
    assert pair.stored() == ("One of git", kept)
    assert pair.used.plan().is_empty == (side == "git")


def test_a_conflict_with_nothing_else_to_do_is_a_refusal(pair: Pair) -> None:
    pair.used.write({"desk": pair.spec | {pair.two: "Two of git"}, "night": pair.spec | {"name": "Night"}})
    pair.live(**{pair.two: "Two of the portal"})

    assert pair.apply().code == 4
    assert pair.stored() == ("One", "Two of the portal")


def test_a_conflict_ends_when_the_live_value_is_written_into_git(pair: Pair) -> None:
    pair.git(**{pair.two: "Two of git"})
    pair.live(**{pair.two: "Two of the portal"})

    assert pair.used.run("drift", "--write").code == 1
    pair.used.succeed("drift", "--write", "--on-conflict", "live")
    assert pair.written() == ("One", "Two of the portal")
    assert pair.apply().code == 0
    assert pair.used.plan().is_empty


def _desk(used: Project) -> tuple[FieldChange, ...]:
    plan = used.plan("--allow-large-change")
    return next(change.fields for change in plan.changes if change.address.name == "desk")
