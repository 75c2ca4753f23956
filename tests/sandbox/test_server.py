"""A sandbox behind a port of this machine, with broken connections."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from agentops.sandbox import DEFAULT_TOKEN, Fault, FaultKind, Sandbox, Server
from tests.sandbox.support import PIPELINE, created, ok


class Sleeps(list[float]):
    """A sleep that only notes for how long."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


@pytest.fixture
def server(sandbox: Sandbox, sleeps: Sleeps) -> Iterator[Server]:
    with Server(sandbox, sleep=sleeps) as running:
        yield running


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {server.token}", "Accept": "application/json"}
    with httpx.Client(base_url=server.url, headers=headers, trust_env=False) as client:
        yield client


def test_any_client_can_talk_to_it(http: httpx.Client, server: Server) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    assert server.url.endswith("/api")
    number = created(http)
    page = ok(http.get("/user/assistants/get"))
    assert page["first_page_url"] == f"{server.url}/user/assistants/get?page=1"
    assert page["data"][0]["id"] == number
    ok(http.put(f"/user/assistant/{number}", json={"name": "Zoë"}))
    ok(http.delete(f"/user/assistant/{number}"))


def test_queries_and_odd_paths_arrive_as_sent(http: httpx.Client) -> None:
    voices = ok(http.get("/user/assistants/voices", params={"search": "zoë", "mode": "dualplex"}))
    assert [voice["name"] for voice in voices] == ["Zoë"]
    ok(http.get("/user/%C3%A4"), 404)
    assert http.head("/user/me").content == b""


def test_the_connection_stays_open(server: Server) -> None:
    request = f"GET /api/user/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", int(server.url.split(":")[2].split("/")[0]))) as connection:
        for _ in range(3):
            connection.sendall(request)
            assert b"200 OK" in connection.recv(65536)


def test_a_body_of_unknown_length_is_refused(http: httpx.Client) -> None:
    assert http.post("/user/assistant", content=iter([b"{}"])).status_code == 411


def test_faults_that_need_no_connection_work_too(http: httpx.Client, sandbox: Sandbox) -> None:
    with sandbox.faults.on(Fault(FaultKind.STATUS_AFTER, "POST", status=502)):
        assert http.post("/user/assistant", json=PIPELINE).status_code == 502
    assert len(sandbox.store.assistants()) == 1


def test_dropped_before_the_commit(http: httpx.Client, sandbox: Sandbox) -> None:
    with sandbox.faults.on(Fault(FaultKind.DROP_BEFORE, "POST")), pytest.raises(httpx.RemoteProtocolError):
        http.post("/user/assistant", json=PIPELINE)
    assert sandbox.store.assistants() == []
    created(http)


def test_dropped_after_the_commit(http: httpx.Client, sandbox: Sandbox) -> None:
    with sandbox.faults.on(Fault(FaultKind.DROP_AFTER, "POST")), pytest.raises(httpx.RemoteProtocolError):
        http.post("/user/assistant", json=PIPELINE)
    assert len(sandbox.store.assistants()) == 1
    created(http)


def test_a_body_that_ends_too_early(http: httpx.Client, sandbox: Sandbox) -> None:
    with (
        sandbox.faults.on(Fault(FaultKind.CUT_BODY)),
        pytest.raises(httpx.RemoteProtocolError, match="complete message body"),
    ):
        http.get("/user/assistants/voices")
    ok(http.get("/user/me"))


def test_a_body_that_drips(http: httpx.Client, sandbox: Sandbox, sleeps: Sleeps) -> None:
    expected = ok(http.get("/user/assistants/voices"))
    with sandbox.faults.on(Fault(FaultKind.DRIP, seconds=3)):
        assert ok(http.get("/user/assistants/voices")) == expected
    assert set(sleeps) == {3}
    assert len(sleeps) == 19


def test_a_slow_answer_is_carried_out_halfway(sandbox: Sandbox) -> None:
    committed: list[int] = []

    def sleep(seconds: float) -> None:
        committed.append(len(sandbox.store.assistants()))
        assert seconds == 2.5

    with Server(sandbox, latency=1, sleep=sleep) as server:
        headers = {"Authorization": f"Bearer {server.token}"}
        with (
            httpx.Client(base_url=server.url, headers=headers, trust_env=False) as client,
            sandbox.faults.on(Fault(FaultKind.SLOW, "POST", seconds=4)),
        ):
            created(client)
    assert committed == [0, 1]


def test_every_request_takes_the_latency(sandbox: Sandbox, sleeps: Sleeps) -> None:
    with Server(sandbox, latency=0.5, sleep=sleeps) as server:
        httpx.get(f"{server.url}/user/me", trust_env=False)
    assert sleeps == [0.25, 0.25]


def test_closing_cuts_idle_connections(sandbox: Sandbox) -> None:
    server = Server(sandbox)
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        client.get("/user/me")
        server.close()
        with pytest.raises(httpx.TransportError):
            client.get("/user/me")
    server.close()


SCRIPT = """
from agentops.sandbox import open_sandbox, serve
sandbox = open_sandbox("famulor", ":memory:")
serve(sandbox, "127.0.0.1", 0, ready=lambda server: print(server.url, flush=True))
sandbox.close()
print("closed", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_serving_in_good_order(number: signal.Signals) -> None:
    command = [sys.executable, "-W", "error", "-c", SCRIPT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=os.getcwd()) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
        with httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
            ok(client.get("/user/me"))
            process.send_signal(number)
            assert process.stdout.read() == "closed\n"
        assert process.wait() == 0
