"""The examples of the platforms' documents, as manifests, arrive on every platform just as the documents have them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.plan import Action
from agentops.providers import registry
from tests.support.project import Outcome, Project, project
from tests.support.wire import REFERENCES

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "data" / "document_examples.json").read_text(encoding="utf-8")
)
"""Platform -> the request bodies that its document shows."""

VARIABLES = {
    "company": "Acme Corp",
    "sales_number": "+12025550107",
    "support_line": "+1234567890",
    "sales_supervisor": "+1234567891",
}

OTHER_IDS: dict[str, dict[str, int]] = {name: {} for name in registry.platforms()}
"""Platform -> key -> the ID that stands for the document's: none, as the sandbox has the documents' own IDs."""

NUMBERED = {wire: key for key, (wire, _) in REFERENCES.items()}


@pytest.mark.parametrize("name", registry.platforms())
def test_the_example_manifests_store_what_the_documents_of_autocalls_send(name: str, tmp_path: Path) -> None:
    with project(tmp_path, name) as used:
        shutil.copytree(ROOT / "assistants" / "autocalls", tmp_path / "assistants")
        used.extra["variables"] = VARIABLES
        used.write_project()
        carried_out(used)
        rows = {row["name"]: row for row in used.rows().values()}
        for body in EXAMPLES["autocalls"]:
            assert subset(rows[body["name"]], body) == {**body, **OTHER_IDS[name]}
        reception, billing = rows["Reception"], rows["Billing"]
        assert transfers(reception) == [billing["id"]]
        assert transfers(billing) == [reception["id"]]


@pytest.mark.parametrize("name", registry.platforms())
def test_the_examples_of_every_document_work_with_its_ids(name: str, tmp_path: Path) -> None:
    with project(tmp_path, name) as used:
        bodies = {body["name"].lower().replace(" ", "-"): body for body in EXAMPLES[name]}
        used.write({key: spec_of(body) for key, body in bodies.items()})
        carried_out(used)
        rows = used.rows()
        for key, body in bodies.items():
            assert subset(rows[key], body) == {**body, **OTHER_IDS[name]}


def carried_out(used: Project) -> Outcome:
    """validate, plan, apply, and a plan that is empty."""
    used.succeed("validate")
    plan = used.plan()
    assert plan.changes
    assert {change.action for change in plan.changes} == {Action.CREATE}
    used.apply()
    done = used.succeed("plan", "--detailed-exitcode")
    assert "No changes." in done.out, done
    return done


def spec_of(body: dict[str, Any]) -> dict[str, Any]:
    """A request body as a manifest would say it, with the IDs as they are."""
    spec = {NUMBERED.get(key, key): by_id(value) if key in NUMBERED else value for key, value in body.items()}
    return spec | {"tools": [tool_of(tool) for tool in body["tools"]]} if "tools" in body else spec


def tool_of(tool: dict[str, Any]) -> dict[str, Any]:
    return {
        "outbound_phone" if key == "outbound_phone_id" else key: by_id(value) if key == "outbound_phone_id" else value
        for key, value in tool.items()
    }


def by_id(value: Any) -> Any:
    return [{"id": number} for number in value] if isinstance(value, list) else {"id": value}


def subset(row: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in body}


def transfers(row: dict[str, Any]) -> list[int]:
    return [tool["assistant_id"] for tool in row["tools"] if tool["type"] == "assistant_transfer"]
