"""What one platform lacks or takes less of is said line by line, whatever the vocabulary allows."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from agentops.domain.platform import Platform
from agentops.engine.manifests import read_files
from agentops.providers.registry import platform

MANIFEST = """\
apiVersion: autocalls/v1
kind: Assistant
metadata: {name: desk}
spec:
  name: Desk
  type: inbound
  mode: dualplex
  timezone: Europe/Berlin
  language: English
  voice: Sarah
  multimodal_model: gpt-realtime
  initial_message: Hello there
  system_prompt: Be kind.
  max_silence_duration: 200
  filler_config: {positive: [yes], negative: [{var: nothing}]}
  turn_detection_threshold: null
  record: true
"""


def narrower(changes: Mapping[str, Mapping[str, Any]]) -> Platform:
    usual = platform("autocalls")
    kind = usual.kinds[0]
    return replace(usual, title="Older", kinds=(replace(kind, table=kind.table.revise(changes)),))


def said(tmp_path: Path, changes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    (tmp_path / "desk.yaml").write_text(MANIFEST.replace("{var: nothing}", "no"), encoding="utf-8")
    found = read_files(tmp_path, ["desk.yaml"], narrower(changes), {})
    return [str(diagnostic) for diagnostic in found.diagnostics]


def test_the_widest_platform_takes_it_all(tmp_path: Path) -> None:
    assert said(tmp_path, {}) == []


def test_every_line_that_a_platform_cannot_take_is_named(tmp_path: Path) -> None:
    changes: dict[str, dict[str, Any]] = {
        "filler_config": {"absent": "Older has no filler_config"},
        "initial_message": {"max_length": 5, "limited": "Older takes 5 characters"},
        "max_silence_duration": {"maximum": 120, "limited": "Older takes up to 120"},
        "mode": {"choices": ("pipeline", "multimodal")},
        "turn_detection_threshold": {"nullable": ""},
        "llm_model": {"required": True},
    }
    assert said(tmp_path, changes) == [
        "desk.yaml:4:1: error: spec needs llm_model [missing-key]\n    hint: add llm_model: ...",
        'desk.yaml:7:9: error: mode must be pipeline or multimodal, not "dualplex" [wrong-value]',
        "desk.yaml:12:20: error: initial_message has 11 characters; up to 5 are allowed [wrong-length]\n"
        "    hint: Older takes 5 characters",
        "desk.yaml:14:25: error: max_silence_duration must be 1 to 120, not 200 [out-of-range]\n"
        "    hint: Older takes up to 120",
        "desk.yaml:15:3: error: Older has no filler_config [not-on-platform]\n"
        "    hint: remove it from manifests of this platform",
        "desk.yaml:16:29: error: turn_detection_threshold must not be null [wrong-type]\n"
        "    hint: remove the key, or write a value",
    ]


def test_a_field_that_another_platform_lacks_is_fine_where_it_is(tmp_path: Path) -> None:
    manifest = MANIFEST.replace("{var: nothing}", "no") + "  folder: Sales\n"
    (tmp_path / "desk.yaml").write_text(manifest, encoding="utf-8")
    codes = {
        name: [one.code for one in read_files(tmp_path, ["desk.yaml"], platform(name)).diagnostics]
        for name in ("autocalls", "famulor", "intellixent")
    }
    assert codes == {"autocalls": [], "famulor": [], "intellixent": ["not-on-platform"]}
