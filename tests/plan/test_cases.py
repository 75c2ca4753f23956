"""Every folder in tests/cases/plan: manifests, live and prior state in, the plan with its requests out."""

from pathlib import Path

import pytest

from agentops.engine.planfile import dump as dump_file
from agentops.engine.planfile import parse, stale
from tests.plan.case import FOLDER, plan_of
from tests.plan.dump import dump
from tests.plan.expectations import check

CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", CASES)
def test_the_plan_is_as_the_case_says(name: str) -> None:
    check(FOLDER / name / "plan.txt", dump(plan_of(FOLDER / name)))


@pytest.mark.parametrize("name", CASES)
def test_a_plan_comes_back_from_its_file(name: str) -> None:
    plan = plan_of(FOLDER / name)
    text = dump_file([plan])
    assert parse(text) == (plan,)
    assert dump_file(parse(text)) == text
    assert "k1" not in text, "the secret itself is in the plan file"


def test_every_case_says_what_it_expects() -> None:
    assert [name for name in CASES if not Path(FOLDER, name, "plan.txt").exists()] == []


@pytest.mark.parametrize("name", CASES)
def test_saved_plan_fits_the_one_that_is_made_again(name: str) -> None:
    plan = plan_of(FOLDER / name)
    (saved,) = parse(dump_file([plan]))
    assert stale(saved, plan) == ()
