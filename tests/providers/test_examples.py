"""The example requests of the documents: a manifest that means one sends its body to the letter.

Where the documents have none, there is one with all fields.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.fields import Field, FieldTable
from agentops.domain.values import Ref, Value
from agentops.engine.diff import same
from agentops.providers.registry import platform
from tests.providers.conftest import OpenSandbox, provider_of
from tests.providers.support import CASES, SECRETS

EXAMPLES = sorted((CASES / "encode").glob("*.json"), key=lambda path: path.name)


def compared(table: FieldTable, spec: dict[str, Any]) -> dict[str, Value]:
    """The compared form of a `spec` whose references are IDs, with the name where the platform takes that."""
    return {name: _value(table[name], value) for name, value in spec.items()}


def _value(row: Field, value: Any) -> Value:
    if row.item is not None and isinstance(value, list):
        return [_value(row.item, item) for item in value]
    if row.ref is not None and value is not None:
        return Ref(row.ref.kind, value["id"], value.get("name", ""))
    if row.secret:
        return SECRETS.of_env(value["env"])
    if row.table is not None and value is not None:
        return compared(row.table, value)
    if row.variants:
        table = row.variant(value["type"])
        assert table is not None
        return {"type": value["type"]} | compared(table, {key: part for key, part in value.items() if key != "type"})
    return value


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.stem))
def test_an_example_is_sent_and_reads_back(opened: OpenSandbox, path: Path) -> None:
    name = path.stem.split(".")[0]
    case = json.loads(path.read_text(encoding="utf-8"))
    sandbox = opened(name)
    provider = provider_of(sandbox, name)
    table = platform(name).kind_by_name["Assistant"].table
    values = compared(table, case["spec"])
    id_ = provider.create("Assistant", values)
    assert sandbox.store.log()[-1].json == case["body"]
    live = provider.list("Assistant")[id_].values
    assert [key for key, value in values.items() if key in live and not same(table[key], live[key], value)] == []


@pytest.mark.parametrize(("name", "example"), [("autocalls-legacy", "pipeline"), ("revox", "everything")])
def test_an_example_of_all_fields_has_them_all(name: str, example: str) -> None:
    spec = json.loads((CASES / "encode" / f"{name}.{example}.json").read_text(encoding="utf-8"))["spec"]
    assert spec.keys() == {row.name for row in platform(name).kind_by_name["Assistant"].table if not row.absent}


def test_every_document_has_its_examples() -> None:
    assert [path.stem for path in EXAMPLES] == [
        "autocalls-legacy.multimodal",
        "autocalls-legacy.pipeline",
        "autocalls.dualplex",
        "autocalls.multimodal",
        "autocalls.pipeline",
        "famulor.dualplex",
        "famulor.multimodal",
        "famulor.pipeline",
        "intellixent.pipeline",
        "revox.everything",
        "revox.minimum",
    ]
