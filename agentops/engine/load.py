"""From files to documents: finds an environment's manifests and reads them strictly."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from agentops.domain.diagnostics import Diagnostic, SourcePos, error
from agentops.domain.manifest import Document
from agentops.engine.files import FileFault, ReadFile, is_inside, read_inside
from agentops.yamlio.events import Parser
from agentops.yamlio.read import read

_SUFFIXES = (".yaml", ".yml")
_PROJECT_FILE = "agentops.yaml"


def load(
    root: Path, manifests: Sequence[str], *, parser: Parser | None = None, read_file: ReadFile = read_inside
) -> tuple[tuple[Document, ...], tuple[Diagnostic, ...]]:
    """The documents in `manifests` (files, or folders with all below them), sorted by path, and every fault.

    Paths are relative to `root`, the project folder. A path that is missing, or a folder without any manifest, is an
    error: an empty environment would be a plan to delete everything.
    """
    real_root = os.path.realpath(root)
    paths, wrong = manifest_paths(root, manifests)
    faults = list(wrong)
    documents: list[Document] = []
    for path in paths:
        document, problems = _read(Path(real_root, path), path, real_root, parser, read_file)
        faults += problems
        if document is not None:
            documents.append(document)
    return tuple(documents), tuple(faults)


def manifest_paths(root: Path, manifests: Sequence[str]) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """The files that `manifests` stands for, sorted, as `load` reads them; and what is wrong with those paths."""
    real_root = os.path.realpath(root)
    faults: list[Diagnostic] = []
    paths: dict[str, str] = {}  # resolved path -> path for messages; a file is read once
    for name in manifests:
        found, wrong = _find(real_root, name)
        faults += wrong
        for path in found:
            paths.setdefault(os.path.realpath(os.path.join(real_root, path)), path)
    return tuple(sorted(paths.values())), tuple(faults)


def _read(
    file: Path, path: str, root: str, parser: Parser | None, read_file: ReadFile
) -> tuple[Document | None, tuple[Diagnostic, ...]]:
    try:
        data = read_file(file, root, path)
    except FileFault as fault:
        return None, (error(fault.code, str(fault), SourcePos(path), fault.hint),)
    yaml, faults = read(data, path, parser=parser)
    if yaml is None:
        return None, faults
    places = replace(yaml, value=None)  # they outlive the value, which goes once it is composed
    return Document(path, yaml.value, places.locate, places.locate_key), faults


def _find(root: str, name: str) -> tuple[list[str], list[Diagnostic]]:
    """Paths of the manifests at `name`, relative to `root` with forward slashes."""
    full = os.path.realpath(os.path.join(root, name))
    if not is_inside(full, root):
        return [], [error("file-outside", f"{name} lies outside the project folder", hint="copy it into the project")]
    if not os.path.exists(full):
        return [], [error("no-manifests", f"there is no folder or file {name} for manifests", hint="check the path")]
    if not os.path.isdir(full):
        return [_relative(os.path.join(root, name), root)], []
    faults: list[Diagnostic] = []
    found = sorted(_walk(os.path.normpath(os.path.join(root, name)), root, {full}, faults))
    if not found and not faults:
        message = f"there is no manifest (*.yaml, *.yml) in {name}"
        faults.append(error("no-manifests", message, hint="only `agentops destroy` empties an environment"))
    return [_relative(path, root) for path in found], faults


def _walk(folder: str, root: str, seen: set[str], faults: list[Diagnostic]) -> Iterator[str]:
    """Manifests below `folder`. Hidden entries are passed over; links must stay in the project."""
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError as exc:
        faults.append(error("file-unreadable", f"{_relative(folder, root)} cannot be read: {exc.strerror or exc}"))
        return
    for entry in listed:
        if entry.name.startswith("."):
            continue
        real = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
        if _is_folder(entry):
            if not is_inside(real, root):
                faults.append(_leaves(entry.path, root))
            elif entry.is_symlink() and real in seen:
                continue
            else:
                seen.add(real)
                yield from _walk(entry.path, root, seen, faults)
        elif entry.name.endswith(_SUFFIXES) and (folder != root or entry.name != _PROJECT_FILE):
            yield entry.path


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself is no folder; where it should be a manifest, reading it says what is wrong
        return False


def _leaves(path: str, root: str) -> Diagnostic:
    hint = "copy the files into the project"
    return error("file-outside", "the link leads out of the project folder", SourcePos(_relative(path, root)), hint)


def _relative(path: str, root: str) -> str:
    return Path(os.path.relpath(path, root)).as_posix()
