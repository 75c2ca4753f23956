"""The examples of the platforms' documents, as manifests, arrive on every platform just as the documents have them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.plan import Action
from agentops.engine.project_file import read_project
from agentops.providers import registry
from agentops.yamlio.read import read
from tests.support.generate import Setting, fitted
from tests.support.project import Outcome, Project, project
from tests.support.samples import base
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

OTHER_IDS: dict[str, dict[str, int]] = {name: {} for name in EXAMPLES}
"""Platform -> key -> the ID that stands for the document's: none, as the sandbox has the documents' own IDs."""

NUMBERED = {wire: key for key, (wire, _) in REFERENCES.items()}


@pytest.mark.parametrize("name", EXAMPLES)
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


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_every_document_work_with_its_ids(name: str, tmp_path: Path) -> None:
    with project(tmp_path, name) as used:
        bodies = {body["name"].lower().replace(" ", "-"): body for body in EXAMPLES[name]}
        used.write({key: spec_of(body) for key, body in bodies.items()})
        carried_out(used)
        rows = used.rows()
        for key, body in bodies.items():
            assert subset(rows[key], body) == {**body, **OTHER_IDS[name]}


@pytest.mark.parametrize("name", registry.platforms())
def test_the_example_folder_applies_as_far_as_its_fields_exist(name: str, tmp_path: Path) -> None:
    with project(tmp_path, name) as used:
        specs = examples_for(used, tmp_path)
        specs = {key: spec | voice_for(used, spec) for key, spec in specs.items()}
        fitting = {key: fitted(spec, used.account.table) for key, spec in specs.items()}
        used.write(specs)
        refused = used.run("validate")
        for key, spec in specs.items():  # everything that the platform lacks is named, in one run
            said = [line for line in refused.err.splitlines() if line.startswith(f"assistants/{key}.yaml:")]
            for field in spec.keys() - fitting[key].keys():
                assert any(field in line for line in said), field
        assert (refused.code == 0) == (fitting == specs), refused
        used.write(fitting)
        files = {line.partition(":")[0] for line in used.run("validate").err.splitlines() if ": error: " in line}
        left = {key: spec for key, spec in fitting.items() if f"assistants/{key}.yaml" not in files}
        assert left
        used.write(left)
        carried_out(used)


def examples_for(used: Project, folder: Path) -> dict[str, Any]:
    """The example manifests of the platform's vocabulary: name -> spec. Their prompts are copied into `folder`."""
    source = ROOT / "assistants" / registry.platform(used.platform).api_version.partition("/")[0]
    if (source / "prompts").exists():
        shutil.copytree(source / "prompts", folder / "assistants" / "prompts")
    sandboxes = [one for one in read_project(ROOT / "agentops.yaml").environments.values() if one.sandbox]
    used.extra["variables"] = {name: value for one in sandboxes for name, value in one.variables.items()}
    documents = [read(path.read_bytes(), path.name)[0] for path in sorted(source.glob("*.yaml"))]
    values: list[Any] = [document.value for document in documents if document is not None]
    return {value["metadata"]["name"]: value["spec"] for value in values if value["kind"] == "Assistant"}


def voice_for(used: Project, spec: dict[str, Any]) -> dict[str, Any]:
    """Where a voice is required, one for the mode of `spec`: not every platform can tell voices of one name apart."""
    account = used.account
    setting = Setting(account, spec["mode"]) if spec.get("mode") in account.modes else Setting(account)
    return {key: value for key, value in base(setting).items() if key == "voice"}


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
