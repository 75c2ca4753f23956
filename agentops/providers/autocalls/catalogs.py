"""The catalogs of the dialect: how references to each kind are matched."""

from dataclasses import replace

from agentops.domain.catalog import CatalogKind, Qualifier

CATALOGS = (
    CatalogKind("languages", ("name", "iso_2")),
    CatalogKind(
        "voices",
        ("name",),
        (
            Qualifier("language", ref="languages"),
            Qualifier("provider", ref="synthesizer_providers"),
            Qualifier("gender"),
            Qualifier("accent"),
            Qualifier("age"),
        ),
        scoped=True,
    ),
    CatalogKind("llm_models", ("name",)),
    CatalogKind("multimodal_models", ("name", "code"), scoped=True),
    CatalogKind("synthesizer_providers", ("name", "code")),
    CatalogKind("transcriber_providers", ("name", "code")),
    CatalogKind(
        "phone_numbers",
        ("phone_number", "nickname"),
        (Qualifier("type"), Qualifier("country"), Qualifier("nickname")),
        numbers=True,
    ),
    CatalogKind("knowledgebases"),
    CatalogKind("mid_call_tools"),
    CatalogKind("folders"),
    CatalogKind("labels"),
    CatalogKind("assistants"),
)


def without_nickname(kind: CatalogKind) -> CatalogKind:
    """The kind on a platform whose phone numbers have no nickname."""
    return replace(
        kind,
        match_keys=tuple(key for key in kind.match_keys if key != "nickname"),
        qualifiers=tuple(qualifier for qualifier in kind.qualifiers if qualifier.name != "nickname"),
    )
