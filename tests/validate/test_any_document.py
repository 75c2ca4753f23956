"""Whatever a manifest says, it is valid or every fault has a place, a code and a message; nothing ever breaks."""

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentops.domain.codes import CODES
from agentops.domain.diagnostics import Diagnostic, has_errors
from agentops.domain.errors import ManifestError
from agentops.engine.manifests import read_files
from agentops.engine.project_file import read_project
from agentops.providers.registry import platform, platforms
from tests.validate.mutations import changed

TMP = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@TMP
@given(st.data(), st.sampled_from(platforms()), st.sampled_from([None, {"x": "front-desk"}, {"x": 600}, {"x": True}]))
def test_any_manifest_is_valid_or_explained(
    tmp_path: Path, data: st.DataObject, name: str, variables: dict[str, str | int | float | bool] | None
) -> None:
    (tmp_path / "a.yaml").write_text(json.dumps(changed(data, projects=False)), encoding="utf-8")
    found = read_files(tmp_path, ["a.yaml"], platform(name), variables)
    assert has_errors(found.diagnostics) or len(found.manifests) == 1
    for diagnostic in found.diagnostics:
        assert diagnostic.code in CODES
        assert diagnostic.pos is not None
        assert diagnostic.message


@TMP
@given(st.data())
def test_any_project_file_is_valid_or_explained(tmp_path: Path, data: st.DataObject) -> None:
    file = tmp_path / "agentops.yaml"
    file.write_text(json.dumps(changed(data, projects=True)), encoding="utf-8")
    try:
        read_project(file, platforms())
        faults: tuple[Diagnostic, ...] = ()
    except ManifestError as exc:
        faults = exc.diagnostics
    assert all(fault.pos and fault.code in CODES for fault in faults)
