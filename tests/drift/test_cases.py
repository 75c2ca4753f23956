"""Cases as folders: a project, what git and the platform did to it since the last apply, and what is written then.

`before/` is the project as it was applied, `git/` what changed in it since, `live.json` what changed on the platform:
`{"edits": {name: {key: value}}, "deleted": [name], "copies": {new name: name}, "options": [...]}`, where "@name" stands
for an ID. `after/` has the files that differ then, `said.txt` what was printed.
"""

import json
import os
import shutil
from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from agentops.sandbox import open_sandbox
from agentops.state.backends import open_backend
from tests.drift.console import Console

CASES = sorted((Path(__file__).parents[1] / "cases" / "write_back").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_written_and_said(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case / "before", tmp_path, dirs_exist_ok=True)
    console = Console(tmp_path)
    changes = json.loads((case / "live.json").read_text(encoding="utf-8"))
    first = console.run("apply", "--auto-approve")
    assert first.code == 0, first
    _edit(tmp_path, changes)
    if (case / "git").is_dir():
        shutil.copytree(case / "git", tmp_path, dirs_exist_ok=True)
    expected = _files(tmp_path) | (_files(case / "after") if (case / "after").is_dir() else {})
    outcome = console.run("drift", "--write", *changes.get("options", []))
    if os.environ.get("WRITE_CASES"):
        _write(case, _files(tmp_path), expected, str(outcome))
        return
    assert _shown(expected, _files(tmp_path)) == ""
    assert str(outcome) == (case / "said.txt").read_text(encoding="utf-8")
    if outcome.code == 0 and not changes.get("options"):
        assert "No changes." in console.run("plan").out


def _edit(folder: Path, changes: Mapping[str, Any]) -> None:
    backend = open_backend("", folder, project="x", environment="main")
    state = backend.read()
    backend.close()
    assert state is not None
    ids = {address.name: entry.remote_id for address, entry in state.entries.items()}
    database = folder / ".agentops" / "sandbox" / "main.db"
    platform = changes.get("platform", "autocalls")
    sandbox = open_sandbox(platform, database)
    for name, original in changes.get("copies", {}).items():
        ids[name] = sandbox.store.copy_assistant(ids[original], name=name.title())
    for name, edits in changes.get("edits", {}).items():
        sandbox.store.edit_assistant(ids[name], **_with_ids(edits, ids))
    for name in changes.get("deleted", []):
        sandbox.store.delete_assistant(ids[name])
    sandbox.close()


def _with_ids(value: Any, ids: Mapping[str, Any]) -> Any:
    """`value` with the ID of the manifest `name` for "@name"."""
    match value:
        case str() if value.startswith("@"):
            return ids[value[1:]]
        case dict():
            return {key: _with_ids(item, ids) for key, item in value.items()}
        case list():
            return [_with_ids(item, ids) for item in value]
    return value


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return {name: data for name, data in found.items() if not name.startswith(".agentops/")}


def _shown(expected: Mapping[str, bytes], found: Mapping[str, bytes]) -> str:
    """How the files differ; empty if they do not."""
    lines: list[str] = []
    for name in sorted(expected.keys() | found.keys()):
        one, other = (files.get(name, b"").decode().splitlines(keepends=True) for files in (expected, found))
        lines += unified_diff(one, other, f"expected/{name}", f"found/{name}")
    return "".join(lines)


def _write(case: Path, found: Mapping[str, bytes], before: Mapping[str, bytes], said: str) -> None:
    """Makes the case expect what happens now: for new cases, to be read before they are kept."""
    (case / "said.txt").write_text(said, encoding="utf-8")
    for name, data in found.items():
        if data != before.get(name):
            path = case / "after" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
