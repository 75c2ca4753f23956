"""Two revisions of a project against each other, environment by environment."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, TypeAlias

from agentops.domain.diagnostics import Diagnostic, Severity, has_errors, in_order, warning
from agentops.domain.errors import ManifestError
from agentops.domain.manifest_diff import ManifestDiff
from agentops.domain.plan import Action, Change
from agentops.domain.platform import Platform
from agentops.domain.project import Environment, Project
from agentops.engine.files import ReadFile, read_inside
from agentops.engine.manifest_diff import Side, changes_between
from agentops.engine.manifests import Manifests, read_manifests

FindPlatform: TypeAlias = Callable[[str], Platform]
_NO_SETTING: Final = frozenset({"name", "manifests", "variables"})
"""Keys of an environment whose changes show in the manifests themselves."""
_KEYS: Final = {"is_proxied": "proxy", "policy": "deletes or thresholds"}


@dataclass(frozen=True, slots=True)
class Revision:
    """A project as a revision has it; `project` is None when it has none. `faults` are those of its project file."""

    name: str
    project: Project | None
    commit: str = ""  # empty: the working tree
    read_file: ReadFile = read_inside
    faults: tuple[Diagnostic, ...] = ()

    def environment(self, name: str) -> Environment | None:
        return None if self.project is None else self.project.environments.get(name)

    @property
    def environments(self) -> tuple[str, ...]:
        return () if self.project is None else tuple(self.project.environments)


def manifest_diffs(
    base: Revision, head: Revision, find_platform: FindPlatform, environment: str = ""
) -> tuple[ManifestDiff, ...]:
    """What `head` says differently in each environment, or in the one that is named; what is alike is told once.

    Raises ManifestError with every fault of the manifests of `head`.
    """
    names = [environment] if environment else list(dict.fromkeys((*head.environments, *base.environments)))
    readers = _Reader(base, find_platform), _Reader(head, find_platform)
    said = [(name, readers[0].read(name), readers[1].read(name)) for name in names]
    faults = in_order(item for _, _, after in said for item in after.diagnostics)
    if has_errors(faults):
        raise ManifestError(faults)
    diffs = [_diff(base, head, name, before, after, find_platform) for name, before, after in said]
    return tuple(_told_once(diffs))


class _Reader:
    """The manifests of one revision; environments of the same files and variables are read once."""

    def __init__(self, revision: Revision, find_platform: FindPlatform) -> None:
        self._revision = revision
        self._find_platform = find_platform
        self._known: list[tuple[Environment, Manifests]] = []

    def read(self, name: str) -> Manifests:
        project, environment = self._revision.project, self._revision.environment(name)
        if project is None or environment is None:
            return Manifests((), ())
        for known, found in self._known:
            if _reads_the_same(known, environment) and not found.diagnostics:
                return found
        platform = self._find_platform(environment.platform)
        found = read_manifests(project, environment, platform, read_file=self._revision.read_file)
        self._known.append((environment, found))
        return found


def _reads_the_same(a: Environment, b: Environment) -> bool:
    return (a.platform, a.manifests, dict(a.variables)) == (b.platform, b.manifests, dict(b.variables))


def _diff(
    base: Revision, head: Revision, name: str, before: Manifests, after: Manifests, find_platform: FindPlatform
) -> ManifestDiff:
    was, is_ = base.environment(name), head.environment(name)
    sides = [find_platform(found.platform) for found in (was or is_, is_ or was) if found is not None]
    changes = changes_between(Side(sides[0], before.manifests), Side(sides[1], after.manifests))
    touched = sum(change.action is not Action.DELETE for change in changes)
    project = head.project or base.project
    assert project is not None, "an environment has a project"
    return ManifestDiff(
        project.name,
        name,
        sides[1].name,
        base.name,
        head.name,
        changes,
        len(after.manifests) - touched,
        diagnostics=in_order((*_of_base(base, name, before), *_of_settings(head, was, is_), *_new(before, after))),
        base_commit=base.commit,
        head_commit=head.commit,
    )


def _of_base(base: Revision, name: str, before: Manifests) -> Iterator[Diagnostic]:
    """A warning for each faulty file of the base: what it describes is not known there."""
    environment = base.environment(name)
    empty = "no-manifests"  # nothing is there yet: then all is added, and that is right
    faults = (
        [*base.faults, *(item for item in before.diagnostics if item.code != empty)] if environment else base.faults
    )
    first: dict[str, list[Diagnostic]] = {}
    for fault in faults:
        if fault.severity is Severity.ERROR:
            first.setdefault(fault.pos.path if fault.pos else "agentops.yaml", []).append(fault)
    for path, found in first.items():
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        message = f"{path} is faulty in {base.name} ({found[0].message}{more})"
        yield warning("faulty-base", message, hint="what it describes there is not known: it may be shown as added")


def _of_settings(head: Revision, was: Environment | None, is_: Environment | None) -> Iterator[Diagnostic]:
    """What became of the environment itself."""
    if is_ is None or head.project is None:
        assert was is not None, "one of them has the environment"
        message = f"{head.name} has no environment {was.name} any more"
        yield warning("environment-changed", message, hint="what it manages stays on the platform")
        return
    place = head.project.position(is_.name)
    if was is None:
        yield warning("environment-changed", f"the environment {is_.name} is new", place)
        return
    keys = [item.name for item in fields(Environment) if item.name not in _NO_SETTING]
    changed = [_KEYS.get(key, key) for key in keys if getattr(was, key) != getattr(is_, key)]
    if changed:
        message = f"the environment {is_.name} has other settings: {', '.join(changed)}"
        yield warning("environment-changed", message, place, "look at them in agentops.yaml")


def _new(before: Manifests, after: Manifests) -> Iterable[Diagnostic]:
    """The warnings that the base does not have, wherever in a file they stand."""
    known = {_without_line(item) for item in before.diagnostics}
    return [item for item in after.diagnostics if _without_line(item) not in known]


def _without_line(item: Diagnostic) -> tuple[str, str, str]:
    return (item.code, item.message, item.pos.path if item.pos else "")


def _told_once(diffs: Sequence[ManifestDiff]) -> Iterator[ManifestDiff]:
    """Each difference once, with the environments that it is the same in."""
    left = list(diffs)
    while left:
        first, *rest = left
        alike = [other for other in rest if _is_alike(first, other)]
        yield replace(first, alike=tuple(other.environment for other in alike))
        left = [other for other in rest if other not in alike]


def _is_alike(one: ManifestDiff, other: ManifestDiff) -> bool:
    """Whether reviewers would read the same twice; fields that stay may well differ, as by variables."""
    return one.diagnostics == other.diagnostics and [*map(_read, one.changes)] == [*map(_read, other.changes)]


def _read(change: Change) -> Change:
    return replace(change, desired={}, live={}) if change.action in (Action.UPDATE, Action.NO_OP) else change
