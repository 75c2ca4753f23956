"""metadata.ignore: git and the platform may differ there, and neither side is carried over."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from agentops.domain.manifest import Ignored
from agentops.engine import manifests as stage
from agentops.engine.ignore import as_ignored
from agentops.engine.manifests import read_files
from agentops.providers.registry import platform

TODAY = date(2026, 11, 20)

MANIFEST = """\
apiVersion: autocalls/v1
kind: Assistant
metadata:
  name: desk
  ignore:
    - {entry}
spec:
  name: Desk
  type: outbound
  mode: pipeline
  timezone: Europe/Berlin
  voice: Sarah
  language: English
  llm_model: GPT-4.1-mini
  initial_message: Hello {{{{company}}}}!
  system_prompt: Be kind.
  variables: {{company: Acme}}
"""


def found(tmp_path: Path, entry: str) -> list[tuple[str, int, str]]:
    (tmp_path / "desk.yaml").write_text(MANIFEST.format(entry=entry))
    read = read_files(tmp_path, ["desk.yaml"], platform("autocalls"))
    return [(item.code, item.pos.line if item.pos else 0, item.severity.value) for item in read.diagnostics]


def entry(field: str = "initial_message", until: date | None = None) -> str:
    day = f", until: {until}" if until else ""
    return f"{{field: {field}, reason: the client words it{day}}}"


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "today", lambda: TODAY)


@pytest.mark.parametrize(
    "days, codes", [(-1, ["ignore-expired"]), (0, ["ignore-ends-soon"]), (14, ["ignore-ends-soon"]), (15, [])]
)
def test_an_entry_is_warned_of_before_its_last_day_and_refused_after(
    tmp_path: Path, days: int, codes: list[str]
) -> None:
    said = found(tmp_path, entry(until=TODAY + timedelta(days)))
    assert [code for code, _, _ in said] == codes
    assert all(severity == ("error" if days < 0 else "warning") for _, _, severity in said)


@pytest.mark.parametrize(
    "written, code",
    [
        (entry("greeting"), "wrong-ignore"),
        (entry("tools.name"), "wrong-ignore"),
        (entry("filler_config.loud"), "wrong-ignore"),
        ("{field: name}", "missing-key"),
        ("{field: name, reason: x, until: 2026-02-31}", "wrong-form"),
        ("{field: name, reason: x, until: soon}", "wrong-form"),
        ("{field: name, reason: x}\n    - {field: name, reason: y}", "repeated-entry"),
    ],
)
def test_an_entry_that_means_nothing_is_refused_at_its_line(tmp_path: Path, written: str, code: str) -> None:
    assert (code, "error") in [(item[0], item[2]) for item in found(tmp_path, written)]


@pytest.mark.parametrize(
    "field", ["name", "tools", "variables", "variables.company", "variables.new", "filler_config.positive"]
)
def test_fields_and_parts_of_maps_can_be_ignored(tmp_path: Path, field: str) -> None:
    assert found(tmp_path, entry(field)) == []


def test_a_part_of_a_map_takes_the_live_value_and_the_rest_stays() -> None:
    entries = (Ignored(("variables", "a"), ""), Ignored(("variables", "gone"), ""), Ignored(("name",), ""))
    values = {"name": "x", "variables": {"a": "1", "b": "2", "gone": "3"}}
    live = {"variables": {"a": "9", "b": "8"}}
    assert as_ignored(values, live, entries) == {"variables": {"a": "9", "b": "2"}}
    assert values == {"name": "x", "variables": {"a": "1", "b": "2", "gone": "3"}}
