"""The log: standard library logging, to stderr or a file, with secrets taken out."""

import logging
from pathlib import Path

from agentops.cli.redaction import redact
from agentops.domain.errors import UsageError

LOGGER = logging.getLogger("agentops")


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def start_log(level: str, file: Path | None) -> None:
    """Log the package's messages of `level` and above. Raises UsageError when `file` cannot be opened."""
    try:
        handler = logging.StreamHandler() if file is None else logging.FileHandler(file, encoding="utf-8")
    except OSError as exc:
        raise UsageError(f"cannot write the log file {file}: {exc.strerror}") from exc
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for old in LOGGER.handlers[:]:
        LOGGER.removeHandler(old)
        old.close()
    LOGGER.addHandler(handler)
    LOGGER.setLevel(level.upper())
    LOGGER.propagate = False


def is_debugging() -> bool:
    return bool(LOGGER.handlers) and LOGGER.isEnabledFor(logging.DEBUG)
