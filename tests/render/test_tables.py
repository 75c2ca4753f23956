"""Catalogs and states for reading."""

import json
from datetime import UTC, datetime

import pytest

from agentops.domain.catalog import Catalog, CatalogItem
from agentops.domain.state import Entry, Intent, State
from agentops.domain.values import Ref
from agentops.render.catalog import catalog_json, catalog_text
from agentops.render.state import state_show, state_table
from tests.render.plans import BINDING, KEY, PROMPT, SARAH, address

VOICES = Catalog(
    "voices",
    (
        CatalogItem(41, "Zoë", {"name": "Zoë", "language": Ref("languages", 1, "English"), "cloned": True}),
        CatalogItem(12, "sarah", {"name": "sarah", "language": "German", "provider": None}),
        CatalogItem("x-1", "你好", {}),
    ),
)
STATE = State(
    "lineage",
    3,
    BINDING,
    b"k" * 32,
    {
        address("b"): Entry(12, {"name": "B"}, protect=True),
        address("a"): Entry(
            789,
            {"name": "A", "voice": SARAH, "system_prompt": PROMPT, "tools": [{"type": "cal", "calcom_api_key": KEY}]},
        ),
    },
    {address("c"): Intent({"name": "C"}, datetime(2026, 1, 2, tzinfo=UTC))},
)


def test_catalog_is_an_aligned_table_without_empty_columns() -> None:
    assert catalog_text(VOICES, ("language", "provider")).split("\n") == [
        "ID   NAME   LANGUAGE     CLONED",
        "12   sarah  German",
        "41   Zoë    English (1)  yes",
        "x-1  你好",
    ]


def test_empty_catalog_says_so() -> None:
    assert catalog_text(Catalog("phone_numbers", ())) == "The account has no phone numbers."


def test_catalog_as_json_has_id_and_name_in_every_object() -> None:
    found = json.loads(json.dumps(catalog_json(VOICES)))
    assert found[0] == {"id": 12, "name": "sarah", "language": "German", "provider": None}
    assert found[1]["language"] == {"id": 1, "name": "English"}
    assert all({"id", "name"} <= item.keys() for item in found)


def test_state_table_has_ids_names_and_open_creates() -> None:
    assert state_table(STATE).split("\n") == [
        "ADDRESS      ID   NAME",
        "assistant.a  789  A",
        "assistant.b  12   B     protected",
        "assistant.c       C     a create whose outcome is not known yet, begun 2026-01-02 00:00:00 UTC",
    ]


def test_state_show_has_every_value_whole_and_no_secret() -> None:
    shown = state_show(STATE, address("a"))
    assert shown.split("\n")[:3] == ["# assistant.a:", "    id:            789", '    name:          "A"']
    assert '    voice:         "Sarah" (12)' in shown
    assert "30. Rule number 30" in shown
    assert "calcom_api_key: (sensitive value)" in shown
    assert KEY.digest is not None
    assert KEY.digest not in shown


def test_state_show_knows_an_open_create_and_refuses_the_unknown() -> None:
    assert "outcome is not known yet" in state_show(STATE, address("c"))
    with pytest.raises(KeyError):
        state_show(STATE, address("nobody"))
