"""Diagnostics as text, with the line that they speak of, and as JSON."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from agentops.domain.diagnostics import Diagnostic, Severity, SourcePos
from agentops.render.paint import PLAIN, Line, Palette, Span, Style, line, paint
from agentops.render.summary import counted
from agentops.render.values import SENSITIVE
from agentops.render.visible import cells, printable

Source: TypeAlias = Callable[[str], str | None]
"""The text of a file, or None when it cannot be shown."""

SEVERITY_STYLES: Final = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING}
_LONGEST = 160  # characters of a source line that are shown
_SECRET = re.compile(r"((?:key|secret|token|password)[\w-]*[\"']?\s*:\s*)(?!\{\s*env\b)[^\s{].*", re.IGNORECASE)


# What looks like a key wherever it stands: a prefix that vendors give theirs, or long, with letters and digits.
_KEYLIKE = re.compile(
    r"\b(?:(?:sk|pk|rk|cal|ghp|gho|glpat|xox[a-z])[_-][\w-]{6,}|(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{24,})"
)


def diagnostics_text(
    diagnostics: Iterable[Diagnostic],
    *,
    source: Source | None = None,
    palette: Palette = PLAIN,
) -> str:
    """One block for each: `file:line:column: error: message [code]`, the line with a caret, the hint.

    Nothing is wrapped: editors read these lines too.
    """
    texts = _Texts(source)
    return "\n".join(paint(diagnostic_lines(item, texts.line_at), palette) for item in diagnostics)


def diagnostic_lines(
    diagnostic: Diagnostic, line_at: Callable[[SourcePos], str | None] | None = None, indent: int = 0
) -> Iterator[Line]:
    """The lines of one diagnostic."""
    place = (Span(f"{diagnostic.pos}: ", Style.TITLE),) if diagnostic.pos else ()
    severity = Span(f"{diagnostic.severity.value}:", SEVERITY_STYLES[diagnostic.severity])
    first, *more = diagnostic.message.split("\n")
    code = f" [{diagnostic.code}]"
    yield Line((*place, severity, Span(f" {first}" + ("" if more else code))), indent)
    for number, text in enumerate(more, 1):
        yield line(text + (code if number == len(more) else ""), indent=indent + 4)
    shown = line_at(diagnostic.pos) if line_at and diagnostic.pos and "secret" not in diagnostic.code else None
    if diagnostic.pos and shown is not None:
        yield from _excerpt(shown, diagnostic.pos, indent + 4)
    if diagnostic.hint:
        yield from (line(text, indent=indent + 4) for text in f"hint: {diagnostic.hint}".split("\n"))


def diagnostics_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, object]]:
    """One object for each, in the shape of `terraform validate -json`."""
    return [diagnostic_json(item) for item in diagnostics]


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, object]:
    """One diagnostic in Terraform's shape; code and hint, which Terraform has no word for, are under `agentops`.

    `detail` is what a reader of Terraform's form shows below the summary: the further lines and the hint. Only the
    start of what is wrong is known, so `range` is empty, and it has no `byte`: a wrong offset would be worse than none.
    """
    summary, *more = diagnostic.message.split("\n")
    found: dict[str, object] = {
        "severity": diagnostic.severity.value,
        "summary": summary,
        "detail": "\n".join([*more, *([diagnostic.hint] if diagnostic.hint else [])]),
        "agentops": {"code": diagnostic.code, "hint": diagnostic.hint},
    }
    if diagnostic.pos:
        place = {"line": diagnostic.pos.line, "column": diagnostic.pos.column}
        found["range"] = {"filename": diagnostic.pos.path, "start": place, "end": dict(place)}
    return found


def diagnostics_summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`3 errors, 1 warning in 2 files`."""
    every = list(diagnostics)
    errors = sum(item.severity is Severity.ERROR for item in every)
    warnings = len(every) - errors
    files = len({item.pos.path for item in every if item.pos})
    parts = [counted(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    return (", ".join(parts) or "no errors") + (f" in {counted(files, 'file')}" if files else "")


def _excerpt(text: str, pos: SourcePos, indent: int) -> Iterator[Line]:
    """The line of the file, and a caret under the column: cells, not characters, so that it stands right."""
    number = str(pos.line)
    before = printable(text[: max(0, pos.column - 1)])
    shown = _KEYLIKE.sub(SENSITIVE, _SECRET.sub(rf"\1{SENSITIVE}", text))
    cut = " ..." if len(shown) > _LONGEST else ""
    yield line(f"{number} | {printable(shown[:_LONGEST])}{cut}".rstrip(), Style.FAINT, indent=indent, hang=0)
    if cells(before) <= _LONGEST:
        yield line(f"{' ' * len(number)} | {' ' * cells(before)}^", Style.FAINT, indent=indent, hang=0)


class _Texts:
    """The files' lines, each file asked for once."""

    def __init__(self, source: Source | None) -> None:
        self._source = source
        self._lines: dict[str, list[str] | None] = {}

    def line_at(self, pos: SourcePos) -> str | None:
        if self._source is None:
            return None
        if pos.path not in self._lines:
            text = self._source(pos.path)
            self._lines[pos.path] = None if text is None else re.split(r"\r\n|\r|\n", text)
        lines = self._lines[pos.path]
        return lines[pos.line - 1] if lines is not None and 1 <= pos.line <= len(lines) else None
