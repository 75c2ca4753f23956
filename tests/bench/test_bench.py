"""The benchmark measures what it says: full manifests, the same ones every time, and honest arithmetic."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bench.cases import Measured
from bench.manifests import PROMPT_BYTES, write_project
from bench.measure import Cost
from bench.report import as_json, scaling_of, table


def measured(name: str, size: int, seconds: float) -> Measured:
    return Measured(name, size, Cost(seconds, seconds, 100.0), Cost(1.0, 1.0, 60.0))


def test_a_generated_manifest_has_sixty_fields_a_4_kb_prompt_and_six_tools(tmp_path: Path) -> None:
    folder = write_project(tmp_path, 12, "http://127.0.0.1:1/api")
    for path in folder.iterdir():
        manifest = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        leaves = [*manifest["spec"], *manifest["metadata"], *manifest["metadata"]["labels"], "apiVersion", "kind"]
        assert len(leaves) >= 60
        assert PROMPT_BYTES <= len(manifest["spec"]["system_prompt"]) < PROMPT_BYTES + 200
        assert len(manifest["spec"]["tools"]) == 6


def test_the_same_project_is_generated_every_time(tmp_path: Path) -> None:
    first, second = (write_project(tmp_path / name, 11, "http://127.0.0.1:1/api") for name in ("a", "b"))
    assert [path.read_text() for path in sorted(first.iterdir())] == [
        path.read_text() for path in sorted(second.iterdir())
    ]


@pytest.mark.parametrize("power", (0.5, 1.0, 2.0))
def test_the_exponent_is_the_slope_between_sizes(power: float) -> None:
    points = [measured("plan", size, 0.001 * size**power) for size in (100, 1000, 5000)]
    scaling = scaling_of(points)["plan"]
    assert (scaling.overall, scaling.steepest) == pytest.approx((power, power))


def test_start_up_does_not_hide_how_steep_the_growth_is() -> None:
    points = [measured("plan", size, 1.0 + 0.00001 * size**1.5) for size in (100, 1000, 5000)]
    scaling = scaling_of(points)["plan"]
    assert scaling.overall < 0.5 < scaling.steepest


def test_the_table_says_which_aims_are_missed() -> None:
    text = table([measured("--help", 0, 1.5), measured("plan", 1000, 1.6), measured("plan", 100, 0.1)])
    assert "ratio < 2: reached" in text
    assert "ratio <= 1.5, peak <= 110 MiB: MISSED" in text
    assert '"scaling"' in as_json([measured("plan", 100, 1.0)])
