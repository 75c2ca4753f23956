"""The kinds of object that an organization may see, each with its stored fields' defaults, and their ids."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from agentops.sandbox.database import Row

_TIMES: Row = {"created_at": None, "updated_at": None}

KINDS: dict[str, Row] = {
    "user": {
        "email": None,
        "first_name": None,
        "last_name": None,
        "organization_id": None,
        "organization_country": None,
        "has_completed_onboarding": True,
        **_TIMES,
    },
    "voice": {
        # Ids of different providers may be the same, so the row has one of its own.
        "voice_id": None,
        "provider": "cartesia",
        "name": None,
        "language": "en",
        "description": "",
        "accent": None,
        "gender": None,
        "isCloned": None,
        "modelCompat": None,
    },
    "phone_number": {
        "created_at": None,
        "created_by": None,
        "inbound_assistant_id": None,
        "inbound_sip_uri": None,
        "label": None,
        "livekit_outbound_trunk_id": None,
        "phone_number": None,
        "provider": "twilio",
        "source": "revox_purchased",
        "type": "owned_number",
    },
    "campaign": {
        "assistant_id": None,
        "is_cancelled": False,
        "name": None,
        "organization_id": None,
        "status": "running",
        "call_retry_config": None,
        "created_by": None,
        "from_phone_number": None,
        "funnel_stats": {"hot": 0, "talked_to_human": 0, "total_leads": 0},
        "max_concurrent_calls": None,
        "metadata_keys": [],
        "row_stats": {
            **{"calling": 0, "completed": 0, "failed": 0, "not_launched": 0},
            **{"pending": 0, "retry": 0, "skipped": 0, "total": 0},
        },
        "scheduled_at": None,
        "structured_output_extraction": "none",
        **_TIMES,
    },
    "queued_call": {"assistant_id": None, "prompt_variables": {}},
}


def identify(kind: str, number: int) -> str:
    """The UUID of the object of a kind that is the first, second, third ... of it."""
    return str(uuid5(NAMESPACE_URL, f"revox/{kind}/{number}"))
