"""The requests of any plan, carried out wave by wave on a strict platform, end in what the manifests say."""

from collections import Counter
from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.domain.plan import Action, Step
from agentops.domain.values import Ref, Values
from agentops.engine.links import references
from agentops.engine.order import GIVE_BACK, LINK, UNASSIGN, waves
from tests.plan.fleet import Fleet, Member, address, number, numbered, plan_for

NAMES = [f"n{index}" for index in range(7)]


class Strict:
    """A platform that refuses what the documents forbid; all steps of a wave start from the same moment."""

    def __init__(self, there: Fleet) -> None:
        ids = numbered(list(there))
        self.ids = {str(address(name)): id_ for name, id_ in ids.items()}
        self.numbers: dict[str, object] = {str(address(name)): member.number for name, member in there.items()}
        self.links = {str(address(name)): {ids[to] for to in member.links} for name, member in there.items()}

    def wave(self, steps: Sequence[Step]) -> None:
        before = dict(self.numbers)
        known = dict(self.ids)
        for step in steps:
            self._step(step, before, known)
        held = [held for held in self.numbers.values() if held is not None]
        assert len(held) == len(set(held)), "a number on two"

    def _step(self, step: Step, before: Mapping[str, object], known: Mapping[str, int]) -> None:
        name = str(step.address)
        if step.action is Action.DELETE:
            assert before[name] is None, "deleted with a number"
            gone = self.ids.pop(name)
            del self.numbers[name], self.links[name]
            self.dangling = {who for who, targets in self.links.items() if gone in targets}
            return
        if step.action is Action.CREATE:
            assert name not in known
            self.ids[name] = max(self.ids.values(), default=0) + 1
            self.numbers[name], self.links[name] = None, set()
        else:
            assert name in known, "updated before it was there"
        self._write(name, step.values, before, known)

    def _write(self, name: str, values: Values, before: Mapping[str, object], known: Mapping[str, int]) -> None:
        if "phone_number" in values:
            wanted = values["phone_number"]
            taken = wanted.id if isinstance(wanted, Ref) else None
            holders = [who for who, held in before.items() if held == taken and who != name]
            assert taken is None or not holders, f"{taken} is still on {holders}"
            self.numbers[name] = taken
        if "tools" in values:
            self.links[name] = {self._id(ref, known) for _, ref in references(values["tools"])}

    def _id(self, ref: Ref, known: Mapping[str, int]) -> int:
        if ref.id is None:
            assert ref.address in known, f"{ref.address} is not there yet"
            return known[ref.address]
        assert isinstance(ref.id, int)
        assert ref.id in known.values(), f"{ref.id} is gone"
        return ref.id


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    free = draw(st.permutations([*range(1, len(NAMES) + 1)]))
    return {
        name: Member(
            tuple(draw(st.lists(st.sampled_from([n for n in names if n != name]), unique=True, max_size=3)))
            if len(names) > 1
            else (),
            draw(st.sampled_from([None, free[index]])),
        )
        for index, name in enumerate(names)
    }


@settings(max_examples=400, deadline=None)
@given(fleets(), fleets())
def test_any_plan_can_be_carried_out_in_its_order(there: Fleet, wanted: Fleet) -> None:
    plan = plan_for(wanted, there)
    platform = Strict(there)
    order = waves(plan)
    for wave in order:
        platform.wave(wave)
    assert platform.ids.keys() == {str(address(name)) for name in wanted}
    assert platform.numbers == {str(address(name)): member.number for name, member in wanted.items()}
    assert platform.links == {
        str(address(name)): {platform.ids[str(address(to))] for to in member.links} for name, member in wanted.items()
    }


@settings(max_examples=400, deadline=None)
@given(fleets(), fleets())
def test_no_more_requests_than_needed(there: Fleet, wanted: Fleet) -> None:
    plan = plan_for(wanted, there)
    sent = Counter((str(step.address), step.action, step.purpose) for wave in waves(plan) for step in wave)
    assert set(sent.values()) <= {1}
    for name, action, purpose in sent:
        member, before = wanted.get(name.partition(".")[2]), there.get(name.partition(".")[2])
        if purpose == UNASSIGN:
            assert before is not None
            assert before.number is not None
        if purpose == LINK:
            assert (name, Action.CREATE, "") in sent
            assert member is not None
            assert member.links
        if action is Action.UPDATE and not purpose:
            assert member != before


def test_a_chain_of_five_thousand_links_is_ordered() -> None:
    count = 5000
    wanted = {f"n{i}": Member((f"n{i + 1}",) if i + 1 < count else ()) for i in range(count)}
    order = waves(plan_for(wanted, {}))
    assert [str(wave[0].address) for wave in order] == [f"assistant.n{i}" for i in reversed(range(count))]


def test_a_ring_of_five_thousand_links_is_made_in_two_waves() -> None:
    count = 5000
    order = waves(plan_for({f"n{i}": Member((f"n{(i + 1) % count}",)) for i in range(count)}, {}))
    assert [len(wave) for wave in order] == [count, count]
    assert {step.purpose for step in order[1]} == {LINK}


def test_five_thousand_numbers_that_rotate_are_unassigned_first() -> None:
    count = 5000
    there = {f"n{i:04}": Member(number=i + 1) for i in range(count)}
    wanted = {f"n{i:04}": Member(number=(i + 1) % count + 1) for i in range(count)}
    plan = plan_for(wanted, there)
    assert [len(wave) for wave in waves(plan)] == [count, count]


def test_a_refused_number_goes_back_to_who_had_it() -> None:
    there = {"a": Member(number=7), "b": Member()}
    ((_,), (assign,)) = waves(plan_for({"a": Member(), "b": Member(number=7)}, there))
    (back,) = assign.gives_back
    assert (back.address, back.remote_id, back.purpose) == (address("a"), 1, GIVE_BACK)
    assert back.values == {"phone_number": number(7)}


def test_a_giver_that_moved_on_to_another_number_keeps_that() -> None:
    there = {"a": Member(number=7), "b": Member()}
    order = waves(plan_for({"a": Member(number=8), "b": Member(number=7)}, there))
    assert [step.gives_back for wave in order for step in wave] == [(), ()]


def test_steps_do_not_depend_on_the_order_of_manifests() -> None:
    wanted = {"a": Member(("b",), 1), "b": Member(("a",), 2), "c": Member(("a", "b"))}
    backwards = dict(reversed(wanted.items()))
    assert waves(plan_for(wanted, {})) == waves(plan_for(backwards, {}))
