"""How assistants are read back."""

from __future__ import annotations

from typing import Any

from agentops.sandbox.calls import Call
from agentops.sandbox.database import Row
from agentops.sandbox.options import Options
from agentops.sandbox.revox.assistant_fields import RETRY_DEFAULTS
from agentops.sandbox.revox.requests import time
from agentops.sandbox.revox.values import minutes

_KEPT_TO_ITSELF = ("deleted_at",)
_LISTS = (
    *("structured_output_config", "transfer_destinations", "after_call_sms_outcomes"),
    *("email_notification_outcomes", "custom_tools"),
)
_DEFAULT_VOICE = {"id": "voice-en-katie", "provider": "cartesia"}


def assistant_item(call: Call, row: Row, *, single: bool = False) -> Row:
    """An assistant as it is read; `single`: on its own."""
    options = call.options
    item = {key: value for key, value in row.items() if key not in _KEPT_TO_ITSELF}
    for key in ("created_at", "updated_at"):
        item[key] = time(item[key])
    item["voice"] = _voice(item["voice"], options)
    item["call_retry_config"] = _retry_config(item["call_retry_config"], options)
    item["pending_faq_count"] = sum(bool(faq.get("needs_human_answer")) for faq in row["faq_items"])
    if options.faq_items == "never" or (options.faq_items == "single" and not single):
        del item["faq_items"]
    if options.empty_list_as_null:
        item |= {key: None for key in _LISTS if item[key] == []}
    if options.plain_addresses and item["email_notification_address"] is not None:
        item["email_notification_address"] = "".join(item["email_notification_address"].split())
    return _masked(item) if options.mask_secrets else item


def _voice(voice: Row | None, options: Options) -> Row | None:
    if voice is None and options.default_voice:
        voice = _DEFAULT_VOICE
    if voice is None or not options.fill_voice:
        return voice
    cartesia = {"model": "sonic-3", "volume": 1} if voice["provider"] == "cartesia" else {}
    return {"speed": 1, **cartesia, **voice}


def _retry_config(config: Row | None, options: Options) -> Row | None:
    if config is None and options.fill_retry_config:
        config = RETRY_DEFAULTS
    if config is None or not options.plain_times:
        return config
    return config | {"calling_windows": [_plain(window) for window in config["calling_windows"]]}


def _plain(window: Row) -> Row:
    return {key: _clock(value) if key.endswith("_time") else value for key, value in window.items()}


def _clock(text: str) -> str:
    hour, minute = divmod(minutes(text), 60)
    return f"{hour:02}:{minute:02}"


def _masked(item: Row) -> Row:
    if "api_key" in item["llm_model"]:
        item["llm_model"] = item["llm_model"] | {"api_key": _mask(item["llm_model"]["api_key"])}
    if item["custom_tools"]:
        item["custom_tools"] = [
            tool | {"headers": [header | {"value": _mask(header["value"])} for header in tool["headers"]]}
            for tool in item["custom_tools"]
        ]
    return item


def _mask(secret: Any) -> str:
    return "********" + str(secret)[-4:]
