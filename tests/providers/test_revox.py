"""Revox, as a user meets it: plans and applies against the sandbox."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.plan import Action, Cause
from tests.support.generate import SECRETS
from tests.support.project import Project, project

NUMBER = "+12025550107"
KEY = SECRETS["CALCOM_KEY_A"]


@pytest.fixture
def used(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path, "revox") as made:
        yield made


def bot(**spec: Any) -> dict[str, Any]:
    return {"name": "Bot", "prompt": "Be kind.", **spec}


def number(used: Project, **spec: Any) -> None:
    text = used.manifest("main", {"phone_number": NUMBER, **spec}).replace('"Assistant"', '"PhoneNumber"')
    used.write_file("number.yaml", text)


def stored_number(used: Project) -> dict[str, Any]:
    (row,) = [row for row in used.sandbox.store.objects("phone_number") if row["phone_number"] == NUMBER]
    return row


def edit(used: Project, name: str = "bot", **fields: Any) -> None:
    used.sandbox.store.edit_assistant(used.ids()[name], **fields)


def test_an_update_patches_the_changed_keys_only(used: Project) -> None:
    used.write({"bot": bot(sms_enabled=True, voice={"name": "Katie", "speed": 1.2})})
    used.apply()
    used.sandbox.store.clear_log()
    used.write({"bot": bot(sms_enabled=True, voice={"name": "Katie", "speed": 1.3})})
    used.apply()
    (request,) = used.writes()
    voice = {"provider": "cartesia", "id": "voice-en-katie", "speed": 1.3}
    assert (request.method, request.json) == ("PATCH", {"voice": voice})


def test_a_number_is_taken_over_linked_after_the_assistant_and_forgotten(used: Project) -> None:
    used.write({"bot": bot()})
    number(used, label="Front", inbound_assistant="bot")
    plan = used.plan()
    assert [(str(c.address), c.action) for c in plan.changes] == [
        ("assistant.bot", Action.CREATE),
        ("phone_number.main", Action.ADOPT),
    ]
    used.apply()
    assert used.plan().is_empty
    assert (stored_number(used)["label"], stored_number(used)["inbound_assistant_id"]) == ("Front", used.ids()["bot"])
    assert [entry.path.split("/")[1] for entry in used.writes()] == ["assistants", "phone-numbers"]

    used.write({"bot": bot()})
    (forget,) = used.plan().changes
    assert (forget.action, forget.fields) == (Action.FORGET, ())
    used.sandbox.store.clear_log()
    used.apply()
    assert not used.writes()
    assert used.ids().keys() == {"bot"}


def test_a_number_lets_go_before_its_assistant_is_deleted(used: Project) -> None:
    used.write({"bot": bot()})
    number(used, inbound_assistant="bot")
    used.apply()
    used.sandbox.store.clear_log()
    used.succeed("destroy", "--auto-approve")
    assert [(entry.method, entry.json) for entry in used.writes()] == [
        ("PATCH", {"inbound_assistant_id": None}),
        ("DELETE", None),
    ]
    assert stored_number(used)["inbound_assistant_id"] is None
    assert used.ids() == {}


def test_a_number_that_the_account_lacks_is_an_error_at_its_line(used: Project) -> None:
    used.write({"bot": bot()})
    used.write_file("n.yaml", used.manifest("n", {"phone_number": "+4930123"}).replace('"Assistant"', '"PhoneNumber"'))
    outcome = used.run("plan")
    assert outcome.code == 1
    assert "assistants/n.yaml" in outcome.err
    assert "+4930123" in outcome.err
    assert used.run("import", "phone_number.n", "x").code == 64


def test_a_number_s_manifest_may_come_to_mean_another_number(used: Project) -> None:
    used.write({"bot": bot()})
    number(used, label="Front")
    used.apply()
    text = used.manifest("main", {"phone_number": "+12025550102", "label": "Back"})
    used.write_file("number.yaml", text.replace('"Assistant"', '"PhoneNumber"'))
    plan = used.plan()
    assert [found.code for found in plan.diagnostics] == ["means-another"]
    used.apply()
    assert stored_number(used)["label"] == "Front"
    assert used.plan().is_empty


def test_questions_that_revox_added_are_no_drift_and_a_write_says_what_it_removes(used: Project) -> None:
    mine = {"question": "Who?", "answer": "We."}
    used.write({"bot": bot(faq_items=[mine])})
    used.apply()
    own = {"question": "Why?", "answer": "", "id": "f2", "needs_human_answer": True, "source": "ai"}
    edit(used, faq_items=[{**mine, "id": "f1", "needs_human_answer": False, "source": "human"}, own])
    assert used.plan().is_empty
    used.write({"bot": bot(faq_items=[mine, {"question": "Where?", "answer": "Here."}])})
    (warning,) = used.plan().diagnostics
    assert warning.code == "write-removes"
    assert "1 FAQ item" in warning.message


def test_what_cannot_be_cleared_stays_with_a_warning(used: Project) -> None:
    used.write({"bot": bot(first_sentence="Hi", webhook_url="https://a.example.com")})
    used.apply()
    used.write({"bot": bot()})
    plan = used.plan()
    assert {found.code for found in plan.diagnostics} == {"field-released"}
    assert len(plan.diagnostics) == 2
    used.apply()
    assert used.rows()["bot"]["first_sentence"] == "Hi"


def test_retries_go_back_to_the_defaults_and_null_means_these(used: Project) -> None:
    config = {
        "allowed_days": ["friday", "monday", "thursday", "tuesday", "wednesday"],
        "call_twice_in_a_row": False,
        "max_retry_attempts": 3,
        "calling_windows": [
            {"calling_window_start_time": "10am", "calling_window_end_time": "6pm", "retry_delay_seconds": 7200}
        ],
    }
    used.write({"bot": bot()})
    used.apply()
    assert used.rows()["bot"]["call_retry_config"] is None
    used.write({"bot": bot(call_retry_config=config)})
    assert used.plan().is_empty
    used.write({"bot": bot(call_retry_config=config | {"max_retry_attempts": 5})})
    used.apply()
    used.write({"bot": bot()})
    (change,) = used.plan().changes[0].fields
    assert change.cause is Cause.REMOVED
    used.apply()
    assert used.rows()["bot"]["call_retry_config"]["max_retry_attempts"] == 3


def test_spellings_that_mean_the_same_are_no_change(used: Project) -> None:
    used.write({"bot": bot(email_notification_address="b@x.com, a@x.com", custom_tools=[], transfer_destinations=[])})
    used.apply()
    edit(used, email_notification_address="a@x.com,b@x.com", custom_tools=None, transfer_destinations=None)
    assert used.plan().is_empty
    edit(used, something_new="x", first_sentence_mode="sung", llm_model={"type": "new", "secret": "x"})
    assert used.plan().is_empty


def test_sub_assistants_are_read_by_their_ids(used: Project) -> None:
    used.write({"bot": bot(type="sub-assistant")})
    used.apply()
    assert used.plan().is_empty
    edit(used, prompt="Be rude.")
    (change,) = used.plan().changes
    assert [(field.name, field.cause) for field in change.fields] == [("prompt", Cause.DRIFT)]


def test_a_delete_warns_of_campaigns_and_numbers_that_rely_on_it(used: Project) -> None:
    used.write({"bot": bot(), "other": bot(name="Other")})
    used.apply()
    ids = used.ids()
    for status in ("running", "paused", "completed"):
        used.sandbox.store.add("campaign", name=status.title(), status=status, assistant_id=ids["bot"])
    row = stored_number(used)
    used.sandbox.store.remove("phone_number", row["id"])
    used.sandbox.store.add("phone_number", **{**row, "inbound_assistant_id": ids["bot"]})
    used.write({"other": bot(name="Other")})
    plan = used.plan("--allow-deletes")
    assert sorted(found.code for found in plan.diagnostics) == ["in-use", "in-use", "refers-to-deleted"]
    text = " ".join(found.message for found in plan.diagnostics)
    assert "'Running' is running" in text
    assert "'Paused' is paused" in text
    assert NUMBER in text


def test_secrets_are_sent_and_are_nowhere_else(used: Project) -> None:
    header = {"key": "Authorization", "value": {"env": "CALCOM_KEY_A"}}
    tool = {
        **{"name": "look_up", "description": "Looks up.", "method": "GET", "url": "https://x.example.com"},
        **{"query_params": [], "body_template": None, "input_schema": []},
        "headers": [header, {"key": "Accept", "value": "application/json"}],
    }
    model = {"type": "custom", "api_url": "https://x.example.com", "model_name": "m", "api_key": header["value"]}
    used.write({"bot": bot(llm_model=model, custom_tools=[tool])})
    used.plan()
    said = used.saved.read_text(encoding="utf-8")
    said += str(used.apply()) + used.succeed("plan", "--json").out + used.succeed("state", "pull").out
    assert KEY not in said
    row = used.rows()["bot"]
    assert row["llm_model"]["api_key"] == KEY
    assert [entry["value"] for entry in row["custom_tools"][0]["headers"]] == [KEY, "application/json"]
    assert used.plan().is_empty

    used.environ["CALCOM_KEY_A"] = "another key"
    (change,) = used.plan().changes
    assert [field.name for field in change.fields] == ["llm_model", "custom_tools"]


@pytest.mark.parametrize(
    "voice, code",
    [
        ({"name": "Sarah", "speed": 1.4}, "unsuitable-setting"),
        ({"name": "Ava", "volume": 0.9}, "unsuitable-setting"),
        ("Noah", "ambiguous-name"),
        ({"id": "voice-en-0001", "provider": "gradium"}, "unknown-id"),
    ],
)
def test_a_voice_that_does_not_fit_is_an_error(used: Project, voice: object, code: str) -> None:
    used.write({"bot": bot(voice=voice)})
    outcome = used.run("plan")
    assert outcome.code == 1
    assert f"[{code}]" in outcome.err


def test_a_voice_made_for_another_model_is_a_warning_and_an_id_is_enough(used: Project) -> None:
    used.write({"bot": bot(voice={"id": "voice-en-olive"})})
    (warning,) = used.plan().diagnostics
    assert warning.code == "unsuitable-setting"
    used.write({"bot": bot(voice={"id": "voice-en-olive", "model": "sonic-3.5"})})
    assert not used.plan().diagnostics
