"""The kinds of object that an account of this API may see, each with its stored fields' defaults."""

from __future__ import annotations

from agentops.sandbox.database import Row

_TIMES: Row = {"created_at": None, "updated_at": None}

KINDS: dict[str, Row] = {
    "language": {"name": None, "iso_2": None},
    "voice": {
        "name": None,
        "language_id": None,
        "gender": None,
        "preview_url": None,
        "accent": None,
        "age": None,
        "synthesizer_provider_id": None,
        "modes": ["pipeline", "dualplex"],
    },
    "llm_model": {"name": None, "modes": ["pipeline"]},
    "multimodal_model": {"name": None, "code": None, "modes": ["multimodal", "dualplex"]},
    "synthesizer_provider": {"name": None, "code": None, "language_ids": None},
    "transcriber_provider": {"name": None, "code": None, "language_ids": None},
    "phone_number": {
        "phone_number": None,
        "nickname": None,
        "country_code": "US",
        "type": "normal",
        "sms_capable": False,
        "region": None,
        "has_active_subscription": False,
        "sip_username": None,
        "sip_address": None,
        "sip_calling_format": "+e164",
        "inbound_authorization_type": "auth",
        "allowed_inbound_ips": None,
        "outbound_proxy": False,
        **_TIMES,
    },
    "tool": {
        "name": None,
        "description": None,
        "type": "http",
        "endpoint": None,
        "method": "GET",
        "body_format": "json",
        "timeout": 10,
        "headers": [],
        "static_fields": [],
        "schema": [],
        **_TIMES,
    },
    "knowledgebase": {"name": None, "description": None, **_TIMES},
    "document": {
        "knowledgebase_id": None,
        "name": None,
        "description": None,
        "type": "website",
        "status": "active",
        **_TIMES,
    },
    "folder": {"name": None, "color": None},
    "label": {"name": None, "color": None},
}
