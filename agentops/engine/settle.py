"""Finds out whether creates were done of which the answer was lost, in this run or in one that died."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from agentops.domain.address import Address
from agentops.domain.diagnostics import SourcePos, error
from agentops.domain.errors import ProviderError
from agentops.domain.events import Noted, Waiting
from agentops.domain.plan import Action, Step
from agentops.domain.provider import LiveObject
from agentops.domain.state import Intent
from agentops.domain.values import RemoteId
from agentops.engine.adopt import Made, fitting, namesakes
from agentops.engine.diff import same
from agentops.engine.send import Sender
from agentops.engine.surroundings import Surroundings


class Settling:
    """Looks for one new object that fits each intent: adopts it, or waits and looks again, or has it sent once more."""

    def __init__(self, around: Surroundings, sender: Sender) -> None:
        self._around = around
        self._sender = sender
        self._objects: Mapping[str, Mapping[RemoteId, LiveObject]] = {}

    def settle(self, steps: Sequence[Step]) -> None:
        """Bring each of `steps`, creates with an intent in the state, to an end: done, failed, or left for later."""
        absent = self._find([step for step in steps if self._is_listed(step)])
        again = self._without_namesakes(absent)
        if not again:
            return
        self._around.journal.renew([(step.address, step.values) for step in again], self._around.clock())
        self._around.journal.flush()
        for step in self._find(self._sender.send(again)):
            self._fail(step, "it is unclear whether it was created: no answer came, and it is not listed")

    def _is_listed(self, step: Step) -> bool:
        """Whether listings would show what the step creates; nothing else can tell whether it is there."""
        unlisted = self._around.provider.platform.kind_by_name[step.kind].unlisted
        if unlisted is None or not unlisted(self._around.journal.intents[step.address].values):
            return True
        text = "it is unclear whether it was created, and lists do not show such objects"
        hint = (
            f"look for it on the platform: if it is there, run agentops state resolve {step.address} ID; "
            f"if not, agentops state rm {step.address}"
        )
        self._around.fail(step, (error("unsettled", text, self._position(step), hint),), unclear=True)
        return False

    def _position(self, step: Step) -> SourcePos | None:
        resource = self._around.desired.resources.get(step.address)
        return resource.manifest.position() if resource else None

    def _find(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Look, wait until late objects must have appeared, look again; those of which there is still no trace."""
        absent = self._look(steps)
        wait = self._time_left(absent)
        if wait > timedelta(0):
            self._around.report(Waiting(wait.total_seconds(), "a create without an answer may still appear"))
            self._around.sleep(wait.total_seconds())
            absent = absent if self._around.stop.level else self._look(absent)
        if self._around.stop.level:
            for step in absent:
                self._fail(step, "it is unclear whether it was created, and the run was interrupted")
            return []
        return absent

    def _time_left(self, steps: Sequence[Step]) -> timedelta:
        """How long the youngest intent is still too young; never longer than if it were sent now.

        What wrote it may have had a clock that is ahead of ours.
        """
        intents, settle = self._around.journal.intents, self._around.settle
        ages = [self._around.clock() - intents[step.address].started for step in steps]
        return min(settle, settle - min(ages, default=settle))

    def _look(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Adopt what one listing shows; those come back for which it shows nothing that fits."""
        if not steps:
            return []
        try:
            live = {kind: self._around.provider.list(kind) for kind in sorted({step.kind for step in steps})}
        except ProviderError as exc:
            for step in steps:
                self._fail(step, f"it is unclear whether it was created, and nothing can be listed: {exc}")
            return []
        self._objects = live
        made = {address: item for kind in live for address, item in self._made(kind, steps).items()}
        return [step for step in steps if not self._is_settled(step, made[step.address])]

    def _made(self, kind: str, steps: Sequence[Step]) -> Mapping[Address, Made]:
        row = self._around.provider.platform.kind_by_name[kind]
        return fitting(self._intents(kind, steps), self._objects[kind], self._taken(row.prefix), row.table)

    def _is_settled(self, step: Step, made: Made) -> bool:
        if not made.ids:
            return False
        if made.certain is not None:
            self._adopt(step, made.certain)
        elif made.contested:
            text = f"what was sent fits new objects that others may have made as well: {_ids(made.ids)}"
            self._fail(step, text, made.ids[0])
        else:
            self._fail(step, f"several new objects fit what was sent: {_ids(made.ids)}", made.ids[0])
        return True

    def _adopt(self, step: Step, remote_id: RemoteId) -> None:
        around = self._around
        intended = around.journal.intents[step.address].values
        table = around.provider.platform.kind_by_name[step.kind].table
        around.report(Noted(f"the create had been carried out: adopted {remote_id}", step.address))
        around.finish(replace(step, values=intended), remote_id, around.clock())
        differing = {
            name: value
            for name, value in step.values.items()
            if name not in intended or not same(table[name], intended[name], value)
        }
        if differing:  # the manifest was edited since the create was sent
            around.journal.intend_updates([(step.address, differing)])
            around.journal.flush()
            self._sender.send([replace(step, action=Action.UPDATE, remote_id=remote_id, values=differing)])

    def _without_namesakes(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Those that may be created: the others would get a second object of their name."""
        if self._around.plan.options.allow_duplicate_names:
            return steps
        kinds = self._around.provider.platform.kind_by_name
        found = {
            address: ids
            for kind in {step.kind for step in steps}
            for address, ids in namesakes(
                self._intents(kind, steps), self._objects[kind], self._taken(kinds[kind].prefix)
            ).items()
        }
        for step in steps:
            if ids := found[step.address]:
                text = f"a new object bears its name, but not all the values that were sent: {_ids(ids)}"
                self._fail(step, text, ids[0])
        return [step for step in steps if not found[step.address]]

    def _intents(self, kind: str, steps: Sequence[Step]) -> Mapping[Address, Intent]:
        return {step.address: self._around.journal.intents[step.address] for step in steps if step.kind == kind}

    def _taken(self, prefix: str) -> frozenset[RemoteId]:
        entries = self._around.journal.entries.items()
        return frozenset(entry.remote_id for address, entry in entries if address.prefix == prefix)

    def _fail(self, step: Step, text: str, candidate: RemoteId | None = None) -> None:
        hint = "the next run looks for it again"
        if candidate is not None:
            hint = f"if one of them is it, run: agentops state resolve {step.address} {candidate}"
        self._around.fail(step, (error("unsettled", text, self._position(step), hint),), unclear=True)


def _ids(ids: Sequence[RemoteId]) -> str:
    return ", ".join(map(str, ids))
