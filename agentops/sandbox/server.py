"""A sandbox behind a port: HTTP/1.1 with keep-alive, one thread per connection, and broken connections."""

from __future__ import annotations

import signal
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from types import FrameType, TracebackType
from typing import Any, Self
from urllib.parse import unquote_to_bytes, urlsplit

from agentops.sandbox.app import BASE_PATH, DEFAULT_TOKEN, FAULTS_KEY, Sandbox, served_url
from agentops.sandbox.faults import Fault, FaultKind

_PIECES = 20
"""Into how many pieces a body is cut that drips."""


class Server:
    """Serves a sandbox until it is closed; a context manager. Port 0: any free one.

    `latency` seconds pass for every request, half of them before it is carried out.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        latency: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.sandbox = sandbox
        self.latency = latency
        self.sleep = sleep
        self._http = _Listener((host, port), self)
        self.url = served_url(host, self._http.server_port)
        self.token = DEFAULT_TOKEN
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops listening and cuts the connections that are open. May be called twice."""
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def serve(
    sandbox: Sandbox,
    host: str = "127.0.0.1",
    port: int = 8799,
    *,
    latency: float = 0.0,
    ready: Callable[[Server], None],
) -> None:
    """Serves until SIGINT or SIGTERM; `ready` is called once with the running server. Main thread only."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    kept = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with Server(sandbox, host, port, latency=latency) as server:
            ready(server)
            stop.wait()
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


class _Listener(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], server: Server) -> None:
        self.owner = server
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Binds without asking the name service for the host's name, as the base class does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        with self._guard:
            for connection in self._open:
                _cut(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's fault; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "agentops-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: _Listener

    def _handle(self) -> None:
        owner = self.server.owner
        body = self._body()
        if body is None:
            return
        path = urlsplit(self.path).path
        hits = owner.sandbox.faults.hits(self.command, path.removeprefix(BASE_PATH))
        faults = {fault.kind: fault for fault in hits}
        if FaultKind.DROP_BEFORE in faults:
            self._drop()
            return
        pause = owner.latency + (faults[FaultKind.SLOW].seconds if FaultKind.SLOW in faults else 0.0)
        self._pause(pause / 2)
        status, headers, answer = _run(owner.sandbox, self._environ(body, hits))
        self._pause(pause / 2)
        if FaultKind.DROP_AFTER in faults:
            self._drop()
            return
        self._send(status, headers, answer, faults)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _handle

    def log_message(self, format: str, *args: object) -> None:
        """Requests are in the sandbox's log."""

    def _pause(self, seconds: float) -> None:
        if seconds:
            self.server.owner.sleep(seconds)

    def _body(self) -> bytes | None:
        """The request's body; None after an answer to a request whose length is unknown."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit():
            self.close_connection = True
            self.send_error(411)
            return None
        return self.rfile.read(int(length))

    def _environ(self, body: bytes, hits: tuple[Fault, ...]) -> dict[str, Any]:
        parts = urlsplit(self.path)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
            "QUERY_STRING": parts.query,
            "SERVER_NAME": self.server.server_name,
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            FAULTS_KEY: hits,
        }
        for name, value in self.headers.items():
            key = "HTTP_" + name.upper().replace("-", "_")
            if key not in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"):
                environ[key] = value
        return environ

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes, faults: dict[FaultKind, Fault]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if FaultKind.CUT_BODY in faults:
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self._drop()
        elif FaultKind.DRIP in faults:
            self._drip(body, faults[FaultKind.DRIP].seconds)
        else:
            self.wfile.write(body)
            self.wfile.flush()

    def _drip(self, body: bytes, seconds: float) -> None:
        step = max(1, -(-len(body) // _PIECES))
        for start in range(0, len(body), step):
            if start:
                self._pause(seconds)
            self.wfile.write(body[start : start + step])
            self.wfile.flush()

    def _drop(self) -> None:
        self.close_connection = True
        _cut(self.connection)


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side may have been quicker
        connection.shutdown(socket.SHUT_RDWR)


def _run(sandbox: Sandbox, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    """The status, headers and body that a request gets."""
    started: list[tuple[int, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Any:
        started.append((int(status.split(" ")[0]), headers))

    body = b"".join(sandbox(environ, start_response))
    status, headers = started[0]
    return status, headers, body
