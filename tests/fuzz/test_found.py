"""What fuzzing found once, as plain tests: inputs of targets change their meaning when the targets do."""

import json
from typing import Any

import pytest

from agentops.domain.errors import ProjectError, StateError
from agentops.domain.values import from_json
from agentops.engine.planfile import parse
from agentops.state import codec
from tests.fuzz.files import plan_documents, state_documents

INFINITE = json.loads("1e400")


@pytest.mark.parametrize("side", ["desired", "live"])
@pytest.mark.parametrize("value", [[], ["x"], "x", 1, {"$ref": {"kind": "voices", "id": 1}}])
def test_a_saved_plan_whose_values_are_no_map_is_damaged(side: str, value: object) -> None:
    document = json.loads(json.dumps(plan_documents()[0]))
    document["plans"][0]["changes"][0][side] = value
    with pytest.raises(ProjectError, match="the plan file is damaged"):
        parse(json.dumps(document))


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity"])
def test_a_number_that_json_cannot_write_is_not_read(number: str) -> None:
    with pytest.raises(ValueError, match="is no number that can be kept"):
        from_json(json.loads(number))


@pytest.mark.parametrize("number", [INFINITE, 1.0, "1", True, None, 1.5])
def test_a_state_is_counted_in_whole_numbers(number: object) -> None:
    assert _refused({"serial": number})
    entry = _entry() | {"form": number}
    assert _refused({"entries": {"assistant.x": entry}})


def test_a_state_that_is_nested_without_end_is_damaged() -> None:
    value: Any = "x"
    for _ in range(900):
        value = [value]
    assert _refused({"entries": {"assistant.x": _entry() | {"values": {"name": value}}}})
    with pytest.raises(ValueError, match="damaged"):
        codec.unpack(b"j" + b"[" * 100_000)


def _entry() -> dict[str, Any]:
    return {"remote_id": 1, "values": {"name": "X"}, "protect": False, "form": 1}


def _refused(change: dict[str, Any]) -> bool:
    with pytest.raises(StateError, match="the state is damaged"):
        codec.decode_state(state_documents()[0] | change, digest_key=b"k" * 32)
    return True
