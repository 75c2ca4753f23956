"""What became of each resource while an apply runs."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from agentops.domain.address import Address
from agentops.domain.events import ApplyResult, Mismatch
from agentops.domain.plan import Action, Step
from agentops.domain.values import RemoteId, Value
from agentops.engine.verify import Sent


class Tally:
    """Resources by how they ended, and what each was sent last."""

    def __init__(self) -> None:
        self.sent: dict[Address, Sent] = {}
        self._done: dict[Action, dict[Address, None]] = {action: {} for action in Action}
        self._failed: dict[Address, None] = {}
        self._skipped: dict[Address, None] = {}
        self._unclear: set[Address] = set()

    def done(self, step: Step, remote_id: RemoteId) -> None:
        """`step` was carried out."""
        self._done[step.action][step.address] = None
        if step.action is Action.DELETE:
            self.sent.pop(step.address, None)
        else:
            values = {**self._values(step.address), **step.values}
            self.sent[step.address] = Sent(step.address, step.kind, remote_id, values)

    def failed(self, step: Step, *, unclear: bool = False) -> None:
        """`step` was sent without success; `unclear`: it may have been done all the same."""
        self._failed[step.address] = None
        if unclear:
            self._unclear.add(step.address)
            self._forget_sent(step)

    def skipped(self, address: Address) -> None:
        """A step was not sent."""
        self._skipped[address] = None

    def is_lost(self, address: Address) -> bool:
        """Whether a step of `address` was not carried out."""
        return address in self._failed or address in self._skipped

    def is_known(self, step: Step) -> bool:
        """Whether it is noted how `step`, or another step of its resource, ended."""
        return self.is_lost(step.address) or step.address in self._done[step.action]

    def is_certainly_undone(self, address: Address) -> bool:
        """Whether a step of `address` was not carried out, beyond doubt."""
        return self.is_lost(address) and address not in self._unclear

    def has_replaced(self, step: Step) -> bool:
        """Whether this apply gave the fields of `step` other values than `step` has."""
        values = self._values(step.address)
        return all(name in values and values[name] != value for name, value in step.values.items())

    def given_back(self, step: Step) -> None:
        """`step` undid, or failed to undo, what was done to its resource, whose own change is not complete then."""
        if self._values(step.address).keys() == step.values.keys():
            self._done[Action.UPDATE].pop(step.address, None)
        self._skipped[step.address] = None

    def result(
        self,
        *,
        mismatches: Iterable[Mismatch] = (),
        unverified: str = "",
        interrupted: bool = False,
        halted: str = "",
    ) -> ApplyResult:
        """All of it, sorted by address."""
        created, destroyed = self._done[Action.CREATE], self._done[Action.DELETE]
        return ApplyResult(
            created=tuple(sorted(created)),
            updated=tuple(sorted(self._done[Action.UPDATE].keys() - created.keys() - destroyed.keys())),
            destroyed=tuple(sorted(destroyed)),
            failed=tuple(sorted(self._failed)),
            not_started=tuple(sorted(self._skipped.keys() - self._failed.keys())),
            mismatches=tuple(mismatches),
            unverified=unverified,
            interrupted=interrupted,
            halted=halted,
        )

    def _forget_sent(self, step: Step) -> None:
        """Nobody knows what the platform holds now where `step` was to write."""
        if step.address in self.sent:
            sent = self.sent[step.address]
            kept = {name: value for name, value in sent.values.items() if name not in step.values}
            if kept and step.action is not Action.DELETE:
                self.sent[step.address] = replace(sent, values=kept)
            else:
                del self.sent[step.address]

    def _values(self, address: Address) -> Mapping[str, Value]:
        return self.sent[address].values if address in self.sent else {}
