"""docs/platforms.md is what `agentops platforms` says, and that is what the tables say."""

import json
from pathlib import Path

import pytest

from agentops.cli.main import run
from agentops.providers.registry import platform, platforms
from agentops.render.platforms import ABSENT, FULL, LIMITED, matrices, platforms_markdown

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "platforms.md").read_text(encoding="utf-8")
FOUND = matrices(map(platform, platforms()))


def test_the_page_has_the_tables_that_the_command_prints() -> None:
    assert PAGE.endswith(platforms_markdown(FOUND) + "\n")


@pytest.mark.parametrize("name", platforms())
def test_the_page_names_vocabulary_and_address_of_every_platform(name: str) -> None:
    found = platform(name)
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}`")]
    assert f"`{found.api_version}`" in row
    assert (f"`{found.base_url}`" if found.base_url else "must be given") in row


@pytest.mark.parametrize("name", platforms())
def test_every_field_of_every_kind_is_in_the_matrix(name: str) -> None:
    for kind in platform(name).kinds:
        (matrix,) = [each for each in FOUND if each.kind == kind.name and name in each.platforms]
        assert {row.name for row in kind.table} <= matrix.rows.keys()
        assert all(matrix.rows[row.name][name].level == ABSENT for row in kind.table if row.absent)
        assert all(cell.how for cells in matrix.rows.values() for cell in cells.values() if cell.level != FULL)


def test_the_older_dialect_is_limited_in_what_its_document_limits() -> None:
    (matrix,) = [each for each in FOUND if "autocalls-legacy" in each.platforms]
    column = {name: cells["autocalls-legacy"] for name, cells in matrix.rows.items()}
    limited = {name for name, cell in column.items() if cell.level == LIMITED}
    assert limited == {"mode", "voice", "llm_model", "max_silence_duration", "tools", "tools: end_call"}
    tools = {name for name, cell in column.items() if name.startswith("tools: ") and cell.level == ABSENT}
    assert len(tools) == 6
    assert len([name for name, cell in column.items() if cell.level == ABSENT]) == 20 + len(tools)


def test_the_command_prints_a_table_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["platforms"]) == 0
    text = capsys.readouterr().out
    assert run(["platforms", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert run(["platforms", "--json", "--markdown"]) == 64
    assert {name for each in data for name in each["platforms"]} == set(platforms())
    assert all(name in text for each in data for name in each["fields"])
