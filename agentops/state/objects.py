"""Documents in an object store: S3 and what speaks like it, Google Cloud Storage, Azure Blob Storage.

Credentials, region and endpoint come from the environment variables of each platform. A swap is a put with a
precondition, sent once: the library would repeat it by itself, and a repeated put is told that it lost to itself.
Everything else is safe to repeat, and is.

No error of the library is kept as a cause: its text holds whole answers, and some of those quote the signed request.
"""

import ipaddress
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from agentops.domain.errors import ProjectError, StateError
from agentops.state.documents import Document, RefusedSwap, UnclearSwap

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import ClientConfig, RetryConfig

CONNECT_SECONDS: Final = 5.0
REQUEST_SECONDS: Final = 20.0
"""For a whole request with its body: well below the time in which a lock is renewed."""
IDLE_SECONDS: Final = 4.0
"""Connections are not kept longer: a put on one that the other side has closed meanwhile ends unclear."""
READ_RETRIES: Final = 2


@dataclass(frozen=True, slots=True)
class Platform:
    """What differs between the stores: what identifies a version, and who is asked for access."""

    container: str
    precondition: Literal["e_tag", "version"]
    endpoints: tuple[str, ...]  # environment variables with a URL
    access: str  # what to do when the store refuses


PLATFORMS: Final[Mapping[str, Platform]] = {
    "s3": Platform(
        "bucket",
        "e_tag",
        ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"),
        "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION, and that they may"
        " s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket; profiles are not read, but"
        " `aws configure export-credentials --format env` turns one into variables",
    ),
    "gs": Platform(
        "bucket",
        "version",
        ("GOOGLE_BASE_URL",),
        "check GOOGLE_APPLICATION_CREDENTIALS, and that the account has the role Storage Object User on the bucket",
    ),
    "az": Platform(
        "container",
        "e_tag",
        ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
        "check AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY (or AZURE_CLIENT_ID, AZURE_TENANT_ID and"
        " AZURE_CLIENT_SECRET), and that they may read, write, delete and list blobs",
    ),
}

NO_OBJECT: Final = frozenset({"NoSuchKey", "BlobNotFound"})
NO_CONTAINER: Final = frozenset({"NoSuchBucket", "ContainerNotFound", "ContainerBeingDeleted"})
REFUSALS: Final = frozenset({304, 409, 412})
NO_ACCESS: Final = frozenset({401, 403})
LATER: Final = frozenset({"RequestTimeout"})
"""Codes of a 400 that says nothing about the request."""

_STATUS = re.compile(r"Server returned non-2xx status code: (\d{3})")
_CODE = re.compile(r"<Code>([A-Za-z0-9]{1,64})</Code>")
_URL = re.compile(r"Error performing [A-Z]+ (\S+) in ")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an exception of the library tells: of its text, which may hold a whole request, nothing else is kept."""

    status: int | None  # None: no answer, or an unreadable one
    code: str
    asked_store: bool  # False: it failed at getting credentials, and the request itself was not sent
    redirected: bool

    def __str__(self) -> str:
        return " ".join(filter(None, [str(self.status or "no answer"), self.code]))


class ObjectDocuments:
    """The objects of one bucket or container as documents. Raises ProjectError for an endpoint that is not safe."""

    def __init__(self, scheme: str, container: str, *, timeout: float = REQUEST_SECONDS) -> None:
        self.location = f"{scheme}://{container}"
        self._platform = PLATFORMS[scheme]
        self._writer = _store(scheme, container, timeout, retries=0)
        self._reader = _store(scheme, container, timeout, retries=READ_RETRIES)

    def get(self, name: str) -> Document | None:
        try:
            result = obstore.get(self._reader, name)
            return Document(bytes(result.bytes()), self._tag(result.meta["e_tag"], result.meta["version"]))
        except (BaseError, OSError) as exc:
            answer = read_answer(exc, name)
            if answer.status == 404 and answer.code in NO_OBJECT:
                return None
            raise self._error("read", name, answer) from None

    def put(self, name: str, body: bytes, *, replacing: str | None) -> str:
        mode: PutMode = "create" if replacing is None else _version(self._platform, replacing)
        try:
            result = obstore.put(self._writer, name, body, mode=mode, use_multipart=False)
        except (BaseError, OSError) as exc:
            raise self._failed_put(name, read_answer(exc, name)) from None
        try:
            return self._tag(result["e_tag"], result["version"])
        except StateError as exc:
            raise UnclearSwap(str(exc)) from exc

    def names(self, prefix: str) -> Sequence[str]:
        folder = prefix.rpartition("/")[0]  # the library lists whole folders
        with self._reading("list", folder):
            pages = list(obstore.list(self._reader, folder or None))
        return sorted(item["path"] for page in pages for item in page if item["path"].startswith(prefix))

    def delete(self, name: str) -> None:
        try:
            obstore.delete(self._reader, name)
        except (BaseError, OSError) as exc:
            answer = read_answer(exc, "")  # Azure is asked by a request to the container
            if not isinstance(exc, FileNotFoundError) or answer.code in NO_CONTAINER:
                raise self._error("delete", name, answer) from None

    def close(self) -> None:
        """Connections are the library's, and go with the process."""

    @contextmanager
    def _reading(self, verb: str, name: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as exc:
            raise self._error(verb, name, read_answer(exc, name)) from None

    def _tag(self, e_tag: str | None, version: str | None) -> str:
        tag = version if self._platform.precondition == "version" else e_tag
        if not tag:
            raise StateError(f"{self.location} gives objects no {self._platform.precondition}: no swap is safe there")
        return tag

    def _failed_put(self, name: str, answer: Answer) -> Exception:
        match answer:
            case Answer(code=code) if code in NO_CONTAINER:
                return self._error("write", name, answer)
            case Answer(asked_store=False) | Answer(redirected=True):
                return self._error("write", name, answer)
            case Answer(status=status) if status in REFUSALS:
                return RefusedSwap(f"{self.location}/{name}: {answer}")
            case Answer(status=404, code=code) if code in NO_OBJECT:
                return RefusedSwap(f"{self.location}/{name}: {answer}")
            case Answer(status=status) if status in NO_ACCESS:
                return self._error("write", name, answer)
            case Answer(status=400, code=code) if code and code not in LATER:
                return self._error("write", name, answer)
        return UnclearSwap(f"{self.location}/{name}: {answer}")

    def _error(self, verb: str, name: str, answer: Answer) -> StateError:
        what, hint = self._explain(answer)
        return StateError(f"cannot {verb} {self.location}/{name}: {what}", hint=hint)

    def _explain(self, answer: Answer) -> tuple[str, str]:
        platform = self._platform
        match answer:
            case Answer(asked_store=False):
                return "no credentials were found, or they could not be fetched", platform.access
            case Answer(redirected=True):
                return f"the {platform.container} is in another region", "set AWS_REGION to its region"
            case Answer(code=code) if code in NO_CONTAINER:
                return f"there is no such {platform.container} ({answer})", f"make the {platform.container} first"
            case Answer(status=status) if status in NO_ACCESS or status == 400:
                return f"the store refused ({answer})", platform.access
            case Answer(status=None):
                return "the store cannot be reached, or gave no readable answer", _ENDPOINT_HINT.format(
                    variable=platform.endpoints[0]
                )
            case Answer(status=404):
                return f"this is no answer of such a store ({answer})", _ENDPOINT_HINT.format(
                    variable=platform.endpoints[0]
                )
        return f"the store failed ({answer})", "try again"


_ENDPOINT_HINT: Final = "check the network, and {variable} if it is set"


def read_answer(error: Exception, name: str) -> Answer:
    """What the library's error says of a request whose URL has `name` in it."""
    text = str(error).partition("Debug source:")[0]
    status, code, url = _STATUS.search(text), _CODE.search(text), _URL.search(text)
    return Answer(
        status=int(status[1]) if status else None,
        code=code[1] if code else "",
        asked_store=not url or name in unquote(url[1]),
        redirected="redirect without LOCATION" in text,
    )


def _version(platform: Platform, tag: str) -> "PutMode":
    return {"version": tag} if platform.precondition == "version" else {"e_tag": tag}


def _store(scheme: str, container: str, timeout: float, *, retries: int) -> S3Store | GCSStore | AzureStore:
    client: ClientConfig = {
        "allow_http": _allow_http(PLATFORMS[scheme]),
        "allow_invalid_certificates": False,
        "connect_timeout": timedelta(seconds=min(CONNECT_SECONDS, timeout)),
        "pool_idle_timeout": timedelta(seconds=IDLE_SECONDS),
        "timeout": timedelta(seconds=timeout),
    }
    # Half the time-out: what has timed out is not tried again, and no call takes much longer than one request.
    retry: RetryConfig = {"max_retries": retries, "retry_timeout": timedelta(seconds=timeout / 2)}
    try:
        match scheme:
            case "s3":
                return S3Store(
                    container,
                    config={"conditional_put": "etag", "disable_bulk_delete": True},
                    client_options=client,
                    retry_config=retry,
                )
            case "gs":
                return GCSStore(container, client_options=client, retry_config=retry)
            case _:
                return AzureStore(container, client_options=client, retry_config=retry)
    except (BaseError, OSError, ValueError):
        raise ProjectError(
            f"{scheme}://{container} cannot be opened with the credentials in the environment",
            hint=PLATFORMS[scheme].access,
        ) from None  # its text may quote a key


def _allow_http(platform: Platform) -> bool:
    """Whether an endpoint without TLS is set. Raises ProjectError for one that is not on this machine."""
    plain = False
    for variable in platform.endpoints:
        endpoint = urlsplit(os.environ.get(variable, "").strip())
        if endpoint.scheme == "https" or not any(endpoint):
            continue
        if endpoint.scheme != "http" or not _is_loopback(endpoint.hostname or ""):
            raise ProjectError(
                f"{variable} is neither an https:// address nor one of this machine", hint="use https://"
            )
        plain = True
    return plain


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
