"""Many threads at once: nothing is lost, nothing is given twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from agentops.sandbox import Sandbox, Server, open_sandbox
from tests.sandbox.conftest import Opener
from tests.sandbox.revox_support import added, items, patched, read
from tests.sandbox.support import OLDER, PIPELINE, connect, created, listed, ok

THREADS = 16


def everybody(work: Callable[[int], object], times: int) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(times)))


def test_creates_in_process_get_ids_of_their_own(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    everybody(lambda index: created(client, name=f"A {index}"), 200)
    rows = sandbox.store.assistants()
    assert [row["id"] for row in rows] == list(range(789, 989))
    assert {row["name"] for row in rows} == {f"A {index}" for index in range(200)}
    assert len(sandbox.store.log()) == 200


def test_a_number_goes_to_one_inbound_assistant_only(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    body = PIPELINE | {"type": "inbound", "phone_number_id": 7}
    statuses: list[int] = []
    everybody(lambda _: statuses.append(client.post("/user/assistant", json=body).status_code), 40)
    assert sorted(statuses) == [201] + [422] * 39


def test_updates_of_different_fields_do_not_undo_each_other(sandbox: Sandbox) -> None:
    client = connect(sandbox)
    number = created(client)
    fields = ("max_duration", "ringing_time", "reengagement_interval", "max_silence_duration")
    everybody(lambda index: ok(client.put(f"/user/assistant/{number}", json={fields[index % 4]: 20 + index // 4})), 160)
    stored = sandbox.store.assistant(number)
    assert all(20 <= stored[field] < 60 for field in fields)


def test_updates_in_the_older_dialect_do_not_undo_each_other(opened: Opener) -> None:
    client = connect(opened("autocalls-legacy"))
    number = created(client, OLDER, use_min_interrupt_words=True, min_interrupt_words=0)
    fields = ("max_call_duration", "re_engagement_interval", "max_silence_duration")
    everybody(lambda index: ok(client.put(f"/user/assistant/{number}", json={fields[index % 3]: 50 + index // 3})), 120)
    (item,) = listed(client)
    assert all(50 <= item[key] < 90 for key in ("max_duration", "reengagement_interval", "max_silence_duration"))
    assert item["min_interrupt_words"] == 0


def test_creates_and_changes_on_revox(opened: Opener) -> None:
    sandbox = opened("revox")
    client = connect(sandbox)
    number = added(client)["id"]
    fields = ("first_sentence_delay_ms", "max_call_duration_secs", "thinking_sound_volume")

    def work(index: int) -> None:
        added(client, name=f"A {index}")
        patched(client, number, **{fields[index % 3]: index / 1000 if index % 3 == 2 else index})

    everybody(work, 100)
    assert {item["name"] for item in items(client, "assistants")} == {"Front Desk"} | {f"A {n}" for n in range(100)}
    assert len({item["id"] for item in items(client, "assistants")}) == 101
    item = read(client, number)
    assert [item[field] != default for field, default in zip(fields, (400, 600, 0.5), strict=True)] == [True] * 3


def test_clients_of_a_served_file(tmp_path: Path) -> None:
    sandbox = open_sandbox("autocalls", tmp_path / "sandbox.db")
    with Server(sandbox) as server:
        limits = httpx.Limits(max_connections=THREADS)
        headers = {"Authorization": f"Bearer {server.token}"}
        with httpx.Client(base_url=server.url, headers=headers, limits=limits, trust_env=False) as client:

            def work(index: int) -> None:
                number = created(client, name=f"A {index}")
                ok(client.put(f"/user/assistant/{number}", json={"max_duration": 100 + index}))
                if index % 2:
                    ok(client.delete(f"/user/assistant/{number}"))
                ok(client.get("/user/assistants/get"))

            everybody(work, 100)
    rows = sandbox.store.assistants()
    assert {row["name"]: row["max_duration"] for row in rows} == {f"A {n}": 100 + n for n in range(0, 100, 2)}
    assert len(sandbox.store.log()) == 350
    sandbox.close()
