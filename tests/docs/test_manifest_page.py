"""docs/manifest.md says of every field what the field tables say."""

import re
from pathlib import Path

import pytest

from agentops.domain.fields import FieldTable, Type
from agentops.providers.autocalls.tables import ASSISTANT
from tests.docs.manifest_tables import rows

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "manifest.md").read_text(encoding="utf-8")


def sections(table: FieldTable, heading: str) -> dict[str, FieldTable]:
    """Heading on the page -> table, for a table and those of objects below it."""
    found = {heading: table}
    for field in table:
        below = field.table or (field.item.table if field.item else None)
        if below is not None:
            found |= sections(below, f"### {field.name}")
        for variant in field.item.variants if field.item and field.item.type is Type.VARIANT else ():
            found |= sections(variant, f"### Tool `{variant.name}`")
    return found


SECTIONS = sections(ASSISTANT, "## Fields of `spec`")


def written(heading: str) -> dict[str, tuple[str, ...]]:
    """Field -> the first four cells of its row in the section."""
    start = PAGE.index(heading + "\n") + len(heading)
    body = re.split(r"^##", PAGE[start:], maxsplit=1, flags=re.MULTILINE)[0]
    found = {}
    for line in body.splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            found[cells[0].split("`")[1]] = tuple(cells[:4])
    return found


@pytest.mark.parametrize("heading", sorted(SECTIONS))
def test_page_lists_every_field_with_its_type_default_and_null(heading: str) -> None:
    assert written(heading) == rows(SECTIONS[heading])


def test_page_has_no_section_for_a_tool_that_does_not_exist() -> None:
    named = {line for line in PAGE.splitlines() if line.startswith("### ")}

    assert named <= SECTIONS.keys()
