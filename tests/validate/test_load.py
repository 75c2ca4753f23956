"""Which files of a project are manifests."""

import os
from pathlib import Path

from agentops.engine.load import load


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("a: b\n", encoding="utf-8")


def loaded(root: Path, *manifests: str) -> list[str]:
    documents, faults = load(root, manifests)
    assert faults == ()
    return [document.path for document in documents]


def refused(root: Path, *manifests: str) -> list[str]:
    documents, faults = load(root, manifests)
    assert documents == ()
    return [fault.code for fault in faults]


def test_folders_are_searched_in_order_without_hidden_files(tmp_path: Path) -> None:
    put(tmp_path, "m/b.yaml", "m/a.yml", "m/sub/c.yaml", "m/.d.yaml", "m/.git/e.yaml", "m/f.txt", "m/g.YAML", "n.yaml")
    assert loaded(tmp_path, "m") == ["m/a.yml", "m/b.yaml", "m/sub/c.yaml"]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    put(tmp_path, "m/a.yaml", "m/b.yaml")
    (tmp_path / "m" / "c.yaml").symlink_to("a.yaml")
    assert loaded(tmp_path, "m/b.yaml", "m", "./m/a.yaml") == ["m/a.yaml", "m/b.yaml"]


def test_the_project_file_is_no_manifest(tmp_path: Path) -> None:
    put(tmp_path, "agentops.yaml", "a.yaml", "sub/agentops.yaml")
    assert loaded(tmp_path, ".") == ["a.yaml", "sub/agentops.yaml"]


def test_links_that_go_in_circles_end(tmp_path: Path) -> None:
    put(tmp_path, "m/a.yaml")
    (tmp_path / "m" / "again").symlink_to(tmp_path / "m", target_is_directory=True)
    assert loaded(tmp_path, "m") == ["m/a.yaml"]


def test_nothing_outside_the_project_is_read(tmp_path: Path) -> None:
    put(tmp_path, "outside/a.yaml", "project/m/b.yaml")
    (tmp_path / "project" / "m" / "out").symlink_to(tmp_path / "outside", target_is_directory=True)
    (tmp_path / "project" / "m" / "c.yaml").symlink_to(tmp_path / "outside" / "a.yaml")
    documents, faults = load(tmp_path / "project", ["m"])
    assert [document.path for document in documents] == ["m/b.yaml"]
    assert [(fault.code, str(fault.pos)) for fault in faults] == [
        ("file-outside", "m/out:1:1"),
        ("file-outside", "m/c.yaml:1:1"),
    ]
    assert refused(tmp_path / "project", "../outside") == ["file-outside"]


def test_missing_and_empty_paths_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path, "empty", "missing") == ["no-manifests", "no-manifests"]


def test_a_pipe_in_a_folder_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    assert refused(tmp_path, ".") == ["file-unreadable"]


def test_links_to_themselves_are_no_folders(tmp_path: Path) -> None:
    put(tmp_path, "m/a.yaml")
    for name, target in (("one", "two"), ("two", "one"), ("b.yaml", "b.yaml")):
        (tmp_path / "m" / name).symlink_to(target)
    documents, faults = load(tmp_path, ["m"])
    assert [document.path for document in documents] == ["m/a.yaml"]
    assert [fault.code for fault in faults] == ["file-unreadable"]
