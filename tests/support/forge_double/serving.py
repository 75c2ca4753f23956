"""The doubles behind a port of this machine."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.support.forge_double.core import Double


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: what came is in the double."""


class Storage:
    """Where artifacts really are: another host, which no token may reach."""

    def __init__(self, double: Double) -> None:
        self.double = double
        self.leaked: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        self.leaked += [name for name in ("Authorization", "PRIVATE-TOKEN") if name in request.headers]
        if request.query_string != b"sig=s3cr3t%2Fsigned":
            return Response("wrong signature", 403)(environ, start_response)
        upload = self.double.uploads[int(request.path.strip("/")) - 5000]
        return Response(upload.archive, 200, mimetype="application/zip")(environ, start_response)


@contextmanager
def served(double: Double) -> Iterator[Storage]:
    """Serves the double, and the storage of its artifacts; `double.base` is where."""
    storage = Storage(double)
    with ExitStack() as stack:
        double.base = stack.enter_context(_listening(double))
        double.storage = stack.enter_context(_listening(storage))
        yield storage


@contextmanager
def _listening(app: Callable[..., Iterable[bytes]]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
