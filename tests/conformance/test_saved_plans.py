"""A plan is a plan: what was reviewed is carried out, or refused as stale; and nothing else makes it stale."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentops.domain.plan import Plan
from agentops.providers import registry
from tests.conformance.cases import cases, peers
from tests.support.account import Account
from tests.support.generate import Setting, Spec, fitted
from tests.support.project import TOKEN_VARIABLE, Outcome, Project, manifest, project
from tests.support.samples import PEERS, base

STALE = 5
TOUCHED, OTHER, LINKED = "touched", "other", "linked"

Event = Callable[[Project], object]


def fleet(account: Account, **touched: Any) -> dict[str, Spec]:
    plain = base(Setting(account))
    transfer = {"type": "assistant_transfer", "assistant": OTHER}
    return {
        TOUCHED: plain | {"name": "Touched", "max_duration": 100, "record": False} | touched,
        OTHER: plain | {"name": "Other", "max_duration": 200},
        LINKED: plain | {"name": "Linked", "tools": [transfer]},
    }


def planned(used: Project, **touched: Any) -> Plan:
    """A fleet, and a saved plan that changes one field of one of its assistants."""
    used.write(fleet(used.account))
    used.apply()
    used.write(fleet(used.account, **(touched or {"max_duration": 300})))
    plan = used.plan()
    used.sandbox.store.clear_log()
    return plan


def carry_out(used: Project) -> Outcome:
    return used.run("apply", str(used.saved))


def drifted_elsewhere(used: Project) -> None:
    """Somebody edits another assistant, and another run puts it right: the state moves on."""
    used.sandbox.store.edit_assistant(used.ids()[OTHER], max_duration=999)
    used.apply("--target", f"assistant.{OTHER}")
    assert used.rows()[OTHER]["max_duration"] == 200


def comment(used: Project) -> None:
    path = used.folder / "assistants" / f"{TOUCHED}.yaml"
    path.write_text(f"# reviewed\n{path.read_text(encoding='utf-8')}\n# the end\n", encoding="utf-8")


def respelt(used: Project) -> None:
    used.write_file(
        f"{TOUCHED}.yaml", manifest(TOUCHED, fleet(used.account, max_duration=300)[TOUCHED]).replace("\n", "")
    )


def edit(which: str, **fields: Any) -> Event:
    return lambda used: used.sandbox.store.edit_assistant(used.ids()[which], **fields)


HARMLESS: dict[str, Event] = {
    "an unrelated assistant is edited": edit(OTHER, max_duration=999, name="Renamed"),
    "a field that nobody manages is edited": edit(TOUCHED, speech_speed=1.1, voice_mail_message="hi"),
    "the status changes": edit(TOUCHED, status="active"),
    "somebody adds an assistant": lambda used: used.sandbox.store.copy_assistant(used.ids()[OTHER], name="New"),
    "an apply elsewhere moves the state on": drifted_elsewhere,
    "a comment is written": comment,
    "the file is laid out differently": respelt,
}


def manifests(used: Project, **specs: Spec) -> None:
    used.write({**fleet(used.account, max_duration=300), **specs})


HARMFUL: dict[str, Event] = {
    "the field is edited on the platform": edit(TOUCHED, max_duration=999),
    "another managed field of it is edited": edit(TOUCHED, record=True),
    "it is deleted on the platform": lambda used: used.sandbox.store.delete_assistant(used.ids()[TOUCHED]),
    "its manifest says something else": lambda used: used.write(fleet(used.account, max_duration=301)),
    "another manifest says something else": lambda used: manifests(
        used, other=fleet(used.account)[OTHER] | {"max_duration": 222}
    ),
    "a manifest is added": lambda used: manifests(used, third=base(Setting(used.account)) | {"name": "Third"}),
    "a manifest is gone": lambda used: (used.folder / "assistants" / f"{LINKED}.yaml").unlink(),
    "it was applied already": lambda used: used.apply(),
    "the token opens another account": lambda used: other_account(used),
}


def other_account(used: Project) -> None:
    used.sandbox.store.add_account("2|other", "Other", "other@example.com")
    used.environ[TOKEN_VARIABLE] = "2|other"


@pytest.mark.parametrize("event", sorted(HARMLESS))
def test_a_saved_plan_stays_valid_when(event: str, tmp_path: Path) -> None:
    with project(tmp_path, "autocalls") as used:
        planned(used)
        HARMLESS[event](used)
        used.sandbox.store.clear_log()
        outcome = carry_out(used)
        assert outcome.code == 0, outcome
        assert used.rows()[TOUCHED]["max_duration"] == 300
        assert [entry.json for entry in used.writes()] == [{"max_duration": 300}]


@pytest.mark.parametrize("event", sorted(HARMFUL))
def test_a_saved_plan_is_stale_when(event: str, tmp_path: Path) -> None:
    with project(tmp_path, "autocalls") as used:
        planned(used)
        HARMFUL[event](used)
        used.sandbox.store.clear_log()
        before = used.state()
        outcome = carry_out(used)
        assert outcome.code == STALE, outcome
        assert "plan" in outcome.err
        assert not used.writes()
        assert (used.state().serial, used.state().entries) == (before.serial, before.entries)


@pytest.mark.parametrize("name", registry.platforms())
def test_a_plan_through_a_file_sends_the_same_bytes_as_apply_at_once(name: str, tmp_path: Path) -> None:
    sent = []
    for through_file in (True, False):
        folder = tmp_path / str(through_file)
        folder.mkdir()
        with project(folder, name) as used:
            for specs in steps(used.account):
                used.write(specs)
                used.sandbox.store.clear_log()
                apply_once(used, through_file=through_file)
                sent.append([(entry.method, entry.path, entry.body) for entry in used.writes()])
    half = len(sent) // 2
    assert all(sent)
    assert sent[:half] == sent[half:]


def steps(account: Account) -> list[dict[str, Spec]]:
    """A fleet with a circle of transfers and a number; changes of every kind to it, a swap and a delete among them."""
    plain = base(Setting(account)) | ({"type": "inbound"} if account.table["type"].required else {})
    every = cases(registry.platform(account.platform), account)
    fields = [case for case in every if not case.tool and not case.is_required and case.row.name != "type"]
    walks = [
        {
            f"f-{case.name}": case.spec(case.values[turn])
            for case in fields
            if case.setting == Setting(account, siblings=PEERS)
        }
        for turn in (0, 1)
    ]
    to = {name: {"type": "assistant_transfer", "assistant": name} for name in ("one", "two", "three")}
    key = {"type": "calendar_integration", "calcom_api_key": {"env": "CALCOM_KEY_A"}, "calcom_event_slug": "demo"}
    first = {
        "one": plain | {"name": "One", "tools": [to["two"], key], "phone_number": {"id": 1}, "voice_stability": 0.25},
        "two": plain | {"name": "Two", "tools": [to["one"]], "phone_number": {"id": 2}},
        "three": plain | {"name": "Three", "tools": [to["one"]], "variables": {"b": "2", "a": "1"}},
    }
    second = {
        "one": first["one"] | {"phone_number": {"id": 2}, "system_prompt": "Ünï\r\ncode  "},
        "two": {key: value for key, value in first["two"].items() if key != "tools"} | {"phone_number": {"id": 1}},
    }
    return [
        {**peers(account), **walk, **{name: fitted(spec, account.table) for name, spec in fleet_.items()}}
        for fleet_, walk in zip((first, second), walks, strict=True)
    ]


def apply_once(used: Project, *, through_file: bool) -> None:
    options = ("--allow-deletes", "--allow-large-change")
    if through_file:
        used.plan(*options)
        used.succeed("apply", str(used.saved), "--parallelism", "1")
    else:
        used.succeed("apply", "--auto-approve", "--parallelism", "1", *options)
