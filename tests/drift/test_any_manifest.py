"""Any manifests, one field of each edited on the platform to anything it may hold: written back, or left and named."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentops.domain.fields import FieldTable
from agentops.providers import registry
from agentops.sandbox import open_sandbox
from tests.drift.edits import Edited, edit, strays, texts, write_styled
from tests.support.account import Account, read_account
from tests.support.generate import Setting, Spec, fitting, fleets
from tests.support.project import project

SOME = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
"""Whole projects are made and applied: few examples."""

ALONE = {"mode", "type", "phone_number"}
"""Fields that take others with them, or that assistants hold one at a time."""


@pytest.mark.parametrize("name", registry.platforms())
@given(data=st.data())
@SOME
def test_what_is_written_touches_one_field_and_what_is_left_touches_nothing(name: str, data: st.DataObject) -> None:
    fleet = data.draw(fleets(_table(name), _account(name)))
    edits = [data.draw(_edits(name, key, spec, tuple(fleet))) for key, spec in fleet.items()]
    seed = data.draw(st.integers(0, 1000))
    with tempfile.TemporaryDirectory() as folder, project(Path(folder), name) as used:
        write_styled(used, fleet, seed)
        used.apply()
        before = texts(used)
        edit(used, edits)
        drifted = used.drift()
        outcome = used.run("drift", "--write")
        after = texts(used)
        left = {each.name for each in edits if f"  assistant.{each.name}  " in outcome.err}
        assert outcome.code == (0 if not left else 1 if left == drifted.keys() else 3), outcome
        for each in edits:
            faults = list(strays(before[each.name], after[each.name], each.field))
            assert not faults, (faults, outcome)
            moved = before[each.name] != after[each.name]
            assert moved == (each.name in drifted and each.name not in left), outcome
        shown = {change.address.name for change in used.plan().changes if change.is_shown}
        assert shown == left, outcome
        if not left:
            used.apply()
            assert not used.drift()


@st.composite
def _edits(draw: st.DrawFn, platform: str, name: str, spec: Spec, names: tuple[str, ...]) -> Edited:
    table = _table(platform)
    field = draw(st.sampled_from(sorted(spec.keys() - ALONE)))
    row = table[field]
    siblings = tuple(other for other in names if other != name)
    clears = (row.nullable or row.empties) and draw(st.integers(0, 4)) == 0
    nothing: list[Any] | None = None if row.nullable else []
    value = nothing if clears else draw(fitting(row, Setting(_account(platform), spec.get("mode", ""), siblings)))
    return Edited(name, field, spec, spec | {field: value})


@cache
def _account(name: str) -> Account:
    sandbox = open_sandbox(name, ":memory:")
    try:
        return read_account(sandbox.store.objects, name)
    finally:
        sandbox.close()


@cache
def _table(name: str) -> FieldTable:
    return registry.platform(name).kinds[0].table
