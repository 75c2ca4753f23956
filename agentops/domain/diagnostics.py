"""Problems in files as values: where, what, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, order=True)
class SourcePos:
    """Where a value was written, counted from 1 as editors do."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem. `code` is stable and documented; `hint` says what to do next."""

    severity: Severity
    code: str
    message: str
    pos: SourcePos | None = None
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.pos}: " if self.pos else ""
        hint = f"\n    hint: {self.hint}" if self.hint else ""
        return f"{where}{self.severity.value}: {self.message} [{self.code}]{hint}"


def error(code: str, message: str, pos: SourcePos | None = None, hint: str = "") -> Diagnostic:
    """A diagnostic that stops the run."""
    return Diagnostic(Severity.ERROR, code, message, pos, hint)


def warning(code: str, message: str, pos: SourcePos | None = None, hint: str = "") -> Diagnostic:
    """A diagnostic that is shown and does not stop the run."""
    return Diagnostic(Severity.WARNING, code, message, pos, hint)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Without repeats, sorted by place; those without a place first."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda d: (d.pos is not None, d.pos or SourcePos(""), d.code, d.message)))
