"""What the older dialect puts on the wire, and what it makes of what it reads."""

from typing import Any

import pytest

from agentops.domain.errors import RejectedError
from agentops.domain.secrets import Secrets
from agentops.domain.values import Ref
from agentops.providers.autocalls_legacy.tables import ASSISTANT
from agentops.providers.rest.codec import TableCodec
from tests.providers.support import PIPELINE

CODEC = TableCodec(ASSISTANT)
SECRETS = Secrets({})


def written(**values: Any) -> dict[str, object]:
    return CODEC.encode(values, lambda _: "")


@pytest.mark.parametrize(
    "values, body",
    [
        ({"name": "A"}, {"assistant_name": "A"}),
        ({"type": "inbound"}, {"calls_direction": "receive"}),
        ({"type": "outbound"}, {"calls_direction": "make"}),
        ({"mode": "multimodal"}, {"engine_type": "multimodal"}),
        ({"language": Ref("languages", 4, "German")}, {"language": "German"}),
        ({"llm_model": Ref("llm_models", 2, "GPT-4.1-mini", "gpt-4.1-MINI")}, {"llm_model": "GPT-4.1-mini"}),
        ({"fillers": True}, {"filler_audios": True}),
        ({"record": False}, {"record_call": False}),
        ({"enable_noise_cancellation": True}, {"noise_cancellation": True}),
        ({"wait_for_customer": False}, {"who_speaks_first": "AI assistant"}),
        ({"wait_for_customer": True}, {"who_speaks_first": "Customer"}),
        ({"max_duration": 60}, {"max_call_duration": 60}),
        ({"reengagement_interval": 9}, {"re_engagement_interval": 9}),
        ({"min_interrupt_words": 3}, {"use_min_interrupt_words": True, "min_interrupt_words": 3}),
        ({"min_interrupt_words": None}, {"use_min_interrupt_words": False}),
        ({"tools": [{"type": "end_call", "description": "Bye"}]}, {"end_call_tool": {"description": "Bye"}}),
        ({"mid_call_tools": [Ref("mid_call_tools", 1)]}, {"tool_ids": [1]}),
        ({"phone_number": None, "webhook_url": None}, {"phone_number_id": None, "webhook_url": None}),
    ],
)
def test_old_names_are_written(values: dict[str, Any], body: dict[str, object]) -> None:
    assert written(**values) == body


def test_every_required_field_has_a_name_on_the_wire() -> None:
    values = {name: Ref(v.kind, v.id, "Name") if isinstance(v, Ref) else v for name, v in PIPELINE.items()}
    assert written(**values).keys() == {
        *("assistant_name", "voice_id", "language", "llm_model", "calls_direction", "engine_type", "timezone"),
        *("initial_message", "system_prompt"),
    }


def test_a_name_that_is_not_known_is_not_made_up() -> None:
    with pytest.raises(RejectedError, match="only names"):
        written(language=Ref("languages", 4))


def test_current_names_are_read() -> None:
    item = {"name": "A", "type": "inbound", "language_id": 4, "language": "de", "llm_model_id": 2, "record": 1}
    assert CODEC.decode(item, SECRETS).values == {
        "name": "A",
        "type": "inbound",
        "language": Ref("languages", 4),
        "llm_model": Ref("llm_models", 2),
        "record": True,
    }


def test_an_empty_list_of_tools_says_nothing_and_other_tools_are_not_written_over() -> None:
    assert "tools" not in CODEC.decode({"tools": []}, SECRETS).values
    other = CODEC.decode({"tools": [{"type": "dtmf_input", "data": {}}]}, SECRETS)
    assert "dtmf_input" in other.blocked["tools"]


@pytest.mark.parametrize(
    "key, path",
    [
        ("assistant_name", ("name",)),
        ("use_min_interrupt_words", ("min_interrupt_words",)),
        ("end_call_tool.description", ("tools",)),
        ("who_speaks_first", ("wait_for_customer",)),
    ],
)
def test_complaints_by_old_names_find_their_lines(key: str, path: tuple[str, ...]) -> None:
    assert CODEC.manifest_path(key) == path
