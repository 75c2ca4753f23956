"""Addresses made of names: readable, within the grammar, and the same next time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentops.domain.address import is_name
from agentops.domain.provider import LiveObject
from agentops.engine.naming import names_for, slug


@pytest.mark.parametrize(
    "name, expected",
    [
        ("Sales Berlin", "sales-berlin"),
        ("  Support & Billing (night) ", "support-billing-night"),
        ("Überweisung Straße", "ueberweisung-strasse"),
        ("Zoë’s café", "zoes-cafe"),
        ("Łódź Ørsted Þór", "lodz-orsted-thor"),
        ("İstanbul ılık", "istanbul-ilik"),
        ("Отдел продаж", "otdel-prodazh"),
        ("Ρόδος", "rodos"),
        ("客服", ""),
        ("---", ""),
        ("x" * 80, "x" * 63),
        ("a" * 62 + " b", "a" * 62),
    ],
)
def test_names_become_plain_words(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.lists(st.tuples(st.integers(1, 10**6), st.text(max_size=90)), unique_by=lambda pair: pair[0]))
def test_every_object_gets_a_name_of_its_own_within_the_grammar(pairs: list[tuple[int, str]]) -> None:
    found = names_for([LiveObject(id_, name, {}) for id_, name in pairs], {}, ())

    assert found.keys() == {id_ for id_, _ in pairs}
    assert len(set(found.values())) == len(found)
    assert all(map(is_name, found.values()))


@given(st.lists(st.sampled_from(["Sales", "sales", "Sales 2", "Front desk", "客服"]), min_size=1, max_size=9))
def test_what_comes_later_changes_no_name(names: list[str]) -> None:
    objects = [LiveObject(id_, name, {}) for id_, name in enumerate(names, 1)]
    before = names_for(objects[:-1], {}, ())

    assert names_for(objects, before, ()).items() >= before.items()


def test_lowest_id_has_the_bare_name_and_the_others_are_numbered_in_their_order() -> None:
    objects = [LiveObject(id_, "Sales", {}) for id_ in (30, 4, 200)]

    assert names_for(objects, {}, ()) == {4: "sales", 30: "sales-2", 200: "sales-3"}


def test_a_name_that_is_taken_is_not_given_again() -> None:
    objects = [LiveObject(1, "Sales", {}), LiveObject(2, "Other", {})]

    assert names_for(objects, {2: "sales"}, {"sales-2"}) == {2: "sales", 1: "sales-3"}


def test_a_number_is_not_given_that_another_has_by_its_own_name() -> None:
    objects = [LiveObject(1, "Sales", {}), LiveObject(2, "Sales", {}), LiveObject(3, "Sales 2", {})]

    assert names_for(objects, {}, ()) == {1: "sales", 2: "sales-3", 3: "sales-2"}
