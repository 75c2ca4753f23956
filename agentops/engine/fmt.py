"""Manifests and project files in canonical form: keys in the order of the schema, and the style of yamlio."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agentops.domain.diagnostics import Diagnostic, SourcePos, error
from agentops.engine.files import FileFault, read_inside
from agentops.engine.key_order import key_order
from agentops.yamlio.events import Parser
from agentops.yamlio.read import read
from agentops.yamlio.style import styled


@dataclass(frozen=True, slots=True)
class Formatted:
    """One file, relative to the root: how it is written, and how it should be."""

    path: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


def formatted(data: bytes, path: str, *, parser: Parser | None = None) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """The file with content `data` in canonical form; None and what is wrong if it cannot be read as YAML.

    Comments, texts and values stay; a manifest with faults of other kinds is formatted all the same.
    """
    file, faults = read(data, path, parser=parser)
    if file is None:
        return None, faults
    return styled(file, key_order(file.value)), ()


def format_files(root: Path, paths: Sequence[str]) -> tuple[tuple[Formatted, ...], tuple[Diagnostic, ...]]:
    """Every file as it is and as it should be, and every fault; `paths` are relative to `root`. Writes nothing."""
    real_root = os.path.realpath(root)
    files: list[Formatted] = []
    faults: list[Diagnostic] = []
    for path in paths:
        try:
            data = read_inside(Path(real_root, path), real_root, path)
        except FileFault as fault:
            faults.append(error(fault.code, str(fault), SourcePos(path), fault.hint))
            continue
        after, wrong = formatted(data, path)
        faults += wrong
        if after is not None:
            files.append(Formatted(path, data.decode("utf-8"), after))
    return tuple(files), tuple(faults)
