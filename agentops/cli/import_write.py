"""`agentops import --write`: manifests for what exists already, and the state that goes with them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agentops.cli.import_command import kind_called
from agentops.cli.place import Claim
from agentops.cli.project import Session, open_session, secrets_of
from agentops.cli.settings import Settings
from agentops.cli.terminal import Terminal, terminal_for
from agentops.domain.address import Address
from agentops.domain.diagnostics import has_errors
from agentops.domain.discovery import Imported
from agentops.domain.errors import ManifestError, PartialError, ProjectError
from agentops.domain.manifest import Manifest
from agentops.domain.secrets import Secrets
from agentops.domain.state import State, StateChange
from agentops.engine.links import MANIFEST_KINDS

if TYPE_CHECKING:
    from agentops.engine.file_set import FileSet
    from agentops.engine.take_over import Account, Choice, TakenOver

_KEY_BYTES = 32


def write_manifests(
    settings: Settings,
    one: tuple[Address, str] | None,
    patterns: Sequence[str],
    claim: Claim,
    *,
    force: bool,
    as_json: bool = False,
) -> int:
    """Take over one object, or all that `patterns` select; returns the exit code."""
    from agentops.engine.take_over import take_over

    terminal = terminal_for(settings)
    with open_session(settings, terminal, claim=claim, quiet=as_json) as opened:
        session = _comparing(opened)
        folder = manifest_folder(session)
        manifests = _manifests(session)
        choices, account = _choose(session, one, patterns, manifests, folder)
        if not choices:
            _show([], {}, opened, terminal, as_json=as_json)
            return 0
        taken = take_over(choices, account, folder, session.provider.secrets)
        if taken.impossible and (one or not taken.written):
            raise ProjectError(_cannot(taken), hint="nothing was written")
        files = _files(session, taken, force=force)
        files.write()
        _remember(opened, taken, account)
    imported = [each.imported() for each in taken.written]
    _show(imported, taken.impossible, opened, terminal, as_json=as_json)
    if taken.impossible:
        raise PartialError(_cannot(taken), hint="the others were imported")
    return 0


def _show(
    imported: Sequence[Imported],
    impossible: Mapping[Address, str],
    session: Session,
    terminal: Terminal,
    *,
    as_json: bool,
) -> None:
    from agentops.render.imports import import_json, import_text
    from agentops.render.json import json_text

    if as_json:
        sandbox = session.environment.sandbox
        terminal.show(json_text(import_json(imported, session.binding, sandbox=sandbox, impossible=impossible)))
    elif imported:
        terminal.show(import_text(imported, palette=terminal.palette))
    else:
        managed = session.state is not None and bool(session.state.entries)
        terminal.show(f"{'Everything on the account is managed already' if managed else 'The account is empty'}.")


def manifest_folder(session: Session) -> str:
    """The folder for new manifests, relative to the project: the first folder among the environment's `manifests`."""
    root = session.project.root
    names = session.environment.manifests
    for name in names:
        if (root / name).is_dir():
            return os.path.normpath(name).replace(os.sep, "/")
    new = next((name for name in names if not (root / name).exists() and not name.endswith((".yaml", ".yml"))), None)
    if new is None:
        raise ProjectError(
            f"{session.environment.name} has no folder for manifests, only files",
            hint="add a folder to its `manifests` in agentops.yaml",
        )
    return os.path.normpath(new).replace(os.sep, "/")


def _comparing(session: Session) -> Session:
    """The session, with secrets that can be compared although there may be no state yet whose key they would have."""
    known = secrets_of(session.state)
    secrets = known if known.key else Secrets(known.environ, os.urandom(_KEY_BYTES))
    return replace(session, provider=session.provider.with_secrets(secrets))


def _manifests(session: Session) -> Sequence[Manifest]:
    """The manifests that are there. None is fine, and so are links to what this very run will write."""
    from agentops.engine.manifests import read_files

    root, names = session.project.root, session.environment.manifests
    read = read_files(root, names, session.platform, session.environment.variables)
    found = [fault for fault in read.diagnostics if fault.code != "no-manifests"]
    if has_errors(found):
        raise ManifestError(found)
    return read.manifests


def _choose(
    session: Session,
    one: tuple[Address, str] | None,
    patterns: Sequence[str],
    manifests: Sequence[Manifest],
    folder: str,
) -> tuple[Sequence[Choice], Account]:
    """What to take over, and what its references mean."""
    from agentops.engine.discover import discover, number_catalogs
    from agentops.engine.import_choice import many_choices, one_choice
    from agentops.engine.manifest_of import catalogs_for
    from agentops.engine.refresh import refresh
    from agentops.engine.resolve import live_catalog
    from agentops.engine.take_over import Account

    state, platform = session.state, session.platform
    managed = {address: entry.remote_id for address, entry in state.entries.items()} if state else {}
    choices: Sequence[Choice]
    if one is not None:
        address, kind = one[0], kind_called(session, one[0].prefix)
        id_ = session.provider.parse_id(kind.name, one[1])
        live = refresh(session.provider, {**managed, address: id_})
        choices = [one_choice(address, id_, kind, live=live, state=state, manifests=manifests, folder=folder)]
    else:
        live = refresh(session.provider, managed)
        named = number_catalogs(live) if any(pattern.startswith("number") for pattern in patterns) else frozenset()
        found = discover(live, state, platform, {key: session.provider.catalog(key) for key in named})
        choices = many_choices(
            found, patterns, live=live, state=state, manifests=manifests, platform=platform, folder=folder
        )
    keys = {
        key
        for kind in platform.kinds
        for key in catalogs_for((each.item for each in choices if each.kind == kind), kind, platform)
    }
    catalogs = {key: session.provider.catalog(key) for key in sorted(keys)}
    for name, prefix in MANIFEST_KINDS.items():
        catalogs[name, ""] = live_catalog(name, live[platform.kind_by_prefix[prefix].name].values())
    there = {manifest.address for manifest in manifests}
    ids = {address: id_ for address, id_ in managed.items() if address in there}
    return choices, Account(platform, catalogs, manifests, ids)


def _files(session: Session, taken: TakenOver, *, force: bool) -> FileSet:
    """What is to be written: texts first, so that no manifest ever names a file that is not there.

    Raises ProjectError for a file that is there and says something else, unless `force`.
    """
    from agentops.engine.file_set import FileSet

    files = FileSet(session.project.root)
    for path, text in (item for each in taken.written for item in each.files.items()):
        files.add(path, text)
    for each in taken.written:
        files.add(each.path, each.text)
    conflicts = () if force else files.conflicts()
    if conflicts:
        raise ProjectError(
            "\n  ".join(["these files are there already; nothing was written", *conflicts]),
            hint="--force writes over them; `agentops import ADDRESS ID --write` takes another address",
        )
    return files


def _remember(session: Session, taken: TakenOver, account: Account) -> None:
    """Note in the state what is managed now. Where this is not reached, the same import again goes on from here."""
    from agentops.engine.take_over import entry_of, resolved

    state: State = session.require_state()
    secrets = secrets_of(state)
    says = resolved(taken.written, account, secrets, session.project.root)
    seen = {each.choice.address: each for each in taken.written}
    entries = {address: entry_of(each, says[address]) for address, each in seen.items()}
    change = StateChange(entries, {address: None for address in seen if address in state.intents})
    session.backend.commit(state.serial, session.require_lock(), change)


def _cannot(taken: TakenOver) -> str:
    reasons = (f"{address}: {reason}" for address, reason in sorted(taken.impossible.items()))
    return "\n  ".join(["no manifest can describe these as they are", *reasons])
