"""What agentops writes to Revox the vendor's own client reads, and what that client edits agentops calls drift.

The client is strict: it checks every answer against the schema that the vendor publishes.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import revox

from agentops.domain.plan import Action, Cause, Change, FieldChange
from agentops.sandbox import DEFAULT_TOKEN
from tests.support.project import Outcome, Project, project

ROOT = Path(__file__).resolve().parents[2]

SECRETS = {"LLM_KEY": "sk-model-5c1f9d07", "CRM_KEY": "crm-header-82ab44e6"}
ROTATED = {"LLM_KEY": "sk-rotated-0d93b7a1", "CRM_KEY": "crm-rotated-f7716c20"}
"""Environment variable -> secret: what the manifest refers to, and what somebody puts in its place on the platform."""

LINE = "+12025550101"

WINDOW = {"calling_window_start_time": "9:30am", "calling_window_end_time": "18:00", "retry_delay_seconds": 3600}
RETRIES = {
    "allowed_days": ["monday", "saturday", "tuesday"],  # a set, which is sent in order
    "call_twice_in_a_row": True,
    "calling_windows": [WINDOW],
    "max_retry_attempts": 2,
    "timezone": "Europe/Paris",
}
LEVEL = {"name": "level", "type": "enum", "required": True, "description": "How keen", "enum_options": ["high", "low"]}
WHEN = {"name": "when", "type": "datetime", "required": False}
SALES = {"label": "Sales", "phone_number": "+12025550181"}
SUPPORT = {"label": "Support", "phone_number": "+12025550182"}
OPEN = {"question": "When are you open?", "answer": "From nine to five."}
PLACE = {"question": "Where are you based?", "answer": "In Berlin."}


def model(key: Any) -> dict[str, Any]:
    """A language model of one's own, with its secret as a manifest or as a request has it."""
    return {"type": "custom", "api_url": "https://llm.example.com/v1", "api_key": key, "model_name": "small"}


def tool(key: Any) -> dict[str, Any]:
    """A tool with a secret header."""
    return {
        "name": "check_stock",
        "description": "Looks up what is left.",
        "method": "POST",
        "url": "https://crm.example.com/stock/{{sku}}",
        "headers": [{"key": "Accept", "value": "application/json"}, {"key": "X-Api-Key", "value": key}],
        "query_params": [{"key": "unit", "value": "piece"}],
        "body_template": '{"sku": "{{sku}}"}',
        "input_schema": [{"name": "sku", "type": "string", "required": True, "description": "What is wanted"}],
    }


PLAIN: dict[str, Any] = {
    "name": "Reception",
    "prompt": "You answer the phone for Zoë & Söhne.\n\n- Be brief.",
    "first_sentence": "Hello {{first_name}}, how can I help?",
    "first_sentence_mode": "static",
    "first_sentence_delay_ms": 250,
    "stt_context": {"general": [{"key": "domain", "value": "logistics"}], "terms": ["pallet"]},
    "webhook_url": "https://hooks.example.com/revox",
    "max_call_duration_secs": 420.5,
    "structured_output_config": [LEVEL, WHEN],
    "call_retry_config": RETRIES,
    "background_sound": "audio/office.ogg",
    "background_sound_volume": 0.3,
    "transfer_destinations": [SALES, SUPPORT],
    "human_transfer_mode": "warm",
    "ivr_navigation_enabled": True,
    "voicemail_message": "We will call back.",
    "from_phone_number": LINE,
    "after_call_sms_outcomes": ["completed", "interested"],
    "email_notification_address": "a@example.com, b@example.com",
    "precall_lookup_url": "https://crm.example.com/lookup?phone={{phone}}",
}
"""What a manifest writes just as the platform stores it."""

VOICE = {"id": "voice-en-katie", "provider": "cartesia", "speed": 1.1, "volume": 0.8}

SPEC: dict[str, Any] = {
    **PLAIN,
    "voice": {"name": "Katie", "provider": "cartesia", "speed": 1.1, "volume": 0.8},
    "llm_model": model({"env": "LLM_KEY"}),
    "custom_tools": [tool({"env": "CRM_KEY"})],
    "faq_items": [OPEN, PLACE],
}

STORED: dict[str, Any] = {
    **PLAIN,
    "voice": VOICE,
    "llm_model": model(SECRETS["LLM_KEY"]),
    "custom_tools": [tool(SECRETS["CRM_KEY"])],
    "faq_items": [OPEN, PLACE],
}
"""What the platform must hold for that manifest."""

EDITS: dict[str, tuple[str, Any]] = {
    "a text": ("first_sentence", "Good evening."),
    "a long text": ("prompt", "You answer the phone for Zoë & Söhne.\n\n- Take your time."),
    "a number": ("max_call_duration_secs", 421),
    "a share": ("background_sound_volume", 0),
    "a flag": ("ivr_navigation_enabled", False),
    "a choice": ("human_transfer_mode", "cold"),
    "a nested map": ("stt_context", {"general": [{"key": "domain", "value": "retail"}], "terms": ["pallet"]}),
    "a time in a nested list": (
        "call_retry_config",
        RETRIES | {"calling_windows": [WINDOW | {"calling_window_start_time": "10am"}]},
    ),
    "a member of a nested set": ("call_retry_config", RETRIES | {"allowed_days": ["monday", "saturday"]}),
    "a nested value taken out": ("call_retry_config", RETRIES | {"timezone": None}),
    "an item added to a list": ("structured_output_config", [LEVEL, WHEN, {**WHEN, "name": "until"}]),
    "an item taken from a list": ("transfer_destinations", [SALES]),
    "the order of a list": ("transfer_destinations", [SUPPORT, SALES]),
    "a list emptied": ("structured_output_config", []),
    "a list cleared": ("transfer_destinations", None),
    "a text cleared": ("voicemail_message", None),
    "a reference cleared": ("from_phone_number", None),
    "another reference": ("from_phone_number", "+12025550107"),
    "a map cleared": ("stt_context", None),
    "all tools taken out": ("custom_tools", None),
    "a set": ("after_call_sms_outcomes", ["completed"]),
    "an address": ("email_notification_address", "a@example.com"),
    "another voice": ("voice", {"id": "voice-en-liam", "provider": "cartesia", "speed": 1.1, "volume": 0.8}),
    "a setting of the voice": ("voice", VOICE | {"speed": 0.9}),
    "the settings of the voice taken out": ("voice", {"id": VOICE["id"], "provider": VOICE["provider"]}),
    "another model": ("llm_model", {"type": "dedicated-instance", "name": "gpt-4.1"}),
    "a secret": ("llm_model", model(ROTATED["LLM_KEY"])),
    "a secret header": ("custom_tools", [tool(ROTATED["CRM_KEY"])]),
    "an answer": ("faq_items", [OPEN, PLACE | {"answer": "In Hamburg."}]),
    "no answers": ("faq_items", []),
}
"""What somebody edits on the platform: the field, and its value then."""

SAME: dict[str, tuple[str, Any]] = {
    "the spelling of times": (
        "call_retry_config",
        RETRIES | {"calling_windows": [WINDOW | {"calling_window_start_time": "09:30"}]},
    ),
    "the order of a set": ("after_call_sms_outcomes", ["interested", "completed"]),
    "the order of nested days": ("call_retry_config", RETRIES | {"allowed_days": ["saturday", "tuesday", "monday"]}),
    "the spelling of addresses": ("email_notification_address", "b@example.com,a@example.com"),
    "a default spelt out": ("voice", VOICE | {"model": "sonic-3"}),
    "white space around a text": ("first_sentence", f"{PLAIN['first_sentence']}\n"),
}
"""What somebody writes on the platform in another way."""


@pytest.fixture
def used(tmp_path: Path) -> Iterator[Project]:
    """A project with the rich assistant, and the number that it answers, applied."""
    with project(tmp_path, "revox") as made:
        made.environ |= SECRETS
        made.write({"reception": SPEC})
        made.write_file("line.yaml", line(label="Main desk", inbound_assistant="reception"))
        made.succeed("validate")
        made.apply()
        yield made


@pytest.fixture
def client(used: Project) -> Iterator[revox.Revox]:
    with library(used) as client:
        yield client


def library(used: Project) -> revox.Revox:
    """The vendor's client: strict, and without second attempts."""
    url = used.server.url
    return revox.Revox(api_key=DEFAULT_TOKEN, base_url=url, max_retries=0, _strict_response_validation=True)


def line(**spec: Any) -> str:
    """The manifest of the phone number."""
    head = {"apiVersion": "revox/v1", "kind": "PhoneNumber", "metadata": {"name": "line"}}
    return json.dumps(head | {"spec": {"phone_number": LINE, **spec}})


def held(client: revox.Revox, id_: str) -> dict[str, Any]:
    """An assistant as the client reads it, with its questions as somebody would write them."""
    read = client.assistants.retrieve(id_).to_dict(exclude_unset=True)
    questions: Any = read["faq_items"]
    return {**read, "faq_items": [{key: item[key] for key in ("question", "answer")} for item in questions]}


def number(client: revox.Revox) -> Any:
    """The phone number as the client reads it."""
    (found,) = (one for one in client.phone_numbers.list().phone_numbers if one.phone_number == LINE)
    return found


def edit(client: revox.Revox, id_: str, field: str, value: Any) -> None:
    """Changes one field of an assistant, and sees it changed."""
    changes: dict[str, Any] = {field: value}
    client.assistants.update(id_, **changes)
    assert held(client, id_)[field] == value


def drifted(used: Project) -> tuple[Change, FieldChange]:
    """The one field of the one change that is planned, which is to undo drift."""
    (change,) = (change for change in used.plan().changes if change.is_shown)
    (field,) = change.fields
    assert (change.action, field.cause, field.write) == (Action.UPDATE, Cause.DRIFT, True)
    return change, field


def put_right(used: Project) -> list[Any]:
    """Applies, and sees that nothing is left to do: the bodies that were sent for it."""
    used.sandbox.store.clear_log()
    used.apply()
    sent = [json.loads(entry.body) for entry in used.writes()]
    assert used.plan().is_empty
    return sent


def test_the_client_reads_every_value_that_was_applied(used: Project, client: revox.Revox) -> None:
    ids = used.ids()
    read = held(client, ids["reception"])
    assert {key: read[key] for key in STORED} == STORED
    assert [one.id for one in client.assistants.list().assistants] == [ids["reception"]]
    assert (number(client).id, number(client).label) == (ids["line"], "Main desk")
    assert number(client).inbound_assistant.id == ids["reception"]
    assert used.plan().is_empty


@pytest.mark.parametrize(("field", "value"), EDITS.values(), ids=EDITS)
def test_an_edit_with_the_client_is_drift_of_that_field_alone(
    used: Project, client: revox.Revox, field: str, value: Any
) -> None:
    id_ = used.ids()["reception"]
    before = held(client, id_)
    edit(client, id_, field, value)
    change, planned = drifted(used)
    assert (change.address.name, planned.name) == ("reception", field)
    (sent,) = put_right(used)
    assert list(sent) == [field]
    after = held(client, id_)
    assert after[field] == STORED[field]
    assert {key for key in after if after[key] != before[key]} <= {"updated_at"}


@pytest.mark.parametrize(("field", "value"), SAME.values(), ids=SAME)
def test_another_spelling_of_the_same_value_is_no_drift(
    used: Project, client: revox.Revox, field: str, value: Any
) -> None:
    edit(client, used.ids()["reception"], field, value)
    assert used.plan().is_empty


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("label", {"label": "Night desk"}),
        ("label", {"label": None}),
        ("inbound_assistant", {"inbound_assistant_id": None}),
    ],
)
def test_an_edit_of_the_phone_number_is_drift(
    used: Project, client: revox.Revox, field: str, changes: dict[str, Any]
) -> None:
    before = number(client)
    client.phone_numbers.update(before.id, **changes)
    change, planned = drifted(used)
    assert (change.address.name, planned.name) == ("line", field)
    (sent,) = put_right(used)
    assert len(sent) == 1
    assert number(client) == before


def test_a_number_that_answers_with_another_assistant_is_drift(used: Project, client: revox.Revox) -> None:
    other = client.assistants.create(name="Other", prompt="You answer.").assistant
    client.phone_numbers.update(number(client).id, inbound_assistant_id=other.id)
    assert drifted(used)[1].name == "inbound_assistant"
    put_right(used)
    assert number(client).inbound_assistant.id == used.ids()["reception"]
    assert client.assistants.retrieve(other.id).name == "Other"


def test_the_machine_readable_plan_says_which_field_drifted(used: Project, client: revox.Revox) -> None:
    id_ = used.ids()["reception"]
    edit(client, id_, "first_sentence", "Good evening.")
    document = json.loads(used.succeed("plan", "--json").out)
    (drift,) = document["resource_drift"]
    assert drift["change"]["before"] == {"id": id_, "first_sentence": PLAIN["first_sentence"]}
    assert drift["change"]["after"] == {"id": id_, "first_sentence": "Good evening."}
    (planned,) = document["resource_changes"]
    before, after = planned["change"]["before"], planned["change"]["after"]
    assert {key for key in after if after[key] != before[key]} == {"first_sentence"}


def test_questions_that_the_platform_collected_are_no_drift(used: Project, client: revox.Revox) -> None:
    id_ = used.ids()["reception"]
    used.sandbox.store.add_question(id_, "Do you ship to Norway?")
    read = client.assistants.retrieve(id_)
    assert read.faq_items is not None
    assert read.pending_faq_count == 1
    assert [item.source for item in read.faq_items].count("ai") == 1
    assert used.plan().is_empty
    used.apply()
    assert client.assistants.retrieve(id_) == read


def test_secrets_reach_the_platform_and_stay_nowhere_else(used: Project, client: revox.Revox) -> None:
    used.succeed("destroy", "--auto-approve", "--allow-large-change")
    outcomes = [*seen(used), used.succeed("apply", "--log-level", "debug", str(used.saved))]
    id_ = used.ids()["reception"]
    assert guarded(held(client, id_)) == guarded(STORED)
    rotated = {"llm_model": model(ROTATED["LLM_KEY"]), "custom_tools": [tool(ROTATED["CRM_KEY"])]}
    for field, value in rotated.items():
        edit(client, id_, field, value)
    outcomes += [*seen(used), used.apply("--log-level", "debug")]
    assert guarded(held(client, id_)) == guarded(STORED)
    said = [text.encode() for outcome in outcomes for text in (outcome.out, outcome.err)]
    written = [path.read_bytes() for path in used.folder.rglob("*") if path.is_file()]
    kept = used.saved.read_bytes(), repr(used.state()).encode()
    assert all(b"https://llm.example.com/v1" in text for text in kept), "the values beside the secrets are there"
    for secret in (*SECRETS.values(), *ROTATED.values()):
        assert [text for text in (*said, *written, *kept) if secret.encode() in text] == []


def seen(used: Project) -> list[Outcome]:
    """A plan in every way that there is to look at one."""
    return [
        used.succeed("plan", "--log-level", "debug", "--out", str(used.saved)),
        used.succeed("plan", "--json"),
        used.succeed("plan", "--markdown"),
        used.succeed("show", str(used.saved)),
        used.succeed("show", "--json", str(used.saved)),
    ]


def guarded(values: dict[str, Any]) -> Any:
    """The fields with secrets."""
    return values["llm_model"], values["custom_tools"]


# The examples

VARIABLES = {
    "caller_number": LINE,
    "sales_line": "+12025550181",
    "support_line": "+12025550182",
    "sales_team": "sales@example.com, ops@example.com",
}


@pytest.fixture
def examples(tmp_path: Path) -> Iterator[Project]:
    """A project with the example manifests, applied."""
    with project(tmp_path, "revox") as made:
        shutil.copytree(ROOT / "assistants" / "revox", tmp_path / "assistants")
        made.extra["variables"] = VARIABLES
        made.write_project()
        made.succeed("validate")
        made.apply()
        yield made


def test_the_client_reads_the_examples(examples: Project) -> None:
    ids = examples.ids()
    with library(examples) as client:
        lead, desk = (held(client, ids[name]) for name in ("lead-qualifier", "front-desk"))
        answered = number(client)
    prompts = ROOT / "assistants" / "revox" / "prompts"
    for assistant, name in ((lead, "lead-qualifier"), (desk, "front-desk")):
        assert assistant["prompt"].strip() == (prompts / f"{name}.md").read_text(encoding="utf-8").strip()
    assert lead["voice"] == {"id": "voice-en-katie", "provider": "cartesia", "speed": 1.05}
    assert lead["llm_model"] == {"type": "dedicated-instance", "name": "gpt-4.1"}
    assert (lead["from_phone_number"], lead["max_call_duration_secs"]) == (LINE, 420)
    assert [window["retry_delay_seconds"] for window in lead["call_retry_config"]["calling_windows"]] == [3600, 7200]
    assert [one["name"] for one in lead["structured_output_config"]] == ["email", "team_size", "interest"]
    assert lead["custom_tools"][0]["headers"] == [{"key": "Accept", "value": "application/json"}]
    assert desk["transfer_destinations"] == [SALES, SUPPORT]
    assert [item["answer"] for item in desk["faq_items"]] == ["In Berlin.", "On weekdays from nine to five."]
    assert (answered.id, answered.label, answered.inbound_assistant.id) == (ids["main-line"], "Main line", desk["id"])
    assert examples.plan().is_empty


def test_edits_of_the_examples_are_undone(examples: Project) -> None:
    ids = examples.ids()
    with library(examples) as client:
        before = [held(client, ids[name]) for name in ("lead-qualifier", "front-desk")]
        edit(client, ids["lead-qualifier"], "voicemail_message", None)
        edit(client, ids["front-desk"], "transfer_destinations", [SALES])
        client.phone_numbers.update(ids["main-line"], label="Night line")
        found = {
            (change.address.name, field.name, field.cause)
            for change in examples.plan().changes
            for field in change.fields
        }
        assert found == {
            ("lead-qualifier", "voicemail_message", Cause.DRIFT),
            ("front-desk", "transfer_destinations", Cause.DRIFT),
            ("main-line", "label", Cause.DRIFT),
        }
        put_right(examples)
        after = [held(client, ids[name]) for name in ("lead-qualifier", "front-desk")]
        assert number(client).label == "Main line"
    assert [one | {"updated_at": None} for one in after] == [one | {"updated_at": None} for one in before]
