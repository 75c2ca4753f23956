"""Servers that no sandbox would be: raw bytes on a real socket, for as long as a test needs them."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

Talk = Callable[[socket.socket, Event], None]
"""Serves one connection whose request was received; the event is set when the test is over."""


@contextmanager
def serving(talk: Talk, tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """A server on this machine that answers every connection with `talk`: its base URL, and what it has received."""
    heard: list[bytes] = []
    over = Event()

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            heard.append(connection.recv(65536))
            talk(connection, over)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=accept, daemon=True).start()
        try:
            yield f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}/api", heard
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)


def once(data: bytes) -> Talk:
    """Says `data` and closes the connection."""

    def talk(connection: socket.socket, _: Event) -> None:
        connection.sendall(data)

    return talk


def dripping(start: bytes, piece: bytes) -> Talk:
    """Says `start`, then `piece` again and again for ever, a little later each time."""

    def talk(connection: socket.socket, over: Event) -> None:
        connection.sendall(start)
        while not over.wait(0.005):
            connection.sendall(piece)

    return talk


def flooding(start: bytes, piece: bytes) -> Talk:
    """Says `start`, then `piece` again and again for ever, as fast as it can."""

    def talk(connection: socket.socket, over: Event) -> None:
        connection.sendall(start)
        while not over.is_set():
            connection.sendall(piece)

    return talk
