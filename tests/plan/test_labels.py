"""Names for IDs that the platform shows without one."""

from agentops.domain.catalog import Catalog, CatalogItem
from agentops.domain.values import Ref, Values
from agentops.engine.labels import Labels

CATALOGS = {("voices", "pipeline"): Catalog("voices", (CatalogItem(1, "Sarah", {}),))}
APPLIED: list[Values] = [
    {"knowledgebase": Ref("knowledgebases", 4, "Product FAQ"), "voice": Ref("voices", 9, "Emma")},
    {"labels": [Ref("labels", 3, "VIP")]},
]


def label(ref: Ref) -> str:
    return Labels(CATALOGS, {}, APPLIED).of(ref)


def test_an_item_is_called_as_the_account_calls_it() -> None:
    assert label(Ref("voices", 1)) == "Sarah"


def test_what_no_manifest_refers_to_any_more_keeps_the_name_it_was_applied_with() -> None:
    assert label(Ref("knowledgebases", 4)) == "Product FAQ"
    assert label(Ref("labels", 3)) == "VIP"


def test_an_item_that_the_account_has_no_more_has_no_name() -> None:
    assert label(Ref("voices", 9)) == ""
    assert label(Ref("folders", 1)) == ""


def test_values_get_names_wherever_a_reference_stands() -> None:
    named = Labels(CATALOGS, {}, APPLIED).put_on_values({"a": [Ref("voices", 1)], "b": {"c": Ref("labels", 3)}})
    assert named == {"a": [Ref("voices", 1)], "b": {"c": Ref("labels", 3)}}
    assert [ref.label for ref in (named["a"][0], named["b"]["c"])] == ["Sarah", "VIP"]  # type: ignore[index]
