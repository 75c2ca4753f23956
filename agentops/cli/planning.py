"""The way from manifests to a plan, for one environment: the engine's stages called one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agentops.cli.git import commit_of, is_dirty
from agentops.cli.project import Session
from agentops.domain.desired import Desired
from agentops.domain.diagnostics import Diagnostic, has_errors, in_order
from agentops.domain.errors import ManifestError
from agentops.domain.plan import Action, Plan, PlanOptions
from agentops.domain.values import RemoteId

if TYPE_CHECKING:
    from agentops.engine.manifests import Manifests
    from agentops.engine.refresh import Live


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what it was made from, as apply needs it."""

    plan: Plan
    desired: Desired
    live: Live


def make(session: Session, options: PlanOptions) -> Planned:
    """The plan for now. Raises ManifestError with all that is wrong; warnings end up in the plan."""
    from agentops.engine.dangling import still_used
    from agentops.engine.identity import known_ids
    from agentops.engine.imports import to_be_read
    from agentops.engine.links import MANIFEST_KINDS
    from agentops.engine.plan import make_plan
    from agentops.engine.refresh import gather
    from agentops.engine.resolve import live_catalog, needed, resolve

    read = _read(session, options)
    _raise_errors(read.diagnostics)
    manifests = read.manifests
    state, platform = session.state, session.platform
    known = {address: entry.remote_id for address, entry in state.entries.items()} if state else {}
    known |= to_be_read(manifests, state)
    live, catalogs = gather(session.provider, needed(manifests, platform), known)
    every = dict(catalogs)
    for name, prefix in MANIFEST_KINDS.items():
        kind = platform.kind_by_prefix.get(prefix)
        if kind is not None:
            every[name, ""] = live_catalog(name, live[kind.name].values())
    ids = known_ids(manifests, live, state, platform)
    desired, found = resolve(manifests, platform, every, ids, session.secrets(state))
    _raise_errors((*read.diagnostics, *found))
    plan = make_plan(
        desired,
        live,
        state,
        platform,
        every,
        session.binding,
        options,
        session.environment.sandbox,
        datetime.now(UTC),
        commit_of(session.project.root),
        session.project.removed,
    )
    _raise_errors((*read.diagnostics, *found, *plan.diagnostics))
    used = still_used(plan.changes, _users(session, plan))
    basis = replace(plan.basis, dirty=bool(plan.basis.commit and is_dirty(session.project.root)))
    plan = replace(plan, basis=basis, diagnostics=in_order((*read.diagnostics, *found, *plan.diagnostics, *used)))
    return Planned(guarded(session, plan, live), desired, live)


def _users(session: Session, plan: Plan) -> Mapping[str, Mapping[RemoteId, tuple[str, ...]]]:
    """What else relies on the objects that the plan deletes; asked for only if it deletes."""
    deleted: dict[str, set[RemoteId]] = {}
    for change in plan.changes:
        if change.action is Action.DELETE and change.remote_id is not None:
            deleted.setdefault(change.kind, set()).add(change.remote_id)
    return {kind: session.provider.users(kind, ids) for kind, ids in deleted.items()}


def guarded(session: Session, plan: Plan, live: Live) -> Plan:
    """The plan with the findings that there are now."""
    from agentops.engine.guard import guard

    return guard(plan, live, session.platform, session.environment.policy, session.state)


def _read(session: Session, options: PlanOptions) -> Manifests:
    """The environment's manifests. A destroy is about what the state knows, so it needs none."""
    from agentops.engine.manifests import Manifests, read_manifests

    if options.destroy:
        return Manifests((), ())
    return read_manifests(session.project, session.environment, session.platform)


def _raise_errors(diagnostics: Iterable[Diagnostic]) -> None:
    every = in_order(diagnostics)
    if has_errors(every):
        raise ManifestError(every)
