"""What stands in the way of a plan: a row of rules, each of which yields findings."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeAlias

from agentops.domain.address import Address
from agentops.domain.diagnostics import Severity
from agentops.domain.plan import Action, Change, Finding, Plan
from agentops.domain.platform import Platform
from agentops.domain.policy import Deletes, Policy
from agentops.domain.provider import LiveObject
from agentops.domain.state import State
from agentops.domain.values import Ref, RemoteId, Value
from agentops.engine.identity import Live
from agentops.engine.names import fold
from agentops.engine.order import NUMBER

_SHOWN: Final = 10
"""How many resources a message names."""


def guard(plan: Plan, live: Live, platform: Platform, policy: Policy, prior: State | None) -> Plan:
    """`plan` with its findings. One that blocks stops apply before any write, unless its override was given."""
    case = _Case(plan, live, platform, policy, prior)
    return replace(plan, findings=tuple(finding for rule in RULES for finding in rule(case)))


@dataclass(frozen=True)
class _Case:
    plan: Plan
    live: Live
    platform: Platform
    policy: Policy
    prior: State | None

    def of(self, *actions: Action) -> list[Change]:
        return [change for change in self.plan.changes if change.action in actions]

    @cached_property
    def managed(self) -> Mapping[tuple[str, RemoteId], Address]:
        """What the state knows, and what the plan adopts, by kind and ID."""
        kinds = self.platform.kind_by_prefix
        entries = self.prior.entries if self.prior else {}
        known = {(kinds[address.prefix].name, entry.remote_id): address for address, entry in entries.items()}
        adopted = {(c.kind, c.remote_id): c.address for c in self.of(Action.ADOPT) if c.remote_id is not None}
        return known | adopted


def _deletes(case: _Case) -> Iterator[Finding]:
    deletes = case.of(Action.DELETE)
    if not deletes or case.policy.deletes is Deletes.ALLOW:
        return
    message = f"{_count(deletes)} would be deleted: {_named(deletes)}"
    if case.policy.deletes is Deletes.REFUSE:
        hint = "the environment says `deletes: refuse`"
        yield Finding("deletes-refused", Severity.ERROR, message, _addresses(deletes), hint)
    else:
        allowed = case.plan.options.allow_deletes
        yes = "`destroy --auto-approve`" if case.plan.options.destroy else "--allow-deletes"
        hint = f"apply asks before it deletes; where nobody can be asked, {yes} or a saved plan is the yes"
        yield Finding("deletes", Severity.ERROR, message, _addresses(deletes), hint, "--allow-deletes", allowed)


def _protection(case: _Case) -> Iterator[Finding]:
    protected = [change for change in case.of(Action.DELETE) if change.protect]
    if protected:
        message = f"{_count(protected)} would be deleted although protected: {_named(protected)}"
        hint = "set metadata.protect to false and apply that first"
        yield Finding("protected", Severity.ERROR, message, _addresses(protected), hint)


def _large_change(case: _Case) -> Iterator[Finding]:
    changes = case.of(Action.UPDATE, Action.DELETE)
    policy, managed = case.policy, len(case.prior.entries) if case.prior else 0
    if len(changes) <= policy.max_changes or len(changes) <= policy.max_share * managed:
        return
    share = round(100 * len(changes) / max(managed, 1))
    message = f"{_count(changes)} of {managed} managed ({share} %) would be changed or deleted"
    hint = (
        f"more than {policy.max_changes} and more than {round(100 * policy.max_share)} % at once; "
        "--allow-large-change lets it pass"
    )
    allowed = case.plan.options.allow_large_change
    yield Finding("large-change", Severity.ERROR, message, _addresses(changes), hint, "--allow-large-change", allowed)


def _duplicate_names(case: _Case) -> Iterator[Finding]:
    unmanaged: dict[tuple[str, str], LiveObject] = {}
    for kind, objects in case.live.items():
        for id_, item in objects.items():
            if (kind, id_) not in case.managed:
                unmanaged.setdefault((kind, fold(item.name)), item)
    allowed = case.plan.options.allow_duplicate_names
    for change in case.of(Action.CREATE):
        twin = unmanaged.get((change.kind, fold(change.name)))
        if twin is not None and change.name:
            message = f"{change.address} would be a second {twin.name!r}: {twin.id} bears that name and is not managed"
            hint = f"`{_takeover(change, twin)}` takes it over; --allow-duplicate-names creates another"
            yield Finding(
                "duplicate-name", Severity.ERROR, message, (change.address,), hint, "--allow-duplicate-names", allowed
            )


def _takeover(change: Change, twin: LiveObject) -> str:
    """The command that manages `twin`: it may be what an earlier create has made, of which nobody knows the end."""
    may_be_made = change.intent is not None and twin.id not in change.intent.existing
    return f"agentops {'state resolve' if may_be_made else 'import'} {change.address} {twin.id}"


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who will have a phone number once the plan is carried out."""

    what: str
    address: Address | None


def _numbers_taken(case: _Case) -> Iterator[Finding]:
    """A number serves one inbound object at a time; nobody but the plan's own resources is made to let go of it."""
    takers = [change for change in case.plan.changes if _taken(change) is not None]
    if not takers:
        return
    holders: dict[tuple[str, RemoteId], list[_Holder]] = {}
    for key, holder in _holders(case):
        holders.setdefault(key, []).append(holder)
    for change in takers:
        number = _taken(change)
        if number is None or number.id is None or not _is_inbound(change, case):
            continue
        others = [h for h in holders.get((change.kind, number.id), ()) if h.address != change.address]
        if others:
            who = ", ".join(holder.what for holder in others)
            message = f"{change.address} cannot have the phone number {number.label or number.id}: it is on {who}"
            hint = "an inbound number serves one assistant; take it off there first"
            yield Finding("number-taken", Severity.ERROR, message, (change.address,), hint)


def _holders(case: _Case) -> Iterator[tuple[tuple[str, RemoteId], _Holder]]:
    """Each number with the inbound objects that will hold it: by the plan, else as it is now."""
    changed = {(change.kind, change.remote_id): change for change in case.plan.changes}
    for kind, objects in case.live.items():
        for id_, item in objects.items():
            change = changed.get((kind, id_))
            after = _after(change, item) if change else item.values
            number = after.get(NUMBER)
            if isinstance(number, Ref) and number.id is not None and after.get("type") == "inbound":
                address = change.address if change else case.managed.get((kind, id_))
                whose = str(address) if address else f"{item.name!r} ({id_}), which agentops does not manage"
                yield (kind, number.id), _Holder(whose, address)
    for change in case.of(Action.CREATE):
        number = change.desired.get(NUMBER)
        if isinstance(number, Ref) and number.id is not None and change.desired.get("type") == "inbound":
            yield (change.kind, number.id), _Holder(str(change.address), change.address)


def _after(change: Change, item: LiveObject) -> Mapping[str, Value]:
    """What the object will show once the change is carried out."""
    if change.action is Action.DELETE:
        return {}
    return item.values if change.blocked else {**item.values, **{part.name: part.desired for part in change.writes}}


def _taken(change: Change) -> Ref | None:
    """The number that the change would assign."""
    if change.blocked or change.action not in (Action.CREATE, Action.UPDATE, Action.ADOPT):
        return None
    number = next((part.desired for part in change.writes if part.name == NUMBER), None)
    return number if isinstance(number, Ref) else None


def _is_inbound(change: Change, case: _Case) -> bool:
    item = case.live.get(change.kind, {}).get(change.remote_id) if change.remote_id is not None else None
    return {**(item.values if item else {}), **change.desired}.get("type") == "inbound"


def _count(changes: Sequence[Change]) -> str:
    return f"{len(changes)} resource{'' if len(changes) == 1 else 's'}"


def _named(changes: Sequence[Change]) -> str:
    more = [f"and {len(changes) - _SHOWN} more"] if len(changes) > _SHOWN else []
    return ", ".join([*(str(change.address) for change in changes[:_SHOWN]), *more])


def _addresses(changes: Iterable[Change]) -> tuple[Address, ...]:
    return tuple(change.address for change in changes)


Rule: TypeAlias = Callable[[_Case], Iterable[Finding]]

RULES: Final[tuple[Rule, ...]] = (_protection, _deletes, _large_change, _duplicate_names, _numbers_taken)
"""All rules, in the order in which their findings are shown."""
