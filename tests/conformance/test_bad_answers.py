"""Answers that no document promises end in a clear message and the right exit code, with nothing half-written."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from agentops.sandbox import Fault, FaultKind
from tests.support.generate import Setting, Spec
from tests.support.project import Outcome, Project, project
from tests.support.samples import base

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
LIST, ALL = "/user/assistants/get", "/user/assistant"

READS: dict[str, tuple[Fault, str]] = {
    "a web page with 200": (Fault(FaultKind.HTML, "GET", LIST, times=None), "base_url"),
    "truncated JSON": (Fault(FaultKind.TRUNCATED, "GET", LIST, times=None), "base_url"),
    "JSON of another type": (Fault(FaultKind.WRONG_TYPE, "GET", LIST, times=None), "base_url"),
    "401": (Fault(FaultKind.STATUS, "GET", LIST, status=401), "token"),
    "403": (Fault(FaultKind.STATUS, "GET", LIST, status=403), "token"),
    "404": (Fault(FaultKind.STATUS, "GET", LIST, status=404), "base_url"),
    "405": (Fault(FaultKind.STATUS, "GET", LIST, status=405), "base_url"),
    "500 all the time": (Fault(FaultKind.STATUS, "GET", LIST, times=None, status=500), "try again later"),
    "a catalog that is a web page": (
        Fault(FaultKind.HTML, "GET", "/user/assistants/voices", times=None),
        "base_url",
    ),
    "no account": (Fault(FaultKind.HTML, "GET", "/user/me", times=None), "base_url"),
}
"""What a read is answered -> the fault, and what the message must speak of."""

PASSING = {
    "429": Fault(FaultKind.STATUS, "*", "*", times=2, status=429, retry_after=1),
    "500 once": Fault(FaultKind.STATUS, "GET", LIST, status=500),
    "a web page once": Fault(FaultKind.HTML, "GET", LIST),
}


@pytest.mark.parametrize("answer", sorted(READS))
@pytest.mark.parametrize("command", ("plan", "apply"))
def test_a_read_that_fails_stops_the_run_before_anything_is_written(answer: str, command: str, tmp_path: Path) -> None:
    fault, spoken_of = READS[answer]
    with ready(tmp_path) as used:
        before = used.state()
        with used.sandbox.faults.on(fault):
            outcome = run(used, command)
        assert outcome.code == 1, outcome
        assert clear(outcome)
        assert spoken_of in outcome.err, outcome
        assert not used.writes()
        assert used.state() == before


@pytest.mark.parametrize("answer", sorted(PASSING))
def test_a_trouble_that_passes_is_waited_out(answer: str, tmp_path: Path) -> None:
    with ready(tmp_path) as used:
        with used.sandbox.faults.on(PASSING[answer]):
            outcome = run(used, "apply")
        assert outcome.code == 0, outcome
        assert used.plan().is_empty


def answers_422() -> dict[str, Any]:
    """The documented bodies of a refusal."""
    return {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(FIXTURES.glob("autocalls-family.error.422.*.json"))
        if "legacy" not in path.name
    }


@pytest.mark.parametrize("name", sorted(answers_422()))
@pytest.mark.parametrize("method", ("POST", "PUT"))
def test_a_refusal_is_shown_in_the_platform_s_own_words(name: str, method: str, tmp_path: Path) -> None:
    body = answers_422()[name]
    with ready(tmp_path) as used:
        number = used.ids()["kept"]
        with Instead(used, method, 422, body):
            outcome = run(used, "apply")
        assert outcome.code == 3, outcome  # the other of the two writes went through
        assert clear(outcome)
        for text in texts(body):
            assert text in outcome.err, outcome
        assert ("new" in used.ids()) == (method == "PUT")
        assert (used.sandbox.store.assistant(number)["max_duration"] == 300) == (method == "POST")
        run(used, "apply")
        assert used.plan().is_empty


@pytest.mark.parametrize("status", (401, 403, 404, 500))
def test_a_write_that_fails_leaves_the_state_true(status: int, tmp_path: Path) -> None:
    with ready(tmp_path) as used:
        with Instead(used, "PUT", status, {"message": "No luck today"}):
            outcome = run(used, "apply")
        assert outcome.code == 3, outcome
        assert clear(outcome)
        assert "No luck today" in outcome.err
        entry = next(entry for address, entry in used.state().entries.items() if address.name == "kept")
        assert entry.values["max_duration"] == 100
        assert "new" in used.ids()


@pytest.mark.parametrize("kind", (FaultKind.STATUS_AFTER, FaultKind.TRUNCATED, FaultKind.WRONG_TYPE))
def test_a_create_whose_answer_is_lost_is_found_and_not_sent_again(kind: FaultKind, tmp_path: Path) -> None:
    with ready(tmp_path) as used:
        with used.sandbox.faults.on(Fault(kind, "POST", ALL, status=502)):
            outcome = run(used, "apply")
        assert outcome.code == 0, outcome
        names = [row["name"] for row in used.sandbox.store.assistants()]
        assert sorted(names) == ["Kept", "New"]
        assert used.plan().is_empty
        assert not used.state().intents


def ready(folder: Path) -> Any:
    """A project with one assistant to change and one to create."""
    return _Ready(folder)


class _Ready:
    def __init__(self, folder: Path) -> None:
        self._made = project(folder, "autocalls")

    def __enter__(self) -> Project:
        used = self._made.__enter__()
        used.write({"kept": spec(used, name="Kept", max_duration=100)})
        used.apply()
        used.write({"kept": spec(used, name="Kept", max_duration=300), "new": spec(used, name="New")})
        used.sandbox.store.clear_log()
        return used

    def __exit__(self, *error: Any) -> None:
        self._made.__exit__(*error)


def spec(used: Project, **keys: Any) -> Spec:
    named = {"voice": {"name": "Sarah", "language": "English"}}  # so that a catalog is needed
    return base(Setting(used.account)) | named | keys


def run(used: Project, command: str) -> Outcome:
    return used.run(command, *(("--auto-approve",) if command == "apply" else ()))


def clear(outcome: Outcome) -> bool:
    """Whether the message is one for users: no traceback, no web page, no bug report."""
    return not any(word in outcome.err for word in ("Traceback", "<html", "<!DOCTYPE", "bug in agentops"))


def texts(body: dict[str, Any]) -> Iterable[str]:
    errors = body.get("errors", {})
    return [text for found in errors.values() for text in found] or [body.get("message") or body["error"]]


class Instead:
    """While inside, the sandbox answers requests of one method on one assistant with a body of our own."""

    def __init__(self, used: Project, method: str, status: int, body: dict[str, Any]) -> None:
        self._server = used.server
        self._sandbox = used.server.sandbox
        self._method, self._status, self._body = method, status, json.dumps(body).encode()

    def __enter__(self) -> None:
        self._server.sandbox = self  # type: ignore[assignment]

    def __exit__(self, *error: object) -> None:
        self._server.sandbox = self._sandbox

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sandbox, name)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != self._method:
            return self._sandbox(environ, start_response)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(self._body)))]
        start_response(f"{self._status} Refused", headers)
        return [self._body]
