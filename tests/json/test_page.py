"""docs/json.md: its examples obey the schemas, its tables are complete."""

import json
import re
from pathlib import Path

from agentops.engine.schemas import schema
from tests.json.outputs import SCHEMAS, obeying

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "json.md").read_text(encoding="utf-8")


def test_examples_obey_the_schema_that_is_named_before_them() -> None:
    found = re.findall(r"Schema:\s+`agentops/v1/([a-z-]+)`\.\n\n```json(| lines)\n(.*?)```", PAGE, re.DOTALL)

    assert [name for name, _, _ in found] == ["validate", "apply-event", "state"]
    for name, by_line, text in found:
        for value in text.splitlines() if by_line else [text]:
            obeying(name, json.loads(value))


def test_every_command_stands_beside_its_schema() -> None:
    rows = re.findall(r"^\| (.*) \| `agentops/v1/([a-z-]+)` \|", PAGE, re.MULTILINE)
    named = {
        (command, name)
        for cell, name in rows
        for command in re.findall(r"`(agentops [a-z ]*[a-z])(?: --[a-z-]+)*`", cell)
    }

    assert named == {*SCHEMAS.items(), ("agentops plan", "drift")}


def test_every_type_of_message_is_explained() -> None:
    kinds = {branch["$ref"].rpartition("/")[2] for branch in schema("agentops/v1/apply-event")["oneOf"]}
    table = PAGE.split("| `type` | Whose |")[1].split("\n\n")[0]

    assert kinds == set(re.findall(r"`([a-z_]+)`", re.sub(r"(?m)^\| ([^|]*) \|.*$", r"\1", table)))
