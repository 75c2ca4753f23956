"""Files that a run writes: all of them, or none."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agentops.domain.errors import ProjectError
from agentops.engine.files import is_inside


class FileSet:
    """Texts by their path, which is relative to the project folder with forward slashes; nothing is written yet."""

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.realpath(root))
        self._texts: dict[str, str] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """What is to be written, in the order in which it was added and gets its place."""
        return tuple(self._texts)

    def add(self, path: str, text: str) -> None:
        """Let `path` become `text`. Raises ValueError if it is to become something else already."""
        if self._texts.setdefault(path, text) != text:
            raise ValueError(f"{path} would be written twice")

    def conflicts(self) -> tuple[str, ...]:
        """The paths where something else is already; what has the very text is none."""
        return tuple(path for path in self.paths if not self._is_free(path))

    def write(self) -> tuple[str, ...]:
        """Write what differs, and return its paths.

        Everything is written beside its target first, and gets its place then. Raises ProjectError if that cannot be
        done, with every file as it was; so does an interruption. A killed process may leave some of the files
        written, each of them whole.
        """
        wanted = [_Target(path, self._target(path), self._texts[path]) for path in self.paths if not self._has(path)]
        made: list[Path] = []
        try:
            try:
                for target in wanted:
                    made += _make_folders(target.file.parent)
                    _write(target.new, target.text, like=target.file)
                _replace_all(wanted)
            finally:
                for target in wanted:
                    target.new.unlink(missing_ok=True)
        except OSError as exc:
            _remove_folders(made)
            place = exc.filename2 or exc.filename or "the files"
            raise ProjectError(f"cannot write {place}: {exc.strerror or exc}; nothing was written") from exc
        except BaseException:
            _remove_folders(made)
            raise
        return tuple(target.path for target in wanted)

    def _target(self, path: str) -> Path:
        """The real file behind `path`. Raises ProjectError when that is not in the project."""
        real = os.path.realpath(self._root / path)
        if not is_inside(real, str(self._root)):
            raise ProjectError(f"{path} lies outside the project folder; nothing was written")
        return Path(real)

    def _is_free(self, path: str) -> bool:
        return not os.path.lexists(self._root / path) or self._has(path)

    def _has(self, path: str) -> bool:
        """Whether `path` is what it should become."""
        file = self._target(path)
        return file.is_file() and file.read_bytes() == self._texts[path].encode()


@dataclass(frozen=True, slots=True)
class _Target:
    path: str
    file: Path
    text: str

    @property
    def new(self) -> Path:
        # Hidden, so that it is no manifest; of a name that a later run writes over.
        return self.file.with_name(f".{self.file.name}.agentops-new")

    @property
    def old(self) -> Path:
        return self.file.with_name(f".{self.file.name}.agentops-old")


def _write(path: Path, text: str, *, like: Path) -> None:
    path.unlink(missing_ok=True)  # what a killed run left, or a link
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    if like.exists():
        os.chmod(path, like.stat().st_mode & 0o777)


def _replace_all(targets: list[_Target]) -> None:
    """Give every new file its place; what was there comes back if one of them cannot get it."""
    done: list[_Target] = []
    try:
        for target in targets:
            if target.file.exists():
                target.old.unlink(missing_ok=True)
                shutil.copyfile(target.file, target.old)
            done.append(target)
            os.replace(target.new, target.file)
    except BaseException:
        for target in done:
            with contextlib.suppress(OSError):  # the others still come back
                if target.old.exists():
                    os.replace(target.old, target.file)
                elif not target.new.exists():
                    target.file.unlink(missing_ok=True)
        raise
    finally:
        for target in targets:
            target.old.unlink(missing_ok=True)


def _make_folders(folder: Path) -> Iterator[Path]:
    """Make `folder` and what is above it; what was made, outermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return reversed(missing)


def _remove_folders(folders: list[Path]) -> None:
    for folder in reversed(folders):
        with contextlib.suppress(OSError):  # something of somebody else's is in it now
            folder.rmdir()
