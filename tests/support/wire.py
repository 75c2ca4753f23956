"""What the sandbox must hold for what a manifest says: a reading of the platforms' documents of its own.

Kept apart from the product's field tables on purpose: a wrong row there must not cancel itself out here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.account import Account
from tests.support.generate import SECRETS

REFERENCES = {
    "voice": ("voice_id", "voices"),
    "language": ("language_id", "languages"),
    "secondary_languages": ("secondary_language_ids", "languages"),
    "llm_model": ("llm_model_id", "llm_models"),
    "multimodal_model": ("multimodal_model_id", "multimodal_models"),
    "chat_llm_fallback": ("chat_llm_fallback_id", "llm_models"),
    "knowledgebase": ("knowledgebase_id", "knowledgebases"),
    "folder": ("folder_id", "folders"),
    "labels": ("label_ids", "labels"),
    "phone_number": ("phone_number_id", "phone_numbers"),
    "mid_call_tools": ("tool_ids", "mid_call_tools"),
    "synthesizer_provider": ("synthesizer_provider_id", "synthesizer_providers"),
    "transcriber_provider": ("transcriber_provider_id", "transcriber_providers"),
}
"""Key of `spec` -> key of the API, and the catalog that its IDs are from. All other keys have the same name."""

SETS = {"secondary_language_ids", "label_ids", "tool_ids"}
SCOPED = {"voices", "multimodal_models"}

AssistantId = Callable[[str], int]
"""The remote ID of the assistant that a manifest name means."""


def stored(spec: Mapping[str, Any], account: Account, assistant: AssistantId) -> dict[str, Any]:
    """`spec` as the API stores it."""
    return dict(_field(key, value, spec["mode"], account, assistant) for key, value in spec.items())


def _field(key: str, value: Any, mode: str, account: Account, assistant: AssistantId) -> tuple[str, Any]:
    if key in REFERENCES:
        wire, kind = REFERENCES[key]
        scope = mode if kind in SCOPED else ""
        if isinstance(value, list):
            return wire, sorted(account.id_of(kind, item, scope) for item in value)
        return wire, None if value is None else account.id_of(kind, value, scope)
    if key == "tools":
        return key, [_tool(tool, account, assistant) for tool in value]
    return key, plain(value)


def _tool(tool: Mapping[str, Any], account: Account, assistant: AssistantId) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for key, value in tool.items():
        match key:
            case "outbound_phone":
                written["outbound_phone_id"] = account.id_of("phone_numbers", value)
            case "assistant":
                written["assistant_id"] = assistant(value)
            case "calcom_api_key":
                written[key] = SECRETS[value["env"]]
            case _:
                written[key] = plain(value)
    return written


def plain(value: Any) -> Any:
    """Texts with LF line ends and without outer white space, at any depth."""
    match value:
        case str():
            return value.replace("\r\n", "\n").replace("\r", "\n").strip()
        case list():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
    return value


def comparable(row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row with its sets in order."""
    return {key: sorted(value) if key in SETS and value else value for key, value in row.items()}
