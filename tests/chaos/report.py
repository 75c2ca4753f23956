"""Figures of a sweep, as a table for people and as JSON for the documentation."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from tests.chaos.judge import Verdict


@dataclass(frozen=True, slots=True)
class Figures:
    """What the trials of one kind on one backend came to."""

    backend: str
    kind: str
    trials: int
    hits: int
    duplicates: int
    orphans: int
    missing: int
    humans: int
    faults: int  # trials of which something else was not as it should be
    reruns: int


def figures(backend: str, kind: str, verdicts: Sequence[Verdict]) -> Figures:
    """The sums over `verdicts`."""
    return Figures(
        backend,
        kind,
        trials=len(verdicts),
        hits=sum(verdict.hit for verdict in verdicts),
        duplicates=sum(verdict.duplicates for verdict in verdicts),
        orphans=sum(verdict.orphans for verdict in verdicts),
        missing=sum(verdict.missing for verdict in verdicts),
        humans=sum(verdict.humans for verdict in verdicts),
        faults=sum(bool(verdict.faults) for verdict in verdicts),
        reruns=sum(verdict.reruns for verdict in verdicts),
    )


_COLUMNS: Final[Mapping[str, str]] = {
    "backend": "backend",
    "kind": "trials of",
    "trials": "number",
    "hits": "cut",
    "duplicates": "duplicates",
    "orphans": "orphans",
    "missing": "missing",
    "humans": "humans needed",
    "faults": "other faults",
    "reruns": "re-runs",
}


def table(rows: Sequence[Figures]) -> str:
    """A Markdown table."""
    cells = [list(_COLUMNS.values()), *([str(getattr(row, name)) for name in _COLUMNS] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["| " + " | ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)) + " |" for row in cells]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def as_json(seed: int, rows: Sequence[Figures]) -> dict[str, object]:
    """The same for programs."""
    return {"seed": seed, "rows": [asdict(row) for row in rows]}
