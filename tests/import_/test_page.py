"""docs/taking-over.md, tried out step by step on an account whose assistants were made by hand."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agentops.sandbox import open_sandbox
from agentops.yamlio.read import read
from tests.cli.conftest import environment
from tests.sandbox.support import connect, ok

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "taking-over.md").read_text(encoding="utf-8")
SECRET = {"SUPPORT_CALCOM_API_KEY": "cal_live_0aaaaaaaaaaaaaaa"}
PROMPT = "You answer the phone for {{company}}.\n\n- Find out what the caller needs.\n- Never invent an answer."


def body(name: str, **more: Any) -> dict[str, Any]:
    return {
        **{"name": name, "type": "outbound", "mode": "pipeline", "voice_id": 1, "language_id": 1},
        **{"timezone": "Europe/Berlin", "initial_message": "Hello!", "system_prompt": "Be kind.", "llm_model_id": 2},
        **more,
    }


def make(folder: Path, bodies: list[dict[str, Any]]) -> Path:
    """The folder of a project on a sandbox in which somebody has made these assistants through the API."""
    root = folder / "acme"
    root.mkdir()
    agentops(root, "init", "--platform", "autocalls")
    for path in sorted((root / "assistants").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    project = root / "agentops.yaml"
    project.write_text(
        project.read_text(encoding="utf-8").replace("      variables:\n        company: Example Ltd\n", "")
    )
    sandbox = open_sandbox("autocalls", root / ".agentops/sandbox/sandbox.db")
    client = connect(sandbox)
    for each in bodies:
        ok(client.post("/user/assistant", json=each), 201)
    sandbox.close()
    return root


def agentops(root: Path, *arguments: str, code: int = 0) -> str:
    command = [sys.executable, "-m", "agentops", *arguments]
    done = subprocess.run(command, cwd=root, env=environment() | SECRET, capture_output=True, text=True, check=False)
    assert done.returncode == code, done
    return done.stdout


SMALL = [
    body("Front desk", type="inbound", phone_number_id=1, system_prompt=PROMPT, variables={"company": "Acme"}),
    body("Sales Berlin", record=True),
    body("Sales Berlin", timezone="Europe/Vienna"),
    body(
        "Support",
        tools=[
            {"type": "assistant_transfer", "assistant_id": 789},
            {
                "type": "calendar_integration",
                "calcom_api_key": SECRET["SUPPORT_CALCOM_API_KEY"],
                "calcom_event_slug": "demo",
            },
        ],
    ),
]


def test_every_command_on_the_page_prints_what_the_page_shows(tmp_path: Path) -> None:
    root = make(tmp_path, SMALL)
    blocks = re.findall(r"^```\n\$ agentops (.*)\n((?:.*\n)*?)```$", PAGE, flags=re.MULTILINE)

    assert len(blocks) >= 4
    for command, shown in blocks:
        assert agentops(root, *command.replace("'", "").split()) == shown, command


def test_manifest_on_the_page_is_what_is_written(tmp_path: Path) -> None:
    root = make(tmp_path, SMALL)
    agentops(root, "import", "--all", "--write", "--env", "sandbox")
    (shown,) = re.findall(r"^```yaml\n(# yaml-language-server(?:.*\n)*?)```$", PAGE, flags=re.MULTILINE)

    assert (root / "assistants/support.yaml").read_text(encoding="utf-8") == shown


def test_import_on_the_page_is_a_manifest_of_today() -> None:
    (shown,) = re.findall(r"^```yaml\n(apiVersion(?:.*\n)*?)```$", PAGE, flags=re.MULTILINE)
    file, faults = read(shown.encode(), "page")

    assert file is not None, faults
    assert "import" in file.value["metadata"]  # type: ignore[index]


@pytest.mark.parametrize("count", [40])
def test_an_account_with_many_assistants_is_taken_over_in_three_commands(tmp_path: Path, count: int) -> None:
    modes = ({"mode": "pipeline"}, {"mode": "dualplex", "llm_model_id": None, "multimodal_model_id": 4})
    bodies = [
        body(f"Branch {n // 2}", **modes[n % 2], max_duration=60 + n, system_prompt=f"{PROMPT}\n{n}")
        for n in range(count)
    ]
    root = make(tmp_path, [{key: value for key, value in each.items() if value is not None} for each in bodies])

    assert f"0 of {count} assistants managed, {count} not." in agentops(root, "discover", "--env", "sandbox")
    agentops(root, "import", "--all", "--write", "--env", "sandbox")
    assert "No changes." in agentops(root, "plan", "--detailed-exitcode", "--env", "sandbox")
    assert len(list((root / "assistants").glob("*.yaml"))) == count
