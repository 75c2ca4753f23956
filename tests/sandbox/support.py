"""What the sandbox's tests share: a client without sockets, bodies, files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from agentops.sandbox import DEFAULT_TOKEN, Sandbox

BRANDS = ("autocalls", "famulor", "intellixent")

_HERE = Path(__file__).parent
_FIXTURES = _HERE.parent / "fixtures"

PIPELINE: dict[str, Any] = {
    "name": "Front Desk",
    "voice_id": 1,
    "language_id": 1,
    "type": "outbound",
    "mode": "pipeline",
    "timezone": "Europe/Berlin",
    "initial_message": "Hello!",
    "system_prompt": "You answer calls.",
    "llm_model_id": 2,
}
MULTIMODAL: dict[str, Any] = {
    **{key: value for key, value in PIPELINE.items() if key != "llm_model_id"},
    "mode": "multimodal",
    "voice_id": 41,
    "multimodal_model_id": 1,
}
DUALPLEX: dict[str, Any] = MULTIMODAL | {"mode": "dualplex", "voice_id": 1, "multimodal_model_id": 4}


OLDER: dict[str, Any] = {
    "assistant_name": "Front Desk",
    "voice_id": 1,
    "language": "English",
    "llm_model": "GPT-4.1-mini",
    "calls_direction": "make",
    "engine_type": "pipeline",
    "timezone": "Europe/Berlin",
    "initial_message": "Hello!",
    "system_prompt": "You answer calls.",
}
OLDER_MULTIMODAL: dict[str, Any] = OLDER | {"engine_type": "multimodal", "voice_id": 41}


def connect(sandbox: Sandbox, token: str | None = DEFAULT_TOKEN) -> httpx.Client:
    """A client of a sandbox in process; token None: without a key."""
    headers = {"Accept": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    transport = httpx.WSGITransport(app=sandbox)
    return httpx.Client(transport=transport, base_url="http://sandbox.invalid/api", headers=headers)


def data(name: str) -> Any:
    """A JSON file of these tests."""
    return json.loads((_HERE / "data" / f"{name}.json").read_text(encoding="utf-8"))


def fixture(name: str, host: str | None = None) -> Any:
    """An answer of a platform; `host`: as if the platform stood there, without TLS."""
    text = (_FIXTURES / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text if host is None else text.replace("https://app.autocalls.ai", f"http://{host}"))


def created(client: httpx.Client, body: dict[str, Any] = PIPELINE, /, **changes: Any) -> int:
    """The id of a new assistant."""
    answer = client.post("/user/assistant", json=body | changes)
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["data"]["id"]
    return number


def listed(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    """The first hundred assistants as the list shows them."""
    items: list[dict[str, Any]] = ok(client.get("/user/assistants/get", params={"per_page": 100} | query))["data"]
    return items


def ok(answer: httpx.Response, status: int = 200) -> Any:
    """The answer's JSON, if the status is as expected."""
    assert answer.status_code == status, answer.text
    return answer.json()


def errors(answer: httpx.Response) -> dict[str, list[str]]:
    """The field errors of a refused request."""
    found: dict[str, list[str]] = ok(answer, 422)["errors"]
    return found
