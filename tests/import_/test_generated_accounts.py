"""Any account can be taken over: the plan after it is empty, and the manifests make the same account elsewhere."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentops.providers import registry
from agentops.sandbox import Options
from tests.conformance.test_fleets import account, table
from tests.import_.accounts import comparable, differences, new_project, rebuilt, shown, taken_over
from tests.support.generate import fleets
from tests.support.project import project

SOME = settings(max_examples=10, phases=[Phase.generate], suppress_health_check=list(HealthCheck))

FILLED = Options(fill_tool_defaults=True)
"""A sub-field of a tool that is left out means its default, and reads say so: else the same would not look the same."""

NAMES = registry.platforms()


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@SOME
def test_the_plan_after_an_import_is_empty_and_the_manifests_make_the_same_account_elsewhere(
    name: str, data: st.DataObject
) -> None:
    fleet = data.draw(fleets(table(name), account(name)))
    with tempfile.TemporaryDirectory() as folder, project(Path(folder), name, FILLED) as made:
        made.write(fleet)
        made.apply()
        with new_project(made.server, name) as used:
            before = shown(used)
            taken_over(used)
            assert shown(used) == before
            addresses = {number: address for address, number in used.ids().items()}
            with rebuilt(used, FILLED) as (again, twin):
                there = {number: address for address, number in again.ids().items()}
                found = comparable(shown(again), there, twin.ids)
                assert differences(comparable(before, addresses, twin.same), found) == []
