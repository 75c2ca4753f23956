"""What is not managed, as tables and as JSON; and what an import did."""

from collections.abc import Iterator, Mapping, Sequence

from agentops.domain.discovery import COLUMNS, Discovery, Found
from agentops.render.paint import PLAIN, Palette
from agentops.render.summary import counted
from agentops.render.tables import table

_NOUNS = {"Assistant": "assistant", "PhoneNumber": "phone number"}


def discovery_text(found: Discovery, *, palette: Palette = PLAIN) -> str:
    """A table for each kind, how many objects are managed, and what to run next."""
    parts = list(_parts(found, palette))
    if any(each.begun is None for each in found.unmanaged):
        parts.append(
            "`agentops import --all --write` writes manifests for all of these and manages them; on the platform\n"
            "nothing changes. With --select 'name=Sales*' in place of --all it takes some."
        )
    return "\n\n".join(parts)


def discovery_json(found: Discovery) -> dict[str, object]:
    """`unmanaged`, a list of objects with `kind`, `id`, `name` and what else is known; `managed`, by kind."""
    return {"managed": dict(found.managed), "unmanaged": [_facts(each) for each in found.unmanaged]}


def _facts(each: Found) -> dict[str, object]:
    facts: dict[str, object] = {**each.facts(), "id": each.item.id}
    return facts | ({"begun_as": str(each.begun)} if each.begun else {})


def _parts(found: Discovery, palette: Palette) -> Iterator[str]:
    for kind, managed in found.managed.items():
        those = [each for each in found.unmanaged if each.kind.name == kind]
        what = _NOUNS.get(kind, kind)
        if those:
            yield _table(those, palette)
        total = counted(managed + len(those), what)
        yield f"{managed} of {total} managed, {len(those)} not."
    for each in found.unmanaged:
        if each.begun is not None:
            yield f"{each.item.id} may be what a run that ended early made for {each.begun}: `agentops plan` tells."


def _table(those: Sequence[Found], palette: Palette) -> str:
    rows: list[Mapping[str, str]] = [each.facts() for each in those]
    shown = [column for column in COLUMNS if column in ("id", "name") or any(row[column] for row in rows)]
    return table([column.upper() for column in shown], [[row[column] for column in shown] for row in rows], palette)
