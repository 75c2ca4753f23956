"""The examples of the platforms' documents, as manifests, arrive on every platform just as the documents have them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.plan import Action
from agentops.providers import registry
from agentops.yamlio.read import read
from tests.support.generate import fitted
from tests.support.project import Outcome, Project, project
from tests.support.wire import REFERENCES, stored

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "data" / "document_examples.json").read_text(encoding="utf-8")
)
"""Platform -> the request bodies that its document shows."""

FOLDERS: dict[str, tuple[str, dict[str, str]]] = {
    "autocalls/v1": (
        "autocalls",
        {
            "company": "Acme Corp",
            "sales_number": "+12025550107",
            "support_line": "+1234567890",
            "sales_supervisor": "+1234567891",
        },
    ),
    "revox/v1": (
        "revox",
        {
            "caller_number": "+12025550101",
            "sales_line": "+12025550181",
            "support_line": "+12025550182",
            "sales_team": "sales@example.com",
        },
    ),
}
"""Vocabulary -> the folder of its example manifests, and the variables that they use."""

RICH: dict[str, dict[str, Any]] = {
    "autocalls/v1": {
        **{"name": "Rich", "type": "outbound", "mode": "pipeline", "timezone": "UTC", "language": "English"},
        **{"voice": "Oliver", "llm_model": "GPT-4.1-mini", "initial_message": "Hello!", "system_prompt": "Be kind."},
        **{"secondary_languages": ["German"], "folder": "Sales", "labels": ["VIP"], "knowledgebase": "Product FAQ"},
        **{"knowledgebase_mode": "prompt", "mid_call_tools": ["lookup_order"], "ringing_time": 20, "record": True},
        **{"ambient_sound": "cafe", "filler_config": {"positive": ["Great."]}, "min_interrupt_words": 2},
        **{"wait_for_customer": True, "max_silence_duration": 90, "reengagement_interval": 20, "fillers": True},
        "tools": [{"type": "end_call", "description": "When all is said."}, {"type": "dtmf_input"}],
    },
    "revox/v1": {
        **{"name": "Rich", "prompt": "Be kind.", "voice": {"name": "Katie", "speed": 1.2}, "sms_enabled": True},
        **{"from_phone_number": "+12025550101", "faq_items": [{"question": "Who?", "answer": "We."}]},
    },
}
"""Vocabulary -> a manifest that uses much of it."""

OTHER_IDS: dict[str, dict[str, int]] = {name: {} for name in registry.platforms()}
"""Platform -> key -> the ID that stands for the document's: none, as the sandbox has the documents' own IDs."""

NUMBERED = {wire: key for key, (wire, _) in REFERENCES.items()}


def with_examples(used: Project) -> None:
    """The example manifests of the platform's vocabulary, as they are."""
    folder, variables = FOLDERS[registry.platform(used.platform).api_version]
    shutil.copytree(ROOT / "assistants" / folder, used.folder / "assistants")
    used.extra["variables"] = variables
    used.write_project()


def used_keys(used: Project) -> set[str]:
    """The keys of `spec` in all manifests."""
    found: set[str] = set()
    for path in (used.folder / "assistants").glob("*.yaml"):
        file, faults = read(path.read_bytes(), path.name)
        assert file is not None, faults
        assert isinstance(file.value, dict)
        found |= file.value["spec"].keys()
    return found


@pytest.mark.parametrize("name", registry.platforms())
def test_the_example_manifests_work_or_every_line_that_cannot_is_named(name: str, tmp_path: Path) -> None:
    with project(tmp_path, name) as used:
        with_examples(used)
        missing = [row for row in registry.platform(name).kinds[0].table if row.absent and row.name in used_keys(used)]
        if missing:
            outcome = used.run("validate")
            assert outcome.code == 1
            assert all(row.absent in outcome.err for row in missing), outcome
        else:
            carried_out(used)


@pytest.mark.parametrize("name", registry.platforms())
def test_one_manifest_works_on_every_platform_of_its_vocabulary_as_far_as_it_can(name: str, tmp_path: Path) -> None:
    table = registry.platform(name).kinds[0].table
    rich = RICH[registry.platform(name).api_version]
    with project(tmp_path, name) as used:
        fits = fitted(rich, table)
        used.write({"rich": rich})
        if fits != rich:
            outcome = used.run("validate")
            assert outcome.code == 1
            assert all(table[key].absent in outcome.err for key in rich.keys() - fits.keys()), outcome
            assert used.run("plan").code == 1
            assert not used.writes()
        used.write({"rich": fits})
        carried_out(used)
        row, expected = used.rows()["rich"], stored(fits, used.account, lambda _: "")
        assert {key: row[key] for key in expected} == expected


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_example_manifests_store_what_the_documents_of_autocalls_send(name: str, tmp_path: Path) -> None:
    with project(tmp_path, name) as used:
        with_examples(used)
        carried_out(used)
        rows = {row["name"]: row for row in used.rows().values()}
        for body in EXAMPLES["autocalls"]:
            assert subset(rows[body["name"]], body) == {**body, **OTHER_IDS[name]}
        reception, billing = rows["Reception"], rows["Billing"]
        assert transfers(reception) == [billing["id"]]
        assert transfers(billing) == [reception["id"]]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
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
    assert {change.action for change in plan.changes} <= {Action.CREATE, Action.ADOPT}
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
