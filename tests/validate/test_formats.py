"""`validate --format` as a pipeline uses it: paths from the top of the repository, a file whole or not at all."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from agentops.cli.validate import RENDERERS
from tests.support.generate import Setting
from tests.support.project import Project, project
from tests.support.samples import base

FORMATS = sorted(RENDERERS.keys() - {"text"})


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Project]:
    """A project in a folder of a git repository; `desk` has an unknown key, `night` nothing wrong."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "voice").mkdir()
    with project(tmp_path / "voice", "autocalls") as made:
        plain = base(Setting(made.account))
        made.write({"desk": plain | {"voise": "Emma"}, "night": plain})
        yield made


def places(form: str, text: str) -> set[str]:
    """The files that are named as faulty."""
    match form:
        case "github":
            return {line.partition("file=")[2].partition(",")[0] for line in text.splitlines()}
        case "gitlab":
            return {entry["location"]["path"] for entry in json.loads(text)}
        case "sarif":
            (run,) = json.loads(text)["runs"]
            spots = [result["locations"][0]["physicalLocation"] for result in run["results"]]
            return {spot["artifactLocation"]["uri"] for spot in spots}
        case "junit":
            cases = ElementTree.fromstring(text).iter("testcase")
            return {case.attrib["file"] for case in cases if case.find("failure") is not None}
    return {item["range"]["filename"] for item in json.loads(text)["diagnostics"]}


@pytest.mark.parametrize("form", FORMATS)
def test_paths_start_at_the_top_of_the_repository_in_what_hosts_read(repository: Project, form: str) -> None:
    outcome = repository.run("validate", "--format", form)

    assert outcome.code == 1
    assert places(form, outcome.out) == {("" if form == "json" else "voice/") + "assistants/desk.yaml"}


def test_without_git_paths_start_at_the_project(tmp_path: Path) -> None:
    with project(tmp_path, "autocalls") as made:
        made.write({"desk": base(Setting(made.account)) | {"voise": "Emma"}})

        assert places("gitlab", made.run("validate", "--format", "gitlab").out) == {"assistants/desk.yaml"}


@pytest.mark.parametrize("form", FORMATS)
def test_faults_of_the_project_file_are_in_every_format(repository: Project, form: str) -> None:
    repository.extra["colour"] = "green"
    repository.write_project()

    outcome = repository.run("validate", "--format", form)

    assert outcome.code == 1
    assert places(form, outcome.out) == {("" if form == "json" else "voice/") + "agentops.yaml"}
    assert "colour" in outcome.out


@pytest.mark.parametrize("form", FORMATS)
def test_a_clean_project_has_a_clean_report_and_exit_code_0(repository: Project, form: str) -> None:
    repository.write({"night": base(Setting(repository.account))})

    outcome = repository.succeed("validate", "--format", form)

    if form == "github":
        assert outcome.out == ""
        assert "Success!" in outcome.err
    else:
        assert places(form, outcome.out) == set()
        assert outcome.err == ""


@pytest.mark.parametrize("form", RENDERERS)
def test_out_writes_the_format_and_leaves_the_text_to_the_log(repository: Project, form: str) -> None:
    file = repository.folder / "report"

    text, outcome = repository.run("validate"), repository.run("validate", "--format", form, "--out", str(file))

    assert (outcome.code, outcome.out, outcome.err) == (text.code, text.out, text.err)
    if form == "text":
        assert "assistants/desk.yaml:" in file.read_text(encoding="utf-8")
    else:
        assert len(places(form, file.read_text(encoding="utf-8"))) == 1
        shown = repository.run("validate", "--format", form).out
        assert file.read_text(encoding="utf-8") == (shown if shown.endswith("\n") else shown + "\n")
    assert [path.name for path in repository.folder.glob(".report*")] == []


def test_a_file_that_cannot_be_written_is_an_error_and_leaves_the_old_one(repository: Project) -> None:
    outcome = repository.run("validate", "--format", "sarif", "--out", str(repository.folder / "missing" / "report"))

    assert outcome.code == 1
    assert "cannot write" in outcome.err


def test_json_is_short_for_its_format_and_excludes_the_others(repository: Project) -> None:
    assert repository.run("validate", "--json").out == repository.run("validate", "--format", "json").out
    assert repository.run("validate", "--json", "--format", "json").code == 1
    assert repository.run("validate", "--json", "--format", "sarif").code == 64


def test_json_names_what_was_looked_at(repository: Project) -> None:
    (repository.folder / "assistants" / "desk.yaml").unlink()
    whole = json.loads(repository.succeed("validate", "--json").out)["agentops"]
    night = repository.folder / "assistants" / "night.yaml"
    one = json.loads(repository.succeed("validate", "--json", str(night)).out)["agentops"]

    assert whole == {"environments": ["test"], "files": ["agentops.yaml", "assistants/night.yaml"]}
    assert one["files"] == ["assistants/night.yaml"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_whose_name_is_no_text_is_in_every_format(repository: Project, form: str, tmp_path: Path) -> None:
    (repository.folder / "assistants" / "desk.yaml").rename(repository.folder / "assistants" / "desk\udcff.yaml")
    report = tmp_path / "report"

    outcome = repository.run("validate", "--format", form, "--out", str(report))

    assert outcome.code == 1, outcome
    assert len(places(form, report.read_text(encoding="utf-8"))) == 1
