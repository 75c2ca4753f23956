"""A provider against the sandbox: accounts, catalogs, writes, many threads at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from agentops.domain.errors import ProjectError, RejectedError, UnavailableError, UnclearError, UsageError
from agentops.domain.provider import Provider
from agentops.domain.secrets import Secrets
from agentops.domain.values import Ref, Secret
from agentops.providers.registry import connect, platform, platforms
from agentops.providers.rest.adapter import NUMBERS_ONLY, RestProvider
from agentops.sandbox import Fault, FaultKind, Sandbox
from tests.providers.conftest import OpenSandbox, provider_of
from tests.providers.support import CALCOM_KEY, DUALPLEX, PIPELINE, SECRETS, answer, scripted
from tests.support.account import read_account

LABELLED = {
    name: replace(value, label="English" if name == "language" else "GPT-4.1-mini")
    if isinstance(value, Ref) and name != "voice"
    else value
    for name, value in PIPELINE.items()
}
LEAST: dict[str, dict[str, Any]] = {
    "autocalls/v1": LABELLED,
    "revox/v1": {"name": "Front Desk", "prompt": "You answer calls."},
}
"""Vocabulary -> the least that an assistant may have."""

CALENDAR = {"type": "calendar_integration", "calcom_api_key": Secret("CALCOM_KEY"), "calcom_event_slug": "demo"}


def requests(sandbox: Sandbox) -> list[str]:
    """What the sandbox was asked, in order."""
    return [f"{entry.method} {entry.path}" for entry in sandbox.store.log()]


@pytest.mark.parametrize("name", platforms())
def test_a_provider_keeps_the_protocol_on_every_platform(opened: OpenSandbox, name: str) -> None:
    sandbox = opened(name)
    provider: Provider = provider_of(sandbox, name)
    assert provider.platform is platform(name)
    assert provider.account()
    id_ = provider.create("Assistant", LEAST[provider.platform.api_version])
    assert provider.list("Assistant")[id_].name == "Front Desk"
    provider.update("Assistant", id_, {"name": "Reception"})
    assert provider.list("Assistant")[id_].values["name"] == "Reception"
    provider.delete("Assistant", id_)
    provider.delete("Assistant", id_)
    assert provider.list("Assistant") == {}
    provider.close()


def test_the_account_is_case_folded(opened: OpenSandbox) -> None:
    sandbox = opened()
    sandbox.store.add_account("2|other", "Other", "Someone.ELSE@Example.com")
    provider = connect("autocalls", token="2|other", secrets=SECRETS, wsgi_app=sandbox)
    assert provider.account() == "someone.else@example.com"


@pytest.mark.parametrize("body", [{}, {"email": None}, {"email": "  "}, {"email": 5}])
def test_an_account_without_a_name_is_an_error(body: dict[str, Any]) -> None:
    provider, _ = scripted([answer(200, body)])
    with pytest.raises(Exception, match="does not say whose account this is"):
        provider.account()


def test_a_wrong_token_is_refused(sandbox: Sandbox) -> None:
    provider = connect("autocalls", token="9|wrong", secrets=SECRETS, wsgi_app=sandbox)
    with pytest.raises(RejectedError, match="401: Unauthenticated") as caught:
        provider.account()
    assert "token" in caught.value.hint


@pytest.mark.parametrize("enveloped", [False, True])
@pytest.mark.parametrize("name", platforms())
def test_every_catalog_holds_what_the_platform_has(opened: OpenSandbox, name: str, enveloped: bool) -> None:
    sandbox = opened(name, catalog_envelope=enveloped)
    provider = provider_of(sandbox, name)
    account = read_account(sandbox.store.objects, name)
    for catalog in provider.platform.catalogs:
        if catalog.name != "assistants":
            found = provider.catalog((catalog.name, ""))
            named = [targets for (kind, _), targets in account.targets.items() if kind == catalog.name]
            assert {item.id for item in found.items} == {target.id for targets in named for target in targets}
            assert all(item.name and item.properties.keys() >= {catalog.match_keys[0]} for item in found.items)


def test_voices_and_models_are_those_of_the_mode(sandbox: Sandbox, provider: RestProvider) -> None:
    for kind, store, modes in (
        ("voices", "voice", ("pipeline", "multimodal", "dualplex")),
        ("multimodal_models", "multimodal_model", ("multimodal", "dualplex")),
    ):
        for mode in modes:
            ids = {item.id for item in provider.catalog((kind, mode)).items}
            assert ids == {row["id"] for row in sandbox.store.objects(store) if mode in row["modes"]}


def test_qualifiers_have_their_manifest_names(provider: RestProvider) -> None:
    voice = provider.catalog(("voices", "pipeline")).by_id[1]
    assert voice.properties == {
        "name": "Sarah",
        "language": 1,
        "provider": 1,
        "gender": "female",
        "accent": "American",
        "age": "Young",
    }


def test_numbers_have_their_nicknames_where_the_platform_has_any(opened: OpenSandbox) -> None:
    sandbox = opened()
    number = provider_of(sandbox).catalog(("phone_numbers", "")).by_id[7]
    assert number.name == "+12025550107"
    assert number.properties == {
        "phone_number": "+12025550107",
        "type": "normal",
        "country": "US",
        "nickname": "Main line",
    }
    assert requests(sandbox) == ["GET /user/assistants/phone-numbers", "GET /user/phone-numbers/all"]


@pytest.mark.parametrize(("name", "scope"), [("autocalls", NUMBERS_ONLY), ("intellixent", "")])
def test_nicknames_are_not_asked_for_when_nobody_needs_them(opened: OpenSandbox, name: str, scope: str) -> None:
    sandbox = opened(name)
    number = provider_of(sandbox, name).catalog(("phone_numbers", scope)).by_id[7]
    assert number.properties == {"phone_number": "+12025550107", "type": "normal", "country": "US"}
    assert requests(sandbox) == ["GET /user/assistants/phone-numbers"]


def test_assistants_are_a_catalog_too(provider: RestProvider) -> None:
    id_ = provider.create("Assistant", PIPELINE)
    assert provider.catalog(("assistants", "")).by_id[id_].name == "Front Desk"


def test_equal_values_make_equal_bytes(sandbox: Sandbox, provider: RestProvider) -> None:
    values = PIPELINE | {"variables": {"b": "1", "a": "2"}, "tools": [CALENDAR]}
    provider.create("Assistant", values)
    backwards = dict(reversed(values.items())) | {"variables": {"a": "2", "b": "1"}}
    provider.create("Assistant", backwards)
    first, second = (entry.body for entry in sandbox.store.log())
    assert first == second


def test_a_secret_is_sent_and_not_shown(sandbox: Sandbox, provider: RestProvider) -> None:
    id_ = provider.create("Assistant", PIPELINE | {"tools": [CALENDAR]})
    assert sandbox.store.assistant(int(id_))["tools"][0]["calcom_api_key"] == CALCOM_KEY
    assert provider.list("Assistant")[id_].values["tools"] == [
        {"type": "calendar_integration", "calcom_event_slug": "demo"}
    ]


def test_a_secret_without_a_variable_cannot_be_sent(sandbox: Sandbox, provider: RestProvider) -> None:
    with pytest.raises(RejectedError, match="known by its digest only"):
        provider.create("Assistant", PIPELINE | {"tools": [CALENDAR | {"calcom_api_key": Secret("", "ab")}]})
    with pytest.raises(ProjectError, match="the environment variable MISSING is not set"):
        provider.create("Assistant", PIPELINE | {"tools": [CALENDAR | {"calcom_api_key": Secret("MISSING")}]})
    assert requests(sandbox) == []


def test_other_secrets_share_the_connection(opened: OpenSandbox) -> None:
    sandbox = opened(calcom_key="shown")
    provider = provider_of(sandbox, secrets=Secrets(SECRETS.environ))
    id_ = provider.create("Assistant", PIPELINE | {"tools": [CALENDAR]})
    keyed = provider.with_secrets(SECRETS)
    assert keyed.caller is provider.caller
    assert keyed.list("Assistant")[id_].values["tools"] == [CALENDAR | {"calcom_api_key": SECRETS.of_env("CALCOM_KEY")}]


def test_the_status_and_the_mode_of_a_knowledge_base_are_as_they_are(opened: OpenSandbox) -> None:
    sandbox = opened()
    provider = provider_of(sandbox)
    id_ = int(provider.create("Assistant", PIPELINE | {"knowledgebase": Ref("knowledgebases", 1)}))
    sandbox.store.set_status(id_, "active")
    sandbox.store.edit_assistant(id_, knowledgebase_mode="hybrid")
    live = provider.list("Assistant")[id_]
    assert (live.status, live.values["knowledgebase_mode"]) == ("active", "hybrid")
    sandbox.store.edit_assistant(id_, knowledgebase_id=None)
    live = provider.list("Assistant")[id_]
    assert live.values["knowledgebase"] is None
    assert "knowledgebase_mode" not in live.values


def test_a_tool_that_nobody_knows_blocks_writing_tools(sandbox: Sandbox, provider: RestProvider) -> None:
    id_ = int(provider.create("Assistant", PIPELINE))
    sandbox.store.edit_assistant(id_, tools=[{"type": "calendly", "token": "t"}, {"type": "end_call"}])
    live = provider.list("Assistant")[id_]
    assert live.values["tools"] == [{"type": "calendly"}, {"type": "end_call"}]
    assert "'calendly'" in live.blocked["tools"]


def test_what_the_platform_says_of_a_field_leads_to_the_manifest(provider: RestProvider) -> None:
    schema = [
        {"name": "ok_name", "type": "bool", "description": "Done?"},
        {"name": "x", "type": "bool", "description": "D"},
    ]
    tools = [{"type": "end_call"}, {"type": "collect_keypad", "timeout": 99}]
    wrong = PIPELINE | {"voice": Ref("voices", 41), "speech_speed": 3.0, "post_call_schema": schema, "tools": tools}
    with pytest.raises(RejectedError, match="422: Validation failed") as caught:
        provider.create("Assistant", wrong)
    assert caught.value.field_errors.keys() == {
        ("voice",),
        ("speech_speed",),
        ("post_call_schema", 1, "name"),
        ("post_call_schema", 1, "description"),
        ("tools", 1, "timeout"),
    }


def test_an_answer_that_is_lost_after_a_create_is_unclear_and_not_repeated(
    sandbox: Sandbox, provider: RestProvider
) -> None:
    sandbox.faults.add(Fault(FaultKind.STATUS_AFTER, method="POST", path="/user/assistant", status=502))
    with pytest.raises(UnclearError):
        provider.create("Assistant", PIPELINE)
    assert len(sandbox.store.assistants()) == 1


@pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.TRUNCATED, FaultKind.WRONG_TYPE])
def test_a_create_that_is_answered_with_rubbish_is_unclear(
    sandbox: Sandbox, provider: RestProvider, kind: FaultKind
) -> None:
    sandbox.faults.add(Fault(kind, method="POST", path="/user/assistant"))
    with pytest.raises(UnclearError):
        provider.create("Assistant", PIPELINE)


@pytest.mark.parametrize(
    "kind", [FaultKind.STATUS, FaultKind.STATUS_AFTER, FaultKind.HTML, FaultKind.TRUNCATED, FaultKind.WRONG_TYPE]
)
def test_reads_survive_what_passes(
    sandbox: Sandbox, provider: RestProvider, waits: list[float], kind: FaultKind
) -> None:
    id_ = provider.create("Assistant", PIPELINE)
    sandbox.faults.add(Fault(kind, method="GET", times=2, status=503))
    assert list(provider.list("Assistant")) == [id_]
    assert len(waits) == 2


def test_a_deleted_object_stays_deleted_when_the_answer_is_lost(sandbox: Sandbox, provider: RestProvider) -> None:
    id_ = provider.create("Assistant", PIPELINE)
    sandbox.faults.add(Fault(FaultKind.STATUS_AFTER, method="DELETE", status=500))
    provider.delete("Assistant", id_)
    assert [request for request in requests(sandbox) if "DELETE" in request] == [f"DELETE /user/assistant/{id_}"] * 2


def test_a_rate_limit_of_the_platform_is_waited_for(opened: OpenSandbox) -> None:
    sandbox = opened(rate_limit=1)
    waits: list[float] = []
    provider = provider_of(sandbox, sleep=waits.append)
    provider.account()
    with pytest.raises(UnavailableError, match="429"):
        provider.account()
    assert all(wait > 1 for wait in waits)
    assert len(waits) >= 1


WRITES = {
    "create": lambda provider: provider.create("Assistant", PIPELINE),
    "update": lambda provider: provider.update("Assistant", 1, {"name": "B"}),
    "delete": lambda provider: provider.delete("Assistant", 1),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_connection_for_planning_sends_nothing_but_get(sandbox: Sandbox, write: str) -> None:
    provider = provider_of(sandbox, read_only=True)
    provider.list("Assistant")
    with pytest.raises(RejectedError, match="was not sent: this connection was opened to read only"):
        WRITES[write](provider)
    with pytest.raises(RejectedError):
        WRITES[write](provider.with_secrets(SECRETS))
    assert requests(sandbox) == ["GET /user/assistants/get"]
    WRITES["create"](provider.writable())
    assert len(sandbox.store.assistants()) == 1


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "0", "1e3", "٣", "9" * 30, "1 2"])
def test_an_id_that_cannot_be_one_is_refused(provider: RestProvider, text: str) -> None:
    with pytest.raises(UsageError, match="is no ID of an assistant on Autocalls; it is a whole number there"):
        provider.parse_id("Assistant", text)


def test_an_id_is_read_as_it_is_typed(provider: RestProvider) -> None:
    assert provider.parse_id("Assistant", " 789\n") == 789


def test_sixteen_threads_may_use_one_provider(opened: OpenSandbox) -> None:
    sandbox = opened()
    provider = provider_of(sandbox)

    def work(number: int) -> bool:
        mine = {**(PIPELINE if number % 2 else DUALPLEX), "name": f"Assistant {number}"}
        id_ = provider.create("Assistant", mine)
        provider.update("Assistant", id_, {"system_prompt": f"Prompt {number}"})
        live = provider.list("Assistant")[id_]
        return (live.name, live.values["system_prompt"]) == (f"Assistant {number}", f"Prompt {number}")

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(work, range(64)))
    assert len(sandbox.store.assistants()) == 64
