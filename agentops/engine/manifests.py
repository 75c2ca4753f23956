"""The row load -> compose -> validate for the manifests of one environment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path as FilePath

from agentops.domain.diagnostics import Diagnostic, error, in_order, warning
from agentops.domain.manifest import Document, Manifest
from agentops.domain.platform import Platform
from agentops.domain.project import Environment, Project, Scalar
from agentops.engine.compose import Composed, compose
from agentops.engine.crosscheck import cross_faults
from agentops.engine.files import ReadFile, read_inside
from agentops.engine.ignore import ignore_faults
from agentops.engine.load import load
from agentops.engine.validate import kind_of, validate
from agentops.yamlio.events import Parser


@dataclass(frozen=True, slots=True)
class Manifests:
    """The manifests without error, and every fault and warning of all files, in order."""

    manifests: tuple[Manifest, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_manifests(
    project: Project,
    environment: Environment,
    platform: Platform,
    *,
    parser: Parser | None = None,
    read_file: ReadFile = read_inside,
) -> Manifests:
    """All manifests of `environment`, which lives on `platform`. Never stops at the first fault."""
    documents, faults = load(project.root, environment.manifests, parser=parser, read_file=read_file)
    placed = [_placed(fault, project, environment) for fault in faults]
    found = _read(documents, project.root, environment.variables, platform, read_file=read_file)
    unused = _unused_variables(project, environment, found.used) if found.whole and not placed else ()
    back = _not_removed(project, found.manifests)
    return Manifests(found.manifests, in_order([*placed, *found.diagnostics, *unused, *back]))


def read_files(
    root: FilePath,
    paths: Sequence[str],
    platform: Platform,
    variables: Mapping[str, Scalar] | None = None,
    *,
    parser: Parser | None = None,
) -> Manifests:
    """Some files or folders below `root`, by themselves: links to manifests that are not among them are no fault.

    Without `variables`, `{var: x}` may mean anything.
    """
    documents, faults = load(root, paths, parser=parser)
    found = _read(documents, root, variables, platform, complete=False)
    return Manifests(found.manifests, in_order([*faults, *found.diagnostics]))


@dataclass(frozen=True, slots=True)
class _Found:
    manifests: tuple[Manifest, ...]
    diagnostics: tuple[Diagnostic, ...]
    used: frozenset[str]
    whole: bool  # whether `used` is all there is: every document was looked into


def _read(
    documents: Sequence[Document],
    root: FilePath,
    variables: Mapping[str, Scalar] | None,
    platform: Platform,
    *,
    complete: bool = True,
    read_file: ReadFile = read_inside,
) -> _Found:
    diagnostics: list[Diagnostic] = []
    composed: list[Composed] = []
    for document in documents:
        kind, faults = kind_of(document, platform)
        diagnostics += faults
        if kind is not None:
            expanded, faults = compose(document, kind, variables, root, read_file)
            diagnostics += faults
            composed.append(expanded)
    day = today()
    for one in composed:
        diagnostics += ignore_faults(one, day)
    manifests, faults = validate(composed, platform)
    diagnostics += (*faults, *cross_faults(composed, complete=complete))
    used = frozenset(name for one in composed for name in one.used)
    return _Found(manifests, tuple(diagnostics), used, whole=0 < len(composed) == len(documents))


def today() -> date:
    """The day by which entries of `metadata.ignore` end, in UTC."""
    return datetime.now(UTC).date()


def _placed(fault: Diagnostic, project: Project, environment: Environment) -> Diagnostic:
    """A fault of the environment's `manifests` points at them in the project file."""
    return fault if fault.pos else replace(fault, pos=project.position(environment.name, "manifests"))


def _not_removed(project: Project, manifests: Sequence[Manifest]) -> Iterator[Diagnostic]:
    for manifest in manifests:
        if manifest.address in project.removed:
            message = f"{manifest.address} is listed as removed, but {manifest.document.path} describes it"
            place = project.locate(("spec", "removed"))
            yield error("removed-is-there", message, place, "take it off the list, or remove the manifest")


def _unused_variables(project: Project, environment: Environment, used: frozenset[str]) -> Iterator[Diagnostic]:
    for name in environment.variables:
        if name not in used:
            message = f"no manifest of {environment.name} uses the variable {name}"
            place = project.key_position(environment.name, "variables", name)
            yield warning("unused-environment-variable", message, place, "remove it, or use it: {var: " + name + "}")
