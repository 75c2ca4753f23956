"""A double of Google Cloud Storage, as there is none to run: `python -m tests.support.gcs_double PORT TOKEN BUCKET`.

It knows what the state needs of the XML API: get, put with `x-goog-if-generation-match`, delete, list in pages; one
bucket, one bearer token. What the real one does beside that, such as limits of one write a second, it does not do.
"""

import itertools
import re
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

PAGE = 3  # small, so that every list has several


@dataclass(frozen=True, slots=True)
class Stored:
    body: bytes
    generation: int


class Bucket:
    """Objects by name. A generation is given once, whatever is deleted or written again."""

    def __init__(self, name: str, token: str) -> None:
        self.name = name
        self.token = token
        self.turn = threading.Lock()
        self.objects: dict[str, Stored] = {}
        self._generations = itertools.count(1_700_000_000_000_000)

    def put(self, name: str, body: bytes, expected: str | None) -> Stored | None:
        """None when the object's generation is not the expected one; 0 stands for no object."""
        with self.turn:
            there = self.objects.get(name)
            if expected is not None and expected != str(there.generation if there else 0):
                return None
            self.objects[name] = Stored(body, next(self._generations))
            return self.objects[name]


class Handler(BaseHTTPRequestHandler):
    bucket: ClassVar[Bucket]
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body as one packet
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if name := self._object():
            stored = self.bucket.put(name, body, self.headers.get("x-goog-if-generation-match"))
            if stored:
                self._answer(200, b"", stored)
            else:
                self._refuse(412, "PreconditionFailed")

    def do_GET(self) -> None:
        if name := self._object(or_list=True):
            stored = self.bucket.objects.get(name)
            if stored:
                self._answer(200, stored.body, stored)
            else:
                self._refuse(404, "NoSuchKey")

    def do_DELETE(self) -> None:
        if name := self._object():
            with self.bucket.turn:
                gone = self.bucket.objects.pop(name, None)
            if gone:
                self._answer(204, b"", None)
            else:
                self._refuse(404, "NoSuchKey")

    def _object(self, *, or_list: bool = False) -> str:
        """The name of the object that is asked for; empty when the answer is given already."""
        parts = urlsplit(self.path)
        bucket, _, name = parts.path.removeprefix("/").partition("/")
        if self.headers.get("Authorization") != f"Bearer {self.bucket.token}":
            self._refuse(401, "AuthenticationRequired")
        elif bucket != self.bucket.name:
            self._refuse(404, "NoSuchBucket")
        elif name:
            return unquote(name)
        elif or_list:
            self._list(parse_qs(parts.query))
        else:
            self._refuse(400, "InvalidArgument")
        return ""

    def _list(self, query: dict[str, list[str]]) -> None:
        prefix, after = query.get("prefix", [""])[0], query.get("continuation-token", [""])[0]
        names = sorted(name for name in list(self.bucket.objects) if name.startswith(prefix) and name > after)
        page = names[:PAGE]
        more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if len(names) > PAGE else ""
        contents = "".join(
            f"<Contents><Key>{escape(name)}</Key><Generation>1</Generation><ETag>&quot;e&quot;</ETag>"
            f"<LastModified>2026-01-01T00:00:00.000Z</LastModified><Size>1</Size></Contents>"
            for name in page
        )
        self._answer(200, f"<ListBucketResult>{more}{contents}</ListBucketResult>".encode(), None)

    def _refuse(self, status: int, code: str) -> None:
        # The real one quotes what was sent, too.
        seen = escape(re.sub(r"\s", " ", self.headers.get("Authorization", "")))
        self._answer(status, f"<Error><Code>{code}</Code><Details>{seen}</Details></Error>".encode(), None)

    def _answer(self, status: int, body: bytes, stored: Stored | None) -> None:
        self.send_response(status)
        if stored:
            self.send_header("ETag", f'"{stored.generation:x}"')
            self.send_header("x-goog-generation", str(stored.generation))
            self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def main() -> None:
    port, token, bucket = sys.argv[1:]
    Handler.bucket = Bucket(bucket, token)
    ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main()
