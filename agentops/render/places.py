"""Where a diagnostic is, as hosts of git repositories count: from the top of the repository, and stable over edits."""

import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from agentops.domain.diagnostics import Diagnostic, SourcePos

PROJECT_FILE: Final = "agentops.yaml"
"""Where something is shown that has no place of its own, for formats that want one: a folder without manifests."""

_POSITION: Final = re.compile(r":\d+(?::\d+)?\b|\blines? \d+\b")


def in_repository(path: str, prefix: str) -> str:
    """`path`, which starts at the project folder, from the top of the repository."""
    return posixpath.normpath(posixpath.join(prefix, path.replace("\\", "/")))


def place_of(diagnostic: Diagnostic, prefix: str) -> SourcePos:
    """Where to show it, from the top of the repository."""
    pos = diagnostic.pos or SourcePos(PROJECT_FILE)
    return SourcePos(in_repository(pos.path, prefix), pos.line, pos.column)


def fingerprints(diagnostics: Iterable[Diagnostic], prefix: str) -> Iterator[tuple[str, int]]:
    """For each a digest of what it says and of which file, and how many of the same came before it, from 1.

    Lines do not count, neither its own nor those that its message names: the same fault keeps its fingerprint when
    something is inserted above.
    """
    seen: Counter[str] = Counter()
    for item in diagnostics:
        said = (item.code, place_of(item, prefix).path, _POSITION.sub("", item.message))
        digest = hashlib.sha256("\0".join(said).encode("utf-8", "backslashreplace")).hexdigest()[:32]
        seen[digest] += 1
        yield digest, seen[digest]
