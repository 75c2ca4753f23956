"""Why a step must not be sent, although the plan has it: what it relies on did not happen in this run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from agentops.domain.address import Address
from agentops.domain.plan import Action, Step
from agentops.domain.values import Ref, RemoteId
from agentops.engine.links import MANIFEST_KINDS, references, unborn
from agentops.engine.order import NUMBER
from agentops.engine.surroundings import Surroundings


class Obstacles:
    """Looks at a step whose references have been filled in as far as they can be."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def to(self, step: Step) -> str:
        """Why `step` must not be sent; empty when it may be."""
        tally = self._around.tally
        if self._around.stop.level:
            return "interrupted"
        if tally.is_lost(step.address):
            return "an earlier step of it was not carried out"
        if step.remote_id is None and step.action is not Action.CREATE:
            return "it is not on the platform"
        holder = self._holder(step)
        if holder is not None:
            return f"{holder} still has the phone number"
        missing = next((address for _, address in unborn(step.values)), None)
        if missing is not None:
            return f"{missing} was not created"
        pointing = self._pointing_at(step) if step.action is Action.DELETE else None
        return f"{pointing} still refers to it" if pointing else ""

    def _pointing_at(self, step: Step) -> Address | None:
        """A resource that should have let go of what `step` deletes, but did not."""
        pointing = self._pointers.get((step.address.prefix, step.remote_id), ())
        return next((other for other in pointing if self._is_lost(other, step)), None)

    def _is_lost(self, other: Address, step: Step) -> bool:
        return other != step.address and self._around.tally.is_lost(other)

    def _holder(self, step: Step) -> Address | None:
        """A resource that should have let go of the phone number of `step`, but did not."""
        wanted = step.values.get(NUMBER)
        for address in self._holders.get(wanted, ()) if isinstance(wanted, Ref) else ():
            back = replace(step, address=address, values={NUMBER: wanted})
            if self._is_lost(address, step) and not self._around.tally.has_replaced(back):
                return address
        return None

    @cached_property
    def _pointers(self) -> Mapping[tuple[str, RemoteId | None], Sequence[Address]]:
        """Who referred to which object, by the prefix of its address and its ID, when the plan was made."""
        found: dict[tuple[str, RemoteId | None], list[Address]] = {}
        for change in self._around.plan.changes:
            for _, ref in references(change.live):
                if ref.kind in MANIFEST_KINDS:
                    found.setdefault((MANIFEST_KINDS[ref.kind], ref.id), []).append(change.address)
        return found

    @cached_property
    def _holders(self) -> Mapping[Ref, Sequence[Address]]:
        """Who had which phone number when the plan was made, but for those that the plan leaves alone."""
        found: dict[Ref, list[Address]] = {}
        for change in self._around.plan.changes:
            held = change.live.get(NUMBER)
            if isinstance(held, Ref) and not change.blocked:
                found.setdefault(held, []).append(change.address)
        return found
