"""The schemas themselves: valid draft-07, closed, described, understood by editors and by agentops alike."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from agentops.engine.schemas import output_names, schema, schema_name, schema_names, schema_text
from agentops.yamlio.read import read

FOLDER = Path(__file__).resolve().parents[2] / "schemas"
EVERY = (*schema_names(), *output_names())


def properties(node: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property of every object in a schema."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from properties(item, f"{path}[{index}]")
    elif isinstance(node, dict):
        for name, prop in node.get("properties", {}).items():
            if isinstance(prop, dict) and "/if" not in path:
                yield f"{path}/{name}", prop
        for key, item in node.items():
            yield from properties(item, f"{path}/{key}")


def test_every_schema_file_has_a_name() -> None:
    files = {path.relative_to(FOLDER).as_posix().removesuffix(".schema.json") for path in FOLDER.rglob("*.json")}
    assert set(EVERY) == files >= {"autocalls/v1/assistant", "agentops/v1/project"}
    assert schema_name("revox/v1", "PhoneNumber") in files
    assert schema_name("autocalls/v1", "Assistant") in files
    with pytest.raises(KeyError):
        schema_text("../pyproject")


@pytest.mark.parametrize("name", EVERY)
def test_schemas_are_valid_draft_07(name: str) -> None:
    root = schema(name)
    assert root["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(root)
    assert json.loads(schema_text(name)) == root


@pytest.mark.parametrize("name", EVERY)
def test_every_key_is_described(name: str) -> None:
    definitions = schema(name).get("definitions", {})
    for path, prop in properties(schema(name)):
        described = definitions[prop["$ref"].rpartition("/")[2]] if "$ref" in prop else prop
        assert described.get("description", "").strip(), path


@pytest.mark.parametrize("name", EVERY)
def test_every_map_is_closed(name: str) -> None:
    def maps(node: Any, path: str) -> Iterator[str]:
        if isinstance(node, dict):
            is_condition = path.endswith("/if") or "if" in str(node.get("allOf"))  # what is behind `then` is closed
            if "properties" in node and "additionalProperties" not in node and not is_condition:
                yield path
            for key, item in node.items():
                yield from maps(item, f"{path}/{key}")
        elif isinstance(node, list):
            for item in node:
                yield from maps(item, path)

    assert list(maps(schema(name), "")) == []


@pytest.mark.parametrize("name", EVERY)
def test_nothing_stands_beside_a_ref_and_conditions_are_complete(name: str) -> None:
    def check(node: Any) -> None:
        if isinstance(node, dict):
            assert "$ref" not in node or list(node) == ["$ref"], "draft-07 ignores what stands beside $ref"
            if "if" in node:
                assert node["if"]["type"] == "object"
                assert node["if"]["required"]
        for item in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            check(item)

    check(schema(name))


AUTHORED = """\
apiVersion: autocalls/v1
kind: Assistant
metadata: {name: desk, labels: {client: {var: company}}}
spec:
  name: {var: company}
  type: {var: type}
  mode: pipeline
  timezone: {var: zone}
  language: {name: {var: language}}
  secondary_languages: [{var: language}, German]
  voice: {name: Sarah, language: {var: language}, provider: {id: 3}, gender: {var: gender}}
  llm_model: {var: model}
  initial_message: {file: hello.md}
  system_prompt: {file: prompt.md}
  record: {var: record}
  max_duration: {var: seconds}
  phone_number: null
  variables: {company: {var: company}, var: x}
  filler_config: {positive: [{var: word}, yes]}
  post_call_schema: [{name: {var: name}, type: {var: type}, description: {var: text}}]
  tools:
    - {type: collect_keypad, timeout: {var: seconds}, stop_key: {var: key}}
    - {type: end_call, description: {file: end.md}}
    - {type: calendar_integration, calcom_api_key: {env: KEY}, calcom_event_slug: {var: slug}}
    - {type: assistant_transfer, assistant: {var: other}}
"""


def test_editors_accept_what_authors_write() -> None:
    file, faults = read(AUTHORED.encode(), "desk.yaml")
    assert file is not None, faults
    assert [error.message for error in Draft7Validator(schema("autocalls/v1/assistant")).iter_errors(file.value)] == []


def test_editors_accept_the_examples() -> None:
    paths = sorted((FOLDER.parent / "assistants" / "autocalls").rglob("*.yaml"))
    assert len(paths) >= 5
    for path in paths:
        file, faults = read(path.read_bytes(), path.name)
        assert file is not None, faults
        assert Draft7Validator(schema("autocalls/v1/assistant")).is_valid(file.value), path
