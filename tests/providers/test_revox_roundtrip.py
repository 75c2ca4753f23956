"""What is particular to Revox on the way there and back: numbers, voices with settings, secrets, FAQ items."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentops.domain.errors import RejectedError
from agentops.domain.values import Ref, Secret, Value
from agentops.providers.rest.adapter import RestProvider
from agentops.sandbox import Sandbox
from tests.providers.conftest import OpenSandbox, provider_of
from tests.providers.support import CALCOM_KEY, SECRETS, plain

VOICE = {
    "name": Ref("voices", "cartesia/voice-en-liam"),
    "model": "sonic-3",
    "speed": 1.05,
    "volume": 2.0,
}
TOOL = {
    "name": "check_stock",
    "description": "Look up the stock.",
    "method": "POST",
    "url": "https://api.example.com/{{sku}}",
    "headers": [{"key": "X-Api-Key", "value": SECRETS.of_env("CALCOM_KEY")}],
    "query_params": [],
    "body_template": None,
    "input_schema": [{"name": "sku", "type": "string", "required": True}],
}
MODEL = {
    "type": "custom",
    "api_url": "https://llm.example.com/v1",
    "api_key": SECRETS.of_env("CALCOM_KEY"),
    "model_name": "m",
}


@pytest.fixture
def sandbox(opened: OpenSandbox) -> Sandbox:
    return opened("revox")


@pytest.fixture
def provider(sandbox: Sandbox) -> RestProvider:
    return provider_of(sandbox, "revox")


def created(provider: RestProvider, **values: Value) -> Any:
    return provider.create("Assistant", plain("revox") | values)


def headers(provider: RestProvider, id_: Any) -> object:
    """What reads show of the headers of an assistant's only tool."""
    tools = provider.list("Assistant")[id_].values["custom_tools"]
    assert isinstance(tools, list)
    (tool,) = tools
    return tool["headers"]


def number_rows(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in sandbox.store.objects("phone_number")}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_written_to_a_number_reads_back(sandbox: Sandbox, provider: RestProvider, data: st.DataObject) -> None:
    assistant = created(provider)
    rows = number_rows(sandbox)
    id_ = data.draw(st.sampled_from(sorted(rows)))
    links = [None] if rows[id_]["type"] == "verified_caller_id" else [None, Ref("assistants", assistant)]
    texts = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1)
    known: dict[str, st.SearchStrategy[Value]] = {
        "phone_number": st.just(rows[id_]["phone_number"]),
        "label": st.none() | texts,
        "inbound_assistant": st.sampled_from(links),
    }
    values = data.draw(st.fixed_dictionaries({}, optional=known))
    before = provider.list("PhoneNumber")[id_].values
    provider.update("PhoneNumber", id_, values)

    assert provider.list("PhoneNumber")[id_].values == {**before, **values}
    link = values.get("inbound_assistant")
    wire = {"label": values.get("label"), "inbound_assistant_id": link.id if isinstance(link, Ref) else None}
    sent = {key: wire[key] for key, name in zip(wire, ("label", "inbound_assistant"), strict=True) if name in values}
    assert next(entry for entry in reversed(sandbox.store.log()) if entry.method == "PATCH").json == sent
    assert number_rows(sandbox)[id_] == rows[id_] | sent


def test_numbers_are_there_already_and_stay(sandbox: Sandbox, provider: RestProvider) -> None:
    ids = set(number_rows(sandbox))
    assert provider.list("PhoneNumber").keys() == ids
    with pytest.raises(RejectedError, match="a PhoneNumber cannot be created"):
        provider.create("PhoneNumber", {"phone_number": "+12025550199"})
    with pytest.raises(RejectedError, match="a PhoneNumber cannot be deleted"):
        provider.delete("PhoneNumber", min(ids))
    assert set(number_rows(sandbox)) == ids


def test_a_voice_is_sent_as_provider_and_id_with_its_settings(sandbox: Sandbox, provider: RestProvider) -> None:
    id_ = created(provider, voice=VOICE)
    assert sandbox.store.assistant(id_)["voice"] == {
        "provider": "cartesia",
        "id": "voice-en-liam",
        "model": "sonic-3",
        "speed": 1.05,
        "volume": 2.0,
    }
    assert provider.list("Assistant")[id_].values["voice"] == VOICE


def test_a_voice_without_settings_has_none(sandbox: Sandbox, provider: RestProvider) -> None:
    id_ = created(provider, voice={"name": VOICE["name"]})
    assert sandbox.store.assistant(id_)["voice"] == {"provider": "cartesia", "id": "voice-en-liam"}
    assert provider.list("Assistant")[id_].values["voice"] == {"name": VOICE["name"]}


@pytest.mark.parametrize("voice", [{"provider": "cartesia"}, {"id": "voice-en-liam", "speed": 1}])
def test_half_a_voice_is_none(sandbox: Sandbox, provider: RestProvider, voice: dict[str, Any]) -> None:
    id_ = created(provider)
    sandbox.store.edit_assistant(id_, voice=voice)
    shown = provider.list("Assistant")[id_].values["voice"]
    assert isinstance(shown, dict)
    assert "name" not in shown


def test_secrets_are_sent_in_clear_and_known_by_their_digest(sandbox: Sandbox, provider: RestProvider) -> None:
    id_ = created(provider, llm_model=MODEL, custom_tools=[TOOL])
    row = sandbox.store.assistant(id_)
    assert row["llm_model"]["api_key"] == row["custom_tools"][0]["headers"][0]["value"] == CALCOM_KEY
    live = provider.list("Assistant")[id_].values
    assert live["llm_model"] == MODEL
    assert live["custom_tools"] == [{key: value for key, value in TOOL.items() if value is not None}]
    assert CALCOM_KEY not in repr(live)


def test_a_header_that_a_manifest_spells_out_is_a_secret_like_any_other(
    sandbox: Sandbox, provider: RestProvider
) -> None:
    tool = TOOL | {"headers": [{"key": "X-Api-Key", "value": SECRETS.of_text("spelt-out")}]}
    id_ = created(provider, custom_tools=[tool])
    assert sandbox.store.assistant(id_)["custom_tools"][0]["headers"][0]["value"] == "spelt-out"
    header = {"key": "X-Api-Key", "value": Secret("", SECRETS.digest("spelt-out"))}
    assert headers(provider, id_) == [header]


def test_masked_secrets_are_not_readable(opened: OpenSandbox) -> None:
    provider = provider_of(opened("revox", mask_secrets=True), "revox")
    id_ = created(provider, llm_model=MODEL, custom_tools=[TOOL])
    live = provider.list("Assistant")[id_].values
    assert live["llm_model"] == {key: value for key, value in MODEL.items() if key != "api_key"}
    assert headers(provider, id_) == [{"key": "X-Api-Key"}]


def test_a_sub_assistant_is_read_by_its_id_alone(provider: RestProvider) -> None:
    id_ = created(provider, type="sub-assistant")
    assert id_ not in provider.list("Assistant")
    live = provider.read("Assistant", id_)
    assert live is not None
    assert (live.name, live.values["type"]) == ("Front Desk", "sub-assistant")
    provider.delete("Assistant", id_)
    assert provider.read("Assistant", id_) is None


def test_what_the_platform_adds_to_the_faq_is_no_value_and_a_loss(sandbox: Sandbox, provider: RestProvider) -> None:
    items: list[Value] = [{"question": "Where?", "answer": "In Lyon."}]
    id_ = created(provider, faq_items=items)
    sandbox.store.add_question(id_, "Do you ship?")
    live = provider.list("Assistant")[id_]
    assert live.values["faq_items"] == items
    assert live.losses == {"faq_items": "1 FAQ item that Revox added or that nobody has answered"}


def test_no_retry_configuration_is_the_documented_one(provider: RestProvider) -> None:
    id_ = created(provider)
    assert provider.list("Assistant")[id_].values["call_retry_config"] == {
        "allowed_days": ["friday", "monday", "thursday", "tuesday", "wednesday"],
        "call_twice_in_a_row": False,
        "calling_windows": [
            {"calling_window_start_time": "10:00", "calling_window_end_time": "18:00", "retry_delay_seconds": 7200}
        ],
        "max_retry_attempts": 3,
    }


def test_running_and_paused_campaigns_rely_on_their_assistant(sandbox: Sandbox, provider: RestProvider) -> None:
    used, other = created(provider), created(provider)
    for status in ("running", "paused", "completed"):
        sandbox.store.add_campaign(assistant_id=used, name=status, status=status)
    assert provider.users("Assistant", {used, other}) == {
        used: (
            "the campaign 'running' is running and calls with it",
            "the campaign 'paused' is paused and calls with it",
        )
    }


def test_what_the_platform_says_of_a_field_leads_to_the_manifest(provider: RestProvider) -> None:
    tool = TOOL | {"method": "TRACE"}
    voice = VOICE | {"name": Ref("voices", "cartesia/nobody")}
    with pytest.raises(RejectedError, match="400: ") as caught:
        created(provider, voice=voice, custom_tools=[tool], background_sound_volume=3.0)
    assert caught.value.field_errors.keys() == {
        ("voice", "name"),
        ("custom_tools", 0, "method"),
        ("background_sound_volume",),
    }
