"""What each platform can do of its vocabulary: fields and tools as a table, as Markdown and as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agentops.domain.fields import Field, FieldTable, Type
from agentops.domain.platform import Kind, Platform
from agentops.render.paint import PLAIN, Palette
from agentops.render.tables import table

FULL, LIMITED, ABSENT = "full", "limited", "absent"


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether a platform has something: full, limited (`how`) or absent (`how`: why). `seen`: reads show it."""

    level: str
    how: str = ""
    seen: bool = True

    def __str__(self) -> str:
        words = f"{self.level}: {self.how}" if self.level == LIMITED else self.level
        return words if self.seen or self.level == ABSENT else f"{words} (not read back)"


@dataclass(frozen=True, slots=True)
class Matrix:
    """One kind of a vocabulary: for each field, and each type of what has types, a capability by platform."""

    api_version: str
    kind: str
    platforms: tuple[str, ...]
    rows: Mapping[str, Mapping[str, Capability]]


def matrices(platforms: Iterable[Platform]) -> tuple[Matrix, ...]:
    """The capabilities of the platforms, read off their own tables: one matrix for each kind of each vocabulary."""
    groups: dict[tuple[str, str], list[tuple[Platform, Kind]]] = {}
    for platform in platforms:
        for kind in platform.kinds:
            groups.setdefault((platform.api_version, kind.name), []).append((platform, kind))
    return tuple(_matrix(version, kind, members) for (version, kind), members in groups.items())


def _matrix(version: str, kind: str, members: Sequence[tuple[Platform, Kind]]) -> Matrix:
    rows: dict[str, dict[str, Capability]] = {}
    for platform, each in members:
        for name, capability in _capabilities(each.table):
            rows.setdefault(name, {})[platform.name] = capability
    return Matrix(version, kind, tuple(platform.name for platform, _ in members), rows)


def _capabilities(rows: FieldTable) -> Iterator[tuple[str, Capability]]:
    for row in rows:
        yield row.name, _of_field(row)
        holder = row.item if row.type is Type.LIST and row.item else row
        for variant in holder.variants:
            yield f"{row.name}: {variant.name}", _of_variant(row, variant)


def _of_field(row: Field) -> Capability:
    if row.absent:
        return Capability(ABSENT, row.absent)
    return Capability(LIMITED if row.limited else FULL, row.limited, seen=not row.hidden)


def _of_variant(row: Field, variant: FieldTable) -> Capability:
    if row.absent or variant.absent:
        return Capability(ABSENT, row.absent or variant.absent)
    limits = [f"{field.name} {field.limited or field.absent}" for field in variant if field.limited or field.absent]
    return Capability(LIMITED if limits else FULL, "; ".join(limits))


def platforms_text(found: Sequence[Matrix], *, palette: Palette = PLAIN) -> str:
    """Aligned columns, one table after the other."""
    return "\n\n".join(
        f"{matrix.api_version}, kind {matrix.kind}\n\n{table(('FIELD', *matrix.platforms), _cells(matrix), palette)}"
        for matrix in found
    )


def platforms_markdown(found: Sequence[Matrix]) -> str:
    """Tables of Markdown below headings."""
    return "\n\n".join(_section(matrix) for matrix in found)


def _section(matrix: Matrix) -> str:
    head = ("Field", *(f"`{name}`" for name in matrix.platforms))
    lines = [head, ("---",) * len(head), *((f"`{row[0]}`", *row[1:]) for row in _cells(matrix))]
    return f"## `{matrix.api_version}`, kind {matrix.kind}\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in lines)


def platforms_json(found: Sequence[Matrix]) -> list[dict[str, object]]:
    """One object for each kind of each vocabulary."""
    return [
        {
            "apiVersion": matrix.api_version,
            "kind": matrix.kind,
            "platforms": list(matrix.platforms),
            "fields": {name: _plain(cells) for name, cells in matrix.rows.items()},
        }
        for matrix in found
    ]


def _plain(cells: Mapping[str, Capability]) -> dict[str, object]:
    return {name: {"level": cell.level, "how": cell.how, "read_back": cell.seen} for name, cell in cells.items()}


def _cells(matrix: Matrix) -> list[tuple[str, ...]]:
    return [(name, *(str(cells[each]) for each in matrix.platforms)) for name, cells in matrix.rows.items()]
