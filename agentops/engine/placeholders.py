"""What is wrong with the placeholders of prompts and messages, and with the variables that they name."""

from collections.abc import Iterator, Mapping

from agentops.domain.diagnostics import Diagnostic, SourcePos, warning
from agentops.domain.fields import Field, Type
from agentops.domain.placeholders import placeholders
from agentops.domain.values import Path
from agentops.engine.compose import Composed
from agentops.engine.leaves import leaves


def placeholder_warnings(composed: Composed, filled: frozenset[str]) -> Iterator[Diagnostic]:
    """Placeholders that nothing declares, and variables that nothing uses.

    `filled` are the placeholders that the platform fills by itself. Nothing is said about a kind without variables.
    """
    table, spec = composed.kind.table, composed.spec
    row = table.by_name.get("variables")
    if row is None or row.type is not Type.MAP:
        return
    declared = spec.get("variables")
    names = frozenset(declared) if isinstance(declared, Mapping) else frozenset()
    used: set[str] = set()
    for path, field, value in leaves(table, spec):
        if isinstance(value, str) and "{" in value:
            found = _first_uses(value)
            used |= {name for _, name in found}
            if field.long_text:
                yield from _undeclared(composed, field, path, value, found, names | filled)
    for name in sorted(names - used):
        message = f"nothing uses the variable {name}"
        hint = f"write {{{{{name}}}}} in a prompt or message, or remove it"
        yield warning("unused-variable", message, composed.document.key_position(("spec", "variables", name)), hint)


def _undeclared(
    composed: Composed, field: Field, path: Path, text: str, found: Mapping[tuple[str, str], int], known: frozenset[str]
) -> Iterator[Diagnostic]:
    for (written, name), index in found.items():
        if name not in known:
            message = f"nothing declares {written}, which {field.name} uses"
            hint = "add it to spec.variables, unless it is passed with each call"
            yield warning("undeclared-placeholder", message, _position(composed, path, text, index), hint)


def _first_uses(text: str) -> dict[tuple[str, str], int]:
    """The placeholders of `text`, as written and their names -> where each stands first."""
    found: dict[tuple[str, str], int] = {}
    for use in placeholders(text):
        found.setdefault((use.written, use.name), use.index)
    return found


def _position(composed: Composed, path: Path, text: str, index: int) -> SourcePos:
    """The place in the file that the text came from; in the manifest, the value's."""
    origin = composed.origins.get(("spec", *path))
    if origin is None or origin.source != "file":
        return composed.document.locate(("spec", *path))
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return SourcePos(
        origin.name, before.count("\n") + 1, index - max(text.rfind("\n", 0, index), text.rfind("\r", 0, index))
    )
