"""What is a difference between two revisions of the manifests, and what is none."""

import pytest

from tests.revisions.conftest import MANIFEST, PROJECT, Repository, warnings

SECOND = MANIFEST.replace("front-desk", "billing").replace("Front desk", "Billing")


def test_a_value_that_differs_is_told_with_both_sides_and_its_place(desk: Repository) -> None:
    desk.edit("name: Sarah", "name: Emma")
    (diff,) = desk.diffs("HEAD")
    (change,) = diff["resource_changes"]

    assert change["address"] == "assistant.front-desk"
    assert change["change"]["actions"] == ["update"]
    assert change["change"]["before"]["voice"] == {"name": "Sarah", "language": "English"}
    assert change["change"]["after"]["voice"] == {"name": "Emma", "language": "English"}
    assert diff["agentops"]["resources"]["assistant.front-desk"]["fields"] == [
        {"name": "voice", "change": "changed", "path": "assistants/front-desk.yaml", "line": 11}
    ]
    assert diff["agentops"]["summary"]["text"] == "Diff: 0 added, 1 changed, 0 removed."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("initial_message: Hello!", "initial_message: 'Hello!' # a comment"),
        ("initial_message: Hello!", "initial_message: {var: hello}"),
        ("system_prompt: Be kind.", "system_prompt: |\n    Be kind.\n"),
        ("system_prompt: Be kind.", "system_prompt: {file: prompts/desk.md}"),
        ("{name: Sarah, language: English}", "{language: {name: english}, name: ' sarah '}"),
        ("language: English\n", "language: ' ENGLISH'\n"),
        ("language: English\n", "language: {name: English}\n"),
        ("llm_temperature: 0.2", "llm_temperature: 0.20"),
        ("  name: Front desk\n  type: inbound\n", "  type: inbound\n  name: Front desk\n"),
        ("{var: company}", "Acme"),
        ("{type: end_call, description: When all is said.}", "{description: When all is said., type: end_call}"),
    ],
)
def test_the_same_said_in_another_way_is_no_difference(desk: Repository, old: str, new: str) -> None:
    desk.edit("variables: {company: Acme}", "variables: {company: Acme, hello: Hello!}", "agentops.yaml")
    desk.write({"assistants/prompts/desk.md": "Be kind.\n"})
    desk.commit()
    desk.edit(old, new)

    assert desk.fields("HEAD") == {}


def test_line_ends_are_no_difference(desk: Repository) -> None:
    desk.write({"assistants/front-desk.yaml": MANIFEST.replace("\n", "\r\n")})

    assert desk.fields("HEAD") == {}


def test_line_ends_that_git_changes_on_checkout_are_no_difference(desk: Repository) -> None:
    desk.git("config", "core.autocrlf", "true")
    (desk.folder / "assistants/front-desk.yaml").unlink()
    desk.git("checkout", "--", ".")

    assert b"\r\n" in (desk.folder / "assistants/front-desk.yaml").read_bytes()
    assert desk.fields("HEAD") == {}


def test_manifests_in_other_files_are_no_difference(desk: Repository) -> None:
    desk.git("mv", "assistants/front-desk.yaml", "assistants/reception.yaml")
    desk.commit()

    assert desk.fields("HEAD~1", "HEAD") == {}
    assert desk.fields("HEAD~1") == {}


def test_manifests_are_added_and_removed(desk: Repository) -> None:
    desk.write({"assistants/billing.yaml": SECOND})
    desk.commit()

    assert desk.fields("HEAD~1", "HEAD")["assistant.billing"]["action"] == "create"
    assert desk.fields("HEAD", "HEAD~1") == {"assistant.billing": {"action": "delete"}}


def test_fields_that_come_and_go_are_told_apart_from_those_that_change(desk: Repository) -> None:
    desk.edit("  llm_temperature: 0.2\n", "  llm_temperature: 0.3\n  max_duration: 600\n")
    desk.edit("  variables: {company: {var: company}}\n", "")

    assert desk.fields("HEAD")["assistant.front-desk"] == {
        "action": "update",
        "llm_temperature": "changed",
        "max_duration": "added",
        "variables": "removed",
    }


def test_a_text_in_a_file_is_compared_and_pointed_at(desk: Repository) -> None:
    desk.edit("system_prompt: Be kind.", "system_prompt: {file: prompts/desk.md}")
    desk.write({"assistants/prompts/desk.md": "Be kind.\n"})
    desk.commit()
    desk.write({"assistants/prompts/desk.md": "Be brief.\n"})
    desk.commit()
    for sides in (("HEAD~1",), ("HEAD~1", "HEAD")):
        (diff,) = desk.diffs(*sides)
        (field,) = diff["agentops"]["resources"]["assistant.front-desk"]["fields"]

        assert (field["name"], field["path"]) == ("system_prompt", "assistants/prompts/desk.md")
        assert diff["resource_changes"][0]["change"]["before"]["system_prompt"] == "Be kind."


def test_a_variable_that_changes_shows_in_the_manifests_that_use_it(desk: Repository) -> None:
    desk.edit("company: Acme", "company: Acme Ltd", "agentops.yaml")

    assert desk.fields("HEAD") == {"assistant.front-desk": {"action": "update", "variables": "changed"}}


def test_a_renamed_manifest_moves_and_so_do_the_links_to_it(desk: Repository) -> None:
    link = "  tools:\n    - {type: assistant_transfer, assistant: front-desk, description: Else.}\n"
    desk.write({"assistants/billing.yaml": SECOND.replace("  tools:\n", link)})
    desk.commit()
    desk.edit("  name: front-desk\n", "  name: reception\n  previous_names: [front-desk]\n")
    desk.edit("assistant: front-desk", "assistant: reception", "assistants/billing.yaml")
    (diff,) = desk.diffs("HEAD")
    (change,) = diff["resource_changes"]

    assert (change["previous_address"], change["address"]) == ("assistant.front-desk", "assistant.reception")
    assert change["change"]["actions"] == ["no-op"]
    assert diff["agentops"]["summary"]["moved"] == 1


def test_what_is_for_agentops_alone_is_told_too(desk: Repository) -> None:
    desk.edit(
        "  name: front-desk\n",
        "  name: front-desk\n  labels: {client: acme}\n  protect: true\n  import: 12\n"
        "  ignore: [{field: initial_message, reason: A test.}]\n",
    )

    assert desk.fields("HEAD")["assistant.front-desk"] == {
        "action": "update",
        "metadata.labels": "added",
        "metadata.protect": "added",
        "metadata.import": "added",
        "metadata.ignore": "added",
    }


def test_secrets_are_named_by_their_variable_and_never_shown(desk: Repository) -> None:
    desk.edit("{env: CALCOM_KEY}", "{env: OTHER_KEY}")
    (diff,) = desk.diffs("HEAD")
    change = diff["resource_changes"][0]["change"]

    assert desk.fields("HEAD")["assistant.front-desk"] == {"action": "update", "tools": "changed"}
    assert change["after"]["tools"][1]["calcom_api_key"] is None
    assert change["after_sensitive"] == {"tools": [False, {"calcom_api_key": True}]}


def test_environments_that_differ_in_the_same_way_are_told_once(desk: Repository) -> None:
    sandbox = "    sandbox:\n      platform: famulor\n      sandbox: true\n      manifests: [assistants]\n"
    desk.write({"agentops.yaml": PROJECT + sandbox + "      variables: {company: Beispiel}\n"})
    desk.commit()
    desk.edit("Hello!", "Hi!")
    (diff,) = desk.diffs("HEAD")

    assert (diff["agentops"]["environment"], diff["agentops"]["alike"]) == ("production", ["sandbox"])

    desk.edit("company: Acme", "company: Acme Ltd", "agentops.yaml")

    assert [found["agentops"]["environment"] for found in desk.diffs("HEAD")] == ["production", "sandbox"]
    assert len(desk.diffs("HEAD", "--env", "sandbox")) == 1


def test_an_environment_that_comes_or_goes_is_said_and_all_of_it_added_or_removed(desk: Repository) -> None:
    sandbox = "    sandbox:\n      platform: autocalls\n      sandbox: true\n      manifests: [assistants]\n"
    desk.write({"agentops.yaml": PROJECT + sandbox + "      variables: {company: Acme}\n"})
    desk.commit()
    came, went = desk.diffs("HEAD~1", "HEAD")[1], desk.diffs("HEAD", "HEAD~1")[1]

    assert came["resource_changes"][0]["change"]["actions"] == ["create"]
    assert went["resource_changes"][0]["change"]["actions"] == ["delete"]
    for found in (came, went):
        assert warnings(found)[0][0] == "environment-changed"


def test_settings_of_an_environment_that_differ_are_named(desk: Repository) -> None:
    desk.edit("platform: autocalls", "platform: famulor\n      deletes: allow", "agentops.yaml")
    (diff,) = desk.diffs("HEAD")

    assert diff["resource_changes"] == []
    assert "platform, deletes or thresholds" in warnings(diff)[0][1]


def test_another_vocabulary_is_all_removed_and_all_added(desk: Repository) -> None:
    desk.edit("platform: autocalls", "platform: revox", "agentops.yaml")
    desk.edit("      variables: {company: Acme}\n", "", "agentops.yaml")
    revox = (
        "{apiVersion: revox/v1, kind: Assistant, metadata: {name: front-desk}, spec: {name: Desk, prompt: Be kind.}}"
    )
    desk.write({"assistants/front-desk.yaml": revox + "\n"})
    (diff,) = desk.diffs("HEAD")

    assert sorted(change["change"]["actions"][0] for change in diff["resource_changes"]) == ["create", "delete"]


def test_warnings_are_told_as_far_as_they_are_new(desk: Repository) -> None:
    desk.edit("Be kind.", "Be kind, {{caller}}.")
    desk.commit()
    desk.edit("Be kind, {{caller}}.", "Be very kind, {{caller}} and {{other}}.")
    (diff,) = desk.diffs("HEAD")

    assert len(warnings(diff)) == 1
    assert "other" in warnings(diff)[0][1]
