"""The accounts that the platforms' documents show are taken over, and made anew elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agentops.sandbox import OBSERVED_FIELDS, Options, Server, open_sandbox
from tests.import_.accounts import comparable, differences, new_project, rebuilt, shown, taken_over
from tests.sandbox.revox_support import READ_ONLY
from tests.sandbox.support import connect, fixture, ok
from tests.sandbox.test_fixture_accounts import build, fill_catalogs
from tests.support.project import Project

FILLED = Options(fill_tool_defaults=True)
ACCOUNTS: dict[str, tuple[str, tuple[str, ...], Options]] = {
    "autocalls": ("autocalls", ("autocalls.assistants-get.page1", "autocalls.assistants-get.page2"), FILLED),
    "famulor": ("famulor", ("famulor.assistants-get",), FILLED),
    "intellixent": ("intellixent", ("intellixent.assistants-get",), FILLED),
    "observed": (
        "autocalls",
        ("autocalls-family.observed.assistants-get.extra-fields",),
        Options(fill_tool_defaults=True, show_hidden=OBSERVED_FIELDS),
    ),
}
"""Platform, fixtures and options of each account of the current dialect."""


@contextmanager
def current(name: str) -> Iterator[Project]:
    platform, fixtures, options = ACCOUNTS[name]
    sandbox = open_sandbox(platform, ":memory:", options=options, seed=False)
    fill_catalogs(sandbox, "famulor.languages" if platform == "famulor" else "autocalls.languages")
    sandbox.store.reserve("knowledgebase", 31)
    build(connect(sandbox), [item for each in fixtures for item in fixture(each, host="sandbox.invalid")["data"]])
    with Server(sandbox) as server, new_project(server, platform) as used:
        yield used
    sandbox.close()


@contextmanager
def older() -> Iterator[Project]:
    """The account of the older dialect: its reads are those of the current one, so it is put in by the back door."""
    sandbox = open_sandbox("autocalls-legacy", ":memory:", seed=False)
    fill_catalogs(sandbox, "autocalls.languages")
    for item in fixture("autocalls-legacy.assistants-get", host="sandbox.invalid")["data"]:
        known = {row["id"] for row in sandbox.store.objects("voice")}
        assert item["voice_id"] in known
        body = {
            **{"assistant_name": item["name"], "calls_direction": "receive" if item["type"] == "inbound" else "make"},
            **{"engine_type": item["mode"], "voice_id": item["voice_id"], "timezone": item["timezone"]},
            **{"language": _named(sandbox.store.objects("language"), item["language_id"])},
            **{"llm_model": _named(sandbox.store.objects("llm_model"), item["llm_model_id"])},
            **{"initial_message": item["initial_message"], "system_prompt": item["system_prompt"]},
        }
        made = ok(connect(sandbox).post("/user/assistant", json=body), 201)["data"]["id"]
        kept = {key: value for key, value in item.items() if key in sandbox.store.assistant(made)}
        numbers = ("voice_stability", "voice_similarity", "speech_speed", "llm_temperature", "ambient_sound_volume")
        kept |= {key: float(kept[key]) for key in numbers if key in kept}
        kept |= {key: bool(kept[key]) for key in ("fillers", "end_call_on_voicemail") if key in kept}
        sandbox.store.edit_assistant(made, **{key: value for key, value in kept.items() if key != "id"})
    with Server(sandbox) as server, new_project(server, "autocalls-legacy") as used:
        yield used
    sandbox.close()


def _named(rows: list[dict[str, Any]], number: int) -> str:
    (name,) = (row["name"] for row in rows if row["id"] == number)
    assert isinstance(name, str)
    return name


@contextmanager
def revox() -> Iterator[Project]:
    sandbox = open_sandbox("revox", ":memory:")
    client = connect(sandbox)
    items = [*fixture("revox-assistants-list")["assistants"], fixture("revox-assistant-get")]
    for item in items:
        _provide(sandbox.store, item)
        body = {key: value for key, value in item.items() if key not in READ_ONLY}
        asked = (each for each in item.get("faq_items", ()) if each["answer"])
        body["faq_items"] = [{key: each[key] for key in ("question", "answer")} for each in asked]
        refusing = {"first_sentence", "end_of_call_sentence", "webhook_url", "structured_output_config", "voice"}
        refusing |= {"call_retry_config"}
        body = {key: value for key, value in body.items() if value is not None or key not in refusing}
        ok(client.post("/assistants", json=body))
    with Server(sandbox) as server, new_project(server, "revox") as used:
        yield used
    sandbox.close()


def _provide(store: Any, item: dict[str, Any]) -> None:
    """The voice and the number that the fixture's assistant has."""
    voice, number = item.get("voice"), item.get("from_phone_number")
    if voice and (voice["provider"], voice["id"]) not in {
        (r["provider"], r["voice_id"]) for r in store.objects("voice")
    }:
        store.add_voice(voice_id=voice["id"], provider=voice["provider"], name=f"Voice {voice['id'][:4]}")
    if number and number not in {row["phone_number"] for row in store.objects("phone_number")}:
        store.add_phone_number(phone_number=number)


EVERY = {name: (lambda name=name: current(name)) for name in ACCOUNTS} | {"older": older, "revox": revox}


@pytest.mark.parametrize("name", EVERY)
def test_account_of_the_documents_is_taken_over_and_made_anew_elsewhere(name: str) -> None:
    options = ACCOUNTS[name][2] if name in ACCOUNTS else Options()
    with EVERY[name]() as used:
        before = shown(used)
        assert before
        taken_over(used, whole=not any(row.get("inbound_webhook_url") for row in before.values()))
        assert shown(used) == before
        addresses = {number: address for address, number in used.ids().items()}
        assert addresses.keys() >= before.keys()
        with rebuilt(used, options) as (again, twin):
            there = {number: address for address, number in again.ids().items()}
            found = comparable(shown(again), there, twin.ids)
            assert differences(comparable(before, addresses, twin.same), found) == []


def test_phone_numbers_of_revox_are_taken_over_with_who_answers_them() -> None:
    with revox() as used:
        (first, *_) = shown(used)
        (number, *_) = shown(used, "PhoneNumber")
        ok(connect(used.sandbox).patch(f"/phone-numbers/{number}", json={"inbound_assistant_id": first}))
        before = shown(used, "PhoneNumber")
        taken_over(used)
        assert shown(used, "PhoneNumber") == before
        written = sorted(path.stem for path in Path(used.folder / "assistants/phone_numbers").glob("*.yaml"))
        assert len(written) == len(before)
        with rebuilt(used) as (again, twin):
            again_shown = shown(again, "PhoneNumber")
            names = {row["id"]: row["phone_number"] for rows in (before, again_shown) for row in rows.values()}
            there = comparable(again_shown, {**names, **{n: a for a, n in again.ids().items()}}, twin.ids)
            here = comparable(before, {**names, **{n: a for a, n in used.ids().items()}}, twin.same)
            assert {n: row["inbound_assistant"] for n, row in there.items()} == {
                n: row["inbound_assistant"] for n, row in here.items()
            }
