"""The quick test accepts just what the full validator does."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.engine.accept import acceptor
from agentops.engine.schemas import PROJECT, schema, schema_names
from agentops.engine.validate import _validator
from tests.validate.mutations import changed, documents

ASSISTANT = "autocalls/v1/assistant"
ACCEPTORS = {name: acceptor(schema(name)) for name in schema_names()}


def verdict(name: str, value: Any) -> bool:
    """What both say, which must be the same."""
    accepted = ACCEPTORS[name](value)
    assert accepted == _validator(name).is_valid(value), value
    return accepted


@pytest.mark.parametrize("name", schema_names())
def test_every_schema_can_be_tested_quickly(name: str) -> None:
    assert not ACCEPTORS[name]({})


@pytest.mark.parametrize("name", [ASSISTANT, PROJECT])
def test_the_corpus_of_bad_input_is_judged_alike(name: str) -> None:
    assert {verdict(name, document) for document in documents(projects=name == PROJECT)} == {True, False}


@settings(max_examples=800, deadline=None)
@given(st.data(), st.sampled_from([ASSISTANT, PROJECT]))
def test_documents_with_anything_changed_are_judged_alike(data: st.DataObject, name: str) -> None:
    verdict(name, changed(data, projects=name == PROJECT))


def test_an_unknown_keyword_is_no_silent_yes() -> None:
    with pytest.raises(ValueError, match="multipleOf"):
        acceptor({"properties": {"a": {"multipleOf": 2}}})
