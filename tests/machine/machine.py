"""Rules that act on an estate in any order, and what must hold whatever they do."""

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from agentops.domain.values import Values
from tests.apply.world import address, spec, transfer
from tests.machine.estate import Estate, Loss

NAMES = ("a", "b", "c", "d", "e")
PROMPTS = ("Be kind.", "Be brief.", "Be bold.")
_MEMORY = Path("/dev/shm")  # power cuts are no matter here, so what is durable need not be on a disk
_ROUNDS = 8

Fleet: TypeAlias = dict[str, tuple[str, str]]
"""Name -> prompt, and whom it transfers to."""

names, prompts, boundaries = st.sampled_from(NAMES), st.sampled_from(PROMPTS), st.integers(1, 16)
losses = st.builds(Loss, st.integers(1, 2), st.one_of(st.integers(0, 55), st.none()))
fleets = st.dictionaries(names, st.tuples(prompts, st.sampled_from(("", *NAMES))), min_size=1)


class Machine(RuleBasedStateMachine):
    """People declare, edit and take out; processes apply, die, and lose answers and locks."""

    settle: ClassVar[timedelta] = timedelta(seconds=60)
    watches_intents: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None)
        self.estate = Estate(Path(self._folder.name), self.settle)
        self.declared: Fleet = {}
        self.theirs: dict[int, dict[str, Any]] = {}  # what is none of ours, as its owner left it

    @property
    def store(self) -> Any:
        return self.estate.sandbox.store

    @property
    def manifests(self) -> dict[str, Values]:
        return {
            name: spec(name, system_prompt=prompt, tools=[transfer(to)] if to in self.declared and to != name else [])
            for name, (prompt, to) in self.declared.items()
        }

    # Manifests

    @initialize()
    def begin(self) -> None:
        """Somebody has an assistant already, and one manifest is applied."""
        self.declare("a", PROMPTS[0], "")
        self.estate.run(self.manifests)
        self.theirs[self._copy(name="Theirs")] = {}
        self._note_theirs()

    @rule(name=names, prompt=prompts, to=names)
    def declare(self, name: str, prompt: str, to: str) -> None:
        self.declared[name] = (prompt, to)

    @rule(name=names)
    def take_out(self, name: str) -> None:
        self.declared.pop(name, None)

    # People at the dashboard

    @rule(name=names, prompt=st.sampled_from(("By hand.", *PROMPTS)))
    def edit(self, name: str, prompt: str) -> None:
        """Somebody edits what we manage."""
        number = self._managed(name)
        if number is not None:
            self.store.edit_assistant(number, system_prompt=prompt)

    @rule(name=names)
    def delete(self, name: str) -> None:
        """Somebody deletes what bears our name and is ours, whether we know of it or not."""
        for number in [row["id"] for row in self._ours() if row["name"] == name.title()]:
            self.store.delete_assistant(number)

    @rule(name=st.sampled_from(("Theirs", *(name.title() for name in NAMES))))
    def add(self, name: str) -> None:
        """Somebody adds an assistant, of a name that we may use as well."""
        if self.theirs:
            self.theirs[self._copy(name=name, system_prompt="Of somebody else.")] = {}
            self._note_theirs()

    @rule(seconds=st.sampled_from((1, 20, 61, 3600)))
    def wait(self, seconds: float) -> None:
        self.estate.clock.sleep(seconds)

    # Processes

    @rule()
    def apply(self) -> None:
        self.estate.run(self.manifests)

    @rule(fleet=fleets, loss=losses)
    def apply_and_lose_an_answer(self, fleet: Fleet, loss: Loss) -> None:
        self.declared = fleet
        self.estate.run(self.manifests, loss=loss)

    @rule(fleet=fleets, at=boundaries)
    def apply_and_die(self, fleet: Fleet, at: int) -> None:
        self.declared = fleet
        self.estate.run(self.manifests, kill_at=at)

    @rule(fleet=fleets, at=boundaries, loss=losses)
    def apply_lose_an_answer_and_die(self, fleet: Fleet, at: int, loss: Loss) -> None:
        self.declared = fleet
        self.estate.run(self.manifests, kill_at=at, loss=loss)

    @rule(fleet=fleets, at=st.integers(1, 6), loss=losses, kill_thief_at=st.one_of(st.just(0), boundaries))
    def apply_and_lose_the_lock(self, fleet: Fleet, at: int, loss: Loss, kill_thief_at: int) -> None:
        self.declared = fleet

        def steal() -> None:
            self.estate.run(self.manifests, kill_at=kill_thief_at)

        self.estate.run(self.manifests, steal_at=at, thief=steal, loss=loss)

    @precondition(lambda self: self.declared)
    @rule()
    def converge(self) -> None:
        """Applying again and again comes to an end, where live is as declared and the state is as live."""
        for _ in range(_ROUNDS):
            code = self.estate.run(self.manifests)
            if code == 0 and not self.estate.state.intents and self.estate.planned(self.manifests).is_empty:
                break
            self.estate.clock.sleep(61)
        else:
            raise AssertionError(f"no end: {code}, {self.estate.planned(self.manifests)}")
        self._require_converged()

    # What must hold

    @invariant()
    def nothing_is_there_twice(self) -> None:
        counts = Counter(row["name"] for row in self._ours())
        assert all(count == 1 for count in counts.values()), f"twice: {counts}"

    @invariant()
    def every_create_had_an_intent(self) -> None:
        assert not (self.watches_intents and self.estate.unintended), self.estate.unintended

    @invariant()
    def who_lost_the_lock_sends_nothing(self) -> None:
        assert not self.estate.unlocked, self.estate.unlocked

    @invariant()
    def what_others_have_is_as_they_left_it(self) -> None:
        rows = {row["id"]: row for row in self.store.assistants()}
        assert {number: rows.get(number) for number in self.theirs} == self.theirs

    def check(self) -> None:
        """All invariants."""
        self.nothing_is_there_twice()
        self.every_create_had_an_intent()
        self.who_lost_the_lock_sends_nothing()
        self.what_others_have_is_as_they_left_it()

    def teardown(self) -> None:
        try:
            if self.theirs:  # else the beginning failed already
                self.converge()
                self.wait(61)  # what is still under way lands, if anything is
                self.check()
                self.converge()
                self.check()
        finally:
            self.close()

    def close(self) -> None:
        self.estate.close()
        self._folder.cleanup()

    def _require_converged(self) -> None:
        rows = {row["name"]: row for row in self._ours()}
        entries = self.estate.state.entries
        assert sorted(rows) == sorted(name.title() for name in self.declared)
        assert set(entries) == {address(name) for name in self.declared}
        for name, values in self.manifests.items():
            row, entry = rows[name.title()], entries[address(name)]
            assert entry.remote_id == row["id"]
            assert entry.values["system_prompt"] == values["system_prompt"] == row["system_prompt"]
            assert not entry.sending
            _, to = self.declared[name]
            linked = [entries[address(to)].remote_id] if values["tools"] else []
            assert [tool["assistant_id"] for tool in row["tools"] or []] == linked

    def _ours(self) -> list[dict[str, Any]]:
        return [row for row in self.store.assistants() if row["id"] not in self.theirs]

    def _managed(self, name: str) -> int | None:
        entry = self.estate.state.entries.get(address(name))
        there = {row["id"] for row in self._ours()}
        return int(entry.remote_id) if entry and entry.remote_id in there else None

    def _copy(self, **fields: Any) -> int:
        """Somebody's copy of what is there: the first assistant of all, which is ours, or somebody's since."""
        source = next(iter(self.theirs), None) or self.store.assistants()[0]["id"]
        return int(self.store.copy_assistant(source, **fields))

    def _note_theirs(self) -> None:
        rows = {row["id"]: row for row in self.store.assistants()}
        self.theirs = {number: rows[number] for number in self.theirs}


class Blind(Machine):
    """Sees what becomes of creates, but not whether they were noted first."""

    watches_intents = False
