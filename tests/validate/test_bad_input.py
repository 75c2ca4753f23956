"""Bad files as cases: each folder holds the files of a project and what is said about them.

Without an agentops.yaml of its own a case is one environment on Autocalls with the folder as its manifests. Everything
must be found in one run. The words are those with the C parser; the pure one refuses the same files as no YAML, and
else comes to the same words.
"""

from pathlib import Path

import pytest

from agentops.domain.diagnostics import Diagnostic
from agentops.domain.errors import ManifestError
from agentops.domain.project import Environment, Project
from agentops.engine.manifests import read_manifests
from agentops.engine.project_file import read_project
from agentops.providers.registry import platform, platforms
from agentops.yamlio.events import Parser
from tests.plan.expectations import check

CASES = Path(__file__).resolve().parents[1] / "cases" / "bad_input"
NAMES = sorted(path.name for path in CASES.iterdir())
VARIABLES = {"sales_number": "+4930555501"}


def said_of(folder: Path, parser: Parser) -> tuple[Diagnostic, ...]:
    file = folder / "agentops.yaml"
    if not file.exists():
        alone = Environment("test", "autocalls", (".",), sandbox=True, variables=VARIABLES)
        found = read_manifests(Project("test", folder, {"test": alone}), alone, platform("autocalls"), parser=parser)
        return tuple(one for one in found.diagnostics if one.code != "unused-environment-variable")
    try:
        project = read_project(file, platforms(), parser=parser)
    except ManifestError as exc:
        return exc.diagnostics
    return tuple(
        diagnostic
        for environment in project.environments.values()
        for diagnostic in read_manifests(
            project, environment, platform(environment.platform), parser=parser
        ).diagnostics
    )


def without_yaml(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    """Of files that are no YAML just that; where and why, the parsers may word differently."""
    return list(
        dict.fromkeys(
            f"{one.pos.path} is no YAML" if one.pos and one.code.startswith("yaml-") else str(one)
            for one in diagnostics
        )
    )


@pytest.mark.parametrize("case", NAMES)
def test_everything_wrong_is_said_with_place_and_advice(case: str) -> None:
    check(CASES / case / "expected.txt", "".join(f"{one}\n" for one in said_of(CASES / case, "c")))


@pytest.mark.parametrize("case", NAMES)
def test_the_pure_parser_refuses_the_same(case: str) -> None:
    assert without_yaml(said_of(CASES / case, "pure")) == without_yaml(said_of(CASES / case, "c"))


@pytest.mark.parametrize("name", ["unknown-kind", "foreign-vocabulary"])
def test_no_variable_is_called_unused_while_a_manifest_could_not_be_looked_into(name: str) -> None:
    alone = Environment("test", "autocalls", (".",), sandbox=True, variables=VARIABLES)
    found = read_manifests(Project("test", CASES / name, {"test": alone}), alone, platform("autocalls"))
    assert "unused-environment-variable" not in {one.code for one in found.diagnostics}
