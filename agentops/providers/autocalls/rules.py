"""The rules of the dialect that look at several fields of an assistant; they hold for manifests and for live values."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from agentops.domain.platform import Rule, Violation
from agentops.domain.values import Values

_E164: Final = re.compile(r"\+[1-9][0-9]{1,14}")
_MODELS: Final = {"pipeline": "llm_model", "multimodal": "multimodal_model", "dualplex": "multimodal_model"}


def model_of_mode(spec: Values) -> Iterator[Violation]:
    """Each mode needs the model of its kind."""
    mode = spec.get("mode")
    field = _MODELS.get(mode) if isinstance(mode, str) else None
    if field is not None and not spec.get(field):
        message = f"{mode} mode needs {field}"
        yield Violation(("mode",), ("mode", field), "missing-model", message, f"add {field}: ...")


def webhook_address(spec: Values) -> Iterator[Violation]:
    """A webhook that is on needs an address."""
    if spec.get("is_webhook_active") is True and not spec.get("webhook_url"):
        message = "is_webhook_active needs webhook_url"
        hint = "add webhook_url: https://..., or switch it off"
        yield Violation(
            ("is_webhook_active",), ("is_webhook_active", "webhook_url"), "missing-webhook-url", message, hint
        )


def tools(spec: Values) -> Iterator[Violation]:
    """What fields of one tool need of each other."""
    entries = spec.get("tools")
    for index, tool in enumerate(entries if isinstance(entries, list) else []):
        check = _TOOLS.get(str(tool.get("type"))) if isinstance(tool, Mapping) else None
        if check is not None:
            yield from check(tool, index)


def _warm_call_transfer(tool: Values, index: int) -> Iterator[Violation]:
    number = tool.get("supervisor_phone")
    if isinstance(number, str) and tool.get("custom_sip") is not True and not _E164.fullmatch(number):
        message = f"tools[{index}].supervisor_phone is no number in E.164"
        hint = 'write it like "+4930123456"; for a SIP address or extension add custom_sip: true'
        yield _in_tool(index, "supervisor_phone", "invalid-number", message, hint)
    yield from _only_with(tool, index, "custom_caller_id", "caller_id_mode")


def _calendar_integration(tool: Values, index: int) -> Iterator[Violation]:
    yield from _only_with(tool, index, "calcom_custom_endpoint", "calcom_endpoint")


def _only_with(tool: Values, index: int, field: str, switch: str) -> Iterator[Violation]:
    """`field` has a meaning only when `switch` is `custom`."""
    if tool.get(field) and tool.get(switch) != "custom":
        message = f"tools[{index}].{field} has a meaning only with {switch}: custom"
        yield _in_tool(index, field, "without-switch", message, f"add {switch}: custom, or remove it")


def _in_tool(index: int, field: str, code: str, message: str, hint: str) -> Violation:
    return Violation(("tools", index, field), ("tools",), code, message, hint)


_TOOLS: Final = {"warm_call_transfer": _warm_call_transfer, "calendar_integration": _calendar_integration}

RULES: Final[tuple[Rule, ...]] = (model_of_mode, webhook_address, tools)
