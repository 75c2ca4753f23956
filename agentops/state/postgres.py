"""Documents as rows of one table in a PostgreSQL database.

Every call is one transaction, sent as one pipeline, and keeps nothing in a session: so it is safe behind a pooler that
gives every transaction another server connection, and a client that is frozen in the middle leaves no row locked.
"""

import logging
import os
import re
import secrets
import select
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import ceil
from typing import Any, Final, LiteralString

import psycopg
from psycopg.conninfo import conninfo_to_dict

from agentops.domain.errors import ProjectError, StateError
from agentops.state.documents import Document, RefusedSwap, UnclearSwap

STATEMENT_SECONDS: Final = 15.0
CONNECT_SECONDS: Final = 5

TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS agentops_state (name text PRIMARY KEY, version bigint NOT NULL, body bytea NOT NULL)"
)

_GET: Final = "SELECT version, body FROM agentops_state WHERE name = %(name)s"
_CREATE: Final = (
    "INSERT INTO agentops_state (name, version, body) VALUES (%(name)s, %(version)s, %(body)s)"
    " ON CONFLICT DO NOTHING RETURNING version"
)
_SWAP: Final = (
    "UPDATE agentops_state SET version = %(version)s, body = %(body)s"
    " WHERE name = %(name)s AND version = %(replacing)s RETURNING version"
)
_NAMES: Final = "SELECT name FROM agentops_state WHERE left(name, length(%(prefix)s::text)) = %(prefix)s::text"
_DELETE: Final = "DELETE FROM agentops_state WHERE name = %(name)s"

# For the transaction only, as SET LOCAL would. Whatever the server's defaults are: a commit is on disk before it is
# confirmed, nothing waits for long, and a client that stops between two messages does not keep the row from others.
_SETTINGS: Final = (
    "SELECT set_config('statement_timeout', %(limit)s, true), set_config('synchronous_commit', 'on', true),"
    " set_config('idle_in_transaction_session_timeout', %(limit)s, true)"
)

CONNECTION: Final[Mapping[str, object]] = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "target_session_attrs": "read-write",  # a standby may be behind: what it says proves nothing
    "application_name": "agentops",
}

ACCESS: Final = "check PGUSER, and PGPASSWORD or ~/.pgpass"
REFUSED_CONNECTIONS: Final = (
    (r"password authentication failed", "the server refused the user or the password", ACCESS),
    (r"no password supplied", "the server wants a password", "set PGPASSWORD, or add a line to ~/.pgpass"),
    (r"no pg_hba\.conf entry|authentication failed", "the server does not let this user in from here", ACCESS),
    (r"FATAL: +role .* does not exist", "there is no such user", ACCESS),
    (r"FATAL: +database .* does not exist", "there is no such database", "make the database first"),
    (r"FATAL: +permission denied for database", "the user may not connect to this database", ACCESS),
    (r"server does not support SSL", "the server offers no TLS", "add ?sslmode=disable if the network is safe"),
    (r"SSL error|root certificate file", "the server's certificate is not accepted", "check PGSSLROOTCERT"),
    (r"session is read-only|hot standby", "the server takes no writes: it is a standby", "name the primary"),
)
"""What a failed connection says when trying again does not help; what we say; what to do. The first that fits."""

REFUSED_STATEMENTS: Final[Mapping[str, tuple[str, str]]] = {
    "42501": (
        "the user may not use, or not make, the table agentops_state",
        f"GRANT SELECT, INSERT, UPDATE, DELETE on it; where there is none: {TABLE}",
    ),
    "3F000": ("there is no schema to make the table agentops_state in", "set search_path"),
    "25006": ("the server takes no writes", "name the primary"),
}
"""SQLSTATE -> what it means here, and what to do."""

_NO_TABLE: Final = frozenset({"42P01"})
_MADE_MEANWHILE: Final = frozenset({"42P07", "42710", "23505"})
_LOST_RACE: Final = frozenset({"40001", "40P01"})
_UNCLEAR_CLASSES: Final = frozenset({"", "08", "53", "55", "57", "58", "XX"})
"""Classes of SQLSTATE that say nothing of the statement; no state at all is a lost connection."""

# It warns of what it also raises; without a handler of its own, Python would print that for the user.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


class PostgresDocuments:
    """The rows of `agentops_state` in the database that `url` names. Raises ProjectError for one that is no good."""

    def __init__(self, url: str, *, timeout: float = STATEMENT_SECONDS) -> None:
        given = _parse(url)
        self.location = _shown(given)
        self._parameters = parameters(given, timeout)
        self._timeout = timeout
        self._turn = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None

    def get(self, name: str) -> Document | None:
        with self._reading(f"read {name} in"):
            rows = self._run(_GET, name=name)
        return Document(bytes(rows[0][1]), str(rows[0][0])) if rows else None

    def put(self, name: str, body: bytes, *, replacing: str | None) -> str:
        # A random version, and no counter: it does not come back after a delete, nor in a table that is made anew.
        version = secrets.randbits(63)
        statement = _CREATE if replacing is None else _SWAP
        try:
            rows = self._put(statement, name=name, version=version, body=body, replacing=int(replacing or 0))
        except _NotConnectedError as exc:
            if exc.final:
                raise self._error("connect to", exc) from exc
            raise UnclearSwap(f"{self.location}: {exc}") from exc
        except psycopg.Error as exc:
            raise self._failed_put(name, exc) from exc
        if not rows:
            raise RefusedSwap(f"{self.location}: {name} is not at the version that was to be replaced")
        return str(version)

    def names(self, prefix: str) -> Sequence[str]:
        with self._reading("list"):
            return sorted(row[0] for row in self._run(_NAMES, prefix=prefix))

    def delete(self, name: str) -> None:
        with self._reading(f"delete {name} in"):
            self._run(_DELETE, name=name)

    def close(self) -> None:
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _put(self, statement: LiteralString, **values: object) -> Sequence[tuple[Any, ...]]:
        try:
            return self._execute(statement, values)
        except psycopg.Error as exc:
            if exc.sqlstate not in _NO_TABLE or statement is not _CREATE:
                raise
        self._make_table()
        return self._execute(statement, values)

    def _make_table(self) -> None:
        try:
            self._execute(TABLE, {})
        except psycopg.Error as exc:
            # IF NOT EXISTS does not see a table that another session is just making.
            if exc.sqlstate not in _MADE_MEANWHILE:
                raise

    def _run(self, statement: LiteralString, **values: object) -> Sequence[tuple[Any, ...]]:
        """The rows; none where the table is not there yet."""
        try:
            return self._execute(statement, values)
        except psycopg.Error as exc:
            if exc.sqlstate in _NO_TABLE:
                return []
            raise

    def _execute(self, statement: LiteralString, values: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        with self._turn:
            connection = self._connected()
            # The server's own limit comes first; this one is for a server that does not answer at all.
            with _deadline(connection, self._timeout * 4 / 3):
                try:
                    return self._transact(connection, statement, values)
                finally:
                    if not connection.closed:
                        connection.rollback()  # after an error; else there is nothing to roll back

    def _transact(
        self, connection: psycopg.Connection[Any], statement: LiteralString, values: Mapping[str, object]
    ) -> Sequence[tuple[Any, ...]]:
        with connection.cursor() as settings, connection.cursor() as cursor:
            with connection.pipeline(), connection.transaction():
                settings.execute(_SETTINGS, {"limit": f"{round(self._timeout * 1000)}ms"})
                # Bound by the server: so the body does not get into its log together with an error.
                cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is not None and _is_gone(self._connection):
            self._connection.close()
            self._connection = None
        if self._connection is None:
            try:
                self._connection = psycopg.connect(**self._parameters, autocommit=True, prepare_threshold=None)
            except psycopg.Error as exc:
                raise _not_connected(exc) from None  # its text is the server's
        return self._connection

    @contextmanager
    def _reading(self, verb: str) -> Iterator[None]:
        try:
            yield
        except (_NotConnectedError, psycopg.Error) as exc:
            raise self._error(verb, exc) from exc

    def _failed_put(self, name: str, error: psycopg.Error) -> Exception:
        state = error.sqlstate or ""
        if state in _NO_TABLE:
            return RefusedSwap(f"{self.location}: there is no {name}")
        if state in _LOST_RACE:
            return RefusedSwap(f"{self.location}: {name}: {state}")
        if state not in REFUSED_STATEMENTS and state[:2] in _UNCLEAR_CLASSES:
            return UnclearSwap(f"{self.location}: {name}: {state or 'the connection broke'}")
        return self._error(f"write {name} in", error)

    def _error(self, verb: str, error: Exception) -> StateError:
        what, hint = _explain(error)
        return StateError(f"cannot {verb} {self.location}: {what}", hint=hint)


def parameters(given: Mapping[str, Any], timeout: float) -> dict[str, Any]:
    """What libpq is told: what the URL says, and what a state cannot do without."""
    limit = {"connect_timeout": min(CONNECT_SECONDS, ceil(timeout))}
    return {**given, **CONNECTION, **_tls(given), **limit}


class _NotConnectedError(Exception):
    """No connection was made, so nothing was sent. `final`: trying again does not help."""

    def __init__(self, what: str, hint: str, *, final: bool) -> None:
        super().__init__(what)
        self.hint = hint
        self.final = final


def _not_connected(error: psycopg.Error) -> _NotConnectedError:
    text = str(error)
    for pattern, what, hint in REFUSED_CONNECTIONS:
        if re.search(pattern, text):
            return _NotConnectedError(what, hint, final=True)
    return _NotConnectedError(
        "the server cannot be reached, or does not let us in", "check the host and the port, and try again", final=False
    )


def _explain(error: Exception) -> tuple[str, str]:
    if isinstance(error, _NotConnectedError):
        return str(error), error.hint
    state = (error.sqlstate if isinstance(error, psycopg.Error) else None) or ""
    if state in REFUSED_STATEMENTS:
        return REFUSED_STATEMENTS[state]
    if not state or state.startswith("08"):
        return "the connection broke", "try again"
    return f"the server refused (SQLSTATE {state})", "see the server's log"


def _is_gone(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server hung up while nothing was asked of it: then there is something to read, or an error."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _deadline(connection: psycopg.Connection[Any], seconds: float) -> Iterator[None]:
    """Cuts the connection after `seconds`: psycopg itself waits for an answer as long as TCP lets it."""
    cut = threading.Timer(seconds, _cut, [connection])
    cut.daemon = True
    cut.start()
    try:
        yield
    finally:
        cut.cancel()


def _cut(connection: psycopg.Connection[Any]) -> None:
    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as ours:
            ours.shutdown(socket.SHUT_RDWR)
    except (psycopg.Error, OSError):
        return  # it is closed already


def _parse(url: str) -> dict[str, Any]:
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:
        raise ProjectError("the place of the state is not a PostgreSQL URL", hint=_FORM) from None  # it quotes the URL
    if "password" in given or "sslpassword" in given:
        raise ProjectError(
            "the place of the state has a password in it",
            hint="leave it out, and set PGPASSWORD or add a line to ~/.pgpass",
        )
    return given


_FORM: Final = "it is written postgresql://user@host:5432/database"


def _shown(given: Mapping[str, Any]) -> str:
    hosts = str(given.get("host") or given.get("service") or "")
    port = f":{given['port']}" if given.get("port") else ""
    return f"postgresql://{hosts}{port}/{given.get('dbname') or ''}"


def _tls(given: Mapping[str, Any]) -> Mapping[str, str]:
    """TLS is a must for another machine, unless something else is said: libpq's own default goes on without."""
    said = "sslmode" in given or "service" in given or {"PGSSLMODE", "PGSERVICE", "PGREQUIRESSL"} & os.environ.keys()
    hosts = str(given.get("host") or given.get("hostaddr") or os.environ.get("PGHOST") or "").split(",")
    return {} if said or all(map(_is_here, hosts)) else {"sslmode": "require"}


def _is_here(host: str) -> bool:
    return host in {"", "localhost", "::1"} or host.startswith(("/", "@")) or bool(re.fullmatch(r"127(\.\d+){3}", host))
