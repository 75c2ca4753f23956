"""moto's S3 as a server of its own: `python -m tests.support.moto_s3 PORT`.

One request at a time: moto looks at a precondition first and writes later, and does not keep others out in between.
"""

import io
import logging
import sys
import threading
from collections.abc import Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wsgi import get_input_stream


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    inner, turn = DomainDispatcherApplication(create_backend_app), threading.Lock()

    def one_at_a_time(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.input"] = io.BytesIO(get_input_stream(environ).read())  # a slow sender keeps nobody waiting
        with turn:
            return list(inner(environ, start_response))

    make_server("127.0.0.1", int(sys.argv[1]), one_at_a_time, True, request_handler=MotoRequestHandler).serve_forever()


if __name__ == "__main__":
    main()
