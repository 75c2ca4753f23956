"""What a trial came to, by what the platform holds and was asked for, and by what the state says of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.chaos.stage import Ended, Stage


@dataclass(frozen=True, slots=True)
class Verdict:
    """One trial: what was lost or doubled on the platform, and what else was not as it should be."""

    trial: str
    hit: bool = True  # the run was cut while it was under way
    reruns: int = 1
    duplicates: int = 0  # objects beyond the first of a name
    orphans: int = 0  # objects that the state does not know
    missing: int = 0  # declared, and not there
    humans: int = 0  # re-runs that did not end with 0: somebody has to look
    faults: tuple[str, ...] = field(default=())

    @property
    def is_clean(self) -> bool:
        return not (self.duplicates or self.orphans or self.missing or self.humans or self.faults)


def judge(trial: str, stage: Stage, *, hit: bool, reruns: Sequence[Ended], faults: Sequence[str] = ()) -> Verdict:
    """The verdict over a trial whose last re-run came to its end; plans once more to see that nothing is left."""
    names = Counter(row["name"] for row in stage.sandbox.store.assistants())
    declared = stage.scenario.rows()
    last = reruns[-1]
    return Verdict(
        trial=trial,
        hit=hit,
        reruns=len(reruns),
        duplicates=sum(count - 1 for count in names.values()),
        orphans=len(_orphans(stage)),
        missing=len(declared.keys() - names.keys()),
        humans=int(last.code != 0),
        faults=(*faults, *_faults(stage, last)),
    )


def _orphans(stage: Stage) -> set[object]:
    state = stage.state()
    known = {entry.remote_id for entry in state.entries.values()} if state else set()
    return {row["id"] for row in stage.sandbox.store.assistants()} - known


def _faults(stage: Stage, last: Ended) -> Iterator[str]:
    if last.code != 0:
        yield f"the re-run ended with {last.code}: {last.err[-2000:]}"
    yield from _of_the_platform(stage)
    yield from _of_the_state(stage)
    if last.code == 0:
        planned = stage.start("plan", "--detailed-exitcode").end()
        if planned.code != 0:
            yield f"the plan after the re-run ended with {planned.code}: {planned.out[-2000:]}{planned.err[-2000:]}"


def _of_the_platform(stage: Stage) -> Iterator[str]:
    held = {row["name"]: (row["initial_message"], row["phone_number_id"]) for row in stage.sandbox.store.assistants()}
    for name, row in stage.scenario.rows().items():
        if name in held and held[name] != row:
            yield f"{name} is {held[name]}, not {row}"
    for name in sorted(held.keys() - stage.scenario.rows().keys()):
        yield f"{name} is still there"
    carried_out = sum(1 for entry in stage.writes() if entry.method == "POST" and entry.status < 300)
    if carried_out != stage.scenario.creates:
        yield f"{carried_out} creates were carried out, not {stage.scenario.creates}"


def _of_the_state(stage: Stage) -> Iterator[str]:
    state = stage.state()
    if state is None:
        yield "there is no state"
        return
    ids = {row["name"]: row["id"] for row in stage.sandbox.store.assistants()}
    known = {address.name: entry.remote_id for address, entry in state.entries.items()}
    wanted = {name: ids.get(spec["name"]) for name, spec in stage.scenario.declared.items()}
    if known != wanted:
        yield f"the state has {known}, the platform {wanted}"
    if state.intents:
        yield f"intents are left: {', '.join(map(str, state.intents))}"
    updating = [str(address) for address, entry in state.entries.items() if entry.sending]
    if updating:
        yield f"updates are left without an end: {', '.join(updating)}"
    if state.lock is not None:
        yield f"the lock is left: {state.lock}"
