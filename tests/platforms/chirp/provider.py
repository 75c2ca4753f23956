"""Chirp: bots that understand a few fields of the vocabulary, under other names; a toy."""

from agentops.domain.catalog import CatalogKind
from agentops.domain.fields import Reference
from agentops.domain.platform import Kind, Platform
from agentops.providers.autocalls.tables import ASSISTANT
from agentops.providers.rest.spec import AccountApi, ApiSpec, CatalogApi, Listing, ObjectApi, Route

HAS = {"name", "type", "mode", "voice", "language", "timezone", "initial_message", "system_prompt", "record"}

TABLE = ASSISTANT.revise({row.name: {"absent": f"Chirp has no {row.name}"} for row in ASSISTANT if row.name not in HAS})
TABLE = TABLE.revise(
    {
        "name": {"wire": "title"},
        "initial_message": {"wire": "greeting", "max_length": 80, "limited": "up to 80 characters"},
        "voice": {"wire": "voice_key", "ref": Reference("voices")},
    }
)

BOTS = Listing("/bots", key="bots")

PROVIDER = ApiSpec(
    Platform(
        name="chirp",
        title="Chirp",
        api_version="autocalls/v1",
        base_url="https://chirp.example.com",
        kinds=(Kind("Assistant", "assistant", TABLE),),
        catalogs=(CatalogKind("voices"), CatalogKind("languages"), CatalogKind("assistants")),
    ),
    {
        "Assistant": ObjectApi(
            listing=BOTS,
            create=Route("POST", "/bots"),
            update=Route("PATCH", "/bots/{id}"),
            delete=Route("DELETE", "/bots/{id}"),
            new_id=("id",),
            name="title",
        )
    },
    {
        "voices": CatalogApi(Listing("/voices"), {"name": "label"}),
        "languages": CatalogApi(Listing("/languages"), {"name": "label"}),
        "assistants": CatalogApi(BOTS, {"name": "title"}),
    },
    AccountApi("/me", ("owner",)),
    ids=str,
)
