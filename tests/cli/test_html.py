"""`--html FILE`: written whole, for one's own eyes, beside what a command shows, and loading Jinja2 only then."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import SECRETS, Run, Served, environment


def test_plan_writes_a_page_beside_its_text(project: Path, agentops: Run) -> None:
    done = agentops("plan", "--env", "sandbox", "--html", "plan.html")

    assert done.returncode == 0
    assert "Plan: 5 to add" in done.stdout
    assert "Wrote the page to plan.html" in done.stderr
    page = project / "plan.html"
    assert "Plan: 5 to add" in page.read_text(encoding="utf-8")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_page_goes_with_json_and_a_saved_plan_and_show_makes_the_same(project: Path, agentops: Run) -> None:
    done = agentops("plan", "--env", "sandbox", "--json", "--out", "saved.plan", "--html", "plan.html")
    shown = agentops("show", "saved.plan", "--markdown", "--html", "shown.html")

    assert json.loads(done.stdout)["resource_changes"]
    assert shown.returncode == 0
    assert (project / "plan.html").read_text(encoding="utf-8") == (project / "shown.html").read_text(encoding="utf-8")


def test_page_replaces_one_that_is_there_and_leaves_nothing_else_behind(project: Path, agentops: Run) -> None:
    (project / "plan.html").write_text("old")
    before = {path.name for path in project.iterdir()} | {".agentops"}
    agentops("plan", "--env", "sandbox", "--html", "plan.html")

    assert (project / "plan.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert {path.name for path in project.iterdir()} == before


@pytest.mark.parametrize("option", ["--html", "--out"])
@pytest.mark.parametrize(
    ("where", "next_step"),
    [
        ("missing/here and there/production.plan", "mkdir -p 'missing/here and there'"),
        ("agentops.yaml/production.plan", "choose a folder"),
        ("assistants", "is a directory"),
    ],
)
def test_place_that_cannot_be_written_is_named_before_anything_is_read(
    project: Path, agentops: Run, option: str, where: str, next_step: str
) -> None:
    done = agentops("plan", "--env", "sandbox", option, where)

    assert done.returncode in (1, 64)
    assert done.stdout == ""
    assert where in done.stderr
    assert next_step in done.stderr
    assert not (project / ".agentops").exists()


def test_page_never_takes_the_place_of_the_plan(project: Path, agentops: Run) -> None:
    both = agentops("plan", "--env", "sandbox", "--out", "saved.plan", "--html", "./saved.plan")
    agentops("plan", "--env", "sandbox", "--out", "saved.plan")
    over = agentops("show", "saved.plan", "--html", "saved.plan")

    assert (both.returncode, over.returncode) == (64, 64)
    assert agentops("show", "saved.plan").returncode == 0


def test_page_holds_no_secret(served: Served, agentops: Run) -> None:
    done = agentops("plan", "--html", "plan.html")

    assert done.returncode == 0, done.stderr
    page = (served.project / "plan.html").read_text(encoding="utf-8")
    assert "(sensitive value)" in page
    assert [secret for secret in SECRETS.values() if secret in page] == []


def test_jinja2_is_loaded_for_a_page_only(project: Path) -> None:
    def loaded(*arguments: str) -> bool:
        command = [sys.executable, "-X", "importtime", "-m", "agentops", "plan", "--env", "sandbox", *arguments]
        done = subprocess.run(command, cwd=project, env=environment(), capture_output=True, text=True, check=True)
        return "jinja2" in done.stderr

    assert not loaded()
    assert not loaded("--out", "saved.plan", "--markdown")
    assert loaded("--html", "plan.html")
