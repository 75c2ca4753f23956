"""No field is skipped: the tables, the documents' counts and the cases of this suite agree."""

import pytest

from agentops.providers import registry
from tests.conformance.cases import tools
from tests.conformance.golden import FIELDS, READABLE, TOOL_FIELDS


def test_every_platform_has_golden_counts() -> None:
    assert set(registry.platforms()) == FIELDS.keys() == READABLE.keys()


@pytest.mark.parametrize("name", registry.platforms())
def test_a_platform_has_as_many_fields_as_its_documents(name: str) -> None:
    table = registry.platform(name).kinds[0].table
    assert sum(not row.absent for row in table) == FIELDS[name]


@pytest.mark.parametrize("name", registry.platforms())
def test_every_tool_type_has_as_many_fields_as_in_the_documents(name: str) -> None:
    table = registry.platform(name).kinds[0].table
    assert {tool.name: len([row for row in tool if not row.absent]) for tool in tools(table)} == TOOL_FIELDS
