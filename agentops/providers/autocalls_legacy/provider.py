"""The older dialect: the vocabulary of Autocalls in requests of other names, without much of what came since."""

from collections.abc import Mapping
from dataclasses import replace

from agentops.domain.catalog import CatalogKind
from agentops.domain.platform import Kind, Platform
from agentops.providers.autocalls.api import ACCOUNT, ASSISTANTS, catalog_apis
from agentops.providers.autocalls.catalogs import CATALOGS, without_nickname
from agentops.providers.autocalls.dialect import VARIABLES
from agentops.providers.autocalls_legacy.rules import RULES
from agentops.providers.autocalls_legacy.tables import ASSISTANT
from agentops.providers.rest.spec import ApiSpec, CatalogApi, Listing

_KINDS = ("languages", "voices", "llm_models", "phone_numbers", "mid_call_tools", "assistants")


def _older(kind: CatalogKind) -> CatalogKind:
    """The kind as the older dialect has it: no nicknames, and no catalog of voice providers to look names up in."""
    known = tuple(
        qualifier if qualifier.ref in ("", *_KINDS) else replace(qualifier, ref="") for qualifier in kind.qualifiers
    )
    return without_nickname(replace(kind, qualifiers=known))


def _catalog_apis() -> Mapping[str, CatalogApi]:
    current = catalog_apis(nicknames=False)
    changed = {
        # Items have a name and a mode only; every further qualifier is passed over with a warning.
        "voices": replace(current["voices"], properties={"name": "name"}),
        "llm_models": CatalogApi(Listing("/user/assistants/models"), {"name": "name"}),
    }
    return {kind: changed.get(kind, current[kind]) for kind in _KINDS}


PROVIDER = ApiSpec(
    Platform(
        name="autocalls-legacy",
        title="the older dialect",
        api_version="autocalls/v1",
        base_url="",
        kinds=(Kind("Assistant", "assistant", ASSISTANT, RULES),),
        catalogs=tuple(_older(kind) for kind in CATALOGS if kind.name in _KINDS),
        variables=VARIABLES,
    ),
    {"Assistant": ASSISTANTS},
    _catalog_apis(),
    ACCOUNT,
)
