"""A plan file gives back the plan, whatever is in it; anything else is refused."""

import json
from collections.abc import Mapping
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic, Severity, SourcePos
from agentops.domain.errors import ProjectError
from agentops.domain.fields import UNSET
from agentops.domain.plan import (
    Action,
    Basis,
    Cause,
    Change,
    Edit,
    FieldChange,
    Finding,
    OnConflict,
    Plan,
    PlanOptions,
)
from agentops.domain.state import Binding, Entry, Intent
from agentops.domain.values import Ref, Secret
from agentops.engine.diff import identical
from agentops.engine.order import waves
from agentops.engine.planfile import dump, parse
from tests.plan.fleet import Member, plan_for

texts = st.text(max_size=8) | st.sampled_from(["$ref", "$unset", "\u2028", "ü", "\ud800"])
ids = st.integers() | texts
refs = st.builds(Ref, texts, st.none() | ids, texts, texts, texts)
secrets = st.builds(Secret, texts, st.none() | texts)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
leaves = st.none() | st.booleans() | numbers | texts | refs | secrets
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
sides = values | st.just(UNSET)
maps = st.dictionaries(texts, values, max_size=3)
labels = st.dictionaries(texts, texts, max_size=2)
moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))
addresses = st.builds(Address, st.just("assistant"), st.sampled_from(["a", "b-1", "0"]))
paths = st.lists(st.integers(0, 5) | texts, max_size=3).map(tuple)
edits = st.builds(Edit, paths, sides, sides)
fields = st.builds(
    FieldChange, texts, st.sampled_from(Cause), sides, sides, sides, st.booleans(), st.booleans(), st.tuples(edits)
)
entries = st.builds(Entry, ids, maps, st.booleans(), st.integers(1, 3))
intents = st.builds(Intent, maps, moments, st.frozensets(ids, max_size=3), st.booleans())
changes = st.builds(
    Change,
    addresses,
    texts,
    st.sampled_from(Action),
    st.none() | ids,
    st.lists(fields, max_size=2).map(tuple),
    maps,
    maps,
    st.none() | entries,
    st.none() | intents,
    st.none() | addresses,
    st.booleans(),
    texts,
    texts,
    texts,
    labels,
)
findings = st.builds(
    Finding,
    texts,
    st.sampled_from(Severity),
    texts,
    st.lists(addresses, max_size=2).map(tuple),
    texts,
    texts,
    st.booleans(),
)
places = st.none() | st.builds(SourcePos, texts, st.integers(1), st.integers(1))
diagnostics = st.builds(Diagnostic, st.sampled_from(Severity), texts, texts, places, texts)
options = st.builds(
    PlanOptions,
    st.lists(addresses, max_size=2).map(tuple),
    st.lists(addresses, max_size=2).map(tuple),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(OnConflict),
)
plans = st.builds(
    Plan,
    st.builds(Binding, texts, texts, texts, texts, texts),
    st.booleans(),
    st.builds(Basis, texts, st.integers(0), texts, moments, texts),
    options,
    st.lists(changes, max_size=2).map(tuple),
    st.integers(0),
    st.lists(findings, max_size=2).map(tuple),
    st.lists(diagnostics, max_size=2).map(tuple),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(plans, max_size=2))
def test_what_was_saved_is_what_is_read(given_plans: list[Plan]) -> None:
    text = dump(given_plans)
    text.encode("utf-8")
    found = parse(text)
    assert found == tuple(given_plans)
    assert dump(found) == text
    for before, after in zip(given_plans, found, strict=True):
        for a, b in zip(before.changes, after.changes, strict=True):
            assert identical(dict(a.desired), dict(b.desired))
            assert list(a.desired) == list(b.desired)
            assert [repr(field) for field in a.fields] == [repr(field) for field in b.fields]


def test_a_saved_plan_makes_the_same_requests_in_the_same_order() -> None:
    there = {"a": Member(("b",), 1), "b": Member((), 2), "gone": Member((), 3)}
    wanted = {"a": Member(("c",), 2), "b": Member(("a",), 1), "c": Member(("b", "d"), 3), "d": Member(("c",))}
    plan = plan_for(wanted, there)
    (saved,) = parse(dump([plan]))
    assert waves(saved) == waves(plan)
    assert [repr(step) for wave in waves(saved) for step in wave] == [repr(s) for wave in waves(plan) for s in wave]


def good() -> dict[str, Any]:
    body: dict[str, Any] = json.loads(dump([plan_for({"a": Member(("b",), 1), "b": Member()}, {"b": Member()})]))
    return body


def broken() -> Mapping[str, Any]:
    def change(*path: Any, to: Any) -> dict[str, Any]:
        body = good()
        spot: Any = body
        for step in path[:-1]:
            spot = spot[step]
        spot[path[-1]] = to
        return body

    first = ("plans", 0, "changes", 0)
    return {
        "no map": [],
        "another kind": {**good(), "kind": "terraform"},
        "no kind": {"format": 1, "plans": []},
        "a later format": {**good(), "format": 3},
        "a format that is true": {**good(), "format": True},
        "no plans": {"format": 1, "kind": "agentops plan"},
        "plans that are text": {**good(), "plans": "x"},
        "a plan that is null": {**good(), "plans": [None]},
        "an unknown key": change("plans", 0, "extra", to=1),
        "a missing key": {**good(), "plans": [{k: v for k, v in good()["plans"][0].items() if k != "basis"}]},
        "an unknown action": change(*first, "action", to="explode"),
        "an address that is none": change(*first, "address", to="x"),
        "an address that is a number": change(*first, "address", to=7),
        "a flag that is a number": change(*first, "protect", to=1),
        "an ID that is a list": change(*first, "remote_id", to=[1]),
        "fields that are a map": change(*first, "fields", to={}),
        "a marker that is unknown": change(*first, "desired", "name", to={"$boom": 1}),
        "a reference without a kind": change(*first, "desired", "name", to={"$ref": {}}),
        "a time without a zone": change("plans", 0, "basis", "created", to="2026-01-01T00:00:00"),
        "a time that is none": change("plans", 0, "basis", "created", to="yesterday"),
    }


@pytest.mark.parametrize("name", broken())
def test_a_damaged_plan_file_is_refused(name: str) -> None:
    with pytest.raises(ProjectError) as caught:
        parse(json.dumps(broken()[name]))
    assert "agentops plan --out" in caught.value.hint


@pytest.mark.parametrize("text", ["", "{", "\x00", "[" * 100_000, dump([])[:-3], "nul", '{"format": NaN}'])
def test_what_is_no_plan_file_is_refused(text: str) -> None:
    with pytest.raises(ProjectError):
        parse(text)


def test_no_secret_is_in_the_file() -> None:
    tool = {"type": "calendar_integration", "calcom_api_key": Secret("CALCOM_KEY", "digest")}
    plan = plan_for({"a": Member(extra={"tools": [tool]})}, {})
    assert json.loads(dump([plan]))["plans"][0]["changes"][0]["desired"]["tools"][0]["calcom_api_key"] == {
        "$secret": {"env": "CALCOM_KEY", "digest": "digest"}
    }
