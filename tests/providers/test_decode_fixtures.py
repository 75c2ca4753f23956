"""Every answer of a platform's documents, and the manifest form that it decodes to."""

import json
from typing import Any

import pytest

from agentops.domain.provider import LiveObject
from agentops.domain.values import Ref, Secret, Value
from agentops.providers.registry import platform
from agentops.providers.rest.adapter import NUMBERS_ONLY
from tests.providers.support import CASES, FIXTURES, answer, fixture, page, platform_of, scripted

LISTS = sorted(path.stem for path in FIXTURES.glob("*assistants-get*.json"))
KINDS = {"revox-assistants-list": "Assistant", "revox-phone-numbers-list": "PhoneNumber"}
"""Lists below a key of their own -> the kind of their objects."""
BARE = ["autocalls.assistants-bare.undocumented", "autocalls.assistants-outbound"]
CATALOGS = {
    "autocalls.folders": "folders",
    "autocalls.knowledgebases": "knowledgebases",
    "autocalls.labels": "labels",
    "autocalls.languages": "languages",
    "autocalls.models.dualplex": "multimodal_models",
    "autocalls.models.llm": "llm_models",
    "autocalls.models.multimodal": "multimodal_models",
    "autocalls.assistants-phone-numbers": "phone_numbers",
    "autocalls.assistants-phone-numbers.type-inbound": "phone_numbers",
    "famulor.phone-numbers-all": "phone_numbers",
    "autocalls.phone-numbers-all.before-nickname": "phone_numbers",
    "autocalls.synthesizer-providers": "synthesizer_providers",
    "autocalls.tools": "mid_call_tools",
    "autocalls.transcriber-providers": "transcriber_providers",
    "autocalls.voices": "voices",
    "autocalls.voices.mode-dualplex": "voices",
    "autocalls.voices.mode-multimodal": "voices",
    "autocalls.voices.mode-pipeline": "voices",
    "famulor.languages": "languages",
    "famulor.tools": "mid_call_tools",
    "autocalls-legacy.models": "llm_models",
    "autocalls-legacy.voices": "voices",
    "revox-voices-list": "voices",
}


def expected(name: str) -> Any:
    """What the case file of a fixture says."""
    return json.loads((CASES / "decode" / f"{name}.json").read_text(encoding="utf-8"))


def plain(value: Value) -> object:
    """A value as a case file writes it: references by ID, as a manifest may."""
    match value:
        case Ref():
            return {"id": value.id}
        case Secret():
            return {"secret": value.env or "read"}
        case list():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
    return value


def shown(live: LiveObject) -> dict[str, Any]:
    """A live object as a case file writes it."""
    values = {name: plain(value) for name, value in live.values.items()}
    shown = {"id": live.id, "name": live.name, "status": live.status, "values": values, "blocked": dict(live.blocked)}
    return shown | ({"losses": dict(live.losses)} if live.losses else {})


def decoded(name: str) -> list[dict[str, Any]]:
    """The assistants in a fixture, as one whole list."""
    data, kind = fixture(name), KINDS.get(name, "Assistant")
    if name in KINDS:
        provider, _ = scripted([answer(200, data)], platform=platform_of(name))
    else:
        items = data if isinstance(data, list) else data["data"]
        provider, _ = scripted([page(items, total=len(items), last=1)], platform=platform_of(name))
    return [shown(live) for live in provider.list(kind).values()]


@pytest.mark.parametrize("name", [*LISTS, *BARE, *KINDS])
def test_an_answer_decodes_to_the_manifest_form(name: str) -> None:
    assert decoded(name) == expected(name)


@pytest.mark.parametrize("name", sorted(CATALOGS))
def test_a_catalog_has_match_keys_and_qualifiers_under_their_manifest_names(name: str) -> None:
    data, kind = fixture(name), CATALOGS[name]
    provider, _ = scripted([answer(200, data)], platform=platform_of(name))
    scope = {"multimodal_models": "dualplex", "phone_numbers": NUMBERS_ONLY}.get(kind, "")
    catalog = provider.catalog((kind, scope))
    found = [{"id": item.id, "name": item.name, "properties": dict(item.properties)} for item in catalog.items]
    assert found == expected(name)


def test_every_list_of_the_documents_has_a_case() -> None:
    other = {
        "autocalls.api-keys",
        "autocalls.knowledgebase",
        "autocalls.knowledgebase-document",
        "autocalls.knowledgebase-documents",
        "autocalls.me",
        "autocalls.phone-numbers-search",
        "autocalls.phone-numbers-sip-trunks",
        "autocalls.tool",
        "famulor.tool",
        "revox-assistant-get",
        "revox-auth-status",
        "revox-call-get",
        "revox-calls-phone-history",
        "revox-campaign-export",
        "revox-campaign-get",
        "revox-campaign-rows",
        "revox-campaign-statistics",
        "revox-campaigns-list",
        "revox-users-me",
        "revox-voice-get",
    }
    writes = ("autocalls-family.error", "autocalls-family.write")
    answers = {path.stem for path in FIXTURES.glob("*.json") if not path.stem.startswith(writes)}
    assert answers == {*LISTS, *BARE, *KINDS, *CATALOGS, *other}


def test_both_catalog_envelopes_mean_the_same() -> None:
    items = fixture("autocalls.languages")
    bare, _ = scripted([page(items)])
    wrapped, _ = scripted([page(items, total=len(items), last=1)])
    key = ("languages", "")
    assert bare.catalog(key) == wrapped.catalog(key)


def test_all_platforms_decode_alike_but_for_their_own_fields() -> None:
    tables = [platform(name).kind_by_name["Assistant"].table for name in ("autocalls", "famulor", "intellixent")]
    names = [{row.name for row in table} for table in tables]
    assert names[0] == names[1] == names[2]
