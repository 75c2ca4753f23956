"""Revox: where its API has what."""

from collections.abc import Mapping
from typing import Final

from agentops.domain.catalog import CatalogKind, Qualifier
from agentops.domain.platform import Kind, Platform
from agentops.domain.values import Values
from agentops.providers.rest.spec import AccountApi, ApiSpec, CatalogApi, Listing, ObjectApi, Property, Route, Users
from agentops.providers.revox.rules import RULES
from agentops.providers.revox.tables import ASSISTANT, FORMER, PHONE_NUMBER

_CATALOGS: Final = (
    CatalogKind(
        "voices",
        ("name",),
        tuple(map(Qualifier, ("provider", "language", "gender", "accent", "is_cloned"))),
        id_property="id",
    ),
    CatalogKind("phone_numbers", ("phone_number",), numbers=True, id_property="id"),
    CatalogKind("assistants"),
)


def _is_cloned(item: Mapping[str, object]) -> object:
    return item.get("isCloned") is True  # absent: no


_VOICE: Final[Mapping[str, Property]] = {
    "name": "name",
    "id": "id",
    "provider": "provider",
    "language": "language",
    "gender": "gender",
    "accent": "accent",
    "is_cloned": _is_cloned,
    "model_compat": "modelCompat",
}


def _campaign(row: Mapping[str, object]) -> str:
    if row.get("status") not in ("running", "paused"):
        return ""
    return f"the campaign {row.get('name')!r} is {row['status']} and calls with it"


def _is_unlisted(values: Values) -> bool:
    return values.get("type") == "sub-assistant"


_WHO_AND_WHEN: Final = frozenset({"id", "organization_id", "created_at", "created_by", "updated_at"})
_OF_ASSISTANTS: Final = frozenset({"is_inbound_receptionist", "is_realestate_assistant", "pending_faq_count"})
_OF_NUMBERS: Final = frozenset({"provider", "source", "type", "inbound_sip_uri", "livekit_outbound_trunk_id"})

_ASSISTANTS: Final = Listing("/assistants", key="assistants")
_NUMBERS: Final = Listing("/phone-numbers", key="phone_numbers")

PROVIDER: Final = ApiSpec(
    Platform(
        name="revox",
        title="Revox",
        api_version="revox/v1",
        base_url="https://www.getrevox.com/api",
        kinds=(
            Kind("Assistant", "assistant", ASSISTANT, RULES, unlisted=_is_unlisted, readable=True, former=FORMER),
            Kind("PhoneNumber", "phone_number", PHONE_NUMBER, creatable=False),
        ),
        catalogs=_CATALOGS,
    ),
    {
        "Assistant": ObjectApi(
            listing=_ASSISTANTS,
            create=Route("POST", "/assistants"),
            update=Route("PATCH", "/assistants/{id}"),
            delete=Route("DELETE", "/assistants/{id}"),
            read=Route("GET", "/assistants/{id}"),
            new_id=("assistant", "id"),
            information=_WHO_AND_WHEN | _OF_ASSISTANTS,
            users=(Users(Listing("/campaigns", key="campaigns"), "assistant_id", _campaign),),
        ),
        "PhoneNumber": ObjectApi(
            listing=_NUMBERS,
            create=None,
            update=Route("PATCH", "/phone-numbers/{id}"),
            delete=None,
            name="phone_number",
            information=_WHO_AND_WHEN | _OF_NUMBERS,
        ),
    },
    {
        "voices": CatalogApi(Listing("/voices", key="voices", identity=("provider", "id")), _VOICE),
        # An assistant names its number itself, not the number's ID.
        "phone_numbers": CatalogApi(
            Listing("/phone-numbers", key="phone_numbers", identity=("phone_number",)),
            {"phone_number": "phone_number", "id": "id"},
        ),
        "assistants": CatalogApi(_ASSISTANTS, {"name": "name"}),
    },
    AccountApi("/users/me", ("user", "organization_id")),
    ids=str,
)
