"""What a sandbox of Revox begins with: an organization with voices, numbers and no assistant."""

from __future__ import annotations

from typing import Any

from agentops.sandbox.revox.kinds import identify
from agentops.sandbox.store import Store

_TIME = "2026-07-20T12:00:00.000000Z"

# id, provider, name, language, accent, gender, model; "-" is left out.
_VOICES = """
voice-en-katie   cartesia   Katie    en american   female universal
voice-en-liam    cartesia   Liam     en british    male   sonic-3
voice-en-olive   cartesia   Olive    en american   female sonic-3.5
voice-fr-camille cartesia   Camille  fr parisian   female universal
voice-fr-hugo    cartesia   Hugo     fr quebec     male   universal
voice-de-anna    cartesia   Anna     de -          female universal
voice-de-lukas   cartesia   Lukas    de -          male   sonic-3
voice-es-lucia   cartesia   Lucia    es castilian  female -
voice-ru-daria   cartesia   Daria    ru -          female sonic-3.5
voice-zh-mei     cartesia   Mei      zh -          female -
voice-en-0001    elevenlabs Noah     en american   male   -
voice-en-0003    elevenlabs Sarah    en american   female -
voice-fr-0001    elevenlabs Camille  fr -          female -
voice-fr-0002    elevenlabs Zoé      fr parisian   female -
voice-es-0001    elevenlabs Mateo    es mexican    male   -
voice-it-0001    elevenlabs Giulia   it -          female -
voice-pt-0001    elevenlabs Beatriz  pt brazilian  female -
voice-de-0001    elevenlabs Anna     de swiss      female -
voice-en-0002    gradium    Noah     en -          male   -
voice-en-0004    gradium    Ava      en australian female -
voice-fr-0003    gradium    Camille  fr -          female -
voice-de-0002    gradium    Max      de -          male   -
"""

_NUMBERS: tuple[dict[str, Any], ...] = (
    {"phone_number": "+12025550101", "label": "Main line", "livekit_outbound_trunk_id": "ST_trunk01"},
    {"phone_number": "+12025550102"},
    {"phone_number": "+33155501000", "label": "Paris", "livekit_outbound_trunk_id": "ST_trunk02"},
    {"phone_number": "+493055501004", "provider": "telnyx", "source": "revox_provisioned"},
    {"phone_number": "+12025550107", "provider": "telnyx", "source": "user_imported", "label": "Sales"},
    {
        "phone_number": "+15555550100",
        "provider": "sip",
        "source": "user_imported",
        "inbound_sip_uri": "sip:inbound@example.com",
    },
    {
        "phone_number": "+442079460109",
        "source": "user_imported",
        "type": "verified_caller_id",
        "label": "Head office",
    },
)


def fill(store: Store) -> None:
    """Fills the list of voices and the default account."""
    user = _user()
    store.add_user(**user)
    for line in _VOICES.split("\n"):
        if line:
            store.add_voice(**_voice(line.split()))
    store.add_voice(
        account=1,
        voice_id="voice-clone-0001",
        name="Our receptionist",
        isCloned=True,
        modelCompat="sonic-3",
    )
    author = {key: user[key] for key in ("id", "email", "first_name", "last_name")}
    for number in _NUMBERS:
        store.add_phone_number(**{"created_at": _TIME, "created_by": author} | number)


def _user() -> dict[str, Any]:
    return {
        "id": identify("user", 1),
        "email": "sandbox@example.com",
        "first_name": "Sandbox",
        "last_name": "Account",
        "organization_id": identify("organization", 1),
        "organization_country": "FR",
        "created_at": "2026-05-01T08:00:00.000000Z",
        "updated_at": "2026-05-01T08:00:00.000000Z",
    }


def _voice(parts: list[str]) -> dict[str, Any]:
    names = ("voice_id", "provider", "name", "language", "accent", "gender", "modelCompat")
    voice: dict[str, Any] = {name: None if part == "-" else part for name, part in zip(names, parts, strict=True)}
    return voice | {"description": f"{parts[5].capitalize()} voice of {parts[1]}"}
