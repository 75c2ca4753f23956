"""The rules that look at several fields of an assistant at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from agentops.sandbox.checks import E164, Check
from agentops.sandbox.database import Database, Row
from agentops.sandbox.options import Options

_SPEECH = ("multimodal", "dualplex")


BOUND: Mapping[str, tuple[str, ...]] = {
    "llm_model_id": ("pipeline",),
    "multimodal_model_id": _SPEECH,
    "chat_llm_fallback_id": _SPEECH,
    "turn_detection_threshold": _SPEECH,
    "transcriber_provider_id": ("pipeline",),
}
"""Fields with a value in these modes only. (No page refuses a synthesizer in multimodal mode.)"""


@dataclass(frozen=True, slots=True)
class Write:
    """A create or update: the valid fields sent, the stored row before, and both merged."""

    sent: Row
    before: Row | None
    after: Row
    check: Check
    database: Database
    account: int

    @property
    def mode(self) -> str | None:
        """The mode that holds once this is written; None if none was given."""
        return self.after.get("mode")

    @property
    def options(self) -> Options:
        """The sandbox's options."""
        return self.check.options

    @property
    def changes_mode(self) -> bool:
        """Whether a stored assistant gets another mode."""
        return self.before is not None and self.before["mode"] != self.mode

    def concerns(self, *names: str) -> bool:
        """Whether any of these fields was sent, or the mode changes under a stored one."""
        return any(name in self.sent for name in names) or (self.changes_mode and self.options.strict_mode_change)

    def object(self, kind: str, name: str) -> Row | None:
        """What the reference in a field points at."""
        number = self.after.get(name)
        return None if number is None else self.database.get(kind, number, self.account)


def drop_wrong_mode(sent: Row, mode: str | None, bound: Mapping[str, tuple[str, ...]]) -> Row:
    """The fields sent, without those that are bound to another mode."""
    return {name: value for name, value in sent.items() if name not in bound or mode in bound[name] or value is None}


def _model_required(write: Write) -> None:
    name = "llm_model_id" if write.mode == "pipeline" else "multimodal_model_id"
    settled = write.before is not None and not write.changes_mode
    if not settled and write.mode is not None and write.after.get(name) is None:
        write.check.refuse(name, f"The {{}} field is required when mode is {write.mode}.")


def _bound_fields(write: Write) -> None:
    for name, modes in BOUND.items():
        if write.sent.get(name) is not None and write.mode is not None and write.mode not in modes:
            write.check.refuse(name, f"The {{}} field is only available in {' or '.join(modes)} mode.")


def _model_fits(write: Write) -> None:
    model = write.object("multimodal_model", "multimodal_model_id")
    sent = "multimodal_model_id" in write.sent or write.changes_mode
    if sent and model is not None and write.mode in _SPEECH and write.mode not in model["modes"]:
        write.check.refuse("multimodal_model_id", "The selected {} is invalid.")


def _voice_fits(write: Write) -> None:
    voice = write.object("voice", "voice_id")
    sent = "voice_id" in write.sent or write.changes_mode
    if sent and voice is not None and write.mode is not None and write.mode not in voice["modes"]:
        text = "The selected voice is not compatible with the chosen engine type."
        write.check.refuse("voice_id", text)


def _knowledgebase_mode(write: Write) -> None:
    stored_counts = "knowledgebase_mode" in write.sent or write.after.get("knowledgebase_id") is not None
    wrong = write.after.get("knowledgebase_mode") not in (None, "function_call")
    if write.mode in _SPEECH and wrong and stored_counts and write.concerns("knowledgebase_mode"):
        text = "Only function_call mode is available for multimodal assistants."
        write.check.refuse("knowledgebase_mode", text)


def _interruptions(write: Write) -> None:
    refused = write.mode in _SPEECH and write.after.get("allow_interruptions") is False
    if refused and write.concerns("allow_interruptions") and not write.options.relaxed_interruptions:
        text = "Interruptions cannot be disabled in multimodal or dualplex mode."
        write.check.refuse("allow_interruptions", text)


def _fillers(write: Write) -> None:
    if write.mode in _SPEECH and write.after.get("fillers") and write.concerns("fillers"):
        if write.options.ignore_wrong_mode:
            write.after["fillers"] = False
        else:
            write.check.refuse("fillers", "Fillers are only available in pipeline mode.")


def _webhook(write: Write) -> None:
    concerned = "is_webhook_active" in write.sent or "webhook_url" in write.sent
    given = write.sent if write.options.webhook_url_with_flag and "is_webhook_active" in write.sent else write.after
    if concerned and write.after.get("is_webhook_active") and not given.get("webhook_url"):
        text = "The webhook url field is required when is webhook active is true."
        write.check.refuse("webhook_url", text)


def _inbound_number(write: Write) -> None:
    number = write.object("phone_number", "phone_number_id")
    concerned = "phone_number_id" in write.sent or "type" in write.sent
    if number is None or not concerned or write.after.get("type") != "inbound":
        return
    kept = write.options.delete_keeps_number
    holders = set(write.database.holders(number["id"], write.account, deleted=kept))
    if number["type"] == "caller_id":
        text = "Caller ID phone numbers cannot be used for inbound assistants."
        write.check.refuse("phone_number_id", text)
    elif holders - {write.after.get("id")}:
        text = "This phone number is already assigned to another inbound assistant."
        write.check.refuse("phone_number_id", text)


def _tools(write: Write) -> None:
    for index, tool in enumerate(write.sent.get("tools", ())):
        for name, text in _tool_faults(tool, write.before):
            write.check.refuse(f"tools.{index}.{name}", text)


def _tool_faults(tool: Row, before: Row | None) -> list[tuple[str, str]]:
    faults = []
    match tool["type"]:
        case "warm_call_transfer":
            if not tool.get("custom_sip") and not re.fullmatch(E164, tool["supervisor_phone"]):
                faults.append(("supervisor_phone", "The {} field format is invalid."))
            if "custom_caller_id" in tool and tool.get("caller_id_mode") != "custom":
                text = "The {} field is only allowed when caller_id_mode is custom."
                faults.append(("custom_caller_id", text))
        case "calendar_integration":
            if "calcom_custom_endpoint" in tool and tool.get("calcom_endpoint") != "custom":
                text = "The {} field is only allowed when calcom_endpoint is custom."
                faults.append(("calcom_custom_endpoint", text))
        case "assistant_transfer":
            if before is not None and tool["assistant_id"] == before["id"]:
                faults.append(("assistant_id", "An assistant cannot transfer to itself."))
    return faults


def _conversation_on_update(write: Write) -> None:
    if write.before is None or write.options.conversation_on_update:
        return
    for name in write.sent:
        if name.startswith("conversation_"):
            write.check.refuse(name, "The {} field is prohibited.")


Rule: TypeAlias = Callable[[Write], None]

OLDER_RULES: tuple[Rule, ...] = (_voice_fits, _interruptions, _fillers, _webhook, _inbound_number)
"""The rules on fields that the older dialect has as well."""

RULES: tuple[Rule, ...] = (
    _model_required,
    _bound_fields,
    _model_fits,
    _knowledgebase_mode,
    *OLDER_RULES,
    _tools,
    _conversation_on_update,
)
"""All rules; each tells its faults to the check of the write."""
