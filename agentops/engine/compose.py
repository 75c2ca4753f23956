"""From a document to one that stands for itself: `file`, `var` and `env` markers become what they mean."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Final

from agentops.domain.diagnostics import Diagnostic, SourcePos, error, warning
from agentops.domain.fields import Field, FieldTable, Type
from agentops.domain.manifest import Document, EnvSecret, Origin
from agentops.domain.platform import Kind
from agentops.domain.project import Scalar
from agentops.domain.values import Path, Value, Values
from agentops.engine.files import FileFault, ReadFile, read_inside
from agentops.engine.normalise import text as normal_text
from agentops.engine.reserved import unescape

MARKERS: Final = frozenset({"file", "var", "env"})


@dataclass(frozen=True, slots=True)
class Composed:
    """A document whose value has no markers left but those with faults, and EnvSecret in secret fields.

    `origins` tells what came from elsewhere; `faulty` are the paths that have a diagnostic already; paths start at
    the document.
    """

    document: Document
    kind: Kind
    origins: Mapping[Path, Origin] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    faulty: frozenset[Path] = frozenset()

    @property
    def spec(self) -> Values:
        """The composed `spec`; empty when it is no map."""
        return self._map("spec")

    @property
    def metadata(self) -> Values:
        """The composed `metadata`; empty when it is no map."""
        return self._map("metadata")

    def _map(self, key: str) -> Values:
        value = self.document.value
        part = value.get(key) if isinstance(value, Mapping) else None
        return part if isinstance(part, Mapping) else {}


def compose(
    document: Document,
    kind: Kind,
    variables: Mapping[str, Scalar] | None,
    root: FilePath,
    read_file: ReadFile = read_inside,
) -> tuple[Composed, tuple[Diagnostic, ...]]:
    """The document with its markers expanded, and every fault.

    `variables` are the environment's; None when there is no environment: then `{var: x}` stays as it is. `root` is
    the project folder.
    """
    composer = _Composer(document, variables, os.path.realpath(root), read_file)
    value = composer.document(document.value, kind.table)
    composed = Composed(
        replace(document, value=value),
        kind,
        composer.origins,
        frozenset(composer.used),
        frozenset(composer.faulty),
    )
    return composed, tuple(composer.diagnostics)


class _Composer:
    """Walks one document by its field table, and notes origins and faults on the way."""

    def __init__(
        self, document: Document, variables: Mapping[str, Scalar] | None, root: str, read_file: ReadFile
    ) -> None:
        self._document = document
        self._variables = variables
        self._root = root
        self._read_file = read_file
        self._folder = FilePath(root, document.path).parent
        self.origins: dict[Path, Origin] = {}
        self.used: set[str] = set()
        self.faulty: list[Path] = []
        self.diagnostics: list[Diagnostic] = []
        self._walkers: dict[Type, Callable[[Field, Value, Path], Value]] = {
            Type.LIST: self._list,
            Type.MAP: self._map,
            Type.OBJECT: self._object,
            Type.VARIANT: self._variant,
            Type.REFERENCE: self._reference,
        }

    def document(self, value: Value, table: FieldTable) -> Value:
        if not isinstance(value, dict):
            return value
        composed = dict(value)
        if isinstance(spec := value.get("spec"), dict):
            composed["spec"] = self._fields(table, spec, ("spec",))
        metadata = value.get("metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("labels"), dict):
            labels = self._map(_LABELS, metadata["labels"], ("metadata", "labels"))
            composed["metadata"] = {**metadata, "labels": labels}
        return composed

    def _fields(self, table: FieldTable, values: Mapping[str, Value], path: Path) -> dict[str, Value]:
        rows = table.by_name
        return {
            key: self._value(rows[key], value, (*path, key)) if key in rows else value for key, value in values.items()
        }

    def _value(self, row: Field, value: Value, path: Path) -> Value:
        walk = self._walkers.get(row.type)
        return self._scalar(row, value, path) if walk is None else walk(row, value, path)

    def _list(self, row: Field, value: Value, path: Path) -> Value:
        if not isinstance(value, list) or row.item is None:
            return value
        item = row.item
        return [self._value(item, entry, (*path, index)) for index, entry in enumerate(value)]

    def _map(self, row: Field, value: Value, path: Path) -> Value:
        if not isinstance(value, dict):
            return value
        item = row.item or _TEXT
        return {key: self._scalar(item, entry, (*path, key)) for key, entry in value.items()}

    def _object(self, row: Field, value: Value, path: Path) -> Value:
        if row.qualified and row.table is not None:
            return self._reference(row.table.fields[0], value, path)
        if not isinstance(value, dict) or row.table is None:
            return value
        return self._fields(row.table, value, path)

    def _variant(self, row: Field, value: Value, path: Path) -> Value:
        if not isinstance(value, dict) or "type" not in value:
            return value
        type_ = self._scalar(_TEXT, value["type"], (*path, "type"))
        table = row.variant(type_)
        return (self._fields(table, value, path) if table else dict(value)) | {"type": type_}

    def _reference(self, row: Field, value: Value, path: Path) -> Value:
        if not isinstance(value, dict) or "var" in value:
            return self._scalar(row, value, path)
        return {
            key: self._reference(row, entry, (*path, key))
            if isinstance(entry, dict)
            else self._text(entry, (*path, key))
            for key, entry in value.items()
        }

    def _scalar(self, row: Field, value: Value, path: Path) -> Value:
        if isinstance(value, dict) and value.keys() & MARKERS:
            return self._marker(row, value, path)
        if row.secret and not row.spelled_out and value is not None and not isinstance(value, dict | list):
            self._fault(path, "literal-secret", "a secret must not stand in a manifest", _SECRET_HINT)
            return EnvSecret("")
        if row.long_text and isinstance(value, str) and _PATH.fullmatch(value) and os.path.isfile(self._folder / value):
            message = f"the text itself is {value}, which is also the name of a file here"
            hint = f"to take the text from the file, write {{file: {value}}}"
            self.diagnostics.append(warning("text-is-a-path", message, self._position(path), hint))
        # Lengths count what is sent: without the line break that ends a block text or a file.
        return self._text(normal_text(value) if row.long_text else value, path)

    def _text(self, value: Value, path: Path) -> Value:
        if not isinstance(value, str) or "${" not in value:
            return value
        text = unescape(value)
        if text is None:
            self._fault(path, "reserved-text", "${ is reserved in a manifest", "write $${ for a literal ${")
            return value
        return text

    def _marker(self, row: Field, value: Mapping[str, Value], path: Path) -> Value:
        if len(value) != 1:
            self._fault(path, "marker-form", f"{{{', '.join(value)}}} cannot stand together", "write just one of them")
            return value
        ((marker, name),) = value.items()
        if not isinstance(name, str) or not name:
            self._fault(path, "marker-form", f"the {marker} of a value must be a text", f"write {{{marker}: ...}}")
            return value
        if row.secret != (marker == "env") and not row.spelled_out:
            self._misplaced(row, path)
            return value
        return {"file": self._file, "var": self._var, "env": self._env}[marker](row, value, name, path)

    def _misplaced(self, row: Field, path: Path) -> None:
        if row.secret:
            self._fault(path, "literal-secret", "a secret comes from the environment only", _SECRET_HINT)
        else:
            message = f"{row.name} is no secret, so it cannot come from the environment"
            self._fault(path, "marker-form", message, "write the value, or {var: name}")

    def _var(self, row: Field, value: Mapping[str, Value], name: str, path: Path) -> Value:  # noqa: ARG002
        self.used.add(name)
        if self._variables is None:
            self.faulty.append(path)  # not known here: nothing more can be said about this value
            return value
        if name not in self._variables:
            near = get_close_matches(name, self._variables, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "add it to the environment's variables in agentops.yaml"
            self._fault(path, "unknown-variable", f"the environment has no variable {name!r}", hint)
            return value
        self.origins[path] = Origin("var", name)
        return self._variables[name]

    def _env(self, row: Field, value: Mapping[str, Value], name: str, path: Path) -> Value:  # noqa: ARG002
        if not name.isidentifier() or not name.isascii():
            self._fault(path, "literal-secret", "this is not the name of an environment variable", _SECRET_HINT)
            return EnvSecret("")
        self.origins[path] = Origin("env", name)
        return EnvSecret(name)

    def _file(self, row: Field, value: Mapping[str, Value], name: str, path: Path) -> Value:
        if not row.long_text:
            message = f"{row.name} cannot come from a file"
            self._fault(path, "marker-form", message, "write the value, or {var: name}")
            return value
        try:
            text = _decode(self._read_file(self._folder / name, self._root, name), name)
        except FileFault as fault:
            self._fault(path, fault.code, str(fault), fault.hint)
            return value
        self.origins[path] = Origin("file", self._project_path(name))
        return normal_text(text)

    def _project_path(self, name: str) -> str:
        return FilePath(os.path.relpath(self._folder / name, self._root)).as_posix()

    def _fault(self, path: Path, code: str, message: str, hint: str) -> None:
        self.faulty.append(path)
        self.diagnostics.append(error(code, message, self._position(path), hint))

    def _position(self, path: Path) -> SourcePos:
        return self._document.locate(path)


_PATH: Final = re.compile(r"[^\s{}]+\.(md|txt)")
_TEXT: Final = Field(name="type")
_LABELS: Final = Field(name="labels", type=Type.MAP, item=Field(name="label"))
_SECRET_HINT: Final = "write {env: NAME} with the name of an environment variable that holds it"


def _decode(data: bytes, name: str) -> str:
    """The text of a file. Its content is not touched, but a byte order mark is no content."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileFault("file-encoding", f"{name} is not UTF-8", "save it as UTF-8") from None
    if "\0" in text:
        raise FileFault("file-encoding", f"{name} is no text file")
    return text
