"""Formatting as files: each folder holds a file before, and what it becomes."""

from pathlib import Path

import pytest

from agentops.cli.starter import PLATFORMS, starter_files
from agentops.engine.fmt import formatted
from agentops.yamlio.events import Parser
from agentops.yamlio.read import read
from tests.plan.expectations import check

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).parent / "cases"
PARSERS: list[Parser] = ["c", "pure"]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_a_file_becomes_canonical(case: str, parser: Parser) -> None:
    before = (CASES / case / "before.yaml").read_bytes()
    text, faults = formatted(before, "before.yaml", parser=parser)
    assert text is not None, faults
    check(CASES / case / "after.yaml", text)
    assert formatted(text.encode(), "after.yaml", parser=parser) == (text, ())
    assert read(text.encode(), "")[0].value == read(before, "")[0].value  # type: ignore[union-attr]


@pytest.mark.parametrize("path", [ROOT / "agentops.yaml", *sorted((ROOT / "assistants").rglob("*.yaml"))], ids=str)
def test_the_examples_are_canonical(path: Path) -> None:
    assert formatted(path.read_bytes(), path.name)[0] == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_a_new_project_is_canonical(platform: str) -> None:
    for path, text in starter_files("acme", platform).items():
        if path.endswith(".yaml"):
            assert formatted(text.encode(), path)[0] == text


@pytest.mark.parametrize(
    "before, after",
    [
        (b"kind:  x\r\napiVersion: z\r\n", "apiVersion: z\r\nkind: x\r\n"),
        (b"\xef\xbb\xbfkind:  x", "\ufeffkind: x\n"),
        (b"kind: x\n\n\n", "kind: x\n"),
        (b"kind:   x\rapiVersion: z\r", "apiVersion: z\rkind: x\r"),
        (b"kind: |\n  x", "kind: |-\n  x\n"),
    ],
)
def test_line_ends_and_byte_order_mark_stay(before: bytes, after: str) -> None:
    assert formatted(before, "")[0] == after
