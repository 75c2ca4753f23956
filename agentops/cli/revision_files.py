"""The files of a project as a commit has them: manifests and links are put into a folder, texts once they are read.

No checkout: filters, hooks, attributes and the index of the repository play no part, and nothing of it is written.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from agentops.cli.revisions import Repository, git_environment
from agentops.domain.errors import ProjectError
from agentops.engine.files import MAX_BYTES, FileFault, is_inside, read_inside

_PATIENCE: Final = 600  # seconds for all files of a revision
_MAX_TOTAL: Final = 500_000_000
_MAX_LINK: Final = 4096
_MANIFESTS: Final = (".yaml", ".yml")
_LFS: Final = b"version https://git-lfs.github.com/spec/"
_LINK, _SUBMODULE = "120000", "160000"


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    id: str
    size: int  # -1: this clone does not have it


class RevisionFiles:
    """The project folder of one commit, laid out below `root` as far as it was asked for."""

    def __init__(self, root: Path, entries: Mapping[str, _Entry], blobs: _Blobs) -> None:
        self.root = root
        self._real_root = os.path.realpath(root)
        self._entries = entries
        self._blobs = blobs

    @property
    def submodules(self) -> tuple[str, ...]:
        """The paths at which other repositories lie, whose files no commit of this one has."""
        return tuple(path for path, entry in self._entries.items() if entry.mode == _SUBMODULE)

    def lay_out(self) -> None:
        """Put all that may be a manifest into the folder; links last, so that nothing is written through one."""
        for path, entry in self._entries.items():
            if entry.mode not in (_LINK, _SUBMODULE) and path.endswith(_MANIFESTS):
                self._write(path, entry)
        for path, entry in self._entries.items():
            if entry.mode == _LINK and 0 <= entry.size <= _MAX_LINK:
                self._link(path, os.fsdecode(self._blobs.content(entry.id, entry.size)))

    def read(self, path: Path, root: str, name: str) -> bytes:
        """As `read_inside`; a file that is not in the folder yet comes from the commit."""
        real = os.path.realpath(path)
        inside = PurePosixPath(os.path.relpath(real, self._real_root)).as_posix()
        if is_inside(real, self._real_root) and not os.path.lexists(real):
            self._refuse_submodule(inside, name)
            entry = self._entries.get(inside)
            if entry is not None and entry.mode not in (_LINK, _SUBMODULE):
                self._write(inside, entry)
        data = read_inside(path, root, name)
        if data.startswith(_LFS):
            raise FileFault("file-unreadable", f"{name} is kept in Git LFS", "keep manifests and texts in git itself")
        return data

    def _refuse_submodule(self, inside: str, name: str) -> None:
        for submodule in self.submodules:
            if inside == submodule or inside.startswith(submodule + "/"):
                raise FileFault("file-unreadable", f"{name} lies in the submodule {submodule}", "copy the file")

    def _write(self, path: str, entry: _Entry) -> None:
        target = self._place(path)
        with target.open("xb") as file:
            if entry.size > MAX_BYTES:
                file.truncate(entry.size)  # not its content: whoever reads it says that it is too large
            else:
                file.write(self._blobs.content(entry.id, entry.size))

    def _place(self, path: str) -> Path:
        """Where the file goes; its folder is made. A forged commit may have a link and a folder of one name,
        and must not lead out of `root`."""
        place = Path(self._real_root, path)
        if not is_inside(os.path.realpath(place.parent), self._real_root):
            raise ProjectError(f"the revision has {path} below a link that leads out of it")
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _link(self, path: str, leads_to: str) -> None:
        place = self._place(path)
        try:
            place.symlink_to(leads_to)
        except (OSError, ValueError) as exc:
            raise ProjectError(f"the link {path} cannot be made: {exc}", hint="compare on another system") from exc


@contextmanager
def files_of(repository: Repository, commit: str) -> Iterator[RevisionFiles]:
    """The project folder of `commit`; empty where the commit has none. Gone in the end."""
    tree = repository.folder_in(commit)
    with tempfile.TemporaryDirectory(prefix="agentops-") as folder, _Blobs.opened(repository.folder) as blobs:
        files = RevisionFiles(Path(folder), _entries(repository, tree) if tree else {}, blobs)
        files.lay_out()
        yield files


def _entries(repository: Repository, tree: str) -> Mapping[str, _Entry]:
    listed = repository.said("ls-tree", "-r", "-l", "-z", "--full-tree", tree)
    if listed is None:
        raise ProjectError("git cannot list the files of the revision", hint=_PARTIAL)
    found: dict[str, _Entry] = {}
    for line in listed.split("\0"):
        about, tab, path = line.partition("\t")
        if tab and not {"", ".", ".."} & set(path.split("/")):  # what git itself would never check out
            mode, _, id_, size = about.split()
            found[path] = _Entry(mode, id_, int(size) if size.isdecimal() else -1)
    return found


_PARTIAL: Final = "is the clone whole? `git fsck` tells; a partial clone (--filter) lacks files of other revisions"


class _Blobs:
    """Contents of files by their IDs, from one `git cat-file` that is ended when it takes too long."""

    def __init__(self, ask: IO[bytes], answers: IO[bytes]) -> None:
        self._ask = ask
        self._answers = answers
        self._total = 0

    @classmethod
    @contextmanager
    def opened(cls, folder: Path) -> Iterator[_Blobs]:
        process = subprocess.Popen(
            ["git", "-C", str(folder), "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=git_environment(),
        )
        assert process.stdin is not None, "it is a pipe"
        assert process.stdout is not None, "it is a pipe"
        guard = threading.Timer(_PATIENCE, process.kill)
        guard.daemon = True
        guard.start()
        try:
            yield cls(process.stdin, process.stdout)
        finally:
            guard.cancel()
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()

    def content(self, id_: str, size: int) -> bytes:
        """The content of a blob of `size`. Raises ProjectError when this clone does not have it."""
        if size < 0:
            raise ProjectError(f"this clone does not have the file {id_}", hint=_PARTIAL)
        self._total += size
        if self._total > _MAX_TOTAL:
            raise ProjectError("the manifests and texts of the revision are larger than what is read")
        try:
            self._ask.write(f"{id_}\n".encode())
            self._ask.flush()
            head = self._answers.readline().split()
            data = self._answers.read(size + 1)
        except OSError as exc:
            raise ProjectError(f"git cannot read the file {id_}: {exc.strerror}", hint=_PARTIAL) from exc
        if head[1:] != [b"blob", str(size).encode()] or len(data) != size + 1:
            raise ProjectError(f"git cannot read the file {id_}", hint=_PARTIAL)
        return data[:-1]
