"""docs/manifest.md says of every field what the field tables say."""

import re
from pathlib import Path

import pytest

from agentops.domain.fields import FieldTable, Type
from agentops.providers.autocalls.tables import ASSISTANT
from agentops.providers.revox import tables as revox
from tests.docs.manifest_tables import rows

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("manifest.md", "manifest-revox.md")}


def sections(table: FieldTable, heading: str) -> dict[str, FieldTable]:
    """Heading on the page -> table, for a table and those of objects below it."""
    found = {heading: table}
    for field in table:
        below = field.table or (field.item.table if field.item else None)
        if below is not None and not field.qualified:
            found |= sections(below, f"### {field.name}")
        for variant in field.item.variants if field.item and field.item.type is Type.VARIANT else ():
            found |= sections(variant, f"### Tool `{variant.name}`")
        for variant in field.variants:
            found |= sections(variant, f"### {field.name} of type `{variant.name}`")
    return found


SECTIONS = {
    ("manifest.md", heading): table for heading, table in sections(ASSISTANT, "## Fields of `spec`").items()
} | {
    ("manifest-revox.md", heading): table
    for kind, rows_ in (("Assistant", revox.ASSISTANT), ("PhoneNumber", revox.PHONE_NUMBER))
    for heading, table in sections(rows_, f"## Fields of `spec`, kind {kind}").items()
}


def written(name: str, heading: str) -> dict[str, tuple[str, ...]]:
    """Field -> the first four cells of its row in the section."""
    page = PAGES[name]
    start = page.index(heading + "\n") + len(heading)
    body = re.split(r"^##", page[start:], maxsplit=1, flags=re.MULTILINE)[0]
    found = {}
    for line in body.splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            found[cells[0].split("`")[1]] = tuple(cells[:4])
    return found


@pytest.mark.parametrize("place", sorted(SECTIONS))
def test_page_lists_every_field_with_its_type_default_and_null(place: tuple[str, str]) -> None:
    assert written(*place) == rows(SECTIONS[place])


@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_section_for_what_does_not_exist(name: str) -> None:
    named = {(name, line) for line in PAGES[name].splitlines() if line.startswith("### ")}

    assert named <= SECTIONS.keys()
