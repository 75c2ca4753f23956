"""Diagnostics as annotations on a pull request: GitHub's workflow commands.

Escaped as GitHub's runner reads them back ("Workflow commands for GitHub Actions", and `command.ts` of its toolkit).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from agentops.domain.diagnostics import Diagnostic
from agentops.render.places import in_repository
from agentops.render.validation import Checked

_IN_TEXT: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY: Final = {**_IN_TEXT, ":": "%3A", ",": "%2C"}
_STEERING: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def github_annotations(diagnostics: Iterable[Diagnostic], prefix: str) -> str:
    """One command a line, none of which a message can break out of; `prefix` leads from the repository's top to the
    project folder."""
    return "\n".join(_command(item, prefix) for item in diagnostics)


def annotations_of(checked: Checked) -> str:
    """The same for what `validate` found."""
    return github_annotations(checked.diagnostics, checked.prefix)


def _command(diagnostic: Diagnostic, prefix: str) -> str:
    properties = {"title": diagnostic.code}
    if diagnostic.pos:
        place = in_repository(diagnostic.pos.path, prefix)
        properties = {"file": place, "line": str(diagnostic.pos.line), "col": str(diagnostic.pos.column)} | properties
    written = ",".join(f"{name}={_escaped(value, _IN_PROPERTY)}" for name, value in properties.items())
    hint = f"\nhint: {diagnostic.hint}" if diagnostic.hint else ""
    return f"::{diagnostic.severity.value} {written}::{_escaped(diagnostic.message + hint, _IN_TEXT)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    visible = _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return "".join(table.get(character, character) for character in visible)
