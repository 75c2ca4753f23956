"""Rules across fields, on values as a manifest writes them and in compared form."""

import pytest

from agentops.domain.values import Ref
from agentops.providers.autocalls.rules import RULES

MODEL = Ref("llm_models", 2, "GPT-4.1-mini")


def broken(**spec: object) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(violation.code, violation.path) for rule in RULES for violation in rule(spec)]


@pytest.mark.parametrize("model", [MODEL, "GPT-4.1-mini", {"id": 2}])
def test_each_mode_needs_its_model(model: object) -> None:
    assert broken(mode="pipeline", llm_model=model) == []
    assert broken(mode="dualplex", multimodal_model=model) == []
    assert broken(mode="pipeline", multimodal_model=model) == [("missing-model", ("mode",))]
    assert broken(mode="multimodal", llm_model=model) == [("missing-model", ("mode",))]
    assert broken(mode="pipeline", llm_model=None) == [("missing-model", ("mode",))]


@pytest.mark.parametrize("url", [None, ""])
def test_a_webhook_that_is_on_needs_an_address(url: object) -> None:
    assert broken(is_webhook_active=True, webhook_url=url) == [("missing-webhook-url", ("is_webhook_active",))]
    assert broken(is_webhook_active=False, webhook_url=url) == []
    assert broken(is_webhook_active=True, webhook_url="https://x.example") == []


def test_custom_fields_of_tools_need_their_switch() -> None:
    tools = [
        {"type": "warm_call_transfer", "supervisor_phone": "+4930123456", "custom_caller_id": "+4930123457"},
        {"type": "warm_call_transfer", "supervisor_phone": "+4930123456", "caller_id_mode": "custom"}
        | {"custom_caller_id": "+4930123457"},
        {"type": "calendar_integration", "calcom_custom_endpoint": "https://x.example", "calcom_endpoint": "eu"},
        {"type": "calendar_integration", "calcom_custom_endpoint": "https://x.example", "calcom_endpoint": "custom"},
    ]
    assert broken(tools=tools) == [
        ("without-switch", ("tools", 0, "custom_caller_id")),
        ("without-switch", ("tools", 2, "calcom_custom_endpoint")),
    ]


def test_a_supervisor_has_a_number_or_a_sip_address() -> None:
    sip = {"type": "warm_call_transfer", "supervisor_phone": "sip:200@x.example"}
    assert broken(tools=[sip]) == [("invalid-number", ("tools", 0, "supervisor_phone"))]
    assert broken(tools=[sip | {"custom_sip": True}]) == []


@pytest.mark.parametrize("odd", [None, "x", 5, [None], ["x"], [{}], [{"type": None}], {"type": "x"}])
def test_rules_pass_over_what_the_schema_refuses(odd: object) -> None:
    assert broken(mode=odd, tools=odd, is_webhook_active=odd) == []
