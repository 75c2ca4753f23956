"""The last words of an apply, read back."""

import re
from collections.abc import Collection
from dataclasses import dataclass

_ROW = re.compile(r"^ {2}(done|failed|not started) +(\d+)(?: {2}(.*))?$")


@dataclass(frozen=True, slots=True)
class Table:
    """Which resources an apply says it has done, has failed to do, has not begun."""

    is_complete: bool
    done: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    not_started: frozenset[str] = frozenset()


def read_table(out: str, names: Collection[str]) -> Table:
    """The table at the end of what was printed; empty when nothing was. `names` are those of the resources."""
    said: dict[str, frozenset[str]] = {}
    key = ""
    for line in out.splitlines():
        row = _ROW.match(line)
        key = row[1] if row else key if line.startswith(" " * 20) else ""
        if key:
            here = {name for name in re.findall(r"assistant\.([\w-]+)", line) if name in names}
            said[key] = said.get(key, frozenset()) | here
    complete = "Apply complete!" in out
    return Table(
        complete,
        said.get("done", frozenset()),
        said.get("failed", frozenset()),
        said.get("not started", frozenset()),
    )
