"""`agentops drift --write`: what others changed on the platform, put into the files of the project."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentops.cli.drift import Observed, observe
from agentops.cli.progress import View
from agentops.cli.project import PROJECT_FILE, Session, open_session
from agentops.cli.settings import Settings
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.address import Address
from agentops.domain.catalog import Catalog, CatalogKey
from agentops.domain.diagnostics import Diagnostic, Severity, has_errors
from agentops.domain.errors import ManifestError, PartialError, ProjectError
from agentops.domain.plan import OnConflict
from agentops.domain.values import RemoteId

if TYPE_CHECKING:
    from agentops.domain.drift import Drift
    from agentops.domain.write_back import WriteBack
    from agentops.engine.write_back import Checked, Known
    from agentops.engine.written_files import Files
    from agentops.yamlio.read import YamlFile

_SECRET_MISSING = "secret-not-set"


def write_drift(
    settings: Settings, addresses: tuple[Address, ...], on_conflict: OnConflict, *, dry_run: bool = False
) -> int:
    """Write the live values of what drifted; returns the exit code. Raises PartialError for what was left."""
    from agentops.engine.file_set import FileSet
    from agentops.engine.write_back import write_back

    terminal = terminal_for(settings)
    with open_session(settings, terminal, on_wait=View(terminal).on_wait) as session:
        observed = observe(session, addresses)
        if observed.drift.is_empty:
            _show_none(observed.drift, terminal)
            return 0
        project = _Project(session, observed)
        files = project.files()
        result = write_back(observed.drift.drifted, project.known(), files, project.check, on_conflict)
        if dry_run:
            _show_diff(result, files, terminal)
        else:
            new = FileSet(session.project.root)
            for path, text in result.texts.items():
                new.add(path, text)
            new.write()
        shared = _other_readers(session, result.texts)
    return _show(result, shared, len(observed.drift.unmanaged), terminal, dry_run=dry_run)


@dataclass
class _Project:
    """The project as it is and as it could be, and what its manifests mean on the platform."""

    session: Session
    observed: Observed

    def __post_init__(self) -> None:
        from agentops.engine.identity import known_ids
        from agentops.engine.links import MANIFEST_KINDS
        from agentops.engine.manifest_of import catalogs_for
        from agentops.engine.resolve import live_catalog, needed, resolve

        session, live, manifests = self.session, self.observed.live, self.observed.manifests.manifests
        platform, drift = session.platform, self.observed.drift
        self._catalogs: dict[CatalogKey, Catalog] = {}
        for name, prefix in MANIFEST_KINDS.items():
            if prefix in platform.kind_by_prefix:
                self._catalogs[name, ""] = live_catalog(name, live[platform.kind_by_prefix[prefix].name].values())
        items = [live[each.kind][each.remote_id] for each in drift.drifted if not each.gone]
        kinds = {platform.kind_by_name[each.kind].name: platform.kind_by_name[each.kind] for each in drift.drifted}
        self._fetch(needed(manifests, platform))
        for name, kind in kinds.items():
            self._fetch(catalogs_for((item for item in items if live[name].get(item.id) is item), kind, platform))
        self._ids: Mapping[Address, RemoteId] = known_ids(manifests, live, session.state, platform)
        desired, faults = resolve(manifests, platform, self._catalogs, self._ids, session.secrets(session.state))
        self._desired = desired.resources
        if has_errors(_without_secrets(faults)):
            raise ManifestError((*self.observed.manifests.diagnostics, *faults))

    def _fetch(self, keys: Collection[CatalogKey]) -> None:
        for key in sorted(keys):
            if key not in self._catalogs:
                self._catalogs[key] = self.session.provider.catalog(key)

    def known(self) -> Known:
        """What drift is put into manifests by."""
        from agentops.engine.write_back import Known

        session = self.session
        manifests = {manifest.address: manifest for manifest in self.observed.manifests.manifests}
        state = session.require_state()
        secrets = session.secrets(state)
        return Known(
            session.platform, manifests, self._desired, self.observed.live, state, self._catalogs, self._ids, secrets
        )

    def files(self) -> Files:
        """The files that can be concerned, as they are."""
        from agentops.engine.files import read_inside
        from agentops.engine.written_files import Files

        session, root = self.session, self.session.project.root
        drifted = {each.address for each in self.observed.drift.drifted}
        manifests = [each for each in self.observed.manifests.manifests if each.address in drifted]
        texts = {origin.name for each in manifests for origin in each.origins.values() if origin.source == "file"}
        real = os.path.realpath(root)
        return Files(
            {each.document.path: self._yaml(each.document.path) for each in manifests},
            {path: read_inside(root / path, real, path).decode("utf-8") for path in sorted(texts)},
            self._yaml(PROJECT_FILE),
            session.environment.name,
        )

    def _yaml(self, path: str) -> YamlFile:
        from agentops.engine.files import read_inside
        from agentops.yamlio.read import read

        root = self.session.project.root
        file, faults = read(read_inside(root / path, os.path.realpath(root), path), path)
        if file is None:
            raise ManifestError(faults)
        return file

    def check(self, texts: Mapping[str, str]) -> Checked:
        """What a plan would read if the files had these texts."""
        from agentops.engine.files import as_if_written
        from agentops.engine.manifests import read_manifests
        from agentops.engine.project_file import parse_project
        from agentops.engine.resolve import needed, resolve
        from agentops.engine.write_back import Checked

        session = self.session
        project, platform = session.project, session.platform
        if PROJECT_FILE in texts:
            project = parse_project(texts[PROJECT_FILE].encode(), project.root / PROJECT_FILE)
        environment = replace(session.environment, variables=project.environments[session.environment.name].variables)
        read = read_manifests(project, environment, platform, read_file=as_if_written(texts, project.root))
        if has_errors(read.diagnostics):
            return Checked({}, read.diagnostics)
        self._fetch(needed(read.manifests, platform))
        desired, faults = resolve(read.manifests, platform, self._catalogs, self._ids, session.secrets(session.state))
        return Checked(desired.resources, _without_secrets(faults))


def _without_secrets(faults: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The errors; that a secret is not set here is none, as none is written."""
    return [fault for fault in faults if fault.severity is Severity.ERROR and fault.code != _SECRET_MISSING]


def _other_readers(session: Session, paths: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The other environments that read the files, by path; of the project file none, as variables are one's own."""
    from agentops.engine.readers import files_of

    written = [path for path in paths if path != PROJECT_FILE]
    others = [each for each in session.project.environments.values() if each.name != session.environment.name]
    read = {each.name: files_of(session.project.root, each.manifests) for each in others} if written else {}
    found = {path: tuple(sorted(name for name, files in read.items() if path in files)) for path in written}
    return {path: names for path, names in found.items() if names}


def _show_none(drift: Drift, terminal: Terminal) -> None:
    from agentops.render.drift import drift_text

    terminal.show(drift_text(drift, palette=terminal.palette, width=terminal.width))


def _show_diff(result: WriteBack, files: Files, terminal: Terminal) -> None:
    from agentops.render.write_back import diff_text

    before = dict(files.texts)
    for file in (*files.manifests.values(), files.project):
        before[file.path] = ("\ufeff" if file.has_mark else "") + file.text
    text = diff_text({path: before[path] for path in result.texts}, result.texts)
    if text:
        terminal.show(text)


def _show(
    result: WriteBack, shared: Mapping[str, tuple[str, ...]], unmanaged: int, terminal: Terminal, *, dry_run: bool
) -> int:
    from agentops.render.write_back import left_text, written_text

    said = written_text(result, shared, unmanaged, dry_run=dry_run)
    (terminal.tell if dry_run else terminal.show)(said)
    if result.is_complete:
        return 0
    if result.put_back:
        raise PartialError(left_text(result), hint="the rest was written" if not dry_run else "the rest can be written")
    raise ProjectError(left_text(result), hint="nothing was written" if not dry_run else "nothing can be written")
