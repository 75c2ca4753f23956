"""What an import wrote, and what is left for its user to do."""

from collections.abc import Iterator

from agentops.engine.take_over import TakenOver, Written
from agentops.render.paint import PLAIN, Palette
from agentops.render.summary import counted
from agentops.render.tables import table


def import_text(taken: TakenOver, *, palette: Palette = PLAIN) -> str:
    """A table of what was taken over, what is not managed, the secrets to set, and what to run next."""
    return "\n\n".join(_parts(taken, palette))


def _parts(taken: TakenOver, palette: Palette) -> Iterator[str]:
    rows = [
        (str(each.choice.address), str(each.choice.item.id), each.choice.item.name, each.path)
        for each in sorted(taken.written, key=lambda each: each.choice.address)
    ]
    yield table(("ADDRESS", "ID", "NAME", "FILE"), rows, palette)
    texts = sum(len(each.files) for each in taken.written)
    beside = f", and {counted(texts, 'file')} with prompts and other long texts" if texts else ""
    yield f"Imported {counted(len(rows), 'object')}{beside}. On the platform nothing was changed."
    left_out = [line for each in taken.written for line in _left_out(each)]
    if left_out:
        yield "\n".join(["Not managed, as the comments in the manifests say:", *left_out])
    secrets = sorted({name for each in taken.written for name in each.draft.secrets.values()})
    if secrets:
        yield "\n".join(["Set these environment variables to the secrets that the platform has:", *_bullets(secrets)])
    yield f"Next: {'set them, then ' if secrets else ''}`agentops plan`, which finds nothing to do."


def _left_out(each: Written) -> Iterator[str]:
    for name, reason in each.draft.left_out.items():
        yield f"  {each.choice.address}: {name}: {reason}"
    unknown = [key for key in each.choice.item.unknown if "." not in key]
    if unknown:
        yield f"  {each.choice.address}: {', '.join(unknown)}: unknown to agentops"


def _bullets(names: list[str]) -> Iterator[str]:
    return (f"  {name}" for name in names)
