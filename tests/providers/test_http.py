"""One exchange: what is sent, where it may go, how much may come back, and what stays secret."""

import logging
import subprocess
import sys
import traceback
from collections.abc import Iterator

import httpx
import pytest

from agentops import __version__
from agentops.domain.errors import ProjectError, ProviderError, UnavailableError
from agentops.providers.registry import connect
from agentops.providers.rest import http
from agentops.providers.rest.http import Client, Request, checked_token, checked_url, is_loopback
from agentops.providers.rest.limits import SHARED
from tests.providers.hostile import once, serving
from tests.providers.support import CALCOM_KEY, PIPELINE, SECRETS, TOKEN, FakeClock, answer, page, scripted


def test_a_request_has_the_headers_that_the_platforms_ask_for() -> None:
    provider, script = scripted([answer(201, {"data": {"id": 1}})])
    provider.create("Assistant", PIPELINE)
    headers = script.requests[0].headers
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert headers["accept"] == "application/json"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == f"agentops/{__version__}"


def test_a_read_and_a_delete_have_no_body() -> None:
    provider, script = scripted([page([], total=0, last=1), answer(200)])
    provider.list("Assistant")
    provider.delete("Assistant", 5)
    assert [(request.content, "content-type" in request.headers) for request in script.requests] == [(b"", False)] * 2
    assert script.sent == ["GET /api/user/assistants/get", "DELETE /api/user/assistant/5"]


def test_a_text_id_cannot_leave_its_place_in_the_path() -> None:
    provider, script = scripted([answer(200)])
    provider.delete("Assistant", "../me?x=1#y")
    assert script.requests[0].url.raw_path == b"/api/user/assistant/..%2Fme%3Fx%3D1%23y"


def test_cookies_are_not_kept() -> None:
    provider, script = scripted([answer(200, {"email": "a@b"}, {"set-cookie": "session=1; Path=/"})])
    provider.account()
    provider.account()
    assert "cookie" not in script.requests[1].headers


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example.com/api",
        "https://app.example.com:8443/api/",
        "http://127.0.0.1:8000/api",
        "http://localhost:1/api",
        "http://[::1]:8000/api",
        "HTTPS://app.example.com",
    ],
)
def test_a_usable_base_url_is_taken(url: str) -> None:
    assert checked_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://app.example.com/api", "is not https, so it would send the token in clear"),
        ("http://127.0.0.1.example.com/api", "is not https"),
        ("http://localhost.example.com/api", "is not https"),
        ("ftp://app.example.com/api", "is no usable URL"),
        ("app.example.com/api", "is no usable URL"),
        ("https://", "is no usable URL"),
        ("", "is no usable URL"),
        ("https://app.example.com/api?x=1", "is no usable URL"),
        ("https://app.example.com/api#x", "is no usable URL"),
        ("https://app.example.com:notaport/api", "is no usable URL"),
        ("https://[::1/api", "is no usable URL"),
    ],
)
def test_a_base_url_that_must_not_get_a_token_is_refused(url: str, problem: str) -> None:
    with pytest.raises(ProjectError, match=problem):
        connect("autocalls", token=TOKEN, secrets=SECRETS, base_url=url or " ")


def test_a_password_in_a_base_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(ProjectError, match="is no usable URL") as caught:
        checked_url("https://user:hunter2@app.example.com/api")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("token", ["", " ", "1|abc\n", "1|a bc", "1|ä", "1|a\r\nX-Evil: 1", "\x00"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(ProjectError) as caught:
        checked_token(token)
    assert not token.strip() or token.strip() not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("host", "own"), [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("LocalHost", True)]
)
def test_addresses_of_this_machine_are_known(host: str, own: bool) -> None:
    assert is_loopback(host) is own
    assert not is_loopback(f"{host}.example.com")
    assert not is_loopback("10.0.0.1")


@pytest.mark.parametrize(
    ("url", "proxied", "is_asked"),
    [
        ("https://voice.invalid/api", True, True),
        ("https://voice.invalid/api", False, False),
        ("http://127.0.0.1:9/api", True, False),
    ],
)
def test_a_proxy_of_the_environment_counts_for_real_hosts_of_a_project_that_asks_for_it(
    url: str, proxied: bool, is_asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(once(b"HTTP/1.1 403 Forbidden\r\n\r\n")) as (proxy, heard):
        for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.removesuffix("/api"))
            monkeypatch.delenv(name.lower(), raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        client = Client(url, TOKEN, proxied=proxied)
        with pytest.raises(http.NotSentError):
            client.send(Request("POST", "/user/assistant", body={}))
        client.close()
    assert [said.startswith(b"CONNECT voice.invalid:443 ") for said in heard] == [True] * is_asked
    assert TOKEN.encode() not in b"".join(heard)


def test_a_project_says_whether_the_proxy_counts() -> None:
    for proxied in (True, False):
        provider = connect("autocalls", token=TOKEN, secrets=SECRETS, proxied=proxied)
        assert provider.caller.client._http.trust_env is proxied
        assert not connect(
            "autocalls", token=TOKEN, secrets=SECRETS, proxied=proxied, base_url="http://127.0.0.1:9/api"
        ).caller.client._http.trust_env


def test_real_hosts_are_limited_and_this_machine_is_not() -> None:
    def bucket_of(**options: str) -> object:
        return connect("autocalls", token=TOKEN, secrets=SECRETS, **options).caller.bucket  # type: ignore[arg-type]

    assert bucket_of() is SHARED.of("app.autocalls.ai", TOKEN)
    assert bucket_of(base_url="https://APP.autocalls.ai/api/") is bucket_of()
    assert bucket_of(base_url="https://other.example/api") is not bucket_of()
    assert connect("autocalls", token=TOKEN, secrets=SECRETS, unlimited=True).caller.bucket.rate == 0
    for base_url in ("http://127.0.0.1:8080/api", "http://[::1]:8080/api", "http://localhost/api"):
        assert connect("autocalls", token=TOKEN, secrets=SECRETS, base_url=base_url).caller.bucket.rate == 0


class Drip(httpx.SyncByteStream):
    """A body that comes in pieces, each of which takes a while."""

    def __init__(self, clock: FakeClock, pieces: int, size: int = 1, seconds: float = 0.0) -> None:
        self.clock, self.pieces, self.size, self.seconds = clock, pieces, size, seconds

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(self.pieces):
            self.clock.now += self.seconds
            yield b" " * self.size


def send(stream: httpx.SyncByteStream, clock: FakeClock) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=stream))
    Client("https://platform.example", TOKEN, transport=transport, clock=clock).send(Request("GET", "/x"))


def test_an_answer_that_never_ends_is_cut_at_the_deadline() -> None:
    clock = FakeClock()
    with pytest.raises(http.LostError, match="took longer than 90 s"):
        send(Drip(clock, pieces=10**9, size=http.MAX_BYTES // 1000, seconds=1.0), clock)


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    clock = FakeClock()
    with pytest.raises(Exception, match="it is larger than 32 MB"):
        send(Drip(clock, pieces=10**9, size=1024 * 1024), clock)


def test_a_too_large_answer_is_an_error_of_the_platform() -> None:
    clock = FakeClock()
    provider, _ = scripted([lambda _: httpx.Response(200, stream=Drip(clock, 10**9, 1024 * 1024))])
    with pytest.raises(UnavailableError, match="it is larger than 32 MB"):
        provider.account()


def failures() -> Iterator[ProviderError]:
    """Every way in which an exchange fails."""
    tools = [{"type": "calendar_integration", "calcom_api_key": SECRETS.of_env("CALCOM_KEY"), "calcom_event_slug": "a"}]
    for step in (
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
        answer(401, {"message": f"Unauthenticated: {TOKEN}"}),
        answer(422, {"message": f"bad key {CALCOM_KEY}", "errors": {"tools.0.calcom_api_key": [CALCOM_KEY]}}),
        answer(429),
        answer(500, {"error": TOKEN}),
        httpx.Response(200, content=b"<html>" + TOKEN.encode()),
        httpx.Response(302, headers={"location": f"https://x.example/{TOKEN}"}),
    ):
        provider, _ = scripted([step])
        try:
            provider.create("Assistant", PIPELINE | {"tools": tools})
        except ProviderError as error:
            yield error


def test_no_secret_is_in_an_error_or_its_causes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    errors = list(failures())
    assert len(errors) == 8
    for error in errors:
        shown = "".join(traceback.format_exception(error)) + repr(error) + repr(error.field_errors) + error.hint
        assert TOKEN not in shown
        assert CALCOM_KEY not in shown
    assert TOKEN not in caplog.text
    assert CALCOM_KEY not in caplog.text


def test_no_secret_is_in_the_form_that_an_object_prints_as() -> None:
    provider, script = scripted([answer(401)])
    with pytest.raises(ProviderError):
        provider.account()
    caller = provider.caller
    parts: list[object] = [provider, caller, caller.client, caller.bucket, provider.secrets, script.requests[0], SHARED]
    parts += [script.requests[0].headers, Request("POST", "/x", body={"a": TOKEN}, sensitive=(TOKEN,))]
    parts += [http.Answer(200, TOKEN.encode())]
    assert not [part for part in parts if TOKEN in repr(part) or CALCOM_KEY in repr(part)]


def test_the_log_says_what_was_asked_and_how_long_it_took(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    provider, _ = scripted([page([], total=0, last=1)])
    provider.list("Assistant")
    assert [(record.name, record.getMessage()) for record in caplog.records] == [
        ("agentops.http", "GET /user/assistants/get 200 0 ms")
    ]


def test_platforms_are_known_without_loading_httpx() -> None:
    code = "import sys, agentops.providers.registry as r; r.platform('famulor'); print('httpx' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
