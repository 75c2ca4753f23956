"""What a plan means for the state alone, before anything is sent."""

from collections.abc import Mapping

from agentops.domain.address import Address
from agentops.domain.fields import UNSET
from agentops.domain.plan import Action, Cause, Change, FieldChange
from agentops.domain.state import Entry, StateChange
from agentops.domain.values import Values
from agentops.engine.journal import state_only
from tests.apply.world import address
from tests.state.samples import intent

A, B = map(address, "ab")


def change(action: Action = Action.NO_OP, **parts: object) -> Change:
    return Change(A, "Assistant", action, 1, **parts)  # type: ignore[arg-type]


def only(changed: Change, entries: Mapping[Address, Entry]) -> Mapping[Address, Entry | None]:
    return state_only([changed], entries).entries


def field(name: str, cause: Cause, **values: object) -> FieldChange:
    sides = {"prior": UNSET, "live": UNSET, "desired": UNSET} | values
    return FieldChange(name, cause, write=False, **sides)  # type: ignore[arg-type]


def entry(**values: object) -> Entry:
    return Entry(1, values)


def test_a_resource_that_moved_keeps_its_entry() -> None:
    assert only(change(moved_from=B), {B: entry(x=1)}) == {B: None, A: entry(x=1)}


def test_a_move_and_an_update_are_independent() -> None:
    assert only(change(Action.UPDATE, moved_from=B), {B: entry(x=1)}) == {B: None, A: entry(x=1)}


def test_released_fields_are_forgotten() -> None:
    released = change(fields=(field("x", Cause.RELEASED),))
    assert only(released, {A: entry(x=1, y=2)}) == {A: entry(y=2)}


def test_protection_is_remembered() -> None:
    assert only(change(protect=True), {A: entry(x=1)}) == {A: Entry(1, {"x": 1}, protect=True)}


def test_what_git_and_platform_agree_on_is_remembered() -> None:
    agreed = change(Action.UPDATE, desired={"x": 2, "y": 9, "z": 3}, live={"x": 2, "y": 1}, fields=(_write("y"),))
    assert only(agreed, {A: entry(x=1, y=1)}) == {A: entry(x=2, y=1)}


def _write(name: str) -> FieldChange:
    return FieldChange(name, Cause.MANIFEST, 1, 1, 9, write=True)


def test_an_undecided_conflict_keeps_what_was_applied() -> None:
    kept = change(desired={"x": 2}, live={"x": 3}, fields=(field("x", Cause.CONFLICT, desired=2),))
    assert only(kept, {A: entry(x=1)}) == {}


def test_a_blocked_resource_is_left_alone_in_the_state_too() -> None:
    assert only(change(moved_from=B, protect=True, blocked="a conflict"), {B: entry()}) == {}


def test_an_adopted_create_counts_as_applied() -> None:
    adopted = change(Action.ADOPT, intent=intent(), protect=True)
    values: Values = {"name": "Sales"}
    assert state_only([adopted], {}) == StateChange({A: Entry(1, values, protect=True)}, {A: None})


def test_what_is_gone_is_forgotten_with_what_was_begun() -> None:
    assert state_only([change(Action.FORGET)], {A: entry()}) == StateChange({A: None}, {A: None})


def test_an_entry_in_another_form_starts_anew() -> None:
    old = Entry(1, {"x": 1, "y": 2}, form=0)
    assert only(change(Action.UPDATE, desired={"x": 1}, live={"x": 1}), {A: old}) == {A: entry(x=1)}


def test_deletes_and_creates_wait_for_the_platform() -> None:
    assert only(change(Action.DELETE), {A: entry()}) == {}
    assert only(change(Action.CREATE, desired={"x": 1}, live={"x": 1}), {}) == {}


def test_an_adopted_object_that_was_not_begun_here_starts_with_nothing() -> None:
    assert state_only([change(Action.ADOPT)], {}) == StateChange({A: Entry(1, {})})


def test_what_was_begun_moves_with_its_resource() -> None:
    moved = change(Action.CREATE, moved_from=B, intent=intent())
    assert state_only([moved], {}) == StateChange({}, {B: None, A: intent()})
    assert state_only([change(Action.CREATE, intent=intent())], {}) == StateChange()
    assert state_only([change(moved_from=B)], {B: entry(x=1)}).intents == {}


def test_a_create_that_moves_keeps_its_entry_as_it_was() -> None:
    moved = change(Action.CREATE, moved_from=B, protect=True, desired={"x": 1}, live={"x": 1})
    assert only(moved, {B: entry(x=2)}) == {B: None, A: entry(x=2)}


def test_all_changes_count_whatever_stands_among_them() -> None:
    def other(name: str, action: Action = Action.NO_OP, **parts: object) -> Change:
        return Change(address(name), "Assistant", action, 1, **parts)  # type: ignore[arg-type]

    write = _write("x")
    found = state_only(
        [
            other("c", Action.FORGET),
            other("d", blocked="a conflict"),
            other("e", Action.FORGET, fields=(write,)),
            other("f", protect=True),
            other("g", Action.CREATE, moved_from=address("h"), intent=intent()),
            other("i", Action.CREATE, moved_from=address("j"), intent=intent()),
            other("k", protect=True),
        ],
        {address("f"): entry(), address("k"): entry()},
    )
    assert found.entries == {
        address("c"): None,
        address("f"): Entry(1, {}, protect=True),
        address("k"): Entry(1, {}, protect=True),
    }
    assert found.intents == {
        address("c"): None,
        address("h"): None,
        address("g"): intent(),
        address("j"): None,
        address("i"): intent(),
    }
