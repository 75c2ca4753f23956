"""Planning: from desired, live and prior state to the changes that bring them in line."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from agentops.domain.address import Address
from agentops.domain.catalog import Catalog, CatalogKey
from agentops.domain.desired import Desired, Resource
from agentops.domain.diagnostics import Diagnostic, error, in_order, warning
from agentops.domain.plan import Action, Basis, Cause, Change, FieldChange, OnConflict, Plan, PlanOptions
from agentops.domain.platform import Kind, Platform
from agentops.domain.provider import LiveObject
from agentops.domain.state import VALUES_FORM, Binding, State
from agentops.domain.values import RemoteId, Values
from agentops.engine.causes import MODE, Comparison, Rows, fields_of_create, out_of_mode, rows_of
from agentops.engine.dangling import still_pointing, unlinked
from agentops.engine.identity import Identities, Identity, Live, identify
from agentops.engine.ignore import as_ignored
from agentops.engine.imports import import_faults
from agentops.engine.in_flight import landed
from agentops.engine.labels import Labels
from agentops.engine.links import MANIFEST_KINDS
from agentops.engine.order import NUMBER
from agentops.engine.places import placed
from agentops.engine.scope import scope_of


def make_plan(
    desired: Desired,
    live: Live,
    prior: State | None,
    platform: Platform,
    catalogs: Mapping[CatalogKey, Catalog],
    binding: Binding,
    options: PlanOptions,
    sandbox: bool,
    created: datetime,
    commit: str = "",
    removed: frozenset[Address] = frozenset(),
) -> Plan:
    """The plan, without findings: engine/guard.py adds them. Of `removed` the state forgets what no manifest describes.

    Errors among its diagnostics (a left create that fits several objects, a rule that live and desired break together,
    an unknown target) mean that the plan must not be used.
    """
    if prior is not None:
        prior = replace(prior, entries={**prior.entries, **landed(prior, live, platform)})
    manifests = () if options.destroy else [resource.manifest for resource in desired.resources.values()]
    identities = identify(manifests, live, prior, platform)
    scope, faults = scope_of(desired, identities, options)
    run = _Run(
        desired,
        live,
        platform,
        identities,
        options,
        removed,
        Labels(catalogs, _names(live, platform, identities), _applied(prior)),
    )
    changes = unlinked(tuple(change for address in sorted(scope) if (change := run.change(address)) is not None))
    basis = Basis(prior.lineage if prior else "", prior.serial if prior else 0, desired.digest, created, commit)
    unchanged = len(scope) - sum(change.is_shown for change in changes)
    warnings = still_pointing(changes, live, platform, identities)
    wrong = import_faults(manifests, live, prior, platform, identities)
    diagnostics = in_order((*faults, *wrong, *run.diagnostics, *warnings))
    return Plan(binding, sandbox, basis, options, changes, unchanged, diagnostics=diagnostics)


def choose_action(*, wanted: bool, exists: bool, managed: bool, begun: bool, creatable: bool = True) -> Action:
    """What to do with a resource, before its fields are looked at.

    `begun`: a create of it was left unclear, or its manifest says which object it takes over. What is not `creatable`
    is not deleted either: its manifest takes over what is there, and there must be something.
    """
    begun = begun or not creatable
    match wanted, exists, managed, begun:
        case True, True, True, _:
            return Action.UPDATE
        case _, True, False, True:
            return Action.ADOPT
        case True, False, _, _:
            return Action.CREATE
        case False, True, True, _:
            return Action.DELETE if creatable else Action.FORGET
        case (False, False, True, _) | (False, False, _, True):
            return Action.FORGET
    return Action.NO_OP


@dataclass(frozen=True, slots=True)
class _Run:
    """What planning one resource needs of the whole, and what there is to say about it."""

    desired: Desired
    live: Live
    platform: Platform
    identities: Identities
    options: PlanOptions
    removed: frozenset[Address]
    labels: Labels
    diagnostics: list[Diagnostic] = field(default_factory=list)
    rows: dict[str, Rows] = field(default_factory=dict)

    def change(self, address: Address) -> Change | None:
        """What to do with the resource; None when there is nothing to do, not even in the state."""
        known, resource = self.identities[address], self.desired.resources.get(address)
        kind = self.platform.kind_by_prefix[address.prefix]
        if known.candidates:
            self.diagnostics.append(_several(address, known, resource))
            return None
        wanted = None if self.options.destroy else resource
        if wanted is not None and not kind.creatable and known.live is None:
            self.diagnostics.append(_not_there(wanted, kind, self.platform))
            return None
        action = choose_action(
            wanted=wanted is not None,
            exists=known.live is not None,
            managed=known.entry is not None,
            begun=known.intent is not None or known.imported,
            creatable=kind.creatable and (resource is not None or address not in self.removed),
        )
        if wanted is None:
            if action is Action.ADOPT:
                message = f"{address} was created by a run that ended early; only the next plan can delete it"
                self.diagnostics.append(warning("adopted-first", message, hint="apply this plan, then plan again"))
            return self._ending(address, kind, action, known, resource)
        if known.live is None:
            return self._create(wanted, kind, known)
        return self._update(wanted, kind, action, known, known.live)

    def _create(self, resource: Resource, kind: Kind, known: Identity) -> Change:
        manifest = resource.manifest
        if known.entry is not None:
            message = f"{manifest.address} ({known.entry.remote_id}) is gone on the platform and will be created again"
            self.diagnostics.append(warning("object-gone", message, manifest.position()))
        return Change(
            manifest.address,
            kind.name,
            Action.CREATE,
            fields=fields_of_create(self._rows(kind), resource.values),
            desired=resource.values,
            prior=known.entry,
            intent=known.intent,
            moved_from=known.moved_from,
            protect=manifest.protect,
            name=str(resource.values.get("name", "")),
            labels=manifest.labels,
            pos=manifest.position(),
        )

    def _update(
        self, resource: Resource, kind: Kind, action: Action, known: Identity, live: LiveObject
    ) -> Change | None:
        manifest, rows = resource.manifest, self._rows(kind)
        desired = as_ignored(resource.values, live.values, manifest.ignore)
        prior = as_ignored(_prior_values(known), live.values, manifest.ignore)
        compared = Comparison(rows, desired, live.values, prior, self.options.on_conflict)
        fields = compared.changes()
        as_it_was = known.entry is not None and known.entry.protect == manifest.protect and known.moved_from is None
        if not fields and as_it_was and compared.is_remembered():
            return None
        blocked = _why_blocked(fields, live, self.options)
        self.diagnostics.extend(_taken_along(resource, fields, live))
        if known.instead_of is not None:
            message = f"{manifest.address} meant {known.instead_of} until now, which stays as it is on the platform"
            self.diagnostics.append(warning("means-another", message, manifest.position((kind.identity,))))
        if any(change.write for change in fields) and not blocked:
            self.diagnostics.extend(_broken_rules(kind, rows, resource, desired, live, fields))
        self.diagnostics.extend(_left_alone(resource, compared, fields, self.options))
        if action is Action.UPDATE and (blocked or not any(change.write for change in fields)):
            action = Action.NO_OP
        return Change(
            manifest.address,
            kind.name,
            action,
            live.id,
            self.labels.put_on(placed(fields, manifest)),
            desired,
            self.labels.put_on_values({name: live.values[name] for name in (*desired, *prior) if name in live.values}),
            known.entry,
            known.intent,
            known.moved_from,
            manifest.protect,
            blocked,
            live.name,
            live.status,
            manifest.labels,
            manifest.position(),
        )

    def _ending(
        self, address: Address, kind: Kind, action: Action, known: Identity, resource: Resource | None
    ) -> Change | None:
        """What becomes of a resource that no manifest describes any more, or that is to be destroyed."""
        if action is Action.NO_OP:
            return None
        live, prior = known.live, _prior_values(known)
        held = (known.entry and known.entry.protect) or (known.intent and known.intent.protect)
        shown = () if live is None else (name for name in (*prior, NUMBER) if name in live.values)
        return Change(
            address,
            kind.name,
            action,
            remote_id=live.id if live else known.entry.remote_id if known.entry else None,
            live=self.labels.put_on_values({name: live.values[name] for name in shown}) if live else {},
            prior=known.entry,
            intent=known.intent,
            protect=bool(held) or (resource is not None and resource.manifest.protect),
            name=live.name if live else str(prior.get("name", "")),
            status=live.status if live else "",
            labels=resource.manifest.labels if resource else {},
            pos=resource.manifest.position() if resource else None,
        )

    def _rows(self, kind: Kind) -> Rows:
        if kind.name not in self.rows:
            self.rows[kind.name] = rows_of(kind.table)
        return self.rows[kind.name]


def _not_there(resource: Resource, kind: Kind, platform: Platform) -> Diagnostic:
    manifest = resource.manifest
    value = manifest.spec.get(kind.identity)
    message = f"{platform.title} has no {kind.identity.replace('_', ' ')} {value} in this account"
    hint = f"`agentops catalog {kind.identity}s` lists what the account has; agentops makes no new ones"
    return error("unknown-name", message, manifest.position((kind.identity,)), hint)


def _taken_along(resource: Resource, fields: Iterable[FieldChange], live: LiveObject) -> Iterator[Diagnostic]:
    """A warning for each write that takes more off the platform than the plan shows."""
    for change in fields:
        if change.write and change.name in live.losses:
            message = f"writing {change.name} of {resource.manifest.address} removes {live.losses[change.name]}"
            hint = "take over into the manifest what should stay"
            yield warning("write-removes", message, resource.manifest.position((change.name,)), hint)


def _prior_values(known: Identity) -> Values:
    """What was applied last; nothing, when it is in a form that this version does not compare."""
    if known.entry is not None:
        return known.entry.values if known.entry.form == VALUES_FORM else {}
    return known.intent.values if known.intent is not None else {}


def _why_blocked(fields: Iterable[FieldChange], live: LiveObject, options: PlanOptions) -> str:
    undecided = [change.name for change in fields if _is_undecided(change, options)]
    reasons = [
        f"{change.name}: {live.blocked[change.name]}"
        for change in fields
        if change.write and change.name in live.blocked
    ]
    if undecided:
        reasons.insert(0, f"git and the platform both changed {', '.join(undecided)} since the last apply")
    return "; ".join(reasons)


def _is_undecided(change: FieldChange, options: PlanOptions) -> bool:
    return change.cause is Cause.CONFLICT and not change.write and options.on_conflict is OnConflict.FAIL


def _left_alone(
    resource: Resource, compared: Comparison, fields: Iterable[FieldChange], options: PlanOptions
) -> Iterator[Diagnostic]:
    """A warning for each field that stays as it is on the platform although git says, or said, something else."""
    manifest = resource.manifest
    for change in fields:
        if change.cause is Cause.RELEASED and (reason := compared.why_released(change)):
            message = (
                f"{change.name} left the manifest of {manifest.address} and stays as it is on the platform: {reason}"
            )
            hint = "to manage it, write it into the manifest again" if change.name in compared.rows else ""
            yield warning("field-released", message, manifest.position(), hint)
        elif change.cause is Cause.CONFLICT and not change.write and not _is_undecided(change, options):
            message = f"{change.name} of {manifest.address} stays as it is on the platform, as it was changed there too"
            hint = "take that value over into the manifest, or it is a conflict again next time"
            yield warning("conflict-kept", message, manifest.position((change.name,)), hint)


def _broken_rules(
    kind: Kind, rows: Rows, resource: Resource, desired: Values, live: LiveObject, fields: Iterable[FieldChange]
) -> Iterator[Diagnostic]:
    """The rules that live merged with desired breaks, as far as they speak of a field that the manifest declares."""
    mode = desired.get(MODE, live.values.get(MODE))
    kept = {
        name: value
        for name, value in live.values.items()
        if name in desired or name not in rows or not out_of_mode(rows[name].field, value, mode)
    }
    unwritten = {change.name: change.live for change in fields if change.cause is Cause.CONFLICT and not change.write}
    written = {change.name: change.desired for change in fields if change.write}
    merged = {**kept, **desired, **written, **unwritten}
    for rule in kind.rules:
        for violation in rule(merged):
            if any(name in desired for name in violation.fields):
                position = resource.manifest.position(violation.path)
                yield error(violation.code, violation.message, position, violation.hint)


def _several(address: Address, known: Identity, resource: Resource | None) -> Diagnostic:
    ids = ", ".join(map(str, known.candidates))
    several = f"{len(known.candidates)} new objects fit it: {ids}"
    one = f"a new object fits it, but another create that was left too: {ids}"
    message = f"{address} may have been created before: {one if len(known.candidates) == 1 else several}"
    hint = f"look at them in the portal, then `agentops state resolve {address} ID` with the right one"
    return error("several-fit", message, resource.manifest.position() if resource else None, hint)


def _applied(prior: State | None) -> Iterable[Values]:
    return (entry.values for entry in prior.entries.values()) if prior else ()


def _names(live: Live, platform: Platform, identities: Identities) -> Mapping[str, Mapping[RemoteId, str]]:
    """What objects that manifests describe are called: by the manifest, else by the platform."""
    found: dict[str, dict[RemoteId, str]] = {}
    for catalog_kind, prefix in MANIFEST_KINDS.items():
        kind = platform.kind_by_prefix.get(prefix)
        if kind is not None:
            names = found[catalog_kind] = {id_: item.name for id_, item in live.get(kind.name, {}).items()}
            owned = ((address, known) for address, known in identities.known.items() if address.prefix == prefix)
            names.update((known.live.id, address.name) for address, known in owned if known.live is not None)
    return found
