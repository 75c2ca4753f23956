"""What the tests of the sandbox's Revox share: bodies, and requests that must succeed or be refused."""

from __future__ import annotations

from typing import Any

import httpx

from tests.sandbox.support import fixture, ok

MINIMUM: dict[str, Any] = {"name": "Front Desk", "prompt": "You answer calls for {{company}}."}

READ_ONLY = frozenset(
    {
        *("id", "organization_id", "created_at", "updated_at", "created_by", "pending_faq_count"),
        *("is_inbound_receptionist", "is_realestate_assistant"),
    }
)

WINDOW: dict[str, Any] = {
    "calling_window_start_time": "9:30am",
    "calling_window_end_time": "6pm",
    "retry_delay_seconds": 0,
}
RETRY: dict[str, Any] = {
    "allowed_days": ["monday", "sunday"],
    "call_twice_in_a_row": True,
    "calling_windows": [WINDOW],
    "max_retry_attempts": 2,
    "timezone": "Europe/Paris",
}
TOOL: dict[str, Any] = {
    "name": "check_stock",
    "description": "Look up the stock.",
    "method": "POST",
    "url": "https://api.example.com/{{sku}}",
    "headers": [{"key": "X-Api-Key", "value": "secret-1234"}],
    "query_params": [],
    "body_template": '{"sku": "{{sku}}"}',
    "input_schema": [{"name": "sku", "type": "string", "required": True}],
}

EVERYTHING: dict[str, Any] = {
    "name": "Lead qualifier",
    "prompt": "You qualify leads.",
    "first_sentence": "Hello.",
    "first_sentence_mode": "static",
    "first_sentence_delay_ms": 0,
    "end_of_call_sentence": "Bye.",
    "voice": {"id": "voice-en-liam", "provider": "cartesia", "model": "sonic-3", "speed": 1.05, "volume": 2},
    "llm_model": {"type": "custom", "api_url": "https://llm.example.com/v1", "api_key": "sk-secret", "model_name": "m"},
    "stt_model": "stt-rt-v4",
    "stt_context": {"general": [{"key": "domain", "value": "logistics"}], "terms": ["palette"]},
    "webhook_url": "https://example.com/hook",
    "max_call_duration_secs": 420.5,
    "max_duration_end_message": "Time is up.",
    "structured_output_config": [
        {"name": "interest", "type": "enum", "required": True, "enum_options": ["high", "low"], "description": "d"},
        {"name": "when", "type": "datetime", "required": False},
    ],
    "structured_output_prompt": "Extract from {{transcript}}.",
    "call_retry_config": RETRY,
    "background_sound": "audio/office.ogg",
    "background_sound_volume": 0.333,
    "thinking_sound": "hold_music.ogg",
    "thinking_sound_probability": 0,
    "thinking_sound_volume": 1,
    "transfer_destinations": [{"label": "Sales", "phone_number": "+33155501001"}],
    "human_transfer_mode": "warm",
    "warm_transfer_summary_instructions": "Give the name.",
    "ivr_navigation_enabled": True,
    "voicemail_message": "We will call back.",
    "voicemail_sms_prompt": "Say sorry.",
    "from_phone_number": "+33155501000",
    "sms_enabled": True,
    "sms_template": "https://example.com",
    "after_call_sms_outcomes": ["interested", "none"],
    "after_call_sms_prompt": "Thank {{first_name}}.",
    "email_notification_address": "a@example.com, b@example.com",
    "email_notification_outcomes": ["not_interested", "completed", "requested_callback_later"],
    "custom_tools": [TOOL],
    "faq_items": [{"question": "Where?", "answer": "In Lyon."}],
    "calendly": {"connection_id": "c1", "event_type_id": "https://api.calendly.com/event_types/1"},
    "slack": {
        "connection_id": "c2",
        "channels": [{"id": "C1"}, {"id": "C2", "name": None}],
        "outcomes": ["interested"],
        "template": "{{summary}}",
    },
    "zoho": {
        "connection_id": "c3",
        "module": "Leads",
        "field_mapping": [{"source": "email", "zoho_field": "Email"}],
        "log_call_activity": True,
        "outcomes": [],
        "template": None,
    },
    "cartesia_dictionary_pronunciation_id": "dict",
    "precall_lookup_url": "https://crm.example.com/?phone={{phone}}",
    "logo_url": "https://cdn.example.com/logo.png",
    "type": "multi-step",
    "position": {"x": 1, "y": -2.5},
    "prompt_flow": {
        "nodes": [
            {"id": "n1", "type": "promptBlock", "position": {"x": 0, "y": 0}, "data": {"title": "t", "body": ""}},
        ],
        "edges": [{"id": "e1", "source": "n1", "target": "n1"}],
    },
}
"""A value for every field that can be written."""


def added(client: httpx.Client, body: dict[str, Any] = MINIMUM, /, **changes: Any) -> dict[str, Any]:
    """A new assistant as the answer shows it."""
    assistant: dict[str, Any] = ok(client.post("/assistants", json=body | changes))["assistant"]
    return assistant


def patched(client: httpx.Client, assistant: str, **changes: Any) -> dict[str, Any]:
    """A changed assistant as the answer shows it."""
    changed: dict[str, Any] = ok(client.patch(f"/assistants/{assistant}", json=changes))["assistant"]
    return changed


def read(client: httpx.Client, assistant: str) -> dict[str, Any]:
    """One assistant."""
    found: dict[str, Any] = ok(client.get(f"/assistants/{assistant}"))
    return found


def items(client: httpx.Client, kind: str) -> list[dict[str, Any]]:
    """All items of a list: "assistants", "voices", "phone-numbers", "campaigns"."""
    answer = ok(client.get(f"/{kind}"))
    assert list(answer) == [kind.replace("-", "_")]
    found: list[dict[str, Any]] = answer[kind.replace("-", "_")]
    return found


def issues(answer: httpx.Response) -> dict[str, str]:
    """What a refusal tells, by path."""
    body = ok(answer, 400)
    assert body["message"] == body["issues"][0]["message"]
    return {".".join(map(str, issue["path"])): issue["message"] for issue in body["issues"]}


def questions(assistant: dict[str, Any]) -> list[tuple[str, str]]:
    """The question and answer of each FAQ item."""
    return [(item["question"], item["answer"]) for item in assistant["faq_items"]]


def page(name: str) -> Any:
    """An answer of Revox."""
    return fixture(f"revox-{name}")
