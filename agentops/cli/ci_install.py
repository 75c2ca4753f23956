"""What pipelines install: agentops as PyPI has it, or from where its user keeps it."""

import re
from collections.abc import Sequence
from typing import Final

from agentops import __version__
from agentops.domain.errors import UsageError

DISTRIBUTION: Final = "agentops-reconciler"

_VERSION: Final = re.compile(r"(==)?(?P<version>[0-9][A-Za-z0-9.+!]*)")
_URL: Final = re.compile(r"[a-z][a-z0-9+]*://[^/]+/.+")
_PATH: Final = re.compile(r"(?!.*://)(.*/.*|\..*|.+\.(whl|zip|tar\.gz))")
_HARMLESS: Final = re.compile(r"[A-Za-z0-9._~:/@+#=&?%!,-]+")
"""What neither YAML, nor a shell, nor the variables of a pipeline take for something else."""
_WRITTEN: Final = re.compile(r"""^ *(?:install|AGENTOPS_INSTALL): ["']?([^"'\n]*)""", re.MULTILINE)
_NAMED: Final = re.compile(rf"{DISTRIBUTION}(\[[^]]*\])?\s*(==\s*(?P<version>\S+)|@\s*(?P<url>\S+))")


def check_source(source: str) -> None:
    """Raises UsageError for what pip, or the file of a pipeline, would not take; "" is fine: nothing is installed."""
    if not source:
        return
    if not _HARMLESS.fullmatch(source) or not any(form.fullmatch(source) for form in (_VERSION, _URL, _PATH)):
        raise UsageError(
            f"--install {source!r} is neither a version, nor a path, nor a URL",
            hint="such as 0.2.0, a wheel in the repository as vendor/NAME.whl, or git+https://HOST/PATH@REVISION",
        )
    if re.search(r"//[^/@]*:[^/@]*@", source):
        raise UsageError(
            "--install: a password must not stand in a pipeline's file",
            hint="put a wheel into the repository, or let git find the password by itself",
        )


def requirement(source: str | None = None, extras: Sequence[str] = ()) -> str:
    """One argument for pip. Without a `source`: this very version, from PyPI. For an empty one: empty, too."""
    if source == "":
        return ""
    listed = f"[{','.join(sorted(extras))}]" if extras else ""
    source = source or __version__
    if found := _VERSION.fullmatch(source):
        return f"{DISTRIBUTION}{listed}=={found['version']}"
    if _URL.fullmatch(source):
        return f"{DISTRIBUTION}{listed} @ {source}"
    return f"{source}{listed}"


def is_path(source: str) -> bool:
    """Whether it is a file or folder, seen from the top of the repository."""
    return bool(source) and not _VERSION.fullmatch(source) and not _URL.fullmatch(source)


def source_in(text: str) -> str | None:
    """The source that a pipeline's file was written with; None where it is this version of PyPI."""
    found = _WRITTEN.search(text)
    if found is None:
        return None
    written = found[1].strip()
    if named := _NAMED.fullmatch(written):
        source = named["version"] or named["url"]
        return None if source == __version__ else source
    return re.sub(r"\[[^]]*\]$", "", written)
