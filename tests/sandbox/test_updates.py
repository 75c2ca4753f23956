"""What an update changes and what it leaves; the rules between fields; what deletes take along."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from agentops.sandbox import Sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.support import DUALPLEX, MULTIMODAL, PIPELINE, connect, created, errors, listed, ok


def put(client: httpx.Client, number: int, **fields: Any) -> httpx.Response:
    return client.put(f"/user/assistant/{number}", json=fields)


def test_a_field_left_out_stays(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(client, tool_ids=[1], variables={"a": "b"})
    before = sandbox.store.assistant(number)
    ok(put(client, number, name="New"))
    assert sandbox.store.assistant(number) == before | {"name": "New"}


def test_lists_and_maps_are_replaced_as_a_whole(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(
        client,
        tools=[{"type": "end_call"}, {"type": "dtmf_input"}],
        variables={"a": "1", "b": "2"},
        filler_config={"neutral": ["Ok."], "question": ["Hm?"]},
        tool_ids=[1, 5],
    )
    changes: dict[str, Any] = {
        "tools": [{"type": "dtmf_input"}],
        "variables": {"c": "3"},
        "filler_config": {"negative": ["No."]},
        "tool_ids": [5],
        "post_call_schema": [],
    }
    ok(put(client, number, **changes))
    stored = sandbox.store.assistant(number)
    assert {key: stored[key] for key in changes} == changes


def test_updated_at_moves_with_a_change_only(opened: Opener) -> None:
    ticks = count()
    sandbox = opened(clock=lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(ticks)))
    client = connect(sandbox)
    number = created(client)
    before = sandbox.store.assistant(number)["updated_at"]
    ok(put(client, number, name=PIPELINE["name"]))
    ok(put(client, number))
    assert sandbox.store.assistant(number)["updated_at"] == before
    ok(put(client, number, name="New"))
    assert sandbox.store.assistant(number)["updated_at"] > before


def test_a_mode_change_resets_models_and_providers(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(client, llm_model_id=9, synthesizer_provider_id=2, transcriber_provider_id=2)
    before = sandbox.store.assistant(number)
    ok(put(client, number, mode="dualplex"))
    reset = {
        "mode": "dualplex",
        "llm_model_id": None,
        "multimodal_model_id": 4,
        "synthesizer_provider_id": None,
        "transcriber_provider_id": None,
    }
    assert sandbox.store.assistant(number) == before | reset
    ok(put(client, number, mode="pipeline"))
    assert sandbox.store.assistant(number)["llm_model_id"] == 1


def test_what_comes_with_a_mode_change_is_kept(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(client)
    sent = {"mode": "dualplex", "multimodal_model_id": 6, "synthesizer_provider_id": 3}
    ok(put(client, number, **sent))
    stored = sandbox.store.assistant(number)
    assert {key: stored[key] for key in sent} == sent


def test_the_same_mode_again_resets_nothing(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(client, llm_model_id=9, synthesizer_provider_id=2)
    before = sandbox.store.assistant(number)
    ok(put(client, number, mode="pipeline"))
    assert sandbox.store.assistant(number) == before


@pytest.mark.parametrize(
    "stored, field, text",
    [
        ({"fillers": True}, "fillers", "Fillers are only available in pipeline mode."),
        (
            {"allow_interruptions": False},
            "allow_interruptions",
            "Interruptions cannot be disabled in multimodal or dualplex mode.",
        ),
        (
            {"knowledgebase_id": 1, "knowledgebase_mode": "prompt"},
            "knowledgebase_mode",
            "Only function_call mode is available for multimodal assistants.",
        ),
        ({"voice_id": 7}, "voice_id", "The selected voice is not compatible with the chosen engine type."),
    ],
)
def test_a_mode_change_over_a_stored_field_that_does_not_fit(
    client: httpx.Client, stored: dict[str, Any], field: str, text: str
) -> None:
    number = created(client, **stored)
    assert errors(put(client, number, mode="dualplex")) == {field: [text]}


CROSS = (
    (PIPELINE, {"llm_model_id": "absent"}, "llm_model_id", "required when mode is pipeline"),
    (MULTIMODAL, {"multimodal_model_id": "absent"}, "multimodal_model_id", "required when mode is multimodal"),
    (DUALPLEX, {"multimodal_model_id": "absent"}, "multimodal_model_id", "required when mode is dualplex"),
    (PIPELINE, {"multimodal_model_id": 1}, "multimodal_model_id", "only available in multimodal or dualplex mode"),
    (MULTIMODAL, {"llm_model_id": 1}, "llm_model_id", "only available in pipeline mode"),
    (MULTIMODAL, {"multimodal_model_id": 6}, "multimodal_model_id", "is invalid"),
    (DUALPLEX, {"multimodal_model_id": 1}, "multimodal_model_id", "is invalid"),
    (PIPELINE, {"voice_id": 41}, "voice_id", "not compatible"),
    (PIPELINE, {"voice_id": 8}, "voice_id", "not compatible"),
    (MULTIMODAL, {"voice_id": 1}, "voice_id", "not compatible"),
    (DUALPLEX, {"voice_id": 7}, "voice_id", "not compatible"),
    (MULTIMODAL, {"knowledgebase_id": 1, "knowledgebase_mode": "prompt"}, "knowledgebase_mode", "Only function_call"),
    (DUALPLEX, {"knowledgebase_mode": "prompt"}, "knowledgebase_mode", "Only function_call"),
    (MULTIMODAL, {"allow_interruptions": False}, "allow_interruptions", "cannot be disabled"),
    (DUALPLEX, {"allow_interruptions": False}, "allow_interruptions", "cannot be disabled"),
    (MULTIMODAL, {"fillers": True}, "fillers", "only available in pipeline mode"),
    (DUALPLEX, {"transcriber_provider_id": 1}, "transcriber_provider_id", "only available in pipeline mode"),
    (PIPELINE, {"chat_llm_fallback_id": 1}, "chat_llm_fallback_id", "only available in multimodal"),
    (PIPELINE, {"turn_detection_threshold": 0.5}, "turn_detection_threshold", "only available in multimodal"),
    (PIPELINE, {"is_webhook_active": True}, "webhook_url", "required when is webhook active is true"),
    (PIPELINE, {"is_webhook_active": True, "webhook_url": None}, "webhook_url", "required when"),
    (PIPELINE, {"type": "inbound", "phone_number_id": 9}, "phone_number_id", "Caller ID"),
)


@pytest.mark.parametrize("base, changes, field, text", CROSS)
def test_rules_between_fields(
    client: httpx.Client, base: dict[str, Any], changes: dict[str, Any], field: str, text: str
) -> None:
    body = {key: value for key, value in (base | changes).items() if value != "absent"}
    found = errors(client.post("/user/assistant", json=body))
    assert found.keys() == {field}
    assert text in found[field][0]
    if "absent" not in changes.values():
        number = created(client, base)
        assert errors(put(client, number, **changes)) == found


@pytest.mark.parametrize("body", [PIPELINE, MULTIMODAL, DUALPLEX])
def test_what_every_mode_takes(client: httpx.Client, body: dict[str, Any]) -> None:
    created(
        client,
        body,
        allow_interruptions=True,
        fillers=False,
        knowledgebase_id=1,
        knowledgebase_mode="function_call",
        synthesizer_provider_id=1,
        chat_llm_fallback_id=None,
        turn_detection_threshold=None,
        transcriber_provider_id=None,
    )


def test_what_speech_modes_take(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(client, DUALPLEX, chat_llm_fallback_id=2, turn_detection_threshold=0.7)
    stored = sandbox.store.assistant(number)
    assert (stored["chat_llm_fallback_id"], stored["turn_detection_threshold"]) == (2, 0.7)


def test_a_stored_webhook_url_is_enough(client: httpx.Client) -> None:
    number = created(client, webhook_url="https://example.com")
    ok(put(client, number, is_webhook_active=True))
    assert errors(put(client, number, webhook_url=None)).keys() == {"webhook_url"}
    ok(put(client, number, webhook_url=None, is_webhook_active=False))


def test_what_the_portal_set_does_not_stop_other_updates(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(client, DUALPLEX)
    sandbox.store.edit_assistant(
        number,
        allow_interruptions=False,
        knowledgebase_mode="hybrid",
        max_duration=1800,
        voice_id=41,
        multimodal_model_id=None,
        tools=[{"type": "ghl_booking", "calendar": "x"}],
        filler_config={"enabled": True, "phrases": ["Um"]},
    )
    ok(put(client, number, name="New", mode="dualplex"))
    item = listed(client)[0]
    assert item["tools"] == [{"type": "ghl_booking", "data": {"calendar": "x"}}]
    assert (item["max_duration"], item["allow_interruptions"]) == (1800, False)
    assert item["filler_config"] == {"enabled": True, "phrases": ["Um"]}


INBOUND = PIPELINE | {"type": "inbound"}
TAKEN = {"phone_number_id": ["This phone number is already assigned to another inbound assistant."]}


def test_an_inbound_number_has_one_inbound_assistant(client: httpx.Client) -> None:
    first = created(client, INBOUND, phone_number_id=7)
    second = created(client, INBOUND)
    assert errors(put(client, second, phone_number_id=7)) == TAKEN
    assert errors(client.post("/user/assistant", json=INBOUND | {"phone_number_id": 7})) == TAKEN
    ok(put(client, first, phone_number_id=7))
    ok(put(client, first, phone_number_id=None))
    ok(put(client, second, phone_number_id=7))
    assert errors(put(client, first, phone_number_id=7)) == TAKEN


def test_outbound_assistants_share_numbers_and_may_use_caller_ids(client: httpx.Client) -> None:
    created(client, INBOUND, phone_number_id=7)
    outbound = created(client, phone_number_id=7)
    assert errors(put(client, outbound, type="inbound")) == TAKEN
    caller = created(client, phone_number_id=9)
    assert errors(put(client, caller, type="inbound")).keys() == {"phone_number_id"}


def test_deleting_an_assistant_frees_its_number(client: httpx.Client) -> None:
    number = created(client, INBOUND, phone_number_id=7)
    ok(client.delete(f"/user/assistant/{number}"))
    created(client, INBOUND, phone_number_id=7)


def test_a_deleted_assistant_is_gone(client: httpx.Client, sandbox: Sandbox) -> None:
    number = created(client)
    ok(client.delete(f"/user/assistant/{number}"))
    ok(client.delete(f"/user/assistant/{number}"), 404)
    ok(put(client, number, name="x"), 404)
    assert listed(client) == []
    assert sandbox.store.assistants() == []
    assert created(client) == number + 1


REFERRING = {
    "knowledgebase_id": (3, "/user/knowledgebases/3"),
    "phone_number_id": (6, "/user/phone-numbers/6"),
    "folder_id": (2, "/user/folder/2"),
}


@pytest.mark.parametrize("field", REFERRING)
def test_deleting_an_object_detaches_it(client: httpx.Client, sandbox: Sandbox, field: str) -> None:
    target, path = REFERRING[field]
    holding, other = created(client, **{field: target}), created(client, **{field: 1})
    ok(client.delete(path))
    assert sandbox.store.assistant(holding)[field] is None
    assert sandbox.store.assistant(other)[field] == 1


@pytest.mark.parametrize("field, path", [("tool_ids", "/user/tools/5"), ("label_ids", "/user/label/5")])
def test_deleting_an_object_takes_it_off_lists(client: httpx.Client, sandbox: Sandbox, field: str, path: str) -> None:
    holding, other = created(client, **{field: [1, 5, 2]}), created(client, **{field: [3]})
    ok(client.delete(path))
    assert sandbox.store.assistant(holding)[field] == [1, 2]
    assert sandbox.store.assistant(other)[field] == [3]


def test_a_normal_number_stays_until_it_is_paid_for(client: httpx.Client) -> None:
    ok(client.delete("/user/phone-numbers/7"))
    numbers = {item["id"]: item for item in ok(client.get("/user/phone-numbers/all"))["data"]}
    assert numbers[7]["has_active_subscription"] is False
    ok(client.delete("/user/phone-numbers/9"))
    assert 9 not in {item["id"] for item in ok(client.get("/user/phone-numbers/all"))["data"]}
