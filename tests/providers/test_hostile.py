"""Whatever a server sends, an exchange ends in bounded time and memory, in an answer or in one of its errors."""

import gzip
import ssl
import zlib
from pathlib import Path

import httpx
import pytest

from agentops.domain.errors import ProviderError, UnavailableError, UnclearError
from agentops.providers.rest import body
from agentops.providers.rest.answers import cleaned
from agentops.providers.rest.body import UnreadableError
from agentops.providers.rest.http import Client, LostError, NotSentError, Request, checked_url
from tests.providers.hostile import Talk, dripping, flooding, once, serving
from tests.providers.support import PIPELINE, TOKEN, FakeClock, answer, page, scripted

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIPPED = OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"
READ = Request("GET", "/x")
PEM = Path(__file__).with_name("self-signed.pem")


def outcome_of(talk: Talk, deadline: float = 90.0, request: Request = READ) -> object:
    """What the exchange brings; the error that it ends with is returned as well."""
    with serving(talk) as (url, _):
        client = Client(url, TOKEN, deadline=deadline)
        try:
            return client.send(request)
        except (NotSentError, LostError, UnreadableError) as exc:
            return exc
        finally:
            client.close()


@pytest.mark.parametrize(
    "talk",
    [
        dripping(b"", b""),
        dripping(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        dripping(OK + b"Content-Length: 1000000\r\n\r\n", b" "),
        dripping(CHUNKED, b"1\r\n \r\n"),
        dripping(GZIPPED + b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03", b"name"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["nothing", "a header", "a body", "chunks", "a compressed nothing", "continue"],
)
@pytest.mark.parametrize("request_", [READ, Request("POST", "/x", body={})], ids=["read", "write"])
def test_the_deadline_is_over_the_whole_exchange_however_slowly_it_comes(talk: Talk, request_: Request) -> None:
    outcome = outcome_of(talk, deadline=0.3, request=request_)
    assert isinstance(outcome, LostError)
    assert "took longer than" in str(outcome)


def test_headers_without_end_are_not_read() -> None:
    assert isinstance(outcome_of(flooding(OK, b"X-Header: " + b"y" * 1000 + b"\r\n")), LostError)
    assert isinstance(outcome_of(flooding(OK + b"X: ", b"y" * 1000)), LostError)


def test_a_body_without_end_is_not_read() -> None:
    outcome = outcome_of(flooding(CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n"))
    assert str(outcome) == "it is larger than 32 MB"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\x16\x03",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        CHUNKED + b"5\r\n{",
        CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
        CHUNKED + b"2\r\n{}\r\n",
        CHUNKED + b"ffffffffffffffffff\r\n{}",
        GZIPPED + b"this is not compressed",
        GZIPPED + gzip.compress(b"{}" * 1000, mtime=0)[:-20] + b"\x00" * 20,
        OK + b"Bad Header\r\n\r\n",
        OK + b"X: a\x00b\r\n\r\n",
    ],
)
def test_what_is_cut_or_no_http_is_a_lost_answer(data: bytes) -> None:
    assert isinstance(outcome_of(once(data)), LostError)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * (64 * 1024 * 1024))
    assert len(bomb) < 70_000
    assert str(outcome_of(once(GZIPPED + bomb))) == "it is larger than 32 MB"


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate, gzip", "gzip, identity, gzip", "exi"])
def test_only_what_was_asked_for_is_unpacked(encoding: str) -> None:
    start = OK + f"Content-Encoding: {encoding}\r\nConnection: close\r\n\r\n".encode()
    assert str(outcome_of(once(start + gzip.compress(gzip.compress(b"{}"))))).startswith("it is compressed in a way")


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", gzip.compress(b"{}", mtime=0)),
        ("GZIP", gzip.compress(b"{}", mtime=0)),
        ("deflate", zlib.compress(b"{}")),
        ("", b"{}"),
    ],
)
def test_an_answer_may_be_compressed(encoding: str, data: bytes) -> None:
    start = OK + (f"Content-Encoding: {encoding}\r\n".encode() if encoding else b"") + b"Connection: close\r\n\r\n"
    assert getattr(outcome_of(once(start + data)), "content", None) == b"{}"


def test_a_request_asks_for_no_other_encoding() -> None:
    provider, script = scripted([page([], total=0, last=1)])
    provider.list("Assistant")
    assert script.requests[0].headers["accept-encoding"] == "gzip, deflate"


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_token_is_sent() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(PEM)
    with serving(once(OK + b"Content-Length: 2\r\n\r\n{}"), tls) as (url, heard):
        client = Client(url, TOKEN)
        with pytest.raises(NotSentError) as caught:
            client.send(READ)
        client.close()
    assert caught.value.lasting
    assert not heard


@pytest.mark.parametrize(
    "url",
    [
        "https://a\nb.example/api",
        "https://exa\x1bmple.com",
        "https://app.example.com/\x7f",
        "https://exa mple.com",
        "https://\uff11\uff12\uff17.0.0.1/",
        "https://evil.example\\.app.example.com",
        "https://app.example.com\\@evil.example",
        "http://localhost\t.evil.example",
        "http://127.0.0.1\\@evil.example",
        "http://0.0.0.0",
        "http://[::ffff:10.0.0.1]",
        "http://2130706433",
    ],
)
def test_a_base_url_that_readers_may_read_differently_is_refused(url: str) -> None:
    with pytest.raises(Exception, match=r"is no usable URL|is not https"):
        checked_url(url)


@pytest.mark.parametrize("levels", [65, 300, 900, 5000, 100_000])
@pytest.mark.parametrize(("start", "end"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
def test_json_that_is_nested_without_end_is_not_believed(levels: int, start: bytes, end: bytes) -> None:
    inner = b"\\ud83d".join((b'"', b'"'))  # half a character, for which all is walked through once more
    with pytest.raises(UnreadableError):
        body.parse(start * levels + inner + end * levels)


def test_json_is_nested_as_deeply_as_settings_ever_are() -> None:
    assert body.parse(b"[" * 64 + b"]" * 64)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"a": 1, "a": 1}', "it has a key twice"),
        (b'{"a": NaN}', "it has a number that is none"),
        (b'{"a": -Infinity}', "it has a number that is none"),
        (b'{"a": 1e400}', "it has a number out of range"),
        (b'{"a": ' + b"9" * 5000 + b"}", "it is broken JSON"),
        (b'\xef\xbb\xbf{"a": 1}', "it is broken JSON"),
        ('{"a": 1}'.encode("utf-16"), "it is not UTF-8"),
        (b'{"a": "\\ud83d"}', "it has half a character"),
        (b'{"\\udc00": 1}', "it has half a character"),
        (b"{'a': 1}", "it is broken JSON"),
        (b'{"a": "\x00"}', "it is broken JSON"),
        (b"{} {}", "it is broken JSON"),
    ],
)
def test_json_that_readers_disagree_about_is_not_believed(content: bytes, problem: str) -> None:
    with pytest.raises(UnreadableError, match=problem):
        body.parse(content)


def test_what_an_answer_calls_itself_does_not_matter() -> None:
    """Some platforms' proxies say text/html of JSON; a web page that calls itself JSON is still a web page."""
    honest = httpx.Response(200, content=b'{"email": "a@b"}', headers={"content-type": "text/html"})
    provider, _ = scripted([honest])
    assert provider.account() == "a@b"
    false = httpx.Response(200, content=b"<html>", headers={"content-type": "application/json"})
    provider, _ = scripted([false])
    with pytest.raises(UnavailableError, match="it is a web page, not JSON"):
        provider.account()


@pytest.mark.parametrize(
    "header",
    [
        "-1",
        "nan",
        "inf",
        "1e3",
        "0x10",
        "1000000000000",
        "9" * 4000,
        "\u00b2",
        "soon",
        ",",
        "Mon, 01 Jan 2024 00:00:00 +9999999999999999",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 99 Jan 2024 00:00:00 GMT",
    ],
)
def test_a_time_to_wait_that_is_none_counts_as_not_given(header: str) -> None:
    clock = FakeClock()
    refusal = httpx.Response(429, json={}, headers=[(b"retry-after", header.encode())])
    provider, _ = scripted([refusal, page([], total=0, last=1)], clock=clock)
    provider.list("Assistant")
    assert 0.25 <= clock.slept[0] <= 0.5


@pytest.mark.parametrize("header", ["999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_time_to_wait_that_nobody_waits_ends_at_once(header: str) -> None:
    clock = FakeClock()
    provider, _ = scripted([answer(503, {}, {"retry-after": header})], clock=clock)
    with pytest.raises(UnavailableError):
        provider.list("Assistant")
    assert clock.slept == []


@pytest.mark.parametrize("status", [101, 199, 300, 304, 399, 418, 499, 600, 999])
def test_no_status_is_too_odd_for_an_error(status: int) -> None:
    provider, _ = scripted([httpx.Response(status, content=b"\xff")])
    with pytest.raises(ProviderError):
        provider.create("Assistant", PIPELINE)


def test_a_secret_that_begins_with_another_is_hidden_whole() -> None:
    assert cleaned("key: sk-12345-suffix", ("sk-12345", "sk-12345-suffix")) == "key: (sensitive value)"


def test_a_create_whose_answer_drips_away_is_unclear() -> None:
    provider, _ = scripted([httpx.Response(201, headers={"content-encoding": "br"}, stream=httpx.ByteStream(b"x"))])
    with pytest.raises(UnclearError, match="compressed in a way that was not asked for"):
        provider.create("Assistant", PIPELINE)
