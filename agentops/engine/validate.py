"""From composed documents to manifests, or diagnostics: the schema first, then what a schema cannot say."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic, error
from agentops.domain.manifest import Document, EnvSecret, Manifest
from agentops.domain.platform import Kind, Platform
from agentops.domain.values import Path, Value, Values
from agentops.engine.accept import Test, acceptor, ends_exactly
from agentops.engine.checks import field_faults
from agentops.engine.compose import Composed
from agentops.engine.explain import explain
from agentops.engine.fault import Fault, shown
from agentops.engine.ignore import ignored
from agentops.engine.names import did_you_mean, nearest_of
from agentops.engine.placeholders import placeholder_warnings
from agentops.engine.schemas import schema, schema_name


def schema_faults(name: str, value: Value) -> tuple[Fault, ...]:
    """What the schema called `name` refuses in `value`, without repeats."""
    if _acceptor(name)(value):
        return ()
    return tuple(dict.fromkeys(fault for fail in _validator(name).iter_errors(value) for fault in explain(fail)))


def kind_of(document: Document, platform: Platform) -> tuple[Kind | None, tuple[Diagnostic, ...]]:
    """The kind of manifest that `document` is, or why this platform cannot take it."""
    value = document.value if isinstance(document.value, Mapping) else {}
    faults = [fault for check in (_vocabulary, _kind) if (fault := check(value, document, platform))]
    return (None if faults else platform.kind_by_name[str(value["kind"])]), tuple(faults)


def validate(documents: Sequence[Composed], platform: Platform) -> tuple[tuple[Manifest, ...], tuple[Diagnostic, ...]]:
    """The manifests of the documents that have no error, and every fault and warning of all of them."""
    manifests: list[Manifest] = []
    diagnostics: list[Diagnostic] = []
    for composed in documents:
        faults = tuple(_faults(composed, platform))
        diagnostics += (_diagnostic(fault, composed) for fault in faults)
        diagnostics += placeholder_warnings(composed, platform.variables)
        if not faults:
            manifests.append(_manifest(composed))
    return tuple(manifests), tuple(diagnostics)


def _faults(composed: Composed, platform: Platform) -> Iterator[Fault]:
    """Every fault of one document, without repeats, and none of a value that an earlier stage has refused already."""
    refused = set(composed.faulty)
    said: set[Fault] = set()
    for stage in (_of_schema, _of_fields, _of_rules):
        found = [fault for fault in stage(composed, platform) if fault not in said and not _is_below(fault, refused)]
        yield from found
        said.update(found)
        refused |= {fault.path for fault in found if not fault.at_key or fault.code == "unknown-key"}


def _is_below(fault: Fault, refused: set[Path]) -> bool:
    return bool(refused) and any(fault.path[:end] in refused for end in range(len(fault.path) + 1))


def _of_schema(composed: Composed, platform: Platform) -> Iterable[Fault]:
    name = schema_name(platform.api_version, composed.kind.name)
    for fault in schema_faults(name, _for_schema(composed)):
        former = composed.kind.former.get(str(fault.path[-1])) if fault.path[:-1] == ("spec",) else None
        yield replace(fault, hint=former) if former and fault.code == "unknown-key" else fault


def _of_fields(composed: Composed, platform: Platform) -> Iterable[Fault]:
    # Without a spec the schema has said all there is to say.
    return field_faults(composed.spec, composed.kind.table, platform) if composed.spec else ()


def _of_rules(composed: Composed, platform: Platform) -> Iterator[Fault]:  # noqa: ARG001
    for rule in composed.kind.rules:
        for broken in rule(composed.spec):
            yield Fault(("spec", *broken.path), broken.code, broken.message, broken.hint)


def _diagnostic(fault: Fault, composed: Composed) -> Diagnostic:
    document = composed.document
    position = document.key_position(fault.path) if fault.at_key else document.locate(fault.path)
    origin = composed.origins.get(fault.path)
    message = fault.message
    if origin is not None and origin.source != "env":
        message += f" (from the {'variable' if origin.source == 'var' else 'file'} {origin.name})"
    return error(fault.code, message, position, fault.hint)


def _manifest(composed: Composed) -> Manifest:
    metadata = composed.metadata
    name, labels, protect = metadata["name"], metadata.get("labels", {}), metadata.get("protect", False)
    previous, import_id = metadata.get("previous_names", []), metadata.get("import")
    assert isinstance(name, str), "the schema says so"
    assert isinstance(labels, dict), "the schema says so"
    assert isinstance(previous, list), "the schema says so"
    assert import_id is None or isinstance(import_id, int | str), "the schema says so"
    return Manifest(
        Address(composed.kind.prefix, name),
        composed.kind.name,
        composed.spec,
        composed.document,
        labels=labels,
        protect=protect is True,
        previous_names=tuple(previous),
        import_id=import_id,
        ignore=ignored(metadata),
        origins=composed.origins,
    )


def _vocabulary(value: Values, document: Document, platform: Platform) -> Diagnostic | None:
    version = value.get("apiVersion")
    if version == platform.api_version:
        return None
    said = f"the vocabulary {shown(version)}" if "apiVersion" in value else "no apiVersion"
    message = f"this manifest has {said}; {platform.title} takes {platform.api_version}"
    hint = f"write apiVersion: {platform.api_version}, or keep the manifest out of this environment"
    return error("foreign-vocabulary", message, document.locate(("apiVersion",)), hint)


def _kind(value: Values, document: Document, platform: Platform) -> Diagnostic | None:
    name, kinds = value.get("kind"), list(platform.kind_by_name)
    if name in kinds:
        return None
    said = f"the kind {shown(name)}" if "kind" in value else "no kind"
    near = did_you_mean(nearest_of(name, kinds)) if isinstance(name, str) else ""
    message = f"this manifest has {said}; {platform.title} has {' and '.join(kinds)}"
    return error("unknown-kind", message, document.locate(("kind",)), near or f"write kind: {kinds[0]}")


def _for_schema(composed: Composed) -> Value:
    """The value with secrets in the form that a manifest has them in."""
    if not any(origin.source == "env" for origin in composed.origins.values()):
        return composed.document.value
    return _with_markers(composed.document.value)


def _with_markers(value: Value) -> Value:
    match value:
        case EnvSecret():
            return {"env": value.env}
        case dict():
            return {key: _with_markers(item) for key, item in value.items()}
        case list():
            return [_with_markers(item) for item in value]
    return value


@cache
def _acceptor(name: str) -> Test:
    return acceptor(schema(name))


@cache
def _validator(name: str) -> Any:
    """The validator of a schema, made once: making one costs more than using it."""
    from jsonschema import Draft7Validator, ValidationError
    from jsonschema.validators import extend

    def is_integer(_: Any, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)  # 600.0 is none

    def pattern(_: Any, pattern: str, value: object, __: Any) -> Iterator[Any]:
        if isinstance(value, str) and not re.search(ends_exactly(pattern), value):
            yield ValidationError(f"does not match {pattern}")

    checker = Draft7Validator.TYPE_CHECKER.redefine("integer", is_integer)
    return extend(Draft7Validator, {"pattern": pattern}, type_checker=checker)(schema(name))  # type: ignore[no-untyped-call]
