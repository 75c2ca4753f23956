"""Bringing whole states back, in, and elsewhere; and who holds a lock."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from agentops.domain.state import Entry
from agentops.state.backends import new_lock, open_backend
from agentops.state.locations import open_documents
from tests.cli.conftest import simple
from tests.support.components import Component, use
from tests.support.project import ENVIRONMENT, Project

YES = "--auto-approve"


def pulled(desk: Project) -> Any:
    return json.loads(desk.succeed("state", "pull").out)


def pushed(desk: Project, document: Any, *options: str) -> Any:
    path = desk.folder / "edited.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return desk.run("state", "push", str(path), *options)


@contextmanager
def held(desk: Project, operation: str = "apply") -> Iterator[str]:
    """Somebody else holds the lock; its ID."""
    backend = open_backend("", desk.folder, project="conformance", environment=ENVIRONMENT)
    lock = replace(new_lock(operation, now=datetime.now(UTC)), who="alice@laptop", ci_url="https://ci.example/run/7")
    backend.acquire(lock)
    try:
        yield lock.id
    finally:
        backend.release(lock)
        backend.close()


# history and restore


def test_history_has_a_version_for_each_command_that_changed_the_state(desk: Project) -> None:
    desk.apply()
    desk.succeed("state", "rm", "assistant.two")

    found = json.loads(desk.succeed("state", "history", "--json").out)
    table = desk.succeed("state", "history").out.splitlines()

    assert [version["operation"] for version in found["versions"]] == ["state rm", "apply"]
    assert found["serial"] == desk.state().serial
    assert [row.split()[0] for row in table] == [
        "SERIAL",
        str(found["serial"]),
        *(str(version["serial"]) for version in found["versions"]),
    ]


def test_a_restored_version_is_the_state_again_under_a_new_serial(desk: Project) -> None:
    desk.apply()
    before = desk.state()
    desk.succeed("state", "rm", "assistant.two")
    outcome = desk.succeed("state", "restore", str(before.serial), YES)

    assert f"+ assistant.two will be managed as {before.entries[list(before.entries)[1]].remote_id}" in outcome.out
    after = desk.state()
    assert after.entries == before.entries
    assert (after.lineage, after.digest_key) == (before.lineage, before.digest_key)
    assert after.serial == before.serial + 2
    assert "No changes." in desk.succeed("plan").out


def test_what_restore_would_forget_is_said_before_it_asks(desk: Project) -> None:
    desk.apply()
    outcome = desk.run("state", "restore", "0")

    assert outcome.code == 64
    assert "assistant.one will be forgotten" in outcome.out
    assert "--auto-approve" in outcome.err
    assert desk.ids()


def test_a_version_that_is_not_kept_is_named(desk: Project) -> None:
    desk.apply()

    assert "serial 99 is not kept" in desk.run("state", "restore", "99", YES).err
    assert desk.run("state", "restore", str(desk.state().serial), YES).code == 64


def test_a_state_that_was_deleted_in_its_store_is_brought_back(
    desk: Project, components: Callable[[str], Component], monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = components("s3").fresh()
    use(remote, monkeypatch)
    desk.extra["state"] = remote.location
    desk.write_project()
    desk.apply()
    desk.succeed("state", "rm", "assistant.two")
    [before, _] = json.loads(desk.succeed("state", "history", "--json").out)["versions"]
    documents, name = open_documents(remote.location, project="conformance", environment=ENVIRONMENT)
    documents.delete(name)

    assert desk.run("apply", YES).code == 4, "the names are taken"
    found = desk.succeed("state", "history")
    assert "no state in" in found.err
    assert found.out.split("\n")[1].startswith(str(before["serial"]))
    assert desk.run("state", "restore", "99", YES).code == 1
    outcome = desk.succeed("state", "restore", str(before["serial"]), YES)
    assert "+ assistant.one will be managed as" in outcome.out
    assert "No changes." in desk.succeed("plan").out


def test_where_no_state_was_ever_there_is_nothing_to_restore(desk: Project) -> None:
    for arguments in (["history"], ["restore", "0", YES]):
        assert "has no state yet" in desk.run("state", *arguments).err


@pytest.mark.parametrize(
    "arguments",
    [["rm", "assistant.one"], ["mv", "assistant.one", "assistant.three"], ["restore", "0", YES]],
    ids=lambda arguments: arguments[0],
)
@pytest.mark.parametrize("field", ["project", "environment"])
def test_the_state_of_another_environment_is_not_edited(desk: Project, arguments: list[str], field: str) -> None:
    desk.apply()
    document = pulled(desk)
    backend = open_backend("", desk.folder, project="conformance", environment=ENVIRONMENT)
    lock = new_lock("test", now=datetime.now(UTC))
    backend.acquire(lock)
    state = desk.state()
    backend.replace(state.serial, lock, replace(state, binding=replace(state.binding, **{field: "shop"})))
    backend.release(lock)
    backend.close()

    outcome = desk.run("state", *arguments)

    assert outcome.code == 1
    assert f"belongs to the {field} shop" in outcome.err
    assert pulled(desk)["entries"] == document["entries"]


# push


def test_an_edited_pull_is_the_state_after_a_push(desk: Project) -> None:
    desk.apply()
    document = pulled(desk)
    del document["entries"]["assistant.two"]
    document["entries"]["assistant.one"]["values"]["initial_message"] = "Edited by hand"

    asked = pushed(desk, document)
    assert asked.code == 64
    assert "~ assistant.one: applied values of initial_message" in asked.out
    assert "- assistant.two will be forgotten" in asked.out
    assert "Edited by hand" not in asked.out
    assert len(desk.state().entries) == 2
    assert pushed(desk, document, YES).code == 0
    assert [str(address) for address in desk.state().entries] == ["assistant.one"]
    assert desk.state().serial == document["serial"] + 1


def test_pushing_what_is_there_changes_nothing(desk: Project) -> None:
    desk.apply()
    serial = desk.state().serial

    assert "already" in pushed(desk, pulled(desk), YES).out
    assert desk.state().serial == serial


def edited(**changes: Any) -> Callable[[Any], Any]:
    return lambda document: {**document, **changes}


@pytest.mark.parametrize(
    "edit, said",
    [
        (edited(serial=0), "the state moved on to"),
        (edited(serial=-1), "none can be"),
        (edited(serial=2**63), "none can be"),
        (edited(lineage="another"), "different histories"),
        (edited(format=99), "format 99"),
        (edited(entries=[]), "the state is damaged"),
        (
            lambda document: {**document, "binding": {**document["binding"], "account": "eve@example.com"}},
            "the account",
        ),
        (lambda document: {**document, "binding": {**document["binding"], "environment": "prod"}}, "the environment"),
        (lambda document: [document], "no agentops state"),
    ],
)
def test_a_file_that_cannot_be_this_state_is_refused(desk: Project, edit: Callable[[Any], Any], said: str) -> None:
    desk.apply()
    before = desk.state()
    outcome = pushed(desk, edit(pulled(desk)), YES)

    assert outcome.code in (1, 64)
    assert said in outcome.err
    assert desk.state() == before


def test_a_push_where_there_is_no_state_says_that_secrets_are_sent_once_more(desk: Project) -> None:
    desk.apply()
    document, before = pulled(desk), desk.state()
    desk.extra["state"] = "elsewhere"
    desk.write_project()

    outcome = pushed(desk, document, YES)

    assert outcome.code == 0
    assert "every secret once more" in outcome.err
    backend = open_backend("elsewhere", desk.folder, project="conformance", environment=ENVIRONMENT)
    after = backend.read()
    backend.close()
    assert after is not None
    assert (after.lineage, after.entries) == (before.lineage, before.entries)
    assert after.digest_key != before.digest_key
    assert len(after.digest_key) == 32
    assert "No changes." in desk.succeed("plan").out


@pytest.mark.parametrize("text", ["", "{", '{"format": 2, "format": 2}', "NaN", "[" * 100_000, "\xff"])
def test_what_is_no_json_of_a_pull_is_no_bug(desk: Project, text: str) -> None:
    desk.apply()
    path = desk.folder / "bad.json"
    path.write_bytes(text.encode("latin-1"))

    outcome = desk.run("state", "push", str(path), YES)

    assert outcome.code == 1
    assert "bug" not in outcome.err


# locks


def test_a_held_lock_is_shown_with_all_that_is_known_and_how_to_go_on(desk: Project) -> None:
    desk.apply()
    with held(desk, "destroy") as lock_id:
        outcome = desk.run("apply", YES)

    assert outcome.code == 5
    for words in (lock_id, "alice@laptop", "destroy", "agentops 0.", "https://ci.example/run/7", " UTC ("):
        assert words in outcome.err
    assert "--lock-timeout" in outcome.err
    assert f"agentops force-unlock {lock_id} --env {ENVIRONMENT}" in outcome.err


def test_force_unlock_says_who_held_it_and_lets_others_in(desk: Project) -> None:
    desk.apply()
    with held(desk) as lock_id:
        assert desk.run("force-unlock", "another-id", YES).code == 1
        assert desk.run("force-unlock", lock_id).code == 64
        assert "alice@laptop" in desk.succeed("force-unlock", lock_id, "--force").out
        desk.apply()


def test_there_is_nothing_to_unlock_when_nobody_holds_the_lock(desk: Project) -> None:
    desk.apply()

    outcome = desk.run("force-unlock", "some-id", YES)

    assert (outcome.code, "is not locked" in outcome.err) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["apply", YES],
        ["destroy", YES],
        ["import", "assistant.one", "1"],
        ["state", "rm", "assistant.one"],
        ["state", "mv", "assistant.one", "assistant.uno"],
        ["state", "resolve", "assistant.one", "1"],
        ["state", "restore", "0", YES],
        ["state", "migrate", ".agentops/state", "elsewhere"],
    ],
)
def test_every_command_that_writes_waits_for_the_lock_as_long_as_it_is_told(
    desk: Project, arguments: list[str]
) -> None:
    desk.apply()
    with held(desk):
        assert desk.run(*arguments).code == 5
        outcome = desk.run(*arguments, "--lock-timeout", "10ms")
    assert outcome.code == 5
    assert "Waiting for the lock" in outcome.err


@pytest.mark.parametrize("duration", ["5", "5x", "-1s", "s", ""])
def test_a_duration_needs_a_unit(desk: Project, duration: str) -> None:
    assert desk.run("apply", YES, "--lock-timeout", duration).code == 64


def test_an_update_in_flight_is_told_plainly(desk: Project) -> None:
    desk.write({"one": simple(desk, name="One")})
    desk.apply()
    backend = open_backend("", desk.folder, project="conformance", environment=ENVIRONMENT)
    lock = new_lock("apply", now=datetime.now(UTC))
    backend.acquire(lock)
    state = backend.read()
    assert state is not None
    ((address, entry),) = state.entries.items()
    flying: Entry = replace(entry, sending={"initial_message": "Being sent"})
    backend.replace(state.serial, lock, replace(state, entries={address: flying}))
    backend.release(lock)

    assert "an update whose outcome is not known yet" in desk.succeed("state", "list").out
    shown = desk.succeed("state", "show", "assistant.one").out
    assert "the platform may have these values already" in shown
    assert "Being sent" in shown
