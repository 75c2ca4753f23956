"""What a project file says."""

import os
from pathlib import Path

import pytest

from agentops.domain.errors import ManifestError, ProjectError
from agentops.domain.policy import Deletes, Policy
from agentops.domain.project import CommandToken, Environment, EnvToken, FileToken
from agentops.engine.project_file import read_project

FULL = """\
apiVersion: agentops/v1
kind: Project
metadata: {name: acme-voice}
spec:
  environments:
    sandbox:
      {platform: autocalls, sandbox: true, manifests: [assistants],
      # variables may be texts, numbers and truth values
      variables: {number: "+1", seconds: 30, on: true}}
    production:
      platform: famulor
      base_url: http://127.0.0.1:8765/api/
      token: {env: FAMULOR_TOKEN}
      manifests: [assistants, more/x.yaml]
      state: states/prod.db
      deletes: refuse
      thresholds: {max_changes: 3, max_share: 0.5}
      settle_seconds: 2
      lease_seconds: 30
      proxy: environment
    by-file: {platform: autocalls, token: {file: .token}, manifests: [a]}
    by-command: {platform: autocalls, token: {command: [pass, show, acme]}, manifests: [a]}
  default_environment: sandbox
"""


def write(folder: Path, text: str) -> Path:
    (folder / "agentops.yaml").write_text(text, encoding="utf-8")
    return folder / "agentops.yaml"


def test_everything_that_is_said_is_read(tmp_path: Path) -> None:
    project = read_project(write(tmp_path, FULL), ["autocalls", "famulor"])
    assert (project.name, project.root, project.default_environment) == ("acme-voice", tmp_path.resolve(), "sandbox")
    assert project.environments["production"] == Environment(
        name="production",
        platform="famulor",
        manifests=("assistants", "more/x.yaml"),
        base_url="http://127.0.0.1:8765/api",
        token=EnvToken("FAMULOR_TOKEN"),
        state="states/prod.db",
        policy=Policy(Deletes.REFUSE, 3, 0.5),
        settle_seconds=2.0,
        lease_seconds=30.0,
        is_proxied=True,
    )
    assert project.environments["by-file"].token == FileToken(".token")
    assert project.environments["by-command"].token == CommandToken(("pass", "show", "acme"))
    assert str(project.position("production", "manifests", 1)) == "agentops.yaml:14:31"
    assert str(project.key_position("sandbox", "variables", "on")) == "agentops.yaml:9:46"


def test_what_is_not_said_has_its_usual_value(tmp_path: Path) -> None:
    sandbox = read_project(write(tmp_path, FULL)).environments["sandbox"]
    assert sandbox == Environment(
        name="sandbox",
        platform="autocalls",
        manifests=("assistants",),
        sandbox=True,
        variables={"number": "+1", "seconds": 30, "on": True},
    )
    assert (sandbox.base_url, sandbox.state, sandbox.token) == ("", "", None)
    assert (sandbox.settle_seconds, sandbox.lease_seconds) == (None, None)
    assert sandbox.policy == Policy(Deletes.ASK, 10, 0.30)


def test_every_fault_is_in_one_error(tmp_path: Path) -> None:
    text = FULL.replace("platform: famulor", "platform: famulr").replace("deletes: refuse", "deletes: no")
    with pytest.raises(ManifestError) as caught:
        read_project(write(tmp_path, text), ["autocalls", "famulor"])
    assert [fault.code for fault in caught.value.diagnostics] == ["unknown-platform", "wrong-value"]


def test_a_project_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be read"):
        read_project(tmp_path / "agentops.yaml")


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "huge"])
def test_only_a_file_of_bounded_size_is_a_project_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "agentops.yaml"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
        case "huge":
            with path.open("wb") as file:
                file.truncate(10**11)  # a hole: it takes no space
    with pytest.raises(ProjectError, match="cannot be read"):
        read_project(path)
