"""What `agentops drift --write` did, or would do."""

import re
from collections.abc import Iterator, Mapping
from difflib import unified_diff

from agentops.domain.write_back import Left, PutBack, WriteBack
from agentops.render.summary import counted

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def written_text(
    result: WriteBack, shared: Mapping[str, tuple[str, ...]], unmanaged: int, *, dry_run: bool = False
) -> str:
    """The files and the fields in them, who else reads them, and what git says already.

    `shared` are the other environments that read a file, by its path; `unmanaged` is how many objects nobody manages.
    """
    return "\n\n".join(_parts(result, shared, unmanaged, dry_run))


def left_text(result: WriteBack) -> str:
    """What git does not say although the platform does, and why."""
    return "\n  ".join(["left as it is in git:", *(_line(left) for left in result.left if not left.settled)])


def diff_text(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """The files as a unified diff, as git shows it."""
    return "".join(line for path in after for line in _diff(path, before[path], after[path])).rstrip("\n")


def _parts(result: WriteBack, shared: Mapping[str, tuple[str, ...]], unmanaged: int, dry_run: bool) -> Iterator[str]:
    paths = sorted(result.texts)
    if paths:
        would = "Would write" if dry_run else "Wrote"
        lines = [f"{would} {counted(len(paths), 'file')}:"]
        for path in paths:
            lines += [
                f"  {path}",
                *(f"    {_field(item, path)}" for item in result.put_back if path in item.paths),
            ]
        yield "\n".join(lines)
    else:
        yield "Nothing to write."
    if shared:
        also = (f"  {path}: {', '.join(names)}" for path, names in sorted(shared.items()))
        yield "\n".join(["Read by other environments too, whose next plan shows the change:", *also])
    settled = [_line(left) for left in result.left if left.settled]
    if settled:
        yield "\n".join(f"  {line}" for line in settled)
    if paths and not dry_run:
        then = "`agentops apply` then notes it in the state, and changes nothing else there."
        yield f"Look at it with `git diff`. {then if result.is_complete else '`agentops plan` shows what is left.'}"
    if unmanaged:
        what = f"{counted(unmanaged, 'object')} of the account {'is' if unmanaged == 1 else 'are'} not managed"
        yield f"{what}: agentops discover lists them."


def _field(item: PutBack, path: str) -> str:
    variables = ", ".join(item.variables)
    is_project = bool(variables) and path == item.paths[-1]
    named = f" -> variable {variables}, which every manifest that uses it follows" if is_project else ""
    return f"{item.address}  {item.field}{named}"


def _line(left: Left) -> str:
    return f"{left.address}{f'  {left.field}' if left.field else ''}: {left.reason}"


def _diff(path: str, before: str, after: str) -> Iterator[str]:
    for line in unified_diff(_LINE.findall(before), _LINE.findall(after), f"a/{path}", f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
