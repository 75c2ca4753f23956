"""From a name to its ID and back, whatever the catalog holds."""

import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.domain.catalog import Catalog, CatalogItem, CatalogKey
from agentops.engine.matching import Matcher
from agentops.engine.names import fold, plain
from tests.plan.account import AUTOCALLS, CASES, catalogs

ACCOUNT = catalogs(CASES / "resolve" / "account.json")
EVERY_ITEM = [(key, item.id) for key, catalog in sorted(ACCOUNT.items()) for item in catalog.items]


@pytest.mark.parametrize(("key", "id_"), EVERY_ITEM, ids=str)
def test_an_id_becomes_a_reference_that_means_it(key: CatalogKey, id_: int) -> None:
    matcher = Matcher(AUTOCALLS, ACCOUNT)
    found = matcher.match(key, matcher.reference_for(key, id_))
    assert found.item is not None
    assert (found.item.id, found.faults) == (id_, ())


@pytest.mark.parametrize(
    ("kind", "id_", "reference"),
    [
        (("voices", "pipeline"), 5, "Zoë"),
        (("voices", "pipeline"), 1, {"name": "Sarah", "language": "English"}),
        (("voices", "pipeline"), 3, {"name": "Sarah", "language": "German", "provider": "Cartesia"}),
        (("voices", "pipeline"), 4, "sarah"),
        (("voices", "pipeline"), 8, {"id": 8}),
        (("languages", ""), 6, "de"),
        (("knowledgebases", ""), 2, {"id": 2}),
        (("phone_numbers", ""), 7, "+12025550107"),
        (("phone_numbers", ""), 99, {"id": 99}),
        (("tools of a catalog that was not fetched", ""), 1, {"id": 1}),
    ],
)
def test_a_reference_says_no_more_than_is_needed(kind: CatalogKey, id_: int, reference: object) -> None:
    assert Matcher(AUTOCALLS, ACCOUNT).reference_for(kind, id_) == reference


@pytest.mark.parametrize("id_", [True, 1.0, "1", None, [1]])
def test_an_id_of_another_type_is_unknown(id_: object) -> None:
    found = Matcher(AUTOCALLS, ACCOUNT).match(("languages", ""), {"id": id_})
    assert found.item is None
    assert [fault.code for fault in found.faults] == ["unknown-id"]


names = st.text(st.sampled_from("aAäÄeE\u0308 \t-ßsS"), min_size=1, max_size=5).filter(lambda text: bool(text.strip()))


def _languages(texts: list[str]) -> Mapping[CatalogKey, Catalog]:
    items = tuple(CatalogItem(number, text, {"name": text}) for number, text in enumerate(texts, 1))
    return {("languages", ""): Catalog("languages", items)}


@settings(max_examples=300, deadline=None)
@given(st.lists(names, min_size=1, max_size=6), names)
def test_one_rule_decides(texts: list[str], asked: str) -> None:
    def key(text: str) -> str:
        return unicodedata.normalize("NFC", unicodedata.normalize("NFC", " ".join(text.split())).casefold())

    fits = [number for number, text in enumerate(texts, 1) if key(text) == key(asked)]
    exact = [number for number in fits if plain(texts[number - 1]) == plain(asked)]
    meant = exact or fits if len(fits) > 1 else fits
    found = Matcher(AUTOCALLS, _languages(texts)).match(("languages", ""), asked)
    assert (found.item.id if found.item else None) == (meant[0] if len(meant) == 1 else None)
    assert bool(found.faults) == (len(meant) != 1)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert plain(plain(text)) == plain(text)
