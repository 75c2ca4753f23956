"""docs/providers.md, done: one folder makes a platform of a toy API."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

import agentops.providers
from agentops.cli.main import run
from agentops.providers import registry

FOLDER = str(Path(__file__).resolve().parents[1] / "platforms")

MANIFEST = """\
apiVersion: autocalls/v1
kind: Assistant
metadata: {name: bot}
spec:
  name: Bot
  type: inbound
  mode: pipeline
  timezone: UTC
  language: English
  voice: Wren
  initial_message: Chirp!
  system_prompt: You chirp.
"""


class Toy:
    """The API of Chirp, in memory."""

    def __init__(self) -> None:
        self.bots: dict[str, dict[str, Any]] = {}
        self.log: list[tuple[str, str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        body = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"null")
        self.log.append((method, path, body))
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(self.answer(method, path, body)).encode()]

    def answer(self, method: str, path: str, body: Any) -> object:
        key = path.removeprefix("/bots").removeprefix("/")
        match method, path:
            case "GET", "/me":
                return {"owner": "me@example.com"}
            case "GET", "/voices":
                return [{"id": "w1", "label": "Wren"}, {"id": "r2", "label": "Robin"}]
            case "GET", "/languages":
                return [{"id": "en", "label": "English"}]
            case "GET", "/bots":
                return {"bots": list(self.bots.values())}
            case "POST", "/bots":
                key = f"bot-{len(self.bots)}"
                self.bots[key] = {"id": key, **body}
            case "PATCH", _:
                self.bots[key] |= body
            case _:
                del self.bots[key]
        return {"id": key}


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def chirp() -> Iterator[None]:
    """The registry sees the folder with the toy platform."""
    agentops.providers.__path__.append(FOLDER)
    registry.specs.cache_clear()
    yield
    agentops.providers.__path__.remove(FOLDER)
    registry.specs.cache_clear()


@pytest.fixture
def served() -> Iterator[tuple[Toy, str]]:
    toy = Toy()
    server = make_server("127.0.0.1", 0, toy, handler_class=_Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield toy, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.usefixtures("chirp")
def test_a_folder_makes_a_platform(
    served: tuple[Toy, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    toy, url = served
    monkeypatch.setenv("CHIRP_TOKEN", "secret")
    project = (
        "apiVersion: agentops/v1\nkind: Project\nmetadata: {name: toy}\nspec:\n  environments:\n"
        f"    test: {{platform: chirp, base_url: '{url}', token: {{env: CHIRP_TOKEN}}, manifests: [bots]}}\n"
    )
    (tmp_path / "agentops.yaml").write_text(project, encoding="utf-8")
    (tmp_path / "bots").mkdir()
    manifest = tmp_path / "bots" / "bot.yaml"
    manifest.write_text(MANIFEST, encoding="utf-8")

    def agentops_(*arguments: str) -> int:
        return run(["-C", str(tmp_path), *arguments])

    assert "chirp" in registry.platforms()
    assert agentops_("validate") == 0
    assert agentops_("apply", "--auto-approve") == 0
    (bot,) = toy.bots.values()
    assert (bot["title"], bot["greeting"], bot["voice_key"]) == ("Bot", "Chirp!", "w1")
    assert agentops_("plan", "--detailed-exitcode") == 0

    bot["greeting"] = "Tweet!"
    manifest.write_text(MANIFEST.replace("Wren", "Robin"), encoding="utf-8")
    assert agentops_("plan", "--detailed-exitcode") == 2
    assert "drift" in capsys.readouterr().out
    assert agentops_("apply", "--auto-approve") == 0
    assert [entry for entry in toy.log if entry[0] == "PATCH"] == [
        ("PATCH", "/bots/bot-0", {"voice_key": "r2", "greeting": "Chirp!"})
    ]

    manifest.write_text(MANIFEST + "  ringing_time: 5\n", encoding="utf-8")
    assert agentops_("validate") == 1
    assert "Chirp has no ringing_time" in capsys.readouterr().err
