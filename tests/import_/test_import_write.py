"""`import --write` as a user meets it: what stands in the manifests, what is left out, and what stops it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentops.yamlio.read import read
from tests.import_.accounts import new_project, secrets_of, taken_over
from tests.support.project import Project, project

PIPELINE: dict[str, Any] = {
    **{"name": "Sales", "type": "outbound", "mode": "pipeline", "timezone": "UTC", "language": "English"},
    **{"voice": "Oliver", "llm_model": "GPT-4.1-mini", "initial_message": "Hello!", "system_prompt": "Be kind."},
}
CALENDAR = {"type": "calendar_integration", "calcom_api_key": {"env": "CALCOM_KEY_A"}, "calcom_event_slug": "demo"}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Project]:
    """Somebody else's project, which makes the account."""
    folder = tmp_path / "made"
    folder.mkdir()
    with project(folder, "autocalls") as used:
        yield used


@pytest.fixture
def used(made: Project) -> Iterator[Project]:
    """A project without manifests on that account."""
    with new_project(made.server, made.platform) as fresh:
        yield fresh


def make(made: Project, *specs: dict[str, Any]) -> None:
    made.write({f"m{index}": {**PIPELINE, **spec} for index, spec in enumerate(specs)})
    made.apply("--allow-duplicate-names", "--parallelism", "1")


def text_of(used: Project, name: str) -> str:
    return (used.folder / "assistants" / name).read_text(encoding="utf-8")


def spec_of(used: Project, name: str) -> dict[str, Any]:
    file, faults = read(text_of(used, f"{name}.yaml").encode(), name)
    assert file is not None, faults
    value: Any = file.value
    found: dict[str, Any] = value["spec"]
    return found


def first_id(used: Project) -> Any:
    return used.sandbox.store.assistants()[0]["id"]


def test_manifest_is_what_a_person_would_write(made: Project, used: Project) -> None:
    make(made, {"record": True, "tools": [{"type": "end_call", "description": "At the end."}]})
    taken_over(used)
    text = text_of(used, "sales.yaml")

    assert text.splitlines()[:5] == [
        "# yaml-language-server: $schema=../schemas/autocalls/v1/assistant.schema.json",
        "apiVersion: autocalls/v1",
        "kind: Assistant",
        "metadata:",
        "  name: sales",
    ]
    spec = spec_of(used, "sales")
    assert [key for key in spec if key in PIPELINE] == [
        *("name", "type", "mode", "voice", "language", "timezone", "initial_message", "system_prompt", "llm_model")
    ]
    assert {key: spec[key] for key in PIPELINE} == PIPELINE
    assert spec["record"] is True
    assert not spec.keys() & {"speech_speed", "max_duration", "fillers", "phone_number", "webhook_url", "variables"}
    assert "Autocalls does not show these, so they are not managed: secondary_languages," in text


def test_long_and_multi_line_texts_get_files_and_compose_back_as_they_were(made: Project, used: Project) -> None:
    prompt = "You are {{company}}'s agent.\n\n   - indented   \n\t- tab ${price} $${x}\n# no comment: here\u2028end"
    make(made, {"tools": [{"type": "end_call", "description": "word " * 60}]})
    used.sandbox.store.edit_assistant(first_id(used), system_prompt=prompt)
    taken_over(used)

    assert text_of(used, "prompts/sales.md") == prompt + "\n"
    assert spec_of(used, "sales")["system_prompt"] == {"file": "prompts/sales.md"}
    assert spec_of(used, "sales")["tools"][0]["description"] == {"file": "prompts/sales.tools-1-description.md"}


@pytest.mark.parametrize("prompt", ["a\x07b", "\ufeffmark", "a\x85b", "x\ty", "- yes: no #", "${a} $${b}", "null"])
def test_odd_texts_come_through(made: Project, used: Project, prompt: str) -> None:
    make(made, {})
    used.sandbox.store.edit_assistant(first_id(used), system_prompt=prompt)
    taken_over(used)


def test_an_assistant_is_called_by_its_manifest_where_that_is_written_or_managed_too(
    made: Project, used: Project
) -> None:
    transfer = {"type": "assistant_transfer", "assistant": "m0"}
    make(made, {"name": "Desk"}, {"name": "Sales", "tools": [transfer]}, {"name": "Other", "tools": [transfer]})
    used.succeed("import", "--select", "name=sal*", "--write")
    assert spec_of(used, "sales")["tools"][0]["assistant"] == {"name": "Desk"}
    used.succeed("import", "--all", "--write")

    assert spec_of(used, "other")["tools"][0]["assistant"] == "desk"
    assert used.plan().is_empty


def test_what_no_name_tells_apart_is_written_by_id_with_a_comment(made: Project, used: Project) -> None:
    make(made, {})
    store = used.sandbox.store
    (voice,) = (row for row in store.objects("voice") if row["name"] == "Oliver")
    store.add_voice(**{key: value for key, value in voice.items() if key != "id"})
    taken_over(used)

    assert spec_of(used, "sales")["voice"] == {"id": voice["id"]}
    assert "# 'Oliver': no name tells it from other voices\n  voice:" in text_of(used, "sales.yaml")


def test_what_the_vocabulary_does_not_know_is_named_and_stays_unmanaged(made: Project, used: Project) -> None:
    make(made, {"tools": [{"type": "end_call", "description": "At the end."}]}, {"name": "Other"})
    store = used.sandbox.store
    one, two = (row["id"] for row in store.assistants())
    store.edit_assistant(one, tools=[{"type": "hologram", "secret": "x"}])
    store.edit_assistant(two, tools=[{"type": "end_call", "description": "Done", "sound": "gong"}])
    done = used.succeed("import", "--all", "--write")

    assert "assistant.sales: tools: the platform has an entry in `tools` of a type unknown to agentops" in done.out
    assert "tools is not managed: agentops does not know tools.0.sound" in text_of(used, "other.yaml")
    assert not any("tools" in spec_of(used, name) for name in ("sales", "other"))
    assert used.plan().is_empty


@pytest.mark.parametrize(
    "field, value, reason",
    [
        ("max_duration", 5000, "max_duration"),
        ("knowledgebase_id", 4711, "the account has no knowledgebase with the ID 4711"),
        ("is_webhook_active", True, "is_webhook_active"),
        ("variables", {"a": 5}, "variables"),
        ("webhook_url", "gopher://x", "webhook_url"),
    ],
)
def test_a_value_that_no_manifest_may_say_is_left_out_and_named(
    made: Project, used: Project, field: str, value: Any, reason: str
) -> None:
    make(made, {})
    used.sandbox.store.edit_assistant(first_id(used), **{field: value})
    done = used.succeed("import", "--all", "--write")

    assert "Not managed, as the comments in the manifests say:" in done.out
    assert reason in text_of(used, "sales.yaml")
    assert used.plan().is_empty


def test_an_assistant_that_cannot_be_described_is_named_and_the_others_are_imported(
    made: Project, used: Project
) -> None:
    make(made, {"name": "Good"}, {"name": "Bad"})
    bad = used.sandbox.store.assistants()[1]["id"]
    used.sandbox.store.edit_assistant(bad, timezone="Mars/Olympus")
    alone = used.run("import", "assistant.bad", str(bad), "--write")
    assert alone.code == 1, alone
    assert not (used.folder / "assistants").exists()
    outcome = used.run("import", "--all", "--write")

    assert outcome.code == 3, outcome
    assert "assistant.bad: timezone:" in outcome.err
    assert sorted(used.ids()) == ["good"]
    assert used.plan().is_empty


def test_secrets_are_never_written_and_the_variables_to_set_are_listed(made: Project, used: Project) -> None:
    make(made, {"tools": [CALENDAR]}, {"name": "Other", "tools": [CALENDAR]})
    done = used.succeed("import", "--all", "--write")

    assert "\n  OTHER_CALCOM_API_KEY\n  SALES_CALCOM_API_KEY\n" in done.out
    everything = done.out + done.err + "".join(p.read_text() for p in used.folder.rglob("*.yaml"))
    assert "cal_live" not in everything
    used.environ |= secrets_of(used)
    assert used.plan().is_empty


def test_a_secret_that_changes_after_it_was_noted_is_sent(made: Project, used: Project) -> None:
    make(made, {"tools": [CALENDAR]})
    used.succeed("import", "--all", "--write")
    used.environ |= secrets_of(used)
    used.apply()
    used.environ["SALES_CALCOM_API_KEY"] = "cal_live_another"

    (change,) = used.plan().changes
    assert [field.name for field in change.writes] == ["tools"]


def test_nothing_is_sent_but_get(made: Project, used: Project) -> None:
    make(made, {})
    used.sandbox.store.clear_log()
    used.succeed("discover")
    used.succeed("import", "--all", "--write")

    assert not used.writes()


def test_a_file_that_is_there_stops_everything_unless_forced(made: Project, used: Project) -> None:
    make(made, {"name": "Desk"}, {"name": "Sales"})
    used.write_file("sales.yaml", used.manifest("sales", PIPELINE))
    before = text_of(used, "sales.yaml")
    refused = used.run("import", "--all", "--write")
    assert refused.code == 1
    assert "assistants/sales.yaml" in refused.err
    assert sorted(path.name for path in (used.folder / "assistants").iterdir()) == ["sales.yaml"]
    assert text_of(used, "sales.yaml") == before
    used.succeed("import", "--all", "--write", "--force")

    assert text_of(used, "sales.yaml") != before
    assert used.plan().is_empty


def test_an_import_that_was_killed_goes_on_when_it_is_run_again(made: Project, used: Project) -> None:
    transfer = {"type": "assistant_transfer", "assistant": "m0"}
    make(made, {"name": "Desk", "system_prompt": "a\nb"}, {"name": "Sales", "tools": [transfer]})
    used.succeed("import", "--all", "--write")
    whole = {path: path.read_text() for path in used.folder.rglob("*.yaml")}
    # As if the process had ended before the state, and before some of the files, were written.
    for path in (used.folder / ".agentops" / "state").iterdir():
        path.unlink()
    (used.folder / "assistants" / "desk.yaml").unlink()
    stopped = used.run("plan")
    assert stopped.code == 1, stopped
    used.succeed("import", "--all", "--write")

    assert {path: path.read_text() for path in used.folder.rglob("*.yaml")} == whole
    assert used.plan().is_empty


def test_an_import_killed_before_the_state_was_written_never_leads_to_a_second_object(
    made: Project, used: Project
) -> None:
    make(made, {})
    used.succeed("import", "--all", "--write")
    for path in (used.folder / ".agentops" / "state").iterdir():
        path.unlink()

    refused = used.run("apply", "--auto-approve")
    assert refused.code == 4, refused
    assert "agentops import assistant.sales" in refused.err


def test_addresses_do_not_depend_on_what_is_imported_first(made: Project, used: Project) -> None:
    make(made, {"name": "Sales"}, {"name": "Sales", "type": "inbound"})
    used.succeed("import", "--select", "type=inbound", "--write")
    used.succeed("import", "--all", "--write")

    assert spec_of(used, "sales")["type"] == "outbound"
    assert spec_of(used, "sales-2")["type"] == "inbound"


def test_one_object_under_an_address_of_its_own(made: Project, used: Project) -> None:
    make(made, {})
    used.succeed("import", "assistant.vendas", str(first_id(used)), "--write")

    assert used.ids() == {"vendas": first_id(used)}
    assert used.plan().is_empty


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        (("--all",), 64, "add --write"),
        (("--select", "name=x"), 64, "add --write"),
        ((), 64, "say what to import"),
        (("assistant.x", "1", "--all", "--write"), 64, "not both"),
        (("assistant.x", "1", "--force"), 64, "--force"),
        (("--select", "nam=x", "--write"), 64, "did you mean 'name'?"),
        (("--select", "name", "--write"), 64, "name=Sales*"),
        (("--select", "name=Zzz*", "--write"), 64, "nothing that is not managed fits"),
        (("assistant.x", "4711", "--write"), 64, "no assistant with the ID 4711"),
        (("robot.x", "4711", "--write"), 64, "nothing called robot"),
    ],
)
def test_bad_requests_are_refused_with_a_reason(
    made: Project, used: Project, arguments: tuple[str, ...], code: int, said: str
) -> None:
    make(made, {})
    outcome = used.run("import", *arguments)

    assert outcome.code == code, outcome
    assert said in outcome.err
    assert not (used.folder / "assistants").exists()


def test_discover_tells_what_is_not_managed_and_what_to_run(made: Project, used: Project) -> None:
    make(made, {"name": "b desk", "phone_number": "+12025550101"}, {"name": "A sales", "type": "inbound"})
    used.succeed("import", "--select", "type=inbound", "--write")
    text, data = used.succeed("discover").out, json.loads(used.succeed("discover", "--json").out)

    assert "1 of 2 assistants managed, 1 not." in text
    assert "agentops import --all --write" in text
    (one,) = data["unmanaged"]
    assert (one["name"], one["number"], one["id"]) == ("b desk", "+12025550101", first_id(used))
    assert data["managed"] == {"Assistant": 1}
