"""The sandbox is no echo: each fixture's account is built by writes, and reads like the fixture.

Only catalogs, which no API writes, and phone numbers, which cost money, come in by another door.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from agentops.sandbox import OBSERVED_FIELDS, Sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.support import PIPELINE, connect, fixture, ok

SERVER_MADE = frozenset(
    {"id", "user_id", "uuid", "status", "created_at", "updated_at", "widget_settings", "compliance_blocked_at"}
)
READ_ONLY = SERVER_MADE | {
    *("deleted_at", "engine_id", "synthesizer_id", "transcriber_id", "instance_id", "flows_platform_id"),
    *("language", "inbound_webhook_url"),
}
DECIMALS = ("voice_stability", "voice_similarity", "llm_temperature", "speech_speed", "ambient_sound_volume")
NULLABLE = (
    *("phone_number_id", "knowledgebase_id", "synthesizer_provider_id", "transcriber_provider_id"),
    *("webhook_url", "min_interrupt_words", "max_initial_silence_duration", "reengagement_prompt"),
    "chat_llm_fallback_id",
)


def fill_catalogs(sandbox: Sandbox, languages: str) -> None:
    """What the fixtures' catalogs list, under the same ids."""
    store = sandbox.store
    for language in fixture(languages):
        store.add_language(**language)
    modes = {
        mode: {voice["id"] for voice in fixture(f"autocalls.voices.mode-{mode}")}
        for mode in ("pipeline", "multimodal", "dualplex")
    }
    for voice in fixture("autocalls.voices"):
        store.add_voice(**voice, modes=[mode for mode, ids in modes.items() if voice["id"] in ids])
    for model in fixture("autocalls.models.llm"):
        store.add_llm_model(**model)
    dualplex = {model["id"] for model in fixture("autocalls.models.dualplex")}
    for model in fixture("autocalls.models.multimodal"):
        both = ["multimodal", "dualplex"] if model["id"] in dualplex else ["multimodal"]
        store.add_multimodal_model(**model, modes=both)
    for provider in fixture("autocalls.synthesizer-providers"):
        store.add_synthesizer_provider(**provider)
    for provider in fixture("autocalls.transcriber-providers"):
        store.add_transcriber_provider(**provider)
    for number in fixture("famulor.phone-numbers-all")["data"]:
        store.add_phone_number(**{key: value for key, value in number.items() if key != "type_label"})
    for trunk in fixture("autocalls.phone-numbers-sip-trunks")["data"]:
        store.add_phone_number(type="sip", **trunk)


def written(item: dict[str, Any], ids: dict[int, int]) -> dict[str, Any]:
    """The body that makes an assistant read as this item; `ids`: the fixture's ids to the sandbox's."""
    body = {
        key: value for key, value in item.items() if key not in READ_ONLY and (value is not None or key in NULLABLE)
    }
    for key in DECIMALS:
        if key in body:
            body[key] = float(body[key])
    for key in ("fillers", "end_call_on_voicemail"):
        if key in body:
            body[key] = bool(body[key])
    if "tools" in body:
        body["tools"] = [{"type": tool["type"], **_written_data(tool["data"], ids)} for tool in body["tools"]]
    return body


def _written_data(data: dict[str, Any], ids: dict[int, int]) -> dict[str, Any]:
    if "outbound_phone_id" in data:
        return data | {"outbound_phone_id": int(data["outbound_phone_id"])}
    if "assistant_id" in data:
        return data | {"assistant_id": ids[data["assistant_id"]]}
    return data


def build(client: httpx.Client, items: list[dict[str, Any]]) -> dict[int, int]:
    """Creates knowledge bases and assistants; the fixture's ids to the sandbox's."""
    for base in fixture("autocalls.knowledgebases")["data"]:
        body = {"name": base["name"], "description": base["description"]}
        made = ok(client.post("/user/knowledgebases", json=body), 201)["data"]["id"]
        assert made == base["id"]
    ids: dict[int, int] = {}
    for item in items:
        body = written(item, ids)
        ids[item["id"]] = ok(client.post("/user/assistant", json=body), 201)["data"]["id"]
        if url := item.get("inbound_webhook_url"):
            toggle = {"assistant_id": ids[item["id"]], "webhook_url": url}
            ok(client.post("/user/assistants/enable-inbound-webhook", json=toggle))
    return ids


def comparable(item: dict[str, Any], ids: dict[int, int]) -> dict[str, Any]:
    """An item without what only the server makes, and with the sandbox's ids."""
    rest = {key: value for key, value in item.items() if key not in SERVER_MADE}
    if "tools" in rest:
        rest["tools"] = [{"type": tool["type"], "data": _mapped(tool["data"], ids)} for tool in rest["tools"]]
    return rest


def _mapped(data: dict[str, Any], ids: dict[int, int]) -> dict[str, Any]:
    return data | {"assistant_id": ids[data["assistant_id"]]} if "assistant_id" in data else data


def account(opened: Opener, platform: str, **options: Any) -> httpx.Client:
    sandbox = opened(platform, seed=False, **options)
    fill_catalogs(sandbox, "famulor.languages" if platform == "famulor" else "autocalls.languages")
    sandbox.store.reserve("knowledgebase", 31)
    return connect(sandbox)


CASES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("autocalls", "autocalls.assistants-get.empty", {}),
    ("famulor", "famulor.assistants-get", {}),
    ("intellixent", "intellixent.assistants-get", {}),
    ("autocalls", "autocalls-family.observed.assistants-get.extra-fields", {"show_hidden": OBSERVED_FIELDS}),
)


@pytest.mark.parametrize("platform, name, options", CASES)
def test_a_fixtures_account_built_by_writes_reads_like_it(
    opened: Opener, platform: str, name: str, options: dict[str, Any]
) -> None:
    expected = fixture(name, host="sandbox.invalid")
    client = account(opened, platform, **options)
    ids = build(client, expected["data"])
    answer = ok(client.get("/user/assistants/get", params={"per_page": expected["per_page"]}))
    assert [comparable(item, {new: new for new in ids.values()}) for item in answer.pop("data")] == [
        comparable(item, ids) for item in expected.pop("data")
    ]
    assert answer == expected


def test_the_two_pages_of_autocalls(opened: Opener) -> None:
    pages = [fixture(f"autocalls.assistants-get.page{page}", host="sandbox.invalid") for page in (1, 2)]
    client = account(opened, "autocalls")
    ids = build(client, [item for page in pages for item in page["data"]])
    same = {new: new for new in ids.values()}
    for number, expected in enumerate(pages, 1):
        answer = ok(client.get("/user/assistants/get", params={"per_page": 2, "page": number}))
        found = [comparable(item, same) for item in answer.pop("data")]
        assert found == [comparable(item, ids) for item in expected.pop("data")]
        assert answer == expected


@pytest.mark.parametrize(
    "name, path, options",
    [
        ("autocalls.assistants-outbound", "/user/assistants/outbound", {}),
        ("autocalls.assistants-bare.undocumented", "/user/assistants", {"bare_assistants": True}),
    ],
)
def test_the_lists_without_pages(opened: Opener, name: str, path: str, options: dict[str, Any]) -> None:
    pages = [fixture(f"autocalls.assistants-get.page{page}") for page in (1, 2)]
    client = account(opened, "autocalls", **options)
    ids = build(client, [item for page in pages for item in page["data"]])
    found = [comparable(item, {new: new for new in ids.values()}) for item in ok(client.get(path))]
    assert found == [comparable(item, ids) for item in fixture(name)]


def test_the_subset_that_intellixent_prints(opened: Opener) -> None:
    (expected,) = fixture("intellixent.assistants-get.example-subset")["data"]
    client = account(opened, "intellixent", example_subset=True)
    body = {key: value for key, value in PIPELINE.items() if key not in expected}
    build(client, [body | expected])
    (found,) = ok(client.get("/user/assistants/get"))["data"]
    assert comparable(found, {}) == comparable(expected, {})
    assert found.keys() == expected.keys()


def test_knowledge_bases_count_their_assistants(opened: Opener) -> None:
    items = [item for page in (1, 2) for item in fixture(f"autocalls.assistants-get.page{page}")["data"]]
    client = account(opened, "autocalls")
    build(client, items)
    counts = [base["assistants_count"] for base in ok(client.get("/user/knowledgebases"))["data"]]
    assert counts == [2, 0]


def test_the_assignable_numbers(opened: Opener) -> None:
    client = account(opened, "autocalls")
    build(client, fixture("autocalls.assistants-get.page1")["data"])
    for name, query in (("", {}), (".type-inbound", {"type": "inbound"})):
        answer = client.get("/user/assistants/phone-numbers", params=query)
        assert ok(answer) == fixture(f"autocalls.assistants-phone-numbers{name}")


@pytest.mark.parametrize(
    "name, path",
    [
        ("autocalls.voices", "/user/assistants/voices"),
        ("autocalls.voices.mode-pipeline", "/user/assistants/voices?mode=pipeline"),
        ("autocalls.voices.mode-multimodal", "/user/assistants/voices?mode=multimodal"),
        ("autocalls.voices.mode-dualplex", "/user/assistants/voices?mode=dualplex"),
        ("autocalls.languages", "/user/assistants/languages"),
        ("autocalls.models.llm", "/user/assistants/models"),
        ("autocalls.models.multimodal", "/user/assistants/models?type=multimodal"),
        ("autocalls.models.dualplex", "/user/assistants/models?type=dualplex"),
        ("autocalls.synthesizer-providers", "/user/assistants/synthesizer-providers"),
        ("autocalls.transcriber-providers", "/user/assistants/transcriber-providers"),
        ("autocalls.phone-numbers-sip-trunks", "/user/phone-numbers/sip-trunks"),
    ],
)
def test_catalogs_read_like_the_fixtures(opened: Opener, name: str, path: str) -> None:
    assert ok(account(opened, "autocalls").get(path)) == fixture(name)


def test_folders_and_labels_read_like_the_fixtures(opened: Opener) -> None:
    sandbox = opened(seed=False)
    fill_catalogs(sandbox, "autocalls.languages")
    sandbox.store.reserve("folder", 71)
    sandbox.store.reserve("label", 81)
    client = connect(sandbox)
    for kind in ("folder", "label"):
        for item in fixture(f"autocalls.{kind}s")["data"]:
            body = {"name": item["name"], "color": item["color"]}
            ok(client.post(f"/user/{kind}", json=body), 201)
    body = PIPELINE | {"voice_id": 201, "folder_id": 71}
    ok(client.post("/user/assistant", json=body | {"label_ids": [81]}), 201)
    ok(client.post("/user/assistant", json=body), 201)
    for kind in ("folder", "label"):
        assert ok(client.get(f"/user/{kind}s")) == fixture(f"autocalls.{kind}s")


def test_the_account_reads_like_the_fixture(opened: Opener) -> None:
    sandbox = opened(seed=False)
    me = fixture("autocalls.me")
    sandbox.store.add_account("9|ada", me["name"], me["email"], balance=me["total_balance"])
    assert ok(connect(sandbox, "9|ada").get("/user/me")) == me
