"""The example manifests, every third field edited on the platform: written back into the file that says the field."""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.fields import Field
from agentops.domain.manifest import Manifest
from agentops.domain.values import Path as ValuePath
from agentops.engine.manifests import read_files
from agentops.providers import registry
from tests.conformance.test_examples import FOLDERS
from tests.drift.edits import strays
from tests.support.generate import Setting
from tests.support.project import Project, project
from tests.support.samples import samples
from tests.support.wire import stored

ROOT = Path(__file__).resolve().parents[2]
PEERS = {"autocalls": ("billing", "reception"), "revox": ("front-desk", "lead-qualifier")}
ALONE = {"mode", "type", "phone_number"}


@pytest.mark.parametrize("name", ["autocalls", "revox"])
def test_fields_of_the_examples_go_back_to_where_they_stand(name: str, tmp_path: Path) -> None:
    with project(tmp_path, name) as used:
        manifests = with_examples(used)
        used.apply()
        fields = {one.address.name: _fields(used, one)[::3] for one in manifests}
        origins = {one.address.name: one.origins for one in manifests}
        written = 0
        for turn in range(max(map(len, fields.values()))):
            edited = {key: found[turn] for key, found in fields.items() if turn < len(found)}
            written += _round(used, edited, origins)
    assert written > sum(map(len, fields.values())) / 2


def _round(
    used: Project, edited: Mapping[str, tuple[Field, Any]], origins: Mapping[str, Mapping[ValuePath, Any]]
) -> int:
    """Edits one field of each, writes drift back and compares; then all is as before. How many were written."""
    rows = {row["id"]: dict(row) for row in used.sandbox.store.assistants()}
    before, ids = _files(used.folder), used.ids()
    for key, (row, value) in edited.items():
        mode = rows[ids[key]].get("mode", "")
        wire = stored({"mode": mode, row.name: value}, used.account, ids.__getitem__)
        used.sandbox.store.edit_assistant(ids[key], **{name: item for name, item in wire.items() if name != "mode"})
    drifted = used.drift()
    outcome = used.run("drift", "--write")
    left = {key for key in edited if f"  assistant.{key}  " in outcome.err}
    assert outcome.code == (0 if not left else 3 if left != drifted.keys() else 1), outcome
    after = _files(used.folder)
    for key, (row, _) in edited.items():
        path = f"assistants/{key}.yaml"
        faults = list(strays(before[path], after[path], row.name))
        assert not faults, (faults, outcome)
        elsewhere = any(place[:2] == ("spec", row.name) for place in origins[key])
        if key in drifted and key not in left and not elsewhere:
            assert before[path] != after[path], (key, row.name, outcome)
    assert {change.address.name for change in used.plan("--allow-large-change").changes if change.is_shown} == left, (
        outcome
    )
    for path, data in before.items():
        (used.folder / path).write_bytes(data)
    for key in edited:
        was = {name: value for name, value in rows[ids[key]].items() if name != "id"}
        used.sandbox.store.edit_assistant(ids[key], **was)
    return len(drifted.keys() - left)


def with_examples(used: Project) -> tuple[Manifest, ...]:
    folder, variables = FOLDERS[registry.platform(used.platform).api_version]
    shutil.copytree(ROOT / "assistants" / folder, used.folder / "assistants")
    used.extra["variables"] = variables
    used.write_project()
    read = read_files(used.folder, ["assistants"], registry.platform(used.platform), variables)
    return tuple(one for one in read.manifests if one.kind == "Assistant")


def _fields(used: Project, one: Manifest) -> list[tuple[Field, Any]]:
    """The fields of the manifest, and another value for each."""
    mode = str(one.spec.get("mode", ""))
    setting = Setting(used.account, mode, PEERS[used.platform])
    return list(_others(used, one, setting))


def _others(used: Project, one: Manifest, setting: Setting) -> Iterator[tuple[Field, Any]]:
    for row in used.account.table:
        if row.name in one.spec and row.name not in ALONE:
            said = json.dumps(one.spec[row.name], default=str)
            value = next((each for each in samples(row, setting) if json.dumps(each) != said), None)
            if value is not None:
                yield row, value


def _files(folder: Path) -> dict[str, bytes]:
    paths = [folder / "agentops.yaml", *(folder / "assistants").rglob("*.*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
