"""What an import wrote, and what is left for its user to do."""

from collections.abc import Iterator, Mapping, Sequence

from agentops.domain.address import Address
from agentops.domain.discovery import Imported
from agentops.domain.state import Binding
from agentops.render.json import Json, of_binding
from agentops.render.paint import PLAIN, Palette
from agentops.render.summary import counted
from agentops.render.tables import table


def import_text(taken: Sequence[Imported], *, palette: Palette = PLAIN) -> str:
    """A table of what was taken over, what is not managed, the secrets to set, and what to run next."""
    return "\n\n".join(_parts(taken, palette))


def import_json(
    taken: Sequence[Imported], binding: Binding, *, sandbox: bool, impossible: Mapping[Address, str] | None = None
) -> Json:
    """The same for programs: one entry for each object, what could not be imported and why, and whose account it is."""
    imported = [
        {
            "address": str(each.address),
            "id": each.id,
            "name": each.name,
            "path": each.path,
            "files": list(each.files),
            "left_out": dict(each.left_out),
            "unknown": list(each.unknown),
            "secrets": sorted(each.secrets),
        }
        for each in sorted(taken, key=lambda each: each.address)
    ]
    left = {str(address): reason for address, reason in sorted((impossible or {}).items())}
    ours = {**of_binding(binding, sandbox=sandbox), "imported": imported, "impossible": left}
    return {"format_version": "1.0", "agentops": ours}


def _parts(taken: Sequence[Imported], palette: Palette) -> Iterator[str]:
    rows = [
        (str(each.address), str(each.id), each.name, each.path) for each in sorted(taken, key=lambda each: each.address)
    ]
    yield table(("ADDRESS", "ID", "NAME", "FILE"), rows, palette)
    texts = sum(len(each.files) for each in taken)
    beside = f", and {counted(texts, 'file')} with prompts and other long texts" if texts else ""
    yield f"Imported {counted(len(rows), 'object')}{beside}. On the platform nothing was changed."
    left_out = [line for each in taken for line in _left_out(each)]
    if left_out:
        yield "\n".join(["Not managed, as the comments in the manifests say:", *left_out])
    secrets = sorted({name for each in taken for name in each.secrets})
    if secrets:
        yield "\n".join(["Set these environment variables to the secrets that the platform has:", *_bullets(secrets)])
    yield f"Next: {'set them, then ' if secrets else ''}`agentops plan`, which finds nothing to do."


def _left_out(each: Imported) -> Iterator[str]:
    for name, reason in each.left_out.items():
        yield f"  {each.address}: {name}: {reason}"
    if each.unknown:
        yield f"  {each.address}: {', '.join(each.unknown)}: unknown to agentops"


def _bullets(names: list[str]) -> Iterator[str]:
    return (f"  {name}" for name in names)
