"""The quick test accepts just what the full validator does."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.engine.accept import acceptor
from agentops.engine.schemas import schema, schema_names
from agentops.engine.validate import _validator
from agentops.yamlio.read import read

CASES = Path(__file__).resolve().parents[1] / "cases" / "bad_input"
ASSISTANT, PROJECT = "autocalls/v1/assistant", "agentops/v1/project"
VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    600,
    -1,
    600.0,
    0.5,
    1e9,
    "",
    "x",
    "x" * 300,
    "front-desk",
    "front-desk\n",
    [],
    {},
]
VALUES += [
    ["x"],
    [1],
    {"var": "x"},
    {"var": ""},
    {"var": "x", "file": "y"},
    {"file": "y"},
    {"env": "A"},
    {"env": "a b"},
]
VALUES += [
    {"name": "x"},
    {"id": 1},
    {"id": 1.0},
    {"name": "x", "language": "y"},
    {"type": "end_call"},
    {"type": 1},
    "#",
]
KEYS = ["name", "type", "var", "mode", "tools", "description", "timeout", "x", "phone_number", "env", "id"]


@cache
def documents(name: str) -> list[Any]:
    paths = [path for path in sorted(CASES.glob("*/*.yaml")) if (path.name == "agentops.yaml") == (name == PROJECT)]
    files = [read(path.read_bytes(), path.name)[0] for path in paths]
    return [file.value for file in files if file is not None]


ACCEPTORS = {name: acceptor(schema(name)) for name in schema_names()}


def agree(name: str, value: Any) -> bool:
    """Whether both say the same; the value of the test is what they say."""
    accepted = ACCEPTORS[name](value)
    assert accepted == _validator(name).is_valid(value), value
    return accepted


@pytest.mark.parametrize("name", schema_names())
def test_every_schema_can_be_tested_quickly(name: str) -> None:
    assert not ACCEPTORS[name]({})


@pytest.mark.parametrize("name", [ASSISTANT, PROJECT])
def test_the_corpus_of_bad_input_is_judged_alike(name: str) -> None:
    verdicts = [agree(name, document) for document in documents(name)]
    assert {True, False} == set(verdicts)


@settings(max_examples=800, deadline=None)
@given(st.data())
def test_documents_with_anything_changed_are_judged_alike(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([ASSISTANT, PROJECT]))
    document = copy.deepcopy(data.draw(st.sampled_from(documents(name))))
    for _ in range(data.draw(st.integers(1, 3))):
        change(document, data)
    agree(name, document)


def change(node: Any, data: st.DataObject) -> None:
    """Replace, add or remove one entry somewhere in `node`."""
    steps = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    key = data.draw(st.sampled_from([*steps, *KEYS] if isinstance(node, dict) else steps)) if steps else None
    if key is None:
        return
    inner = node.get(key) if isinstance(node, dict) else node[key]
    if isinstance(inner, dict | list) and inner and data.draw(st.integers(0, 3)):
        change(inner, data)
    elif inner is not None and data.draw(st.booleans()):
        del node[key]
    else:
        node[key] = copy.deepcopy(data.draw(st.sampled_from(VALUES)))


def test_an_unknown_keyword_is_no_silent_yes() -> None:
    with pytest.raises(ValueError, match="multipleOf"):
        acceptor({"properties": {"a": {"multipleOf": 2}}})
