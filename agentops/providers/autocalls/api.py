"""The requests of the dialect."""

from collections.abc import Mapping

from agentops.domain.values import Value
from agentops.providers.rest.spec import AccountApi, CatalogApi, Join, Listing, ObjectApi, Property, Route

ACCOUNT = AccountApi("/user/me", ("email",))


def _forget_mode_without_knowledgebase(values: dict[str, Value]) -> None:
    # Without a knowledge base the mode has no meaning; reads show words there that cannot be written.
    if "knowledgebase" in values and values["knowledgebase"] is None:
        values.pop("knowledgebase_mode", None)


_INFORMATION = frozenset(
    {
        *("id", "user_id", "uuid", "status", "created_at", "updated_at", "deleted_at", "engine_id", "synthesizer_id"),
        *("transcriber_id", "instance_id", "flows_platform_id", "language", "compliance_blocked_at"),
    }
)

ASSISTANTS = ObjectApi(
    listing=Listing("/user/assistants/get", paged=True),
    create=Route("POST", "/user/assistant"),
    update=Route("PUT", "/user/assistant/{id}"),
    delete=Route("DELETE", "/user/assistant/{id}"),
    tidy=_forget_mode_without_knowledgebase,
    information=_INFORMATION,
)

_NUMBER_TYPES = {"normal": "normal", "dedicated number": "normal", "sip": "sip", "caller id": "caller_id"}


def _number_type(item: Mapping[str, object]) -> object:
    """`type` where the item has it, else what its label says."""
    label = item.get("type_label")
    return item.get("type") or (_NUMBER_TYPES.get(label.casefold(), label) if isinstance(label, str) else None)


_NAME = {"name": "name"}
_CODED = {"name": "name", "code": "code"}

_VOICE = {
    "name": "name",
    "language": "language_id",
    "provider": "synthesizer_provider_id",
    "gender": "gender",
    "accent": "accent",
    "age": "age",
}
_NUMBER: Mapping[str, Property] = {"phone_number": "phone_number", "type": _number_type, "country": "country_code"}

_NICKNAMES = Join(Listing("/user/phone-numbers/all"), {"nickname": "nickname"})


def catalog_apis(nicknames: bool) -> Mapping[str, CatalogApi]:
    """Where each catalog comes from; `nicknames` tells whether the platform's phone numbers have one."""
    models = Listing("/user/assistants/models")
    return {
        "languages": CatalogApi(Listing("/user/assistants/languages"), {"name": "name", "iso_2": "iso_2"}),
        "voices": CatalogApi(Listing("/user/assistants/voices"), _VOICE, scope="mode"),
        "llm_models": CatalogApi(models, _NAME, query={"type": "llm"}),
        "multimodal_models": CatalogApi(models, _CODED, scope="type", scopes=("multimodal", "dualplex")),
        "synthesizer_providers": CatalogApi(Listing("/user/assistants/synthesizer-providers"), _CODED),
        "transcriber_providers": CatalogApi(Listing("/user/assistants/transcriber-providers"), _CODED),
        "phone_numbers": CatalogApi(
            Listing("/user/assistants/phone-numbers"),
            _NUMBER,
            join=_NICKNAMES if nicknames else None,
        ),
        "knowledgebases": CatalogApi(Listing("/user/knowledgebases"), _NAME),
        "mid_call_tools": CatalogApi(Listing("/user/tools"), _NAME),
        "folders": CatalogApi(Listing("/user/folders", paged=True), _NAME),
        "labels": CatalogApi(Listing("/user/labels", paged=True), _NAME),
        "assistants": CatalogApi(ASSISTANTS.listing, _NAME),
    }
