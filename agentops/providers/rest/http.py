"""One exchange with a platform over HTTP: the only module that knows httpx."""

import email.utils
import ipaddress
import logging
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import httpx

from agentops import __version__
from agentops.domain.errors import ProjectError
from agentops.providers.rest import body
from agentops.providers.rest.deadline import within

Clock: TypeAlias = Callable[[], float]
Permit: TypeAlias = Callable[[], None]
WsgiApp: TypeAlias = Callable[..., Any]

MAX_BYTES: Final = 32 * 1024 * 1024
DEADLINE: Final = 90.0  # seconds for a whole exchange
_TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
# Of these one piece that was received grows a thousandfold at most; of two in a row, or of newer ones, a millionfold.
_ENCODINGS: Final = frozenset({"", "identity", "gzip", "deflate"})

_log = logging.getLogger("agentops.http")


class NotSentError(Exception):
    """The request certainly did not reach the platform. `lasting`: nor will it when it is sent again."""

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.lasting = lasting


class LostError(Exception):
    """The request may have reached the platform, but there is no answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `sensitive` are texts in the body that no message may repeat.

    `signed_query` is a whole query, encoded already, that gives access: it is sent as it is and shown nowhere.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    sensitive: tuple[str, ...] = field(default=(), repr=False)
    signed_query: str = field(default="", repr=False)

    @property
    def is_read(self) -> bool:
        return self.method == "GET"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole. `headers` are those that were asked for, by their names in lower case."""

    status: int
    content: bytes = field(repr=False)
    retry_after: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def asked_to_wait(answer: Answer, now: float) -> float | None:
    """The seconds that the header Retry-After asks for, as a number or a date; None if it does not."""
    header = answer.retry_after.strip()
    if header.isascii() and header.isdigit() and len(header) < 10:
        return float(header)
    if header:
        try:
            return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - now)
        except (ValueError, OverflowError):
            pass  # neither form, or no such day: as if it was not there
    return None


class Client:
    """Connections to one platform with one token. Safe to use from several threads."""

    def __init__(
        self,
        base_url: str,
        token: str | None,
        *,
        headers: Mapping[str, str] | None = None,
        token_header: str = "Authorization",
        keep: frozenset[str] = frozenset(),
        wsgi_app: WsgiApp | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Clock = time.monotonic,
        deadline: float = DEADLINE,
        proxied: bool = False,
    ) -> None:
        """Raises ProjectError for a base URL or a token that cannot be one.

        Without a token (None) none is sent. `headers` go with every request, `keep` are those of answers to hand on.
        Certificates of the process's environment (SSL_CERT_FILE) count for real hosts, its proxies (HTTPS_PROXY,
        NO_PROXY) only if `proxied`; what runs on this machine is reached directly.
        """
        self.base_url = checked_url(base_url, in_process=wsgi_app is not None)
        self._clock = clock
        self._deadline = deadline
        self._keep = keep
        self._is_real = wsgi_app is None and transport is None
        is_real_host = self._is_real and not is_loopback(host_name(self.base_url))
        # httpcore logs headers at debug level, and some of what a server sets there is secret.
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._http = httpx.Client(
            headers={**_HEADERS, **(headers or {}), **_authorization(token, token_header)},
            transport=httpx.WSGITransport(app=wsgi_app) if wsgi_app else transport,
            timeout=_TIMEOUT,
            verify=_trusted() if is_real_host else True,
            trust_env=proxied and is_real_host,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    def send(self, request: Request, permit: Permit | None = None) -> Answer:
        """One exchange, without repeats. Raises NotSentError, LostError, or UnreadableError for too large an answer.

        What `permit` raises, at the last moment before the request goes out on a real connection, comes out as it is.
        """
        began = self._clock()
        content = None if request.body is None else body.render(request.body)
        try:
            answer = self._exchange_in_time(request, content, began, permit)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as exc:
            raise NotSentError(_reason(exc), lasting=_is_untrusted(exc)) from exc
        except (httpx.HTTPError, httpx.StreamError) as exc:
            raise LostError(_reason(exc)) from exc
        _log.debug("%s %s %d %.0f ms", request.method, request.path, answer.status, (self._clock() - began) * 1000)
        return answer

    def _exchange_in_time(self, request: Request, content: bytes | None, began: float, permit: Permit | None) -> Answer:
        if not self._is_real:
            return self._exchange(request, content, began)
        try:
            return within(self._deadline, lambda: self._exchange(request, content, began, permit))
        except TimeoutError:
            raise self._too_slow() from None

    def _too_slow(self) -> LostError:
        return LostError(f"the answer took longer than {self._deadline:.0f} s")

    def _exchange(self, request: Request, content: bytes | None, began: float, permit: Permit | None = None) -> Answer:
        with self._http.stream(
            request.method,
            self.base_url + request.path + (f"?{request.signed_query}" if request.signed_query else ""),
            params=request.query or None,
            content=content,
            headers={"Content-Type": "application/json"} if content is not None else None,
            extensions={"trace": _asking(permit, "headers" if content is None else "body")} if permit else None,
        ) as response:
            received = b"".join(self._bounded(response, began))
            kept = {name: response.headers[name] for name in self._keep if name in response.headers}
            return Answer(response.status_code, received, response.headers.get("retry-after", ""), kept)

    def _bounded(self, response: httpx.Response, began: float) -> Iterator[bytes]:
        encoding = response.headers.get("content-encoding", "").strip().casefold()
        body.require(encoding in _ENCODINGS, "it is compressed in a way that was not asked for")
        size = 0
        for chunk in response.iter_bytes():  # as they come: to wait for larger ones would be to wait for ever
            size += len(chunk)
            body.require(size <= MAX_BYTES, f"it is larger than {MAX_BYTES // 1024 // 1024} MB")
            if self._clock() - began > self._deadline:
                raise self._too_slow()
            yield chunk

    def close(self) -> None:
        self._http.close()


def _asking(permit: Permit, last: str) -> Callable[[str, object], None]:
    """A trace for httpcore that asks before the last part of a request is sent: without it, nothing is done.

    To connect takes its time, and so does a thread that has to wait for its turn.
    """

    def trace(event: str, _: object) -> None:
        if event.endswith(f".send_request_{last}.started"):
            permit()

    return trace


def _trusted() -> ssl.SSLContext:
    """Whose certificates count: the usual ones, or those of SSL_CERT_FILE or SSL_CERT_DIR."""
    return httpx.create_ssl_context(trust_env=True)


_HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": f"agentops/{__version__}",
}


def _authorization(token: str | None, header: str) -> dict[str, str]:
    if token is None:
        return {}
    return {header: f"Bearer {checked_token(token)}" if header == "Authorization" else checked_token(token)}


def _reason(exc: Exception) -> str:
    return f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__


def _is_untrusted(exc: BaseException | None) -> bool:
    """Whether a certificate was refused, somewhere down the chain of causes."""
    while exc is not None:
        if isinstance(exc, ssl.SSLCertVerificationError):
            return True
        exc = exc.__cause__ or exc.__context__
    return False


def checked_token(token: str) -> str:
    """`token` if a header can carry it. Raises ProjectError, which does not repeat it, otherwise."""
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        problem = (
            "is empty" if not token.strip() else "has a space, a line break or another character that no token has"
        )
        raise ProjectError(f"the token {problem}", hint="check where `token:` of the environment takes it from")
    return token


def checked_url(base_url: str, *, in_process: bool = False) -> str:
    """`base_url` without a slash at its end. Raises ProjectError for one that must not get a token."""
    if not _is_usable(base_url):
        raise ProjectError(
            f"base_url {_shown(base_url)} is no usable URL", hint="write it like https://app.example.com/api"
        )
    url = httpx.URL(base_url)  # as the client will read it: what else would say where the token goes?
    if url.scheme == "http" and not in_process and not is_loopback(url.host):
        raise ProjectError(
            f"base_url {_shown(base_url)} is not https, so it would send the token in clear",
            hint="use https; only addresses of this machine may do without",
        )
    return base_url.rstrip("/")


def _is_usable(base_url: str) -> bool:
    try:
        parts = urlsplit(base_url)
        host, _, read = parts.hostname, parts.port, httpx.URL(base_url)
    except (ValueError, httpx.InvalidURL):
        return False
    plain = base_url.isprintable() and not re.search(r"[\s\\]", base_url) and "@" not in parts.netloc
    bare = not parts.query and not parts.fragment
    return bool(host) and bool(read.host) and parts.scheme in ("https", "http") and plain and bare


def _shown(base_url: str) -> str:
    return repr(re.sub(r"//[^/]*@", "//", base_url))


def host_of(base_url: str) -> str:
    return urlsplit(base_url).netloc.casefold()


def host_name(base_url: str) -> str:
    """The host of `base_url`, without its port."""
    return urlsplit(base_url).hostname or ""


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"
