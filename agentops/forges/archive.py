"""The plan file inside an artifact: a zip archive, read in memory and within bounds; nothing of it becomes a path."""

import io
import zipfile
import zlib
from typing import Final

from agentops.domain.errors import ForgeError

_MOST_ENTRIES: Final = 1_000
_LARGEST: Final = 256 * 1024 * 1024
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_AGAIN: Final = "let the pipeline of the request upload the file that `agentops plan --out FILE` writes"


def plan_in(data: bytes, artifact: str, environment: str) -> str:
    """The text of the one `.plan` file, or of `ENVIRONMENT.plan` among several. Raises ForgeError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _text(archive, _chosen(archive.infolist(), artifact, environment), artifact)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as exc:
        raise ForgeError(f"the artifact {artifact!r} is no zip archive that can be read: {exc}", hint=_AGAIN) from exc


def _chosen(entries: list[zipfile.ZipInfo], artifact: str, environment: str) -> zipfile.ZipInfo:
    if len(entries) > _MOST_ENTRIES:
        raise ForgeError(f"the artifact {artifact!r} holds more than {_MOST_ENTRIES} files", hint=_AGAIN)
    plans = [entry for entry in entries if not entry.is_dir() and entry.filename.endswith(".plan")]
    named = [entry for entry in plans if _base(entry) == f"{environment}.plan"]
    if len(plans) != 1 and len(named) != 1:
        problem = f"holds {len(plans)} plan files" if plans else "holds no plan file (*.plan)"
        raise ForgeError(f"the artifact {artifact!r} {problem}", hint=_AGAIN)
    return plans[0] if len(plans) == 1 else named[0]


def _base(entry: zipfile.ZipInfo) -> str:
    return entry.filename.replace("\\", "/").rpartition("/")[2]


def _text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, artifact: str) -> str:
    if entry.compress_type not in _METHODS:
        raise ForgeError(f"the artifact {artifact!r} is compressed in an unknown way", hint=_AGAIN)
    with archive.open(entry) as file:
        content = file.read(_LARGEST + 1)  # what the archive says of its size is only a claim
    if len(content) > _LARGEST:
        raise ForgeError(f"the plan in the artifact {artifact!r} is too large", hint=_AGAIN)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise ForgeError(f"the plan in the artifact {artifact!r} is no text", hint=_AGAIN) from exc
