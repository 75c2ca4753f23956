"""No field is skipped: the tables, the documents' counts and the cases of this suite agree."""

import pytest

from agentops.providers import registry
from tests.conformance.cases import variants
from tests.conformance.golden import FIELDS, READABLE, TYPE_FIELDS


def test_every_platform_has_golden_counts() -> None:
    assert set(registry.platforms()) == FIELDS.keys() == READABLE.keys() == TYPE_FIELDS.keys()


@pytest.mark.parametrize("name", registry.platforms())
def test_a_platform_has_as_many_fields_as_its_documents(name: str) -> None:
    table = registry.platform(name).kinds[0].table
    assert sum(not row.absent for row in table) == FIELDS[name]


@pytest.mark.parametrize("name", registry.platforms())
def test_every_type_of_tool_or_model_has_as_many_fields_as_in_the_documents(name: str) -> None:
    table = registry.platform(name).kinds[0].table
    counts = {variant.name: len([row for row in variant if not row.absent]) for variant, _ in variants(table)}
    assert counts == TYPE_FIELDS[name]
