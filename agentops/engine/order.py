"""The order of the requests that a plan needs: who must exist, or let go of a phone number, before whom."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Final, TypeAlias

from agentops.domain.address import Address
from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, Change, Plan, Step
from agentops.domain.values import Ref, RemoteId, Value, Values
from agentops.engine.graph import cycles, levels
from agentops.engine.links import MANIFEST_KINDS, references, unborn

NUMBER: Final = "phone_number"
"""The field that only one inbound assistant at a time may hold the same value of."""

UNASSIGN: Final = "unassign phone number"
GIVE_BACK: Final = "give phone number back"
LINK: Final = "link"

_LONGEST_ROTATION: Final = 10
"""How far a rotation is undone, so that the work stays linear; one number lies idle after a longer one."""

_Node: TypeAlias = tuple[str, Address]
"""A request: its purpose ("" is the resource's own create or update) and its resource."""


def waves(plan: Plan) -> tuple[tuple[Step, ...], ...]:
    """The requests of `plan`, in waves: those of one wave do not depend on each other.

    Creates come after the creates that they refer to; within a cycle of references all are created without these, and
    linked by an update afterwards. A phone number is let go before another takes it. Deletes come last, what refers to
    others before these. Apart from cycles and unassigning before a delete every resource takes one request.
    """
    return _Order([change for change in plan.changes if not change.blocked]).waves()


@dataclass(frozen=True, slots=True)
class _Split:
    """A create without the links that lie on a cycle, and the fields to write once all exist."""

    values: Values
    later: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class _Order:
    changes: list[Change]

    def waves(self) -> tuple[tuple[Step, ...], ...]:
        before: dict[_Node, set[_Node]] = {("", address): set() for address in self._writing}
        for address, values in self._writing.items():
            before["", address] |= self._creates_in(values)
        for address in self._freed:
            before[UNASSIGN, address] = set()
        for giver, taker in self._handovers:
            before["", taker].add((UNASSIGN if giver in self._freed else "", giver))
        for address in self._freed & self._writing.keys():
            before["", address].add((UNASSIGN, address))
        for address, split in self._splits.items():
            if split.later:
                before[LINK, address] = {("", address), *self._creates_in(split.later)}
        first = [[self._step(node) for node in wave] for wave in levels(before)]
        return tuple(tuple(sorted(wave, key=_place)) for wave in (*first, *self._deletes()))

    @cached_property
    def _by_address(self) -> Mapping[Address, Change]:
        return {change.address: change for change in self.changes}

    @cached_property
    def _splits(self) -> Mapping[Address, _Split]:
        """The creates, with the references among them that lie on a cycle taken out."""
        creates = {change.address: change.desired for change in self.changes if change.action is Action.CREATE}
        links = {address: [to for _, to in unborn(values) if to in creates] for address, values in creates.items()}
        part = cycles(links)
        return {
            address: _split(values, {str(to) for to in links[address] if part[to] == part[address]})
            for address, values in creates.items()
        }

    @cached_property
    def _writing(self) -> Mapping[Address, Values]:
        """What the create or the update of each resource sends."""
        updates = {
            change.address: {part.name: part.desired for part in change.writes}
            for change in self.changes
            if change.action in (Action.UPDATE, Action.ADOPT, Action.FORGET) and change.writes
        }
        return {**{address: split.values for address, split in self._splits.items()}, **updates}

    def _creates_in(self, values: Values) -> set[_Node]:
        return {("", address) for _, address in unborn(values) if address in self._splits}

    @cached_property
    def _takers(self) -> Mapping[Address, RemoteId]:
        """Who takes which number."""
        wanted = ((address, values.get(NUMBER)) for address, values in self._writing.items())
        return {address: ref.id for address, ref in wanted if isinstance(ref, Ref) and ref.id is not None}

    @cached_property
    def _givers(self) -> Mapping[RemoteId, list[Address]]:
        """Which number is let go by whom."""
        found: dict[RemoteId, list[Address]] = {}
        for change in self.changes:
            held = _held(change)
            if held is not None and held.id is not None and self._takers.get(change.address) != held.id:
                found.setdefault(held.id, []).append(change.address)
        return found

    @cached_property
    def _handovers(self) -> list[tuple[Address, Address]]:
        """From whom to whom a number goes."""
        return [(giver, taker) for taker, number in self._takers.items() for giver in self._givers.get(number, ())]

    @cached_property
    def _freed(self) -> set[Address]:
        """Who is unassigned by a request of its own: before a delete, and where one waits for the other in a circle."""
        deleted = {
            change.address for change in self.changes if change.action is Action.DELETE and _held(change) is not None
        }
        after: dict[Address, list[Address]] = {address: [] for address in self._writing}
        for address, values in self._writing.items():
            for _, created in self._creates_in(values):
                after[created].append(address)
        for giver, taker in self._handovers:
            if giver in after:
                after[giver].append(taker)
        part = cycles(after)
        circular = {giver for giver, taker in self._handovers if giver in part and part[giver] == part[taker]}
        return deleted | circular

    def _step(self, node: _Node) -> Step:
        purpose, address = node
        change = self._by_address[address]
        step = Step(address, change.kind, Action.UPDATE, change.remote_id, purpose=purpose)
        if purpose == UNASSIGN:
            return replace(step, values={NUMBER: None})
        if purpose == LINK:
            return replace(step, values=self._splits[address].later)
        values = self._writing[address]
        if address in self._freed and values.get(NUMBER, UNSET) is None:
            values = {name: value for name, value in values.items() if name != NUMBER}
        action = Action.CREATE if change.action is Action.CREATE else Action.UPDATE
        return replace(
            step,
            action=action,
            values=values,
            drops=_drops(change),
            gives_back=tuple(islice(self._gives_back(address), _LONGEST_ROTATION)),
            forgets=change.action is Action.FORGET,
        )

    def _gives_back(self, taker: Address) -> Iterator[Step]:
        """What to undo when `taker` is refused its number: the giver that ends up without one gets it back.

        In a rotation everyone does, beginning with the number that is free now.
        """
        number = self._takers.get(taker)
        while number is not None and number in self._givers:
            giver = self._by_address[self._givers[number][0]]
            following = self._takers.get(giver.address)
            rotates = giver.address in self._freed and following is not None
            if giver.action is Action.DELETE or not (rotates or following is None):
                return
            yield Step(giver.address, giver.kind, Action.UPDATE, giver.remote_id, {NUMBER: _held(giver)}, GIVE_BACK)
            if giver.address == taker:
                return
            number = following

    def _deletes(self) -> list[list[Step]]:
        """Deletes in waves: what refers to others goes before these."""
        deletes = {change.address: change for change in self.changes if change.action is Action.DELETE}
        by_id = {(change.address.prefix, change.remote_id): address for address, change in deletes.items()}
        links = {address: list(_targets(change, by_id)) for address, change in deletes.items()}
        part = cycles(links)
        before: dict[Address, set[Address]] = {address: set() for address in deletes}
        for address, targets in links.items():
            for target in targets:
                if part[target] != part[address]:
                    before[target].add(address)
        return [
            [Step(a, deletes[a].kind, Action.DELETE, deletes[a].remote_id) for a in wave] for wave in levels(before)
        ]


def _place(step: Step) -> tuple[Address, str]:
    return (step.address, step.purpose)


def _split(values: Values, cyclic: set[str]) -> _Split:
    if not cyclic:
        return _Split(values)
    later = {name: value for name, value in values.items() if _holds(value, cyclic)}
    at_once = {name: _without(value, cyclic) if name in later else value for name, value in values.items()}
    return _Split({name: value for name, value in at_once.items() if name not in later or value}, later)


def _without(value: Value, addresses: set[str]) -> Value:
    """A list without the entries that hold one of the links; of anything else nothing."""
    return [item for item in value if not _holds(item, addresses)] if isinstance(value, list) else None


def _holds(value: Value, addresses: set[str]) -> bool:
    return any(ref.id is None and ref.address in addresses for _, ref in references(value))


def _held(change: Change) -> Ref | None:
    """The number that the resource has now and that the plan writes over or deletes."""
    if change.action is Action.DELETE:
        held = change.live.get(NUMBER)
    else:
        write = next((part for part in change.writes if part.name == NUMBER), None)
        held = None if write is None else write.prior if write.live is UNSET else write.live
    return held if isinstance(held, Ref) else None


def _drops(change: Change) -> frozenset[str]:
    """The fields that the state forgets: they left the manifest."""
    return frozenset(part.name for part in change.fields if part.cause in (Cause.REMOVED, Cause.RELEASED))


def _targets(change: Change, by_id: Mapping[tuple[str, RemoteId | None], Address]) -> Iterable[Address]:
    for _, ref in references(change.live):
        target = by_id.get((MANIFEST_KINDS.get(ref.kind, ""), ref.id))
        if target is not None and target != change.address:
            yield target
