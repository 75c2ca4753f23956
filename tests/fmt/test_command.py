"""`agentops fmt` as it is used: on a project, on paths, in a pipeline, as a filter; all files or none."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Run

UNORDERED = "kind: Assistant # what\napiVersion: autocalls/v1\nmetadata: {name: x}\nspec: {type: inbound, name: 'X'}\n"
ORDERED = 'apiVersion: autocalls/v1\nkind: Assistant # what\nmetadata: {name: x}\nspec: {name: "X", type: inbound}\n'


@pytest.fixture
def messy(project: Path) -> Path:
    """A manifest of the project that is not canonical."""
    path = project / "assistants" / "autocalls" / "messy.yaml"
    path.write_text(UNORDERED, encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_manifests_and_project_file_are_formatted(agentops: Run, project: Path, messy: Path) -> None:
    file = project / "agentops.yaml"
    canonical = file.read_text(encoding="utf-8")
    file.write_text(canonical.replace("kind: Project", "kind:   Project"), encoding="utf-8")

    result = agentops("fmt")

    assert (result.returncode, result.stdout) == (0, "agentops.yaml\nassistants/autocalls/messy.yaml\n")
    assert result.stderr == "2 of 10 files changed\n"
    assert messy.read_text(encoding="utf-8") == ORDERED
    assert file.read_text(encoding="utf-8") == canonical
    assert agentops("fmt").stdout == ""


def test_check_writes_nothing(agentops: Run, project: Path, messy: Path) -> None:
    before = contents(project)

    result = agentops("fmt", "--check")

    assert (result.returncode, result.stdout) == (1, "assistants/autocalls/messy.yaml\n")
    assert "1 of 10 files not in canonical form" in result.stderr
    assert contents(project) == before
    messy.unlink()
    assert agentops("fmt", "--check").returncode == 0


def test_a_diff_says_what_changes(agentops: Run, project: Path, messy: Path) -> None:
    result = agentops("fmt", "--check", "--diff")

    assert result.returncode == 1
    assert result.stdout == (
        "--- a/assistants/autocalls/messy.yaml\n+++ b/assistants/autocalls/messy.yaml\n@@ -1,4 +1,4 @@\n"
        "+apiVersion: autocalls/v1\n kind: Assistant # what\n-apiVersion: autocalls/v1\n metadata: {name: x}\n"
        "-spec: {type: inbound, name: 'X'}\n+spec: {name: \"X\", type: inbound}\n"
    )
    assert messy.read_text(encoding="utf-8") == UNORDERED
    subprocess.run(["git", "apply", "-"], cwd=project, input=result.stdout, text=True, check=True)
    assert messy.read_text(encoding="utf-8") == ORDERED


def test_a_diff_alone_is_written_too(agentops: Run, messy: Path) -> None:
    assert agentops("fmt", "--diff").stdout.startswith("--- a/assistants")
    assert messy.read_text(encoding="utf-8") == ORDERED


def test_a_file_with_faults_stops_all(agentops: Run, project: Path, messy: Path) -> None:
    for name in ("broken", "worse"):
        (project / "assistants" / f"{name}.yaml").write_text("a: [b", encoding="utf-8")
    before = contents(project)

    result = agentops("fmt", "assistants")

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("error: the list is not closed properly [yaml-syntax]") == 2
    assert contents(project) == before


def test_a_manifest_with_other_faults_is_formatted(agentops: Run, project: Path, messy: Path) -> None:
    messy.write_text(UNORDERED.replace("type: inbound", "typo: inbound"), encoding="utf-8")

    assert agentops("fmt", str(messy)).returncode == 0
    assert "typo: inbound}" in messy.read_text(encoding="utf-8")


def test_paths_need_no_project(agentops: Run, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "a.yaml").write_text(UNORDERED, encoding="utf-8")
    (folder / "b.yml").write_text(ORDERED, encoding="utf-8")
    (folder / "notes.txt").write_text("a:   b", encoding="utf-8")

    result = agentops("fmt", "elsewhere")

    assert (result.returncode, result.stdout, result.stderr) == (0, "elsewhere/a.yaml\n", "1 of 2 files changed\n")
    assert (folder / "a.yaml").read_text(encoding="utf-8") == ORDERED


def test_only_one_environment_can_be_meant(agentops: Run, project: Path, messy: Path) -> None:
    assert agentops("fmt", "--check", "--env", "revox-sandbox").returncode == 0
    assert agentops("fmt", "--check", "--env", "sandbox").returncode == 1


def test_a_folder_with_a_project_file_alone(agentops: Run, tmp_path: Path) -> None:
    (tmp_path / "agentops.yaml").write_text("kind:  Project\n", encoding="utf-8")
    assert agentops("fmt", ".").stdout == "agentops.yaml\n"


def test_stdin_goes_to_stdout(agentops: Run) -> None:
    result = agentops("fmt", "-", stdin=UNORDERED)
    assert (result.returncode, result.stdout, result.stderr) == (0, ORDERED, "")


@pytest.mark.parametrize("text, code", [(UNORDERED, 1), (ORDERED, 0)])
def test_stdin_is_checked(agentops: Run, text: str, code: int) -> None:
    result = agentops("fmt", "-", "--check", stdin=text)
    assert (result.returncode, result.stdout) == (code, "<stdin>\n" if code else "")


def test_faults_of_stdin_have_places(agentops: Run) -> None:
    result = agentops("fmt", "-", stdin="a: b\na: c\n")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("<stdin>:2:1: error: the key a stands here twice")


def test_stdin_stands_alone(agentops: Run, project: Path) -> None:
    assert agentops("fmt", "-", "agentops.yaml").returncode == 64


def test_a_path_that_is_not_there_is_wrong_usage(agentops: Run) -> None:
    assert agentops("fmt", "nothing.yaml").returncode == 64


def test_many_files_are_formatted(agentops: Run, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(200):
        (folder / f"a{number}.yaml").write_text(UNORDERED, encoding="utf-8")
    result = agentops("fmt", "many")
    assert result.stderr == "200 of 200 files changed\n"
    assert {path.read_text(encoding="utf-8") for path in folder.iterdir()} == {ORDERED}
