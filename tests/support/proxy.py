"""A TCP proxy in front of a real server, that loses on demand what the server is sent or what it answers."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from enum import Enum, auto
from types import TracebackType


class Line(Enum):
    """What becomes of bytes."""

    FINE = auto()
    CUT_BEFORE = auto()  # the client's next bytes are thrown away and the connection is cut
    CUT_AFTER = auto()  # the server's next answer that has `Proxy.end` in it is thrown away, and the connection is cut
    SILENT = auto()  # the client's bytes are thrown away, and nothing happens


class Proxy:
    """Listens on `port` of the loopback; `line` counts from the next bytes on, also on connections that are open."""

    def __init__(self, server_port: int, *, end: bytes = b"") -> None:
        self.line = Line.FINE
        self.end = end
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for one in [self._listener, *self._open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener is closed
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._open += [client, server]
                threading.Thread(target=self._carry, args=(client, server, Line.CUT_BEFORE), daemon=True).start()
                threading.Thread(target=self._carry, args=(server, client, Line.CUT_AFTER), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, cut: Line) -> None:
        with contextlib.suppress(OSError):
            for some in _received(source):
                if self.line is cut and (cut is Line.CUT_BEFORE or self.end in some):
                    break
                if self.line is not Line.SILENT:
                    target.sendall(some)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _received(source: socket.socket) -> Iterator[bytes]:
    while some := source.recv(65536):
        yield some
