"""Any account can be taken over: the plan after it is empty, and the manifests make the same account elsewhere."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentops.providers import registry
from tests.conformance.test_fleets import account, fresh, table
from tests.import_.accounts import comparable, new_project, rebuilt, shown, taken_over
from tests.support.generate import fleets

SOME = settings(max_examples=10, phases=[Phase.generate], suppress_health_check=list(HealthCheck))

NAMES = registry.platforms()


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@SOME
def test_the_plan_after_an_import_is_empty_and_the_manifests_make_the_same_account_elsewhere(
    name: str, data: st.DataObject
) -> None:
    fleet = data.draw(fleets(table(name), account(name)))
    with fresh(name) as made:
        made.write(fleet)
        made.apply()
        with new_project(made.server, name) as used:
            before = shown(used)
            taken_over(used)
            assert shown(used) == before
            addresses = {number: address for address, number in used.ids().items()}
            with rebuilt(used) as (again, twin):
                there = {number: address for address, number in again.ids().items()}
                assert comparable(shown(again), there, twin.ids) == comparable(before, addresses, twin.same)
