"""Files are written all or none, and nothing is written over by accident."""

import os
from pathlib import Path

import pytest

from agentops.domain.errors import ProjectError
from agentops.engine.file_set import FileSet


def files_in(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_everything_is_written_folders_and_all(tmp_path: Path) -> None:
    files = FileSet(tmp_path)
    files.add("a/b/one.yaml", "1\n")
    files.add("two.yaml", "zwei\r\n")

    assert files.conflicts() == ()
    assert files.write() == ("a/b/one.yaml", "two.yaml")
    assert (tmp_path / "two.yaml").read_bytes() == b"zwei\r\n"
    assert files_in(tmp_path).keys() == {"a/b/one.yaml", "two.yaml"}


def test_what_says_the_same_is_no_conflict_and_is_not_written_again(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("1", encoding="utf-8")
    (tmp_path / "two").write_text("other", encoding="utf-8")
    files = FileSet(tmp_path)
    files.add("one", "1")
    files.add("two", "2")

    assert files.conflicts() == ("two",)
    assert files.write() == ("two",)


def test_folder_or_link_in_the_way_is_a_conflict(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").symlink_to(tmp_path / "nowhere")
    files = FileSet(tmp_path)
    files.add("one", "1")
    files.add("two", "2")

    assert files.conflicts() == ("one", "two")


def test_one_that_cannot_be_written_leaves_all_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("before", encoding="utf-8")
    (tmp_path / "three").mkdir()
    files = FileSet(tmp_path)
    for name in ("one", "new/two", "three"):
        files.add(name, "after")

    with pytest.raises(ProjectError, match="nothing was written"):
        files.write()
    assert files_in(tmp_path) == {"one": "before"}
    assert not (tmp_path / "new").exists()


def test_interruption_leaves_all_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one").write_text("before", encoding="utf-8")
    files = FileSet(tmp_path)
    files.add("one", "after")
    files.add("two", "after")
    real, calls = os.replace, []

    def interrupted(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.write()
    assert files_in(tmp_path) == {"one": "before"}


def test_nothing_is_written_outside_the_project(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "out").symlink_to(tmp_path)
    files = FileSet(project)
    files.add("out/x.yaml", "1")

    with pytest.raises(ProjectError, match="outside"):
        files.write()


def test_rights_of_a_file_stay(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("before", encoding="utf-8")
    (tmp_path / "one").chmod(0o600)
    files = FileSet(tmp_path)
    files.add("one", "after")
    files.write()

    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600


def test_one_path_cannot_become_two_texts(tmp_path: Path) -> None:
    files = FileSet(tmp_path)
    files.add("one", "1")
    files.add("one", "1")

    with pytest.raises(ValueError, match="twice"):
        files.add("one", "2")
