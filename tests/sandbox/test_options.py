"""Every option does what its name says, and none is without a case here."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agentops.sandbox import DEFAULT_TOKEN, HIDDEN_FIELDS, Fault, FaultKind, Options
from tests.sandbox.conftest import Opener
from tests.sandbox.revox_support import EVERYTHING, RETRY, WINDOW, added
from tests.sandbox.support import DUALPLEX, MULTIMODAL, OLDER, PIPELINE, connect, created, errors, fixture, listed, ok

Case = Callable[[Opener], None]
CASES: dict[str, Case] = {}


def case(*options: str) -> Callable[[Case], Case]:
    def register(function: Case) -> Case:
        CASES.update(dict.fromkeys(options, function))
        return function

    return register


@pytest.mark.parametrize("option", [field.name for field in fields(Options)])
def test_option(opened: Opener, option: str) -> None:
    CASES[option](opened)


@case("trim")
def _trim(opened: Opener) -> None:
    sandbox = opened(trim=True)
    client = connect(sandbox)
    number = created(
        client,
        system_prompt="  one\r\ntwo \n",
        variables={"a": " b "},
        tools=[{"type": "end_call", "description": " bye "}],
    )
    stored = sandbox.store.assistant(number)
    assert stored["system_prompt"] == "one\ntwo"
    assert stored["variables"] == {"a": "b"}
    assert stored["tools"][0]["description"] == "bye"
    assert errors(client.post("/user/assistant", json=PIPELINE | {"name": "  "})).keys() == {"name"}
    plain = opened()
    number = created(connect(plain), system_prompt="  one\r\ntwo \n")
    assert plain.store.assistant(number)["system_prompt"] == "  one\r\ntwo \n"


@case("ignore_unknown_keys")
def _ignore_unknown_keys(opened: Opener) -> None:
    sandbox = opened(ignore_unknown_keys=True)
    number = created(connect(sandbox), nonsense=1, tools=[{"type": "end_call", "extra": 1}])
    stored = sandbox.store.assistant(number)
    assert "nonsense" not in stored
    assert stored["tools"] == [{"type": "end_call"}]


@case("coerce_types")
def _coerce_types(opened: Opener) -> None:
    sandbox = opened(coerce_types=True)
    client = connect(sandbox)
    sent = {"voice_id": "1", "max_duration": "300", "ringing_time": 20.0, "llm_temperature": "0.25"}
    number = created(client, **sent, record=1, fillers="0")
    stored = sandbox.store.assistant(number)
    assert [stored[name] for name in sent] == [1, 300, 20, 0.25]
    assert (stored["record"], stored["fillers"]) == (True, False)
    for wrong in ({"max_duration": "x"}, {"max_duration": 300.5}, {"record": "yes"}, {"max_duration": True}):
        assert errors(client.put(f"/user/assistant/{number}", json=wrong)).keys() == wrong.keys()


@case("null_resets")
def _null_resets(opened: Opener) -> None:
    sandbox = opened(null_resets=True)
    client = connect(sandbox)
    number = created(client, max_duration=300, filler_config={"neutral": ["Hm"]}, tools=[{"type": "end_call"}])
    ok(client.put(f"/user/assistant/{number}", json={"max_duration": None, "filler_config": None, "tools": None}))
    stored = sandbox.store.assistant(number)
    assert (stored["max_duration"], stored["tools"]) == (600, [])
    assert stored["filler_config"]["neutral"] == ["Ok.", "I see."]
    assert errors(client.put(f"/user/assistant/{number}", json={"name": None})).keys() == {"name"}


@case("ignore_wrong_mode")
def _ignore_wrong_mode(opened: Opener) -> None:
    sandbox = opened(ignore_wrong_mode=True)
    client = connect(sandbox)
    number = created(client, MULTIMODAL, llm_model_id=2, fillers=True, transcriber_provider_id=1)
    stored = sandbox.store.assistant(number)
    assert [stored[key] for key in ("llm_model_id", "fillers", "transcriber_provider_id")] == [None, False, None]
    other = created(client, chat_llm_fallback_id=1)
    assert sandbox.store.assistant(other)["chat_llm_fallback_id"] is None
    ok(client.put(f"/user/assistant/{number}", json={"llm_model_id": 1}))
    assert sandbox.store.assistant(number)["llm_model_id"] is None


@case("strict_mode_change")
def _strict_mode_change(opened: Opener) -> None:
    sandbox = opened(strict_mode_change=False)
    client = connect(sandbox)
    number = created(client, fillers=True, allow_interruptions=False)
    ok(client.put(f"/user/assistant/{number}", json={"mode": "dualplex"}))
    assert sandbox.store.assistant(number)["fillers"] is True


@case("relaxed_interruptions")
def _relaxed_interruptions(opened: Opener) -> None:
    client = connect(opened(relaxed_interruptions=True))
    created(client, DUALPLEX, allow_interruptions=False)
    assert listed(client)[0]["allow_interruptions"] is False


@case("webhook_url_with_flag")
def _webhook_url_with_flag(opened: Opener) -> None:
    client = connect(opened(webhook_url_with_flag=True))
    number = created(client, webhook_url="https://example.com")
    path = f"/user/assistant/{number}"
    assert errors(client.put(path, json={"is_webhook_active": True})).keys() == {"webhook_url"}
    ok(client.put(path, json={"is_webhook_active": True, "webhook_url": "https://example.com"}))


@case("conversation_on_update")
def _conversation_on_update(opened: Opener) -> None:
    client = connect(opened("famulor", conversation_on_update=False))
    number = created(client, conversation_ended_retrigger=True)
    body = {"conversation_ended_retrigger": False}
    assert errors(client.put(f"/user/assistant/{number}", json=body)).keys() == body.keys()
    ok(connect(other := opened("famulor")).put(f"/user/assistant/{created(connect(other))}", json=body))


@case("per_page_over")
def _per_page_over(opened: Opener) -> None:
    client = connect(opened(per_page_over="refuse"))
    assert errors(client.get("/user/assistants/get?per_page=101")).keys() == {"per_page"}
    ok(client.get("/user/assistants/get?per_page=100"))


@case("tool_limit")
def _tool_limit(opened: Opener) -> None:
    client = connect(opened(tool_limit=7))
    body = {"name": "a", "description": "d", "endpoint": "https://example.com", "method": "GET"}
    ok(client.post("/user/tools", json=body), 201)
    assert "plan limit of 7" in ok(client.post("/user/tools", json=body), 422)["message"]


@case("list_envelope")
def _list_envelope(opened: Opener) -> None:
    short = ok(connect(opened("autocalls", list_envelope="short")).get("/user/assistants/get"))
    full = ok(connect(opened("famulor", list_envelope="full")).get("/user/assistants/get"))
    assert short.keys() == fixture("famulor.assistants-get").keys()
    assert full.keys() == fixture("autocalls.assistants-get.empty").keys()


@case("decimals")
def _decimals(opened: Opener) -> None:
    for platform, places, expected in (("autocalls", "one", "0.7"), ("famulor", "two", "0.70")):
        client = connect(opened(platform, decimals=places))
        created(client)
        assert listed(client)[0]["voice_stability"] == expected


@case("catalog_envelope")
def _catalog_envelope(opened: Opener) -> None:
    client = connect(opened(catalog_envelope=True))
    for path in ("assistants/languages", "assistants/voices", "assistants/models", "assistants/phone-numbers", "tools"):
        assert isinstance(ok(client.get(f"/user/{path}"))["data"], list)


@case("fill_tool_defaults")
def _fill_tool_defaults(opened: Opener) -> None:
    tools: list[dict[str, Any]] = [
        {"type": "collect_keypad"},
        {"type": "end_call"},
        {"type": "warm_call_transfer", "supervisor_phone": "+1234", "outbound_phone_id": 7, "description": "d"},
    ]
    read = {}
    for platform in ("autocalls", "famulor"):
        client = connect(opened(platform, fill_tool_defaults=True))
        created(client, tools=tools)
        read[platform] = [tool["data"] for tool in listed(client)[0]["tools"]]
    assert read["autocalls"][:2] == [{"timeout": 5, "stop_key": "#"}, {}]
    warm = read["autocalls"][2]
    assert (warm["hold_music_volume"], warm["caller_id_mode"], warm["outbound_phone_id"]) == (
        80,
        "outbound_number",
        "7",
    )
    assert warm["hold_message"] == "Please hold while I connect you with a supervisor."
    assert read["famulor"][2]["hold_message"] == "Please wait while I connect you to an agent."


@case("show_hidden")
def _show_hidden(opened: Opener) -> None:
    client = connect(opened(show_hidden=HIDDEN_FIELDS))
    sent = {"tool_ids": [5, 1], "folder_id": 2, "label_ids": [], "turn_detection_threshold": 0.7}
    created(client, MULTIMODAL, **sent)
    item = listed(client)[0]
    assert item.keys() >= HIDDEN_FIELDS
    assert {key: item[key] for key in sent} == sent
    assert item["secondary_language_ids"] is None
    other = connect(opened("intellixent", show_hidden=HIDDEN_FIELDS))
    created(other)
    assert not {"folder_id", "label_ids"} & listed(other)[0].keys()


@case("calcom_key")
def _calcom_key(opened: Opener) -> None:
    tool = {"type": "calendar_integration", "calcom_api_key": "cal_0123456789", "calcom_event_slug": "e"}
    for choice, expected in (("shown", "cal_0123456789"), ("masked", "********6789"), ("hidden", None)):
        client = connect(opened(calcom_key=choice))
        created(client, tools=[tool])
        assert listed(client)[0]["tools"][0]["data"].get("calcom_api_key") == expected


@case("fill_providers")
def _fill_providers(opened: Opener) -> None:
    for platform, choice, expected in (("autocalls", "always", 1), ("famulor", "never", None)):
        client = connect(opened(platform, fill_providers=choice))
        created(client)
        assert listed(client)[0]["synthesizer_provider_id"] == expected


@case("example_subset")
def _example_subset(opened: Opener) -> None:
    client = connect(opened("intellixent", example_subset=True))
    created(client)
    assert listed(client)[0].keys() == fixture("intellixent.assistants-get.example-subset")["data"][0].keys()


@case("empty_map_as_list")
def _empty_map_as_list(opened: Opener) -> None:
    client = connect(opened(empty_map_as_list=True))
    created(client)
    created(client, variables={"a": "b"})
    assert [item["variables"] for item in listed(client)] == [[], {"a": "b"}]


@case("show_deleted")
def _show_deleted(opened: Opener) -> None:
    client = connect(opened(show_deleted=True))
    number = created(client)
    created(client)
    ok(client.delete(f"/user/assistant/{number}"))
    assert [item["deleted_at"] for item in listed(client)] == ["2026-03-09T16:40:12.000000Z", None]
    assert ok(client.get("/user/assistants/get"))["total"] == 2
    ok(client.delete(f"/user/assistant/{number}"), 404)


@case("delete_keeps_number")
def _delete_keeps_number(opened: Opener) -> None:
    client = connect(opened(delete_keeps_number=True))
    body = PIPELINE | {"type": "inbound", "phone_number_id": 7}
    ok(client.delete(f"/user/assistant/{created(client, body)}"))
    assert errors(client.post("/user/assistant", json=body)).keys() == {"phone_number_id"}
    numbers = {number["id"]: number for number in ok(client.get("/user/assistants/phone-numbers"))}
    assert numbers[7]["is_available"] is False


@case("status_after_create")
def _status_after_create(opened: Opener) -> None:
    client = connect(opened(status_after_create="active"))
    assert ok(client.post("/user/assistant", json=PIPELINE), 201)["data"]["status"] == "active"
    older = connect(opened("autocalls-legacy", status_after_create="inactive"))
    assert ok(older.post("/user/assistant", json=OLDER), 201)["data"]["status"] == "inactive"


@case("tools_read")
def _tools_read(opened: Opener) -> None:
    for form, shown in (
        ("data", [{"type": "end_call", "data": {"description": "x"}}]),
        ("names", ["end_call"]),
        ("empty", []),
    ):
        client = connect(opened("autocalls-legacy", tools_read=form))
        created(client, OLDER, end_call_tool={"description": "x"})
        assert listed(client)[0]["tools"] == shown


@case("bare_assistants", "single_read")
def _undocumented_reads(opened: Opener) -> None:
    client = connect(opened(bare_assistants=True, single_read=True))
    number = created(client)
    expected = listed(client)
    assert ok(client.get("/user/assistants")) == expected
    assert ok(client.get(f"/user/assistant/{number}")) == {"data": expected[0]}
    ok(client.get("/user/assistant/1"), 404)


@case("enable_webhook")
def _enable_webhook(opened: Opener) -> None:
    client = connect(opened(enable_webhook=True))
    body = {"assistant_id": created(client), "webhook_url": "https://example.com"}
    ok(client.post("/user/assistants/enable-webhook", json=body))
    assert (listed(client)[0]["is_webhook_active"], listed(client)[0]["webhook_url"]) == (
        True,
        "https://example.com",
    )


@case("rate_limit", "rate_window", "rate_headers")
def _rate_limit(opened: Opener) -> None:
    times = [datetime(2026, 1, 1, tzinfo=UTC)]
    sandbox = opened(clock=lambda: times[0], rate_limit=2, rate_window=30)
    sandbox.store.add_account("2|other", "Other", "other@example.com")
    client = connect(sandbox)
    answers = [client.get("/user/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].headers["Retry-After"] == "30"
    assert answers[2].headers["X-RateLimit-Reset"] == str(int(times[0].timestamp()) + 30)
    assert answers[2].json() == {"message": "Too Many Attempts.", "retry_after": 30}
    ok(connect(sandbox, "2|other").get("/user/me"))
    times[0] += timedelta(seconds=30)
    ok(client.get("/user/me"))
    bare = connect(opened(rate_limit=0, rate_headers=False)).get("/user/me")
    assert bare.status_code == 429
    assert not {"retry-after", "x-ratelimit-limit"} & bare.headers.keys()


@case("guide_errors")
def _guide_errors(opened: Opener) -> None:
    sandbox = opened("famulor", guide_errors=True)
    wrong, without, right = (connect(sandbox, token) for token in ("wrong", None, DEFAULT_TOKEN))
    assert ok(wrong.get("/user/me"), 401) == fixture("autocalls-family.error.401.famulor-guide")
    assert ok(without.get("/user/me"), 401)["error"] == "Missing Authorization header"
    for status in (403, 429):
        with sandbox.faults.on(Fault(FaultKind.STATUS, status=status)):
            answer = right.get("/user/me")
        assert ok(answer, status) == fixture(f"autocalls-family.error.{status}.famulor-guide")


@case("list_order")
def _list_order(opened: Opener) -> None:
    client = connect(opened(list_order="newest"))
    for _ in range(3):
        created(client)
    assert [item["id"] for item in listed(client)] == [791, 790, 789]
    assert [item["id"] for item in listed(client, per_page=2, page=2)] == [789]


@case("schema_boolean")
def _schema_boolean(opened: Opener) -> None:
    client = connect(opened("famulor", schema_boolean=True))
    created(client)
    assert [item["type"] for item in listed(client)[0]["post_call_schema"]] == ["boolean", "string"]


@case("idle_knowledgebase_mode")
def _idle_knowledgebase_mode(opened: Opener) -> None:
    client = connect(opened(idle_knowledgebase_mode="hybrid"))
    created(client)
    created(client, knowledgebase_id=1, knowledgebase_mode="prompt")
    assert [item["knowledgebase_mode"] for item in listed(client)] == ["hybrid", "prompt"]


@case("ambient_off_as_null")
def _ambient_off_as_null(opened: Opener) -> None:
    client = connect(opened(ambient_off_as_null=True))
    created(client)
    created(client, ambient_sound="cafe")
    assert [item["ambient_sound"] for item in listed(client)] == [None, "cafe"]


@case("html_without_accept")
def _html_without_accept(opened: Opener) -> None:
    client = connect(opened(html_without_accept=True))
    answer = client.delete("/user/assistant/1", headers={"Accept": "*/*"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html")
    assert ok(client.delete("/user/assistant/1"), 404) == {"message": "Assistant not found"}


@case("default_voice", "fill_voice")
def _voices_of_revox(opened: Opener) -> None:
    katie = {"id": "voice-en-katie", "provider": "cartesia"}
    assert added(connect(opened("revox", default_voice=True)))["voice"] == katie
    client = connect(opened("revox", fill_voice=True))
    assert added(client)["voice"] is None
    filled = added(client, voice=katie | {"speed": 1.5})["voice"]
    assert filled == katie | {"speed": 1.5, "model": "sonic-3", "volume": 1}
    noah = {"id": "voice-en-0001", "provider": "elevenlabs"}
    assert added(client, voice=noah)["voice"] == noah | {"speed": 1}


@case("fill_retry_config", "plain_times")
def _retry_configurations_of_revox(opened: Opener) -> None:
    filled = added(connect(opened("revox", fill_retry_config=True)))["call_retry_config"]
    assert (filled["max_retry_attempts"], filled["calling_windows"][0]["retry_delay_seconds"]) == (3, 7200)
    client = connect(opened("revox", plain_times=True))
    assert added(client)["call_retry_config"] is None
    (window,) = added(client, call_retry_config=RETRY)["call_retry_config"]["calling_windows"]
    assert (window["calling_window_start_time"], window["calling_window_end_time"]) == ("09:30", "18:00")
    noon = WINDOW | {"calling_window_start_time": "12am", "calling_window_end_time": "12:15pm"}
    (window,) = added(client, call_retry_config=RETRY | {"calling_windows": [noon]})["call_retry_config"][
        "calling_windows"
    ]
    assert (window["calling_window_start_time"], window["calling_window_end_time"]) == ("00:00", "12:15")


@case("empty_list_as_null")
def _empty_list_as_null(opened: Opener) -> None:
    empty: dict[str, list[object]] = {
        **{"transfer_destinations": [], "custom_tools": [], "structured_output_config": []},
        **{"after_call_sms_outcomes": [], "email_notification_outcomes": []},
    }
    assistant = added(connect(opened("revox", empty_list_as_null=True)), **empty)
    assert {key: assistant[key] for key in empty} == dict.fromkeys(empty)
    assert assistant["faq_items"] == []


@case("plain_addresses")
def _plain_addresses(opened: Opener) -> None:
    client = connect(opened("revox", plain_addresses=True))
    assistant = added(client, email_notification_address=" a@example.com, b@example.com ")
    assert assistant["email_notification_address"] == "a@example.com,b@example.com"
    assert added(client)["email_notification_address"] is None


@case("mask_secrets")
def _mask_secrets(opened: Opener) -> None:
    sandbox = opened("revox", mask_secrets=True)
    assistant = added(connect(sandbox), EVERYTHING)
    assert assistant["llm_model"]["api_key"] == "********cret"
    assert assistant["custom_tools"][0]["headers"] == [{"key": "X-Api-Key", "value": "********1234"}]
    assert sandbox.store.assistant(assistant["id"])["llm_model"]["api_key"] == "sk-secret"
    assert added(connect(sandbox))["custom_tools"] is None


@case("faq_items")
def _faq_items(opened: Opener) -> None:
    for shown, single, listed_ in (("always", True, True), ("single", True, False), ("never", False, False)):
        client = connect(opened("revox", faq_items=shown))
        assistant = added(client)
        assert ("faq_items" in ok(client.get(f"/assistants/{assistant['id']}"))) is single
        assert ("faq_items" in ok(client.get("/assistants"))["assistants"][0]) is listed_


def test_revox_shares_the_options_of_requests(opened: Opener) -> None:
    client = connect(opened("revox", ignore_unknown_keys=True, trim=True, list_order="newest"))
    first, second = added(client, transfer_phone_number="+1"), added(client, name=" Other ")
    assert "transfer_phone_number" not in first
    assert second["name"] == "Other"
    assert [item["name"] for item in ok(client.get("/assistants"))["assistants"]] == ["Other", "Front Desk"]
    assert connect(opened("revox", rate_limit=0)).get("/assistants").status_code == 429


def test_every_option_says_what_it_does() -> None:
    source = inspect.getsource(Options)
    for field in fields(Options):
        line = source.split(f"    {field.name}: ")[1].split("\n")[1]
        assert line.strip().startswith('"""'), field.name
