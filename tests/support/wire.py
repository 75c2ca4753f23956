"""What the sandbox must hold for what a manifest says: a reading of the platforms' documents of its own.

Kept apart from the product's field tables on purpose: a wrong row there must not cancel itself out here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from agentops.domain.values import RemoteId
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

SETS = {
    *("secondary_language_ids", "label_ids", "tool_ids"),
    *("after_call_sms_outcomes", "email_notification_outcomes", "outcomes", "allowed_days"),
}
"""Keys of lists whose order has no meaning."""

SCOPED = {"voices", "multimodal_models"}
VOICE_SETTINGS = {"model", "speed", "volume"}

AssistantId = Callable[[str], RemoteId]
"""The remote ID of the assistant that a manifest name means."""


def stored(spec: Mapping[str, Any], account: Account, assistant: AssistantId) -> dict[str, Any]:
    """`spec` as the API stores it."""
    return dict(_field(key, value, spec.get("mode", ""), account, assistant) for key, value in spec.items())


def _field(key: str, value: Any, mode: str, account: Account, assistant: AssistantId) -> tuple[str, Any]:
    if key == "from_phone_number":
        return key, None if value is None else account.id_of("phone_numbers", value)
    if key == "voice" and ("voices", "") in account.targets:
        return key, None if value is None else _voice(value, account)
    if key in REFERENCES and any(kind == REFERENCES[key][1] for kind, _ in account.targets):
        wire, kind = REFERENCES[key]
        scope = mode if kind in SCOPED else ""
        if isinstance(value, list):
            return wire, sorted(account.id_of(kind, item, scope) for item in value)
        return wire, None if value is None else account.id_of(kind, value, scope)
    if key == "tools":
        return key, [_tool(tool, account, assistant) for tool in value]
    return key, plain(value)


def _voice(value: Any, account: Account) -> dict[str, Any]:
    """A voice that its provider and ID name together, with its settings."""
    written = value if isinstance(value, dict) else {"name": value}
    bare = {key: item for key, item in written.items() if key not in VOICE_SETTINGS}
    spelt: Any = bare if isinstance(value, dict) and bare.keys() != {"name"} else bare["name"]
    provider, _, id_ = str(account.id_of("voices", spelt)).partition("/")
    return {"provider": provider, "id": id_} | {key: written[key] for key in VOICE_SETTINGS & written.keys()}


def _tool(tool: Mapping[str, Any], account: Account, assistant: AssistantId) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for key, value in tool.items():
        match key:
            case "outbound_phone":
                written["outbound_phone_id"] = account.id_of("phone_numbers", value)
            case "assistant":
                written["assistant_id"] = assistant(value)
            case _:
                written[key] = plain(value)
    return written


def plain(value: Any) -> Any:
    """Texts with LF line ends and without outer white space, and secrets in clear, at any depth."""
    match value:
        case {"env": str(name)} if len(value) == 1:
            return SECRETS[name]
        case str():
            return value.replace("\r\n", "\n").replace("\r", "\n").strip()
        case list():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
    return value


def comparable(row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row with its sets in order, and questions as a manifest has them."""
    return {key: _comparable(key, value) for key, value in row.items()}


def _comparable(key: str, value: Any) -> Any:
    if key in SETS and value:
        return sorted(value)
    if isinstance(value, dict):
        return {name: _comparable(name, item) for name, item in value.items()}
    if key == "faq_items" and value:
        return [{name: item[name] for name in ("question", "answer")} for item in value]
    if isinstance(value, list):
        return [_comparable("", item) for item in value]
    return value
