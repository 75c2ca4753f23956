"""Every answer of a platform's documents, and the manifest form that it decodes to."""

import json
from typing import Any

import pytest

from agentops.domain.provider import LiveObject
from agentops.domain.values import Ref, Secret, Value
from agentops.providers.registry import platforms
from agentops.providers.rest.adapter import NUMBERS_ONLY
from agentops.providers.rest.spec import Listing
from tests.providers.support import CASES, FIXTURES, SECRETS, SPECS, answer, fixture, page, platform_of, scripted, whole

LISTS = {
    **{path.stem: "Assistant" for path in sorted(FIXTURES.glob("*assistants-get*.json"))},
    "autocalls.assistants-bare.undocumented": "Assistant",
    "autocalls.assistants-outbound": "Assistant",
    "revox-assistants-list": "Assistant",
    "revox-phone-numbers-list": "PhoneNumber",
}
SINGLE = {"revox-assistant-get": "Assistant"}
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
    "autocalls-legacy.assistants-get": "assistants",
    "autocalls-legacy.models": "llm_models",
    "autocalls-legacy.voices": "voices",
    "famulor.languages": "languages",
    "famulor.tools": "mid_call_tools",
    "revox-assistants-list": "assistants",
    "revox-phone-numbers-list": "phone_numbers",
    "revox-voices-list": "voices",
}


def expected(name: str) -> Any:
    """What the case file of a fixture says; `{"secret": text}` stands for what is known of a secret."""
    text = (CASES / "decode" / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text, object_hook=lambda map_: _secret(map_) if map_.keys() == {"secret"} else map_)


def _secret(written: dict[str, str]) -> dict[str, Any]:
    return {"digest": SECRETS.digest(written["secret"])}


def plain(value: Value) -> object:
    """A value as a case file writes it: references by ID, as a manifest may."""
    match value:
        case Ref():
            return {"id": value.id}
        case Secret():
            return {"digest": value.digest}
        case list():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
    return value


def shown(live: LiveObject) -> dict[str, Any]:
    """A live object as a case file writes it."""
    values = {name: plain(value) for name, value in live.values.items()}
    found = {"id": live.id, "name": live.name, "status": live.status, "values": values, "blocked": dict(live.blocked)}
    return found | ({"losses": dict(live.losses)} if live.losses else {})


def items_of(data: Any, listing: Listing) -> list[dict[str, Any]]:
    """What a fixture lists, whatever its envelope."""
    found: list[dict[str, Any]] = data if isinstance(data, list) else data[listing.key]
    return found


def decoded(name: str, kind: str) -> list[dict[str, Any]]:
    """The objects in a fixture, as one whole list."""
    listing = SPECS[platform_of(name)].objects[kind].listing
    provider, _ = scripted([whole(listing, items_of(fixture(name), listing))], platform=platform_of(name))
    return [shown(live) for live in provider.list(kind).values()]


@pytest.mark.parametrize("name", LISTS)
def test_an_answer_decodes_to_the_manifest_form(name: str) -> None:
    assert decoded(name, LISTS[name]) == expected(name)


@pytest.mark.parametrize("name", SINGLE)
def test_an_object_that_is_read_alone_decodes_to_the_manifest_form(name: str) -> None:
    provider, _ = scripted([answer(200, fixture(name))], platform=platform_of(name))
    live = provider.read(SINGLE[name], fixture(name)["id"])
    assert live is not None
    assert shown(live) == expected(name)


@pytest.mark.parametrize("name", sorted(CATALOGS))
def test_a_catalog_has_match_keys_and_qualifiers_under_their_manifest_names(name: str) -> None:
    kind, platform = CATALOGS[name], platform_of(name)
    listing = SPECS[platform].catalogs[kind].listing
    provider, _ = scripted([whole(listing, items_of(fixture(name), listing))], platform=platform)
    scope = {"multimodal_models": "dualplex", "phone_numbers": NUMBERS_ONLY}.get(kind, "")
    catalog = provider.catalog((kind, scope))
    found = [{"id": item.id, "name": item.name, "properties": dict(item.properties)} for item in catalog.items]
    assert found == expected(f"{name}.catalog" if name in LISTS else name)


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
    assert answers == {*LISTS, *SINGLE, *CATALOGS, *other}


def test_an_assistant_reads_alike_alone_in_a_list_and_behind_a_number() -> None:
    alone = expected("revox-assistant-get")
    assert alone in expected("revox-assistants-list")
    (number, _) = expected("revox-phone-numbers-list")
    assert number["values"]["inbound_assistant"] == {"id": alone["id"]}


def test_both_catalog_envelopes_mean_the_same() -> None:
    items = fixture("autocalls.languages")
    bare, _ = scripted([page(items)])
    wrapped, _ = scripted([page(items, total=len(items), last=1)])
    key = ("languages", "")
    assert bare.catalog(key) == wrapped.catalog(key)


def test_all_platforms_of_a_vocabulary_decode_alike_but_for_their_own_fields() -> None:
    names: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    for name in platforms():
        platform = SPECS[name].platform
        for kind in platform.kinds:
            names.setdefault((platform.api_version, kind.name), set()).add(tuple(row.name for row in kind.table))
    assert {key: len(tables) for key, tables in names.items()} == dict.fromkeys(names, 1)
