"""Every JSON output has a published schema, and obeys it in whatever situation."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from agentops.cli.main import cli
from agentops.engine.schemas import output_names, schema_names
from agentops.sandbox import Fault, FaultKind
from tests.json.conftest import plain, write_two
from tests.json.outputs import SCHEMAS, checked, lines, of_type
from tests.support.project import Project

NO_OPTION = {"agentops state pull"}
"""What is JSON without an option."""


def with_json(command: click.Command = cli, name: str = "agentops") -> Iterator[str]:
    """The commands that have --json."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            assert below is not None
            yield from with_json(below, f"{name} {word}")
    elif any("--json" in parameter.opts for parameter in command.params):
        yield name


def test_every_json_output_has_a_schema_and_every_schema_an_output() -> None:
    assert set(with_json()) | NO_OPTION == set(SCHEMAS)
    assert {f"agentops/v1/{name}" for name in SCHEMAS.values()} == set(output_names())


def test_outputs_are_described_apart_from_what_an_editor_needs(tmp_path: Path, desk: Project) -> None:
    listed = desk.succeed("schema").out.split()
    desk.succeed("schema", "--write", str(tmp_path / "editor"))
    desk.succeed("schema", "--write", str(tmp_path / "all"), "--all")

    assert set(listed) == {*schema_names(), *output_names()}
    assert names_below(tmp_path / "editor") == set(schema_names())
    assert names_below(tmp_path / "all") == set(listed)
    assert json.loads(desk.succeed("schema", "agentops/v1/plan").out)["title"]
    assert desk.run("schema", "--all").code == 64


def names_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)).removesuffix(".schema.json") for path in folder.rglob("*.json")}


# Plans


def test_plan_of_creates_with_secrets_and_references_known_after_apply(desk: Project) -> None:
    found = checked("plan", desk.succeed("plan", "--json"))
    one = found["resource_changes"][0]["change"]

    assert one["after_unknown"]["tools"][1] == {"assistant": {"id": True}}
    assert one["after_sensitive"]["tools"][0] == {"calcom_api_key": True}


def test_plan_of_updates_deletes_and_drift(desk: Project) -> None:
    desk.apply()
    desk.sandbox.store.edit_assistant(desk.ids()["one"], initial_message="Edited")
    desk.write({"one": plain(desk, name="Renamed")})

    found = checked("plan", desk.run("plan", "--json"))

    assert {tuple(each["change"]["actions"]) for each in found["resource_changes"]} == {("update",), ("delete",)}
    assert found["resource_drift"]
    assert found["agentops"]["findings"]


def test_plan_with_a_conflict_that_blocks_and_with_a_warning(desk: Project) -> None:
    desk.apply()
    desk.sandbox.store.edit_assistant(desk.ids()["two"], initial_message="Theirs")
    fields = {"initial_message": "Ours", "system_prompt": "Be kind to {{nobody}}."}
    desk.write({"two": plain(desk, name="Two", **fields)}, two={"protect": True})

    found = checked("plan", desk.run("plan", "--json"))

    assert found["agentops"]["resources"]["assistant.two"]["blocked"]
    assert found["agentops"]["diagnostics"][0]["agentops"]["code"] == "undeclared-placeholder"
    assert found["agentops"]["diagnostics"][0]["range"]["filename"] == "assistants/two.yaml"


def test_plan_of_adopt_move_and_forget(desk: Project) -> None:
    desk.write({"one": plain(desk, name="One"), "two": plain(desk, name="Two"), "three": plain(desk, name="Three")})
    desk.apply()
    ids = desk.ids()
    desk.succeed("state", "rm", "assistant.two")
    manifests = {"moved": plain(desk, name="One"), "two": plain(desk, name="Two")}
    desk.write(manifests, moved={"previous_names": ["one"]}, two={"import": ids["two"]})
    desk.sandbox.store.delete_assistant(ids["three"])

    found = checked("plan", desk.run("plan", "--json"))
    changes = {each["address"]: each for each in found["resource_changes"]}

    assert changes["assistant.moved"]["previous_address"] == "assistant.one"
    assert changes["assistant.two"]["change"]["importing"] == {"id": str(ids["two"])}
    assert changes["assistant.three"]["change"]["actions"] == ["forget"]


def test_saved_plans_empty_plans_and_plans_to_destroy(desk: Project) -> None:
    desk.plan()
    assert checked("plan", desk.succeed("show", "--json", str(desk.saved)))["resource_changes"]
    desk.apply()
    assert checked("plan", desk.succeed("plan", "--json"))["resource_changes"] == []
    assert len(checked("plan", desk.run("plan", "--json", "--destroy"))["resource_changes"]) == 2


def test_drift_with_edits_gone_objects_and_none(desk: Project) -> None:
    assert checked("drift", desk.succeed("drift", "--json"))["agentops"]["basis"]["lineage"] == ""
    desk.apply()
    ids = desk.ids()
    desk.sandbox.store.edit_assistant(ids["one"], initial_message="Edited")
    desk.sandbox.store.delete_assistant(ids["two"])
    desk.sandbox.store.copy_assistant(ids["one"])

    found = checked("drift", desk.succeed("drift", "--json"))

    assert [each["change"]["actions"] for each in found["resource_drift"]] == [["update"], ["delete"]]
    assert found["agentops"]["unmanaged"]
    assert (
        checked("drift", desk.succeed("plan", "--refresh-only", "--json"))["resource_drift"] == found["resource_drift"]
    )


# The other commands


def test_state_list_show_history_and_pull(desk: Project) -> None:
    desk.apply()
    write_two(desk, initial_message="Changed")
    desk.apply()

    listed = checked("state", desk.succeed("state", "list", "--json"))
    shown = checked("state", desk.succeed("state", "show", "assistant.one", "--json"))
    (one,) = shown["values"]["root_module"]["resources"]

    assert [each["address"] for each in listed["values"]["root_module"]["resources"]] == [
        "assistant.one",
        "assistant.two",
    ]
    assert one["values"]["initial_message"] == "Changed"
    assert one["values"]["tools"][0]["calcom_api_key"] is None
    assert one["sensitive_values"]["tools"][0] == {"calcom_api_key": True}
    assert checked("state-history", desk.succeed("state", "history", "--json"))["versions"]
    assert set(checked("state-file", desk.succeed("state", "pull"))["entries"]) == {"assistant.one", "assistant.two"}


def test_state_with_a_create_that_was_left_unclear(desk: Project) -> None:
    desk.write({"one": plain(desk, name="One")})
    desk.sandbox.faults.add(Fault(FaultKind.DROP_AFTER, method="POST"))
    desk.sandbox.faults.add(Fault(FaultKind.DROP_AFTER, method="GET", path="/user/assistants/get", after=1, times=None))
    messages = lines(desk.run("apply", "--auto-approve", "--json"))
    desk.sandbox.faults.clear()

    (unclear,) = checked("state", desk.succeed("state", "list", "--json"))["agentops"]["unclear"]
    assert unclear["address"] == "assistant.one"
    assert checked("state", desk.succeed("state", "show", "assistant.one", "--json"))["agentops"]["unclear"]
    assert checked("state-file", desk.succeed("state", "pull"))["intents"]
    assert of_type(messages, "apply_errored")
    assert checked("discover", desk.succeed("discover", "--json"))["unmanaged"][0]["begun_as"] == "assistant.one"


def test_discover_and_import(desk: Project) -> None:
    desk.apply()
    one, two = desk.ids()["one"], desk.ids()["two"]
    for name in ("one", "two"):
        desk.succeed("state", "rm", f"assistant.{name}")
    assert len(checked("discover", desk.succeed("discover", "--json"))["unmanaged"]) >= 2

    adopted = checked("import", desk.succeed("import", "assistant.one", str(one), "--json"))["agentops"]["imported"]
    written = checked("import", desk.succeed("import", "assistant.new", str(two), "--write", "--json"))
    again = checked("import", desk.run("import", "--all", "--write", "--json"))

    assert [(each["address"], each["id"]) for each in adopted] == [("assistant.one", one)]
    assert [each["path"] for each in written["agentops"]["imported"]] == ["assistants/new.yaml"]
    assert not {one, two} & {each["id"] for each in again["agentops"]["imported"]}


def test_fmt_says_what_is_not_in_canonical_form(desk: Project) -> None:
    one = desk.folder / "assistants" / "one.yaml"
    before = one.read_text(encoding="utf-8")

    outcome = desk.run("fmt", "--check", "--diff", "--json")
    found = checked("fmt", outcome)["agentops"]

    assert (outcome.code, found["written"], outcome.err) == (1, False, "")
    assert found["checked"] == 3
    assert found["changed"][0]["diff"].startswith("--- a/")
    assert one.read_text(encoding="utf-8") == before
    assert checked("fmt", desk.succeed("fmt", "--json"))["agentops"]["written"]
    assert checked("fmt", desk.succeed("fmt", "--check", "--json"))["agentops"]["changed"] == []
    assert desk.run("fmt", "--json", "-").code == 64


@pytest.mark.parametrize("arguments", [("catalog",), ("catalog", "voices"), ("catalog", "assistants"), ("platforms",)])
def test_catalogs_and_platforms(desk: Project, arguments: tuple[str, ...]) -> None:
    desk.apply()

    assert checked(arguments[0], desk.succeed(*arguments, "--json"))


def test_version_and_validate(desk: Project) -> None:
    version = checked("version", desk.succeed("version", "--json"))["agentops"]["version"]

    assert desk.succeed("version").out.startswith(f"agentops {version} ")
    assert checked("validate", desk.succeed("validate", "--json"))["valid"]
    write_two(desk, voise="Emma")
    assert checked("validate", desk.run("validate", "--json"))["error_count"] == 1
