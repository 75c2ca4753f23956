"""Any set of valid manifests: applied once, nothing is left to do; and the platform holds what they say."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentops.domain.fields import FieldTable
from agentops.domain.plan import Action
from agentops.providers import registry
from agentops.sandbox import open_sandbox
from tests.support.account import Account, read_account
from tests.support.generate import Setting, Spec, fleets, specs
from tests.support.project import Project, project
from tests.support.wire import comparable, stored

SOME = settings(max_examples=12, suppress_health_check=list(HealthCheck))
"""Whole projects are made and applied: few examples."""

NAMES = registry.platforms()


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@SOME
def test_after_apply_the_plan_is_empty_and_the_platform_holds_the_manifests(name: str, data: st.DataObject) -> None:
    fleet = data.draw(fleets(table(name), account(name)))
    with fresh(name) as used:
        used.write(fleet)
        assert used.plan().count(Action.CREATE) == len(fleet)
        used.apply()
        assert holds(used, fleet)
        assert used.plan().is_empty


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@SOME
def test_any_edit_of_the_manifests_is_applied_with_nothing_left_to_do(name: str, data: st.DataObject) -> None:
    before = data.draw(fleets(table(name), account(name), most=2))
    after = {
        key: data.draw(specs(table(name), Setting(account(name), spec.get("mode", "")), clears=True))
        for key, spec in before.items()
    }
    with fresh(name) as used:
        used.write(before)
        used.apply()
        used.write(without_shared_numbers(after, account(name)))
        used.apply()
        assert holds(used, after)
        assert used.plan().is_empty


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@SOME
def test_the_order_of_the_files_does_not_matter(name: str, data: st.DataObject) -> None:
    fleet = data.draw(fleets(table(name), account(name)))
    order = data.draw(st.permutations(sorted(fleet)))
    with fresh(name) as used:
        used.write(fleet)
        first = used.plan()
        used.write({})
        for number, key in enumerate(order):
            used.write_file(f"{number}/{number}-{key}.yaml", used.manifest(key, fleet[key]))
        second = used.plan()
        assert (first.changes, first.basis.manifests) == (second.changes, second.basis.manifests)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@SOME
def test_planning_sends_nothing_but_get_and_writes_no_state(name: str, data: st.DataObject) -> None:
    fleet = data.draw(fleets(table(name), account(name)))
    with fresh(name) as used:
        used.write(fleet)
        used.plan()
        assert {entry.method for entry in used.log()} == {"GET"}
        assert not (used.folder / ".agentops" / "state").exists()


def holds(used: Project, fleet: dict[str, Spec]) -> bool:
    """Whether the platform stores every declared field of every manifest, as the documents name it."""
    rows, ids = used.rows(), used.ids()
    assert rows.keys() == fleet.keys()
    for key, spec in fleet.items():
        expected = comparable(stored(spec, account(used.platform), ids.__getitem__))
        assert {wire: rows[key][wire] for wire in expected} == expected
    return True


def without_shared_numbers(fleet: dict[str, Spec], known: Account) -> dict[str, Spec]:
    """No number twice: inbound assistants cannot share one."""
    taken: set[object] = set()
    for spec in fleet.values():
        if spec.get("phone_number") is not None:
            number = known.id_of("phone_numbers", spec["phone_number"])
            if number in taken:
                del spec["phone_number"]
            taken.add(number)
    return fleet


def table(name: str) -> FieldTable:
    return registry.platform(name).kinds[0].table


@cache
def account(name: str) -> Account:
    """What every fresh sandbox of the platform can refer to."""
    sandbox = open_sandbox(name, ":memory:")
    found = read_account(sandbox.store.objects, name)
    sandbox.close()
    return found


@contextmanager
def fresh(name: str) -> Iterator[Project]:
    """A project and a sandbox that nothing was done in."""
    with tempfile.TemporaryDirectory() as folder, project(Path(folder), name) as used:
        yield used
