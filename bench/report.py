"""The figures as one table with the aims beside them, or as JSON."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict

from bench.cases import Measured

PLAN_RATIO, PLAN_PEAK, PLAN_SIZE = 1.5, 110.0, 1000
EXPONENT = 1.05
HELP_RATIO = 2.0

_HEADER = ("", "size", "wall s", "CPU s", "peak MiB", "floor s", "floor CPU", "floor MiB", "ratio", "aim")


def table(measured: Sequence[Measured]) -> str:
    """All figures, a line for each measurement and each scaling exponent."""
    rows = [_HEADER, *map(_row, measured)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    lines = ["  ".join(_aligned(cell, widths, column) for column, cell in enumerate(row)).rstrip() for row in rows]
    exponents = [_exponent_line(name, value) for name, value in exponents_of(measured).items()]
    return "\n".join([*lines, "", *exponents])


def as_json(measured: Sequence[Measured]) -> str:
    """The same figures for programs."""
    figures = [asdict(item) | {"ratio": item.ratio} for item in measured]
    return json.dumps({"measured": figures, "exponents": exponents_of(measured)}, indent=2)


def exponents_of(measured: Sequence[Measured]) -> dict[str, float]:
    """Command -> the slope of CPU time over size, both logarithmic: 1 is linear."""
    names = dict.fromkeys(item.name for item in measured)
    points = {name: [(item.size, item.cost.cpu) for item in measured if item.name == name] for name in names}
    return {name: _slope(pairs) for name, pairs in points.items() if len(pairs) > 1}


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
    return ""


def _exponent_line(name: str, value: float) -> str:
    return f"{name}: CPU time grows with size to the power of {value:.2f}  " + _verdict(
        f"<= {EXPONENT}", value <= EXPONENT
    )


def _verdict(aim: str, reached: bool) -> str:
    return f"{aim}: {'reached' if reached else 'MISSED'}"


def _aligned(cell: str, widths: Sequence[int], column: int) -> str:
    return cell.ljust(widths[column]) if column in {0, len(widths) - 1} else cell.rjust(widths[column])
