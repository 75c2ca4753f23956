"""Plans against the files in tests/cases/render; AGENTOPS_UPDATE_CASES=1 writes them anew."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agentops.domain.plan import Plan
from agentops.render.json import plan_json_text
from agentops.render.markdown import plan_markdown
from agentops.render.paint import COLOUR
from agentops.render.text import plan_text
from tests.render.plans import CASES

FOLDER = Path(__file__).parent.parent / "cases" / "render"
VIEWS: dict[str, Callable[[Plan], str]] = {
    "plan.txt": plan_text,
    "narrow.txt": lambda plan: plan_text(plan, width=72),
    "colour.txt": lambda plan: plan_text(plan, palette=COLOUR).replace("\x1b", "ESC"),
    "plan.json": plan_json_text,
    "plan.md": plan_markdown,
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("case", CASES)
def test_plan_looks_as_in_its_case(case: str, view: str) -> None:
    path = FOLDER / case / view
    shown = VIEWS[view](CASES[case]()) + "\n"
    if os.environ.get("AGENTOPS_UPDATE_CASES"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == shown


def test_every_case_folder_has_a_plan() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(CASES)
