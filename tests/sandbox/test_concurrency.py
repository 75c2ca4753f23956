"""Many threads at once: nothing is lost, nothing is given twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from agentops.sandbox import Sandbox, Server, open_sandbox
from tests.sandbox.support import PIPELINE, connect, created, ok

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
