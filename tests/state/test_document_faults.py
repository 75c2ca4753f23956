"""What a store that answers wrongly, late or not at all means for documents: the truth, and no secret in it."""

import contextlib
import os
import re
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from agentops.domain.errors import StateError
from agentops.state.documents import Document, Documents, RefusedSwap, UnclearSwap
from agentops.state.objects import ObjectDocuments
from agentops.state.postgres import PostgresDocuments, parameters
from tests.support.components import SECRET, Component, Remote, use
from tests.support.proxy import Line, Proxy

PATIENCE = 1.0  # seconds, in place of the twenty that a user's request has
LAST_WORDS = {"postgresql": b"COMMIT\0"}
"""Component -> what is in its answer once it is done; others answer all at once."""


@dataclass
class Wired:
    """Documents behind a proxy, and the same ones by another way."""

    proxy: Proxy
    documents: Documents
    hasty: Documents  # waits for a second only
    direct: Documents
    name: str

    def put_first(self) -> str:
        return self.documents.put(self.name, b"one", replacing=None)

    def body(self) -> bytes | None:
        found = self.direct.get(self.name)
        return found.body if found else None


@pytest.fixture
def wired(
    remote_location: Remote, components: Callable[[str], Component], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Wired]:
    port = components(remote_location.kind).port
    with ExitStack() as stack:
        direct = _open(remote_location)
        proxy = stack.enter_context(Proxy(port, end=LAST_WORDS.get(remote_location.kind, b"")))
        environ = {name: _through(proxy, port, value) for name, value in remote_location.environ.items()}
        use(Remote(remote_location.kind, "", environ), monkeypatch)
        there = Remote(remote_location.kind, _through(proxy, port, remote_location.location), {})
        documents, hasty = _open(there), _open(there, timeout=PATIENCE)
        for opened in (direct, documents, hasty):
            stack.callback(opened.close)
        yield Wired(proxy, documents, hasty, direct, f"{urlsplit(remote_location.location).path}/prod".strip("/"))


def _open(remote: Remote, *, timeout: float = 20) -> Documents:
    if remote.kind == "postgresql":
        return PostgresDocuments(remote.location, timeout=timeout)
    return ObjectDocuments(remote.kind, urlsplit(remote.location).netloc, timeout=timeout)


def _through(proxy: Proxy, port: int, url: str) -> str:
    return re.sub(rf"127\.0\.0\.1:{port}\b", f"127.0.0.1:{proxy.port}", url)


def test_a_put_that_does_not_arrive_is_unclear_and_not_done(wired: Wired) -> None:
    tag = wired.put_first()
    wired.proxy.line = Line.CUT_BEFORE
    with pytest.raises(UnclearSwap):
        wired.documents.put(wired.name, b"two", replacing=tag)
    assert wired.body() == b"one"


def test_a_put_whose_answer_is_lost_is_unclear_and_done(wired: Wired) -> None:
    tag = wired.put_first()
    wired.proxy.line = Line.CUT_AFTER
    with pytest.raises(UnclearSwap):
        wired.documents.put(wired.name, b"two", replacing=tag)
    assert wired.body() == b"two"


def test_a_put_that_nobody_answers_is_given_up_as_unclear(wired: Wired) -> None:
    tag = wired.put_first()
    wired.hasty.get(wired.name)  # so that a database's client is connected
    wired.proxy.line = Line.SILENT
    with pytest.raises(UnclearSwap):
        wired.hasty.put(wired.name, b"two", replacing=tag)


@pytest.mark.parametrize("line", [Line.CUT_BEFORE, Line.CUT_AFTER])
def test_a_read_without_an_answer_is_an_error(wired: Wired, line: Line) -> None:
    wired.put_first()
    wired.proxy.line = line
    for call in (lambda: wired.documents.get(wired.name), lambda: wired.documents.names(wired.name)):
        with pytest.raises(StateError) as caught:
            call()
        assert caught.value.hint


def test_a_read_that_nobody_answers_is_given_up(wired: Wired) -> None:
    wired.proxy.line = Line.SILENT
    with pytest.raises(StateError):
        wired.hasty.get(wired.name)


@pytest.mark.parametrize("line", [Line.CUT_BEFORE, Line.CUT_AFTER])
def test_all_is_well_again_when_the_line_is(wired: Wired, line: Line) -> None:
    tag = wired.put_first()
    wired.proxy.line = line
    with pytest.raises(UnclearSwap):
        wired.documents.put(wired.name, b"two", replacing=tag)
    wired.proxy.line = Line.FINE
    found = wired.documents.get(wired.name)
    assert found is not None
    wired.documents.put(wired.name, b"three", replacing=found.tag)
    assert wired.body() == b"three"


# A store that answers by a script


@dataclass
class Script:
    """What the scripted store answers to everything, and what it was asked."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    asked: list[str] = field(default_factory=list)

    def says(self, status: int, code: str = "", **headers: str) -> None:
        # As the real ones do: a refused signature is answered with what was signed.
        echo = f"<StringToSign>AWS4 {SECRET}</StringToSign>"
        self.status, self.body = status, f"<Error><Code>{code}</Code>{echo}</Error>".encode() if code else b""
        self.headers = headers


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.asked.append(f"{self.command} {self.path}")
            self.send_response(script.status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(script.body) if script.length is None else script.length))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(script.body)

        do_GET = do_PUT = do_POST = do_DELETE = answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    environ = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "GOOGLE_BASE_URL": url,
        "GOOGLE_BEARER_TOKEN": SECRET,
        "AZURE_STORAGE_ENDPOINT": f"{url}/account",
        "AZURE_STORAGE_ACCOUNT_NAME": "account",
        "AZURE_STORAGE_ACCOUNT_KEY": "a2V5",
    }
    use(Remote("scripted", "", environ), monkeypatch)
    yield script
    server.shutdown()
    server.server_close()


REFUSED = [
    ("s3", 412, "PreconditionFailed"),
    ("s3", 409, "ConditionalRequestConflict"),
    ("s3", 409, "OperationAborted"),
    ("s3", 404, "NoSuchKey"),
    ("s3", 304, ""),
    ("gs", 412, "PreconditionFailed"),
    ("gs", 412, ""),
    ("az", 409, "BlobAlreadyExists"),
    ("az", 412, "ConditionNotMet"),
    ("az", 404, "BlobNotFound"),
]
FINAL = [
    ("s3", 403, "AccessDenied"),
    ("s3", 403, "SignatureDoesNotMatch"),
    ("s3", 403, ""),
    ("s3", 401, ""),
    ("s3", 400, "ExpiredToken"),
    ("s3", 404, "NoSuchBucket"),
    ("s3", 301, "PermanentRedirect"),
    ("gs", 401, "AuthenticationRequired"),
    ("gs", 404, "NoSuchBucket"),
    ("az", 403, "AuthenticationFailed"),
    ("az", 404, "ContainerNotFound"),
    ("az", 409, "ContainerBeingDeleted"),
]
UNCLEAR = [
    ("s3", 400, "RequestTimeout"),
    ("s3", 400, ""),
    ("s3", 404, ""),
    ("s3", 408, ""),
    ("s3", 429, ""),
    ("s3", 500, "InternalError"),
    ("s3", 502, ""),
    ("s3", 503, "SlowDown"),
    ("s3", 504, ""),
    ("s3", 200, ""),
    ("gs", 429, "rateLimitExceeded"),
    ("gs", 503, ""),
    ("az", 500, "OperationTimedOut"),
    ("az", 503, "ServerBusy"),
]
ALL = [*REFUSED, *FINAL, *UNCLEAR]


def puts(scheme: str) -> list[Callable[[], str]]:
    documents = ObjectDocuments(scheme, "states")
    return [
        lambda: documents.put("a/prod.state", b"x", replacing=None),
        lambda: documents.put("a/prod.state", b"x", replacing="17"),
    ]


@pytest.mark.parametrize(
    "scheme, status, code, kind",
    [(*case, RefusedSwap) for case in REFUSED]
    + [(*case, StateError) for case in FINAL]
    + [(*case, UnclearSwap) for case in UNCLEAR],
)
def test_an_answer_to_a_put_means(script: Script, scheme: str, status: int, code: str, kind: type[Exception]) -> None:
    script.says(status, code)
    for put in puts(scheme):
        with pytest.raises(kind) as caught:
            put()
        said = "".join(traceback.format_exception(caught.value)) + getattr(caught.value, "hint", "")
        assert SECRET not in said
        assert "StringToSign" not in said
        assert kind is not StateError or caught.value.hint  # type: ignore[attr-defined]


@pytest.mark.parametrize("scheme, status, code", ALL)
def test_a_put_is_sent_once_whatever_is_answered(script: Script, scheme: str, status: int, code: str) -> None:
    script.says(status, code)
    for put in puts(scheme):
        script.asked.clear()
        with pytest.raises((RefusedSwap, UnclearSwap, StateError)):
            put()
        assert len(script.asked) == 1


@pytest.mark.parametrize("scheme, code", [("s3", "NoSuchKey"), ("gs", "NoSuchKey"), ("az", "BlobNotFound")])
def test_only_a_store_that_says_so_has_no_document(script: Script, scheme: str, code: str) -> None:
    documents = ObjectDocuments(scheme, "states")
    script.says(404, code)
    assert documents.get("a/prod.state") is None
    # Anything else of that status may be the answer of something else at that address: it must not mean "no state".
    for other in ("", "NoSuchBucket", "ContainerNotFound", "NotFound"):
        script.says(404, other)
        with pytest.raises(StateError) as caught:
            documents.get("a/prod.state")
        assert caught.value.hint
    script.body = b"<html>404 Not Found</html>"
    with pytest.raises(StateError):
        documents.get("a/prod.state")


@pytest.mark.parametrize("scheme, status, code", [case for case in ALL if case[1] != 404 and case[1] != 200])
def test_a_read_that_is_answered_wrongly_is_an_error(script: Script, scheme: str, status: int, code: str) -> None:
    documents = ObjectDocuments(scheme, "states")
    script.says(status, code)
    # What is worth it is tried again, so one of the three calls is enough for those.
    calls: list[Callable[[], object]] = [
        lambda: documents.get("a/b"),
        lambda: documents.names("a/"),
        lambda: documents.delete("a/b"),
    ]
    for call in calls[: 1 if status >= 500 or status in {408, 429} else 3]:
        with pytest.raises(StateError) as caught:
            call()
        said = "".join(traceback.format_exception(caught.value)) + caught.value.hint
        assert SECRET not in said
        assert "StringToSign" not in said


def test_a_read_is_repeated_when_the_store_fails(script: Script) -> None:
    script.says(503, "SlowDown")
    with pytest.raises(StateError, match="503 SlowDown"):
        ObjectDocuments("s3", "states").get("a/b")
    assert script.asked == ["GET /states/a/b"] * 3


def test_a_body_that_is_cut_short_is_an_error(script: Script) -> None:
    script.headers = {"ETag": '"x"', "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
    script.body, script.length = b"half", 8
    with pytest.raises(StateError):
        ObjectDocuments("s3", "states").get("a/b")


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_a_store_that_gives_no_versions_is_an_error(script: Script, scheme: str) -> None:
    script.body, script.headers = b"{}", {"Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
    if scheme == "gs":
        script.headers["ETag"] = '"x"'
    with pytest.raises(StateError):
        ObjectDocuments(scheme, "states").get("a/b")


def test_credentials_that_cannot_be_fetched_are_an_error_that_says_so(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on a machine without any, where the library asks the cloud that it is not in.
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", os.environ["AWS_ENDPOINT_URL"])
    script.says(403, "Forbidden")
    documents = ObjectDocuments("s3", "states")
    for call in (lambda: documents.get("a/b"), lambda: documents.put("a/b", b"", replacing=None)):
        with pytest.raises(StateError, match="no credentials") as caught:
            call()
        assert "AWS_ACCESS_KEY_ID" in caught.value.hint
    assert not any("a/b" in asked for asked in script.asked)


# A database that says no, or nothing


@pytest.fixture
def database(components: Callable[[str], Component], monkeypatch: pytest.MonkeyPatch) -> Remote:
    remote = components("postgresql").fresh()
    use(remote, monkeypatch)
    return remote


@pytest.fixture
def opened() -> Iterator[Callable[..., PostgresDocuments]]:
    with ExitStack() as stack:

        def open_one(url: str, *, timeout: float = 20) -> PostgresDocuments:
            documents = PostgresDocuments(url, timeout=timeout)
            stack.callback(documents.close)
            return documents

        yield open_one


Open = Callable[..., PostgresDocuments]


def test_a_connection_that_the_server_closed_in_between_is_made_again(database: Remote, opened: Open) -> None:
    documents = opened(database.location)
    tag = documents.put("p/e", b"one", replacing=None)
    with psycopg.connect(database.location, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'agentops' AND pid <> pg_backend_pid()"
        )
    tag = documents.put("p/e", b"two", replacing=tag)
    assert documents.get("p/e") == Document(b"two", tag)


def test_a_put_that_waits_for_a_locked_row_is_given_up_and_not_done_later(database: Remote, opened: Open) -> None:
    hasty = opened(database.location, timeout=0.2)
    tag = opened(database.location).put("p/e", b"one", replacing=None)
    with psycopg.connect(database.location) as other:
        other.execute("SELECT * FROM agentops_state FOR UPDATE")
        with pytest.raises(UnclearSwap, match="57014"):
            hasty.put("p/e", b"two", replacing=tag)
    assert opened(database.location).get("p/e") == Document(b"one", tag)


@pytest.mark.parametrize("level", ["serializable", "repeatable read"])
def test_a_stricter_isolation_of_the_server_loses_no_update(database: Remote, opened: Open, level: str) -> None:
    strict = database.location + "%20-cdefault_transaction_isolation%3D" + level.replace(" ", "%5C%20")
    clients = [opened(strict) for _ in range(4)]
    clients[0].put("p/e", b"0", replacing=None)

    def count_up(documents: PostgresDocuments) -> None:
        for _ in range(5):
            while True:
                found = documents.get("p/e")
                assert found is not None
                with contextlib.suppress(RefusedSwap):
                    documents.put("p/e", b"%d" % (int(found.body) + 1), replacing=found.tag)
                    break

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, clients))
    found = clients[0].get("p/e")
    assert found is not None
    assert found.body == b"20"


def test_nothing_is_left_in_the_session_for_the_next_user_of_a_pooler(database: Remote, opened: Open) -> None:
    documents = opened(database.location)
    tag = documents.put("p/e", b"one", replacing=None)
    documents.put("p/e", b"two", replacing=tag)
    with pytest.raises(RefusedSwap):
        documents.put("p/e", b"three", replacing=tag)
    settings = "SELECT name, setting FROM pg_settings WHERE source = 'session'"
    prepared = "SELECT name FROM pg_prepared_statements"
    connection = documents._connection
    assert connection is not None
    assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    assert connection.execute(settings).fetchall() == []
    assert connection.execute(prepared).fetchall() == []


@pytest.mark.parametrize(
    "grants, what",
    [
        ("", "may not use"),
        ("GRANT SELECT ON agentops_state TO {role}", "may not use"),
        ("REVOKE ALL ON SCHEMA {schema} FROM {role}", "no schema|may not use"),
    ],
)
def test_a_user_without_the_right_is_told_what_to_grant(database: Remote, opened: Open, grants: str, what: str) -> None:
    schema = database.location.rpartition("%3D")[2]
    role = f"weak_{schema}"
    opened(database.location).put("p/e", b"one", replacing=None)
    with psycopg.connect(database.location, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{SECRET}'; GRANT USAGE ON SCHEMA {schema} TO {role}")
        owner.execute(grants.format(role=role, schema=schema) or "SELECT 1")
    documents = opened(database.location.replace("agentops@", f"{role}@"))
    with pytest.raises(StateError, match=what) as caught:
        documents.put("p/e", b"two", replacing=None)
    assert "CREATE TABLE" in caught.value.hint or "search_path" in caught.value.hint


def test_a_standby_is_no_place_for_a_state(database: Remote, opened: Open) -> None:
    documents = opened(database.location + "%20-cdefault_transaction_read_only%3Don")
    for call in (lambda: documents.get("p/e"), lambda: documents.put("p/e", b"", replacing=None)):
        with pytest.raises(StateError, match="takes no writes"):
            call()


def test_the_body_is_no_part_of_the_statement_that_a_server_logs(database: Remote, opened: Open) -> None:
    # Here the server sends its log to the client, too.
    documents = opened(database.location + "%20-cclient_min_messages%3Dlog%20-clog_statement%3Dall")
    documents.get("p/e")
    connection, logged = documents._connection, list[str | None]()
    assert connection is not None
    connection.add_notice_handler(lambda notice: logged.append(notice.message_primary))
    documents.put("p/e", SECRET.encode(), replacing=None)
    text = "\n".join(map(str, logged))
    assert "INSERT INTO agentops_state" in text
    assert SECRET.encode().hex() not in text
    assert SECRET not in text


@pytest.mark.parametrize(
    "url, variables, mode",
    [
        ("postgresql://db.example.com/x", {}, "require"),
        ("postgresql://127.0.0.1,db.example.com/x", {}, "require"),
        ("postgresql:///x", {"PGHOST": "db.example.com"}, "require"),
        ("postgresql://db.example.com/x?sslmode=verify-full", {}, "verify-full"),
        ("postgresql://db.example.com/x?sslmode=disable", {}, "disable"),
        ("postgresql://db.example.com/x", {"PGSSLMODE": "verify-ca"}, None),
        ("postgresql:///x?service=states", {}, None),
        ("postgresql://localhost/x", {}, None),
        ("postgresql://127.0.0.1:5433/x", {}, None),
        ("postgresql:///x?host=/run/postgresql", {}, None),
    ],
)
def test_tls_is_a_must_to_another_machine_unless_something_else_is_said(
    monkeypatch: pytest.MonkeyPatch, url: str, variables: dict[str, str], mode: str | None
) -> None:
    use(Remote("postgresql", url, variables), monkeypatch)
    assert parameters(conninfo_to_dict(url), 20).get("sslmode") == mode
