"""Policies that know nothing but Terraform's documented fields judge our JSON plan, in engines that others wrote."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from regopy import Interpreter

from tests.json.conftest import plain
from tests.support.project import Project
from tests.support.servers import ROOT, missing

RULES = Path(__file__).with_name("policies.rego").read_text(encoding="utf-8")
COMPLIANCE = ROOT / ".venv" / "compliance" / "bin" / "terraform-compliance"


def plan_of(made: Project) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made.run("plan", "--json").out)
    return found


def said(plan: dict[str, Any], rule: str) -> Any:
    """What a rule makes of a plan."""
    engine = Interpreter()
    engine.add_module("policies", RULES)
    engine.set_input(plan)
    return json.loads(str(engine.query(f"data.terraform.analysis.{rule}")))["expressions"][0]


def test_rego_lets_good_creates_pass_and_counts_them(desk: Project) -> None:
    plan = plan_of(desk)

    assert (said(plan, "deny"), said(plan, "warn")) == ([], [])
    assert said(plan, "score") == 2
    assert said(plan, "authz") is True


def test_rego_sees_values_of_creates(desk: Project) -> None:
    desk.write({"far": plain(desk, name="Far", timezone="Asia/Tokyo")})

    assert said(plan_of(desk), "deny") == ["assistant.far is in Asia/Tokyo"]


def test_rego_sees_deletes_updates_of_references_and_drift(desk: Project) -> None:
    desk.write({"one": plain(desk, name="One"), "two": plain(desk, name="Two"), "temp-x": plain(desk, name="X")})
    desk.apply()
    desk.sandbox.store.edit_assistant(desk.ids()["one"], initial_message="Edited")
    before = plan_of(desk)
    voices = json.loads(desk.succeed("catalog", "voices", "--json").out)
    now = before["resource_changes"][0]["change"]["before"]["voice"]["id"]
    other = next(voice for voice in voices if voice["id"] != now and "pipeline" in voice.get("modes", ["pipeline"]))
    desk.write({"one": plain(desk, name="One", voice={"id": other["id"]})})

    plan = plan_of(desk)

    assert said(plan, "warn") == ["assistant.one was edited"]
    assert sorted(said(plan, "deny")) == [
        f"assistant.one gets the voice {other['name']}",
        "assistant.two would be deleted",
    ]
    assert said(plan, "score") == 21


FEATURE = """\
Feature: Assistants
  Scenario: Every assistant says where it is
    Given I have assistant defined
    Then it must contain timezone
    And its value must match the "Europe/.*" regex

  Scenario: The language has an ID
    Given I have assistant defined
    Then it must contain language
    And it must contain id
"""


def complies(plan: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    """What terraform-compliance's own steps say of a plan.

    It reads one line, and wants three keys of Terraform's format that agentops has no values for: docs/json.md has the
    call of jq that adds them.
    """
    if not COMPLIANCE.exists():
        missing("terraform-compliance", "make components")
    rest = {"terraform_version": "1.9.0", "planned_values": {"root_module": {}}, "configuration": {"root_module": {}}}
    (folder / "features").mkdir(exist_ok=True)
    (folder / "features" / "assistants.feature").write_text(FEATURE, encoding="utf-8")
    (folder / "plan.json").write_text(json.dumps(plan | rest), encoding="utf-8")
    return subprocess.run(
        [str(COMPLIANCE), "-p", "plan.json", "-f", "features"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("zone, code", [("Europe/Berlin", 0), ("Asia/Tokyo", 1)])
def test_terraform_compliance_reads_the_plan(desk: Project, tmp_path: Path, zone: str, code: int) -> None:
    desk.write({"one": plain(desk, name="One", timezone=zone)})

    result = complies(plan_of(desk), tmp_path)

    assert result.returncode == code, result.stdout + result.stderr
    if code:
        assert "assistant.one" in result.stdout
        assert "Asia/Tokyo" in result.stdout
