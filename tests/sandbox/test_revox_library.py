"""The vendor's own client, which checks every answer against the published schema, talks to a served sandbox."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import revox

from agentops.sandbox import Sandbox, Server
from tests.sandbox.conftest import Opener
from tests.sandbox.revox_support import EVERYTHING, MINIMUM

NULLABLE: dict[str, Any] = dict.fromkeys(
    (
        *("max_duration_end_message", "structured_output_prompt", "background_sound", "thinking_sound"),
        *("transfer_destinations", "human_transfer_mode", "warm_transfer_summary_instructions"),
        *("voicemail_message", "voicemail_sms_prompt", "from_phone_number", "sms_template"),
        *("after_call_sms_outcomes", "after_call_sms_prompt", "email_notification_address"),
        *("email_notification_outcomes", "custom_tools", "calendly", "slack", "zoho", "stt_context"),
        *("cartesia_dictionary_pronunciation_id", "precall_lookup_url", "logo_url", "position", "prompt_flow"),
    )
)


@pytest.fixture
def sandbox(opened: Opener) -> Sandbox:
    return opened("revox")


@pytest.fixture
def server(sandbox: Sandbox) -> Iterator[Server]:
    with Server(sandbox) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[revox.Revox]:
    with library(server, server.token) as client:
        yield client


def library(server: Server, key: str) -> revox.Revox:
    """The vendor's client: strict, and without second attempts."""
    return revox.Revox(api_key=key, base_url=server.url, max_retries=0, _strict_response_validation=True)


def plain(model: Any) -> Any:
    """A model of the library as the JSON that it came from."""
    return model.to_dict(exclude_unset=True)


def test_the_key(client: revox.Revox, server: Server) -> None:
    assert client.auth_status.retrieve().authenticated is True
    assert client.users.retrieve().user.email == "sandbox@example.com"
    with library(server, "wrong") as other:
        for call in (other.auth_status.retrieve, other.assistants.list, other.users.retrieve):
            with pytest.raises(revox.AuthenticationError, match="Unauthorized"):
                call()


def test_voices(client: revox.Revox) -> None:
    voices = client.voices.list().voices
    assert len(voices) == 23
    for voice in voices:
        assert client.voices.retrieve(voice.id, provider=voice.provider).voice.name == voice.name
    audio = base64.b64encode(b"RIFF").decode()
    clone = client.voices.clone(name="Mine", language="en", audio=audio, content_type="audio/wav")
    assistant = client.assistants.create(name="a", prompt="b", voice={"id": clone.id, "provider": "cartesia"})
    with pytest.raises(revox.ConflictError):
        client.voices.delete(clone.id)
    client.assistants.delete(assistant.assistant.id)
    assert client.voices.delete(clone.id).success is True
    client.voices.preview(provider="cartesia", voice_id="voice-en-katie")
    with pytest.raises(revox.NotFoundError):
        client.voices.retrieve("none", provider="gradium")


@pytest.mark.parametrize("body", [MINIMUM, EVERYTHING])
def test_an_assistants_life(client: revox.Revox, body: dict[str, Any]) -> None:
    made = client.assistants.create(**body).assistant
    assert client.assistants.retrieve(made.id).to_dict() == made.to_dict()
    assert [item.id for item in client.assistants.list().assistants] == [made.id]
    copy = client.assistants.clone(made.id).assistant
    assert copy.name == f"{body['name']} (Copy)"
    assert client.assistants.update(made.id, name="Other").assistant.name == "Other"
    assert client.assistants.delete(made.id).success is True
    with pytest.raises(revox.NotFoundError):
        client.assistants.retrieve(made.id)
    assert [item.id for item in client.assistants.list().assistants] == [copy.id]


def test_every_field_is_read_back(client: revox.Revox) -> None:
    made = plain(client.assistants.create(**EVERYTHING).assistant)
    for key, value in EVERYTHING.items():
        if key != "faq_items":
            assert made[key] == value, key
    assert [(item["question"], item["answer"]) for item in made["faq_items"]] == [("Where?", "In Lyon.")]


@pytest.mark.parametrize("field", EVERYTHING)
def test_an_update_of_each_field(client: revox.Revox, field: str) -> None:
    made = client.assistants.create(**MINIMUM).assistant
    change: dict[str, Any] = {field: EVERYTHING[field]}
    changed = client.assistants.update(made.id, **change)
    assert changed.unpatched_calls_notice is None
    before, after = plain(made), plain(changed.assistant)
    assert {key for key in after if after[key] != before[key]} == {field}


def test_nulls_clear(client: revox.Revox) -> None:
    made = client.assistants.create(**EVERYTHING).assistant
    cleared = plain(client.assistants.update(made.id, **NULLABLE).assistant)
    assert {key: cleared[key] for key in NULLABLE} == NULLABLE
    assert plain(client.assistants.retrieve(made.id)) == cleared


@pytest.mark.parametrize(
    "field", ["voice", "webhook_url", "first_sentence", "call_retry_config", "structured_output_config"]
)
def test_some_nulls_are_refused(client: revox.Revox, field: str) -> None:
    made = client.assistants.create(**EVERYTHING).assistant
    with pytest.raises(revox.BadRequestError, match=field):
        client.assistants.update(made.id, extra_body={field: None})


@pytest.mark.parametrize(
    "model",
    [
        {"type": "dedicated-instance", "name": "ministral-3-8b-instruct"},
        {"type": "openrouter", "openrouter_model_id": "openai/gpt-4.1", "openrouter_provider": "azure"},
        {"type": "custom", "api_url": "https://llm.example.com", "api_key": "k", "model_name": "m"},
        {"type": "realtime", "provider": "google", "realtime_model_id": "m", "realtime_voice_id": "Puck"},
    ],
)
def test_language_models(client: revox.Revox, model: Any) -> None:
    made = client.assistants.create(name="a", prompt="b", llm_model=model).assistant
    assert plain(made)["llm_model"] == model


def test_the_platforms_own_items_and_notices(client: revox.Revox, sandbox: Sandbox) -> None:
    made = client.assistants.create(**MINIMUM).assistant
    sandbox.store.add_question(made.id, "When?")
    sandbox.store.add_queued_call(assistant_id=made.id)
    read = client.assistants.retrieve(made.id)
    assert read.faq_items is not None
    assert (read.faq_items[0].source, read.pending_faq_count) == ("ai", 1)
    notice = client.assistants.update(made.id, prompt="{{who}}").unpatched_calls_notice
    assert notice is not None
    assert (notice.count, notice.variables) == (1, ["who"])


def test_phone_numbers(client: revox.Revox) -> None:
    made = client.assistants.create(**EVERYTHING).assistant
    number = client.phone_numbers.list().phone_numbers[0]
    linked = client.phone_numbers.update(number.id, inbound_assistant_id=made.id, label="Desk").phone_number
    assert linked.inbound_assistant is not None
    assert plain(linked.inbound_assistant) == plain(made)
    assert client.phone_numbers.list().phone_numbers[0].to_dict() == linked.to_dict()
    free = client.phone_numbers.update(number.id, inbound_assistant_id=None, label=None).phone_number
    assert (free.inbound_assistant, free.label) == (None, None)
    assert client.phone_numbers.delete(number.id).success is True
    with pytest.raises(revox.NotFoundError):
        client.phone_numbers.update(number.id, label="x")


def test_sub_assistants(client: revox.Revox) -> None:
    sub = client.assistants.create(name="Step", prompt="Ask.", type="sub-assistant").assistant
    assert client.assistants.list().assistants == []
    assert client.assistants.retrieve(sub.id).type == "sub-assistant"


def test_campaigns(client: revox.Revox, sandbox: Sandbox) -> None:
    made = client.assistants.create(**MINIMUM).assistant
    for status in ("running", "paused"):
        sandbox.store.add_campaign(name="August", assistant_id=made.id, status=status)
    campaigns = client.campaigns.list().campaigns
    assert [(one.assistant_id, one.status) for one in campaigns] == [(made.id, "running"), (made.id, "paused")]
    assert client.campaigns.retrieve(campaigns[1].id).campaign.name == "August"


def test_refusals_carry_their_issues(client: revox.Revox) -> None:
    with pytest.raises(revox.BadRequestError) as caught:
        client.assistants.create(name="a", prompt="b", extra_body={"stt_model": "whisper"})
    assert caught.value.body == {
        "message": "The selected stt model is invalid.",
        "issues": [{"path": ["stt_model"], "message": "The selected stt model is invalid."}],
    }


@pytest.mark.parametrize(
    "options",
    [
        {"default_voice": True, "fill_voice": True, "fill_retry_config": True, "plain_times": True},
        {"empty_list_as_null": True, "plain_addresses": True, "mask_secrets": True, "faq_items": "never"},
    ],
)
def test_every_variant_of_reads_keeps_to_the_schema(opened: Opener, options: dict[str, Any]) -> None:
    with Server(opened("revox", **options)) as server, library(server, server.token) as client:
        for body in (MINIMUM, EVERYTHING):
            client.assistants.retrieve(client.assistants.create(**body).assistant.id)
        assert len(client.assistants.list().assistants) == 2
