"""The figures as one table with the aims beside them, or as JSON."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from bench.cases import Measured

PLAN_RATIO, PLAN_PEAK, PLAN_SIZE = 1.5, 110.0, 1000
EXPONENT = 1.05
HELP_RATIO = 2.0
JOURNAL_RATIO = 1.15

_HEADER = ("", "size", "wall s", "CPU s", "peak MiB", "floor s", "floor CPU", "floor MiB", "ratio", "aim")


def table(measured: Sequence[Measured]) -> str:
    """All figures, a line for each measurement and each scaling exponent."""
    rows = [_HEADER, *map(_row, measured)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    lines = ["  ".join(_aligned(cell, widths, column) for column, cell in enumerate(row)).rstrip() for row in rows]
    growth = [_growth(name, scaling) for name, scaling in scaling_of(measured).items()]
    return "\n".join([*lines, "", *growth])


def as_json(measured: Sequence[Measured]) -> str:
    """The same figures for programs."""
    figures = [asdict(item) | {"ratio": item.ratio} for item in measured]
    scaling = {name: asdict(found) for name, found in scaling_of(measured).items()}
    return json.dumps({"measured": figures, "scaling": scaling}, indent=2)


@dataclass(frozen=True, slots=True)
class Scaling:
    """The slope of CPU time over size, both logarithmic, so that 1 is linear: over all sizes, and at its steepest."""

    overall: float
    steepest: float  # between two neighbouring sizes: start-up hides in the small ones


def scaling_of(measured: Sequence[Measured]) -> dict[str, Scaling]:
    """Command -> how its CPU time grows, for those that were measured at several sizes."""
    names = dict.fromkeys(item.name for item in measured)
    points = {name: sorted((item.size, item.cost.cpu) for item in measured if item.name == name) for name in names}
    return {
        name: Scaling(_slope(pairs), max(_slope(pair) for pair in pairwise(pairs)))
        for name, pairs in points.items()
        if len(pairs) > 1
    }


def _slope(pairs: Sequence[tuple[int, float]]) -> float:
    """The least-squares slope of log(cost) over log(size)."""
    xs, ys = [math.log(size) for size, _ in pairs], [math.log(cost) for _, cost in pairs]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - x_mean) ** 2 for x in xs)
    return sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True)) / spread


def _row(item: Measured) -> tuple[str, ...]:
    cost, floor = item.cost, item.floor
    figures = (cost.wall, cost.cpu, cost.peak, floor.wall, floor.cpu, floor.peak)
    return (
        item.name,
        f"{item.size:,}" if item.size else "",
        *(f"{figure:.0f}" if index % 3 == 2 else f"{figure:.2f}" for index, figure in enumerate(figures)),
        f"{item.ratio:.2f}",
        _aim(item),
    )


def _aim(item: Measured) -> str:
    if item.name == "--help":
        return _verdict(f"ratio < {HELP_RATIO:g}", item.ratio < HELP_RATIO)
    if item.name == "plan" and item.size == PLAN_SIZE:
        reached = item.ratio <= PLAN_RATIO and item.cost.peak <= PLAN_PEAK
        return _verdict(f"ratio <= {PLAN_RATIO:g}, peak <= {PLAN_PEAK:.0f} MiB", reached)
    if item.name == "journal":
        return _verdict(f"ratio <= {JOURNAL_RATIO:g}", item.ratio <= JOURNAL_RATIO)
    return ""


def _growth(name: str, scaling: Scaling) -> str:
    aim = _verdict(f"<= {EXPONENT}", scaling.steepest <= EXPONENT)
    return (
        f"{name}: CPU time grows with the size to the power of {scaling.overall:.2f}, "
        f"{scaling.steepest:.2f} at its steepest; {aim}"
    )


def _verdict(aim: str, reached: bool) -> str:
    return f"{aim}: {'reached' if reached else 'MISSED'}"


def _aligned(cell: str, widths: Sequence[int], column: int) -> str:
    return cell.ljust(widths[column]) if column in {0, len(widths) - 1} else cell.rjust(widths[column])
