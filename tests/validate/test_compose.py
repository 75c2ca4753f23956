"""Markers: what {file}, {var} and {env} become, and where each value came from."""

import os
from pathlib import Path

import pytest

from agentops.domain.diagnostics import Severity
from agentops.domain.manifest import EnvSecret, Manifest, Origin
from agentops.domain.project import Scalar
from agentops.engine.manifests import read_files
from agentops.providers.registry import platform

BASE = """\
apiVersion: autocalls/v1
kind: Assistant
metadata: {name: desk, labels: {client: {var: company}, team: front}, protect: true, previous_names: [old-desk]}
spec:
  name: {var: company}
  type: inbound
  mode: pipeline
  timezone: Europe/Berlin
  language: {name: {var: language}}
  voice: {name: Sarah, language: {var: language}}
  llm_model: {var: model}
  initial_message: Hello
  system_prompt: {file: ../prompts/desk.md}
"""
VARIABLES: dict[str, Scalar] = {
    "company": "Acme",
    "language": "English",
    "model": "GPT-4.1-mini",
    "seconds": 30,
    "on": True,
}


def composed(tmp_path: Path, extra: str = "", prompt: bytes = b"Be kind.\n") -> Manifest:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "desk.md").write_bytes(prompt)
    (tmp_path / "assistants").mkdir()
    (tmp_path / "assistants" / "desk.yaml").write_text(BASE + extra, encoding="utf-8")
    found = read_files(tmp_path, ["assistants"], platform("autocalls"), VARIABLES)
    assert [str(diagnostic) for diagnostic in found.diagnostics if diagnostic.severity is Severity.ERROR] == []
    return found.manifests[0]


def test_markers_become_what_they_mean_and_leave_their_origin(tmp_path: Path) -> None:
    manifest = composed(tmp_path, "  ringing_time: {var: seconds}\n  record: {var: on}\n")
    assert manifest.spec["name"] == "Acme"
    assert manifest.spec["voice"] == {"name": "Sarah", "language": "English"}
    assert manifest.spec["language"] == {"name": "English"}
    assert manifest.spec["llm_model"] == "GPT-4.1-mini"
    assert manifest.spec["ringing_time"] == 30
    assert manifest.spec["record"] is True
    assert manifest.spec["system_prompt"] == "Be kind."
    assert manifest.labels == {"client": "Acme", "team": "front"}
    assert manifest.protect
    assert manifest.previous_names == ("old-desk",)
    assert manifest.origins["spec", "system_prompt"] == Origin("file", "prompts/desk.md")
    assert manifest.origins["spec", "voice", "language"] == Origin("var", "language")
    assert str(manifest.position(("voice", "language"))) == "assistants/desk.yaml:10:34"
    assert manifest.document.path == "assistants/desk.yaml"


def test_files_are_taken_literally_but_for_line_ends_and_outer_white_space(tmp_path: Path) -> None:
    manifest = composed(tmp_path, prompt="\ufeff${x} $${y} {var: z}\r\n\ttab \u2028.\r\n".encode())
    assert manifest.spec["system_prompt"] == "${x} $${y} {var: z}\n\ttab \u2028."


def test_a_text_is_as_long_as_what_is_sent_of_it(tmp_path: Path) -> None:
    block = f"  voice_mail_message: |\n    {'x' * 1000}\n"
    assert len(str(composed(tmp_path, block).spec["voice_mail_message"])) == 1000


def test_a_doubled_dollar_writes_a_reserved_mark(tmp_path: Path) -> None:
    manifest = composed(tmp_path, '  reengagement_prompt: "$${a} costs $5, $$ {b} $$${c}"\n')
    assert manifest.spec["reengagement_prompt"] == "${a} costs $5, $$ {b} $${c}"


def test_secrets_stay_names(tmp_path: Path) -> None:
    tool = "  tools: [{type: calendar_integration, calcom_event_slug: demo, calcom_api_key: {env: CALCOM_KEY}}]\n"
    manifest = composed(tmp_path, tool)
    entry = {"type": "calendar_integration", "calcom_event_slug": "demo", "calcom_api_key": EnvSecret("CALCOM_KEY")}
    assert manifest.spec["tools"] == [entry]
    assert manifest.origins["spec", "tools", 0, "calcom_api_key"] == Origin("env", "CALCOM_KEY")


def test_free_maps_are_literal_but_for_their_values(tmp_path: Path) -> None:
    manifest = composed(tmp_path, "  variables: {var: x, file: y, env: z, company: {var: company}}\n")
    assert manifest.spec["variables"] == {"var": "x", "file": "y", "env": "z", "company": "Acme"}


def test_without_an_environment_variables_may_be_anything(tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text(BASE.replace("../prompts/desk.md", "desk.md"), encoding="utf-8")
    (tmp_path / "desk.md").write_text("Be kind.", encoding="utf-8")
    found = read_files(tmp_path, ["desk.yaml"], platform("autocalls"))
    assert found.diagnostics == ()
    assert found.manifests[0].spec["name"] == {"var": "company"}


@pytest.mark.parametrize("target", ["outside", "folder-link", "fifo", "device", "absolute", "up"])
def test_only_regular_files_of_the_project_are_read(tmp_path: Path, target: str) -> None:
    (tmp_path / "secret.md").write_text("outside", encoding="utf-8")
    project = tmp_path / "project"
    project.mkdir()
    name = "prompt.md"
    match target:
        case "outside":
            (project / name).symlink_to(tmp_path / "secret.md")
        case "folder-link":
            (project / "there").symlink_to(tmp_path, target_is_directory=True)
            name = "there/secret.md"
        case "fifo":
            os.mkfifo(project / name)
        case "device":
            (project / name).symlink_to("/dev/zero")
        case "absolute":
            name = str(tmp_path / "secret.md")
        case "up":
            name = "../secret.md"
    (project / "desk.yaml").write_text(BASE.replace("../prompts/desk.md", name), encoding="utf-8")
    found = read_files(project, ["desk.yaml"], platform("autocalls"), VARIABLES)
    assert [one.code for one in found.diagnostics] == ["file-unreadable" if target == "fifo" else "file-outside"]


def test_links_that_stay_in_the_project_are_followed(tmp_path: Path) -> None:
    (tmp_path / "real.md").write_text("Be kind.", encoding="utf-8")
    (tmp_path / "prompt.md").symlink_to("real.md")
    (tmp_path / "desk.yaml").write_text(BASE.replace("../prompts/desk.md", "prompt.md"), encoding="utf-8")
    found = read_files(tmp_path, ["desk.yaml"], platform("autocalls"), VARIABLES)
    assert found.manifests[0].spec["system_prompt"] == "Be kind."


def test_a_file_has_a_limit(tmp_path: Path) -> None:
    (tmp_path / "prompt.md").write_bytes(b"x" * 1_000_001)
    (tmp_path / "desk.yaml").write_text(BASE.replace("../prompts/desk.md", "prompt.md"), encoding="utf-8")
    found = read_files(tmp_path, ["desk.yaml"], platform("autocalls"), VARIABLES)
    assert [one.code for one in found.diagnostics] == ["file-too-large"]


def test_a_text_that_is_too_long_for_the_name_of_a_file_is_a_text(tmp_path: Path) -> None:
    text = "a" * 5000 + ".md"
    (tmp_path / "desk.yaml").write_text(BASE.replace("{file: ../prompts/desk.md}", text), encoding="utf-8")
    found = read_files(tmp_path, ["desk.yaml"], platform("autocalls"), VARIABLES)
    assert found.diagnostics == ()
    assert found.manifests[0].spec["system_prompt"] == text
