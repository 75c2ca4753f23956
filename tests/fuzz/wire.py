"""What platforms answer: a target takes bytes, and is broken when anything but documented errors comes out."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from agentops.cli import redaction
from agentops.cli.terminal import harmless
from agentops.domain.address import Address
from agentops.domain.desired import Desired, Resource
from agentops.domain.diagnostics import SourcePos
from agentops.domain.errors import ProjectError, ProviderError
from agentops.domain.manifest import Document, Manifest
from agentops.domain.plan import PlanOptions
from agentops.domain.policy import Policy
from agentops.domain.provider import LiveObject
from agentops.domain.state import Binding, Entry, State
from agentops.domain.values import RemoteId, from_json, to_json
from agentops.engine.guard import guard
from agentops.engine.plan import make_plan
from agentops.engine.planfile import dump, parse
from agentops.providers.rest import body, retries
from agentops.providers.rest.adapter import RestProvider
from agentops.providers.rest.answers import cleaned
from agentops.providers.rest.http import Answer, Client, checked_url, is_loopback
from agentops.providers.rest.limits import Bucket
from agentops.providers.rest.retries import Caller, RetryPolicy
from agentops.render.json import plan_json_text
from agentops.render.markdown import plan_markdown
from agentops.render.text import plan_text
from tests.fuzz.choices import Choices
from tests.fuzz.documents import changed
from tests.plan.case import NOW
from tests.providers.support import FIXTURES, SECRETS, SPECS, TOKEN, plain

KEY = b"k" * 32
STATUSES = (200, 201, 204, 400, 401, 403, 404, 405, 408, 409, 422, 429, 500, 502, 503, 301, 304, 101, 600)
HEADERS = ("retry-after", "content-encoding", "content-type", "location", "content-length", "set-cookie")
HEADER_VALUES = ("5", "-1", "nan", "gzip", "br", "text/html", "Fri, 31 Dec 9999 23:59:59 GMT", "https://x.example/")


def platform_answer(data: bytes) -> None:
    """Whatever a platform answers to whatever it is asked, the result is one, or it is an error of the platform."""
    choices = Choices(data)
    name = choices.of(sorted(SPECS))
    ask = choices.of(_questions(name))
    response = _answer(choices, name)
    provider = _provider(name, lambda _: response)
    error: ProviderError | None = None
    found: object = None
    try:
        found = ask(provider)
    except ProviderError as exc:
        error = exc
    assert str(error).isprintable(), error
    assert not error or TOKEN not in f"{error} {error.hint} {error.field_errors}"
    for live in found.values() if isinstance(found, Mapping) else [found]:
        if isinstance(live, LiveObject):
            assert from_json(to_json(live.values)) == live.values


def _provider(name: str, respond: Callable[[httpx.Request], httpx.Response]) -> RestProvider:
    client = Client("https://platform.example/api", TOKEN, transport=httpx.MockTransport(respond))
    caller = Caller(
        name, client, Bucket(rate=0), redact=(TOKEN,), policy=RetryPolicy(attempts=1, refusals=1), sleep=lambda _: None
    )
    return RestProvider(SPECS[name], caller, SECRETS)


@cache
def _questions(name: str) -> Sequence[Callable[[RestProvider], object]]:
    """Everything that a platform is ever asked."""
    spec = SPECS[name]
    kind, values = "Assistant", plain(name)
    id_: RemoteId = 1 if spec.ids is int else "x"
    reads: list[Callable[[RestProvider], object]] = [
        lambda provider: provider.account(),
        lambda provider: provider.read(kind, id_),
        lambda provider: provider.users(kind, [id_]),
        lambda provider: provider.create(kind, values),
        lambda provider: provider.update(kind, id_, values),
        lambda provider: provider.delete(kind, id_),
    ]
    lists = [_lister(kind) for kind in spec.objects]
    catalogs = [_cataloguer(catalog) for catalog in spec.catalogs]
    return [*lists, *reads, *catalogs]


def _lister(kind: str) -> Callable[[RestProvider], object]:
    return lambda provider: provider.list(kind)


def _cataloguer(kind: str) -> Callable[[RestProvider], object]:
    return lambda provider: provider.catalog((kind, ""))


def _answer(choices: Choices, platform: str) -> httpx.Response:
    status = 200 if choices.below(4) else choices.of(STATUSES)
    headers = [
        (choices.of(HEADERS), choices.of(HEADER_VALUES).encode() if choices.below(2) else choices.take(20))
        for _ in range(choices.below(3))
    ]
    if choices.below(8) == 7:
        content = choices.rest()
    else:
        document = changed(choices, _fixtures(platform))
        content = json.dumps(document, ensure_ascii=not choices.below(2)).encode("utf-8", errors="surrogatepass")
        cut = choices.below(4)
        content = content[: choices.below(len(content))] if cut == 3 and content else content
    raw = [(name.encode(), value) for name, value in headers if name != "content-length"]
    return httpx.Response(status, headers=raw, stream=httpx.ByteStream(content))


@cache
def _fixtures(platform: str) -> Sequence[Any]:
    """Answers of the platform and of its family; a list first."""
    family = ("autocalls", platform) if SPECS[platform].ids is int else (platform,)
    return [json.loads(path.read_text(encoding="utf-8")) for path in _files(family)]


def _files(family: tuple[str, ...]) -> list[Path]:
    found = [path for path in sorted(FIXTURES.glob("*.json")) if path.name.startswith(family)]
    return sorted(found, key=lambda path: ("list" not in path.name and "assistants-get" not in path.name, path.name))


def plan_of_answer(data: bytes) -> None:
    """Whatever a listing shows in place of what was applied, there is a plan, and it can be saved and shown."""
    choices = Choices(data)
    name = choices.of(sorted(SPECS))
    before = _managed(name)
    document = changed(choices, _lists(name))
    content = json.dumps(document).encode("utf-8", errors="surrogatepass")
    provider = _provider(name, lambda _: httpx.Response(200, stream=httpx.ByteStream(content)))
    try:
        live = provider.list("Assistant")
    except ProviderError:
        return
    plan = _plan(name, before, live)
    saved = dump([plan])
    assert dump(parse(saved)) == saved
    for text in (plan_text(plan), plan_text(plan, width=60, full=True), plan_markdown(plan)):
        assert harmless(text) == text
    json.loads(plan_json_text(plan))


@cache
def _lists(name: str) -> Sequence[Any]:
    family = ("autocalls.", f"{name}.") if SPECS[name].ids is int else (f"{name}-",)
    files = [path for path in _files(family) if "assistants-get" in path.name or "assistants-list" in path.name]
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    for document in documents:
        if isinstance(document, dict) and "total" in document:  # each as a list that is whole
            document |= {"current_page": 1, "last_page": 1, "total": len(document["data"])}
    return documents


@cache
def _managed(name: str) -> Mapping[RemoteId, LiveObject]:
    """What was there when it was applied."""
    found: dict[RemoteId, LiveObject] = {}
    for document in _lists(name):
        content = json.dumps(document).encode()
        provider = _provider(name, lambda _, content=content: httpx.Response(200, content=content))  # type: ignore[misc]
        found |= provider.list("Assistant")
    assert found
    return found


def _plan(name: str, before: Mapping[RemoteId, LiveObject], live: Mapping[RemoteId, LiveObject]) -> Any:
    spec = SPECS[name]
    binding = Binding("p", "e", name, "https://platform.example/api", "a@b")
    resources, entries = {}, {}
    for number, (id_, item) in enumerate(before.items()):
        address = Address("assistant", f"a{number}")
        document = Document("a.yaml", None, lambda _: SourcePos("a.yaml", 1, 1))
        if number % 3:
            resources[address] = Resource(Manifest(address, "Assistant", {}, document), item.values)
        if number % 4:
            entries[address] = Entry(id_, item.values)
    prior = State("lineage", 3, binding, KEY, entries)
    desired = Desired(resources, (), "digest")
    plan = make_plan(
        desired, {"Assistant": live}, prior, spec.platform, {}, binding, PlanOptions(), sandbox=False, created=NOW
    )
    return guard(plan, {"Assistant": live}, spec.platform, Policy(), prior)


def json_body(data: bytes) -> None:
    """JSON is read as Python's own reader reads it, or refused."""
    try:
        found = body.parse(data)
    except body.UnreadableError:
        return
    assert json.loads(data.decode()) == found
    body.render({"a": found}).decode()


def waiting(data: bytes) -> None:
    """The time that a platform asks to wait is a time, or it is not given."""
    choices = Choices(data)
    header = choices.take(choices.below(60)).decode("latin-1")
    asked = retries._asked_to_wait(Answer(429, choices.rest(), header), 1_800_000_000.0)
    assert asked is None or (math.isfinite(asked) and asked >= 0)


def base_url(data: bytes) -> None:
    """A base URL that is taken is one for httpx as well, and does not send a token in clear."""
    text = data.decode("utf-8", errors="surrogateescape")
    for candidate in (text, f"https://{text}", f"http://{text}", f"http://127.0.0.1{text}", f"http://localhost{text}"):
        try:
            taken = checked_url(candidate)
        except ProjectError:
            continue
        url = httpx.URL(taken + "/user/me")
        assert url.scheme == "https" or is_loopback(url.host), taken
        assert not url.userinfo, taken


def secrecy(data: bytes) -> None:
    """A secret is found wherever it stands, and what is left does nothing to a terminal."""
    choices = Choices(data)
    secrets = [choices.text() for _ in range(1 + choices.below(3))]
    around = [choices.text() for _ in range(len(secrets) + 1)]
    said = "".join(text + secret for text, secret in zip(around, [*secrets, ""], strict=True))
    long_enough = [secret for secret in secrets if len(secret.strip()) >= 6 and not _chance(secret)]
    redaction._known.clear()
    for secret in secrets:
        redaction.remember_secret(secret)
    for text in (redaction.redact(said), redaction.redact(json.dumps(said))):
        assert not [secret for secret in long_enough if secret in text]
    assert not _OBEYED.intersection(harmless(said).replace("\x1b[", ""))
    told = cleaned(said, tuple(long_enough))
    assert told.isprintable()
    # One with spaces may come about by chance where a line end became a space.
    assert not [secret for secret in long_enough if secret in told and secret.isprintable() and " " not in secret]


_OBEYED = frozenset(map(chr, (*range(9), *range(11, 32), *range(127, 160), 0x200E, 0x202E, 0x2066)))


def _chance(secret: str) -> bool:
    """Whether it may stand in the placeholder, or come about where that touches another text."""
    return any(part in redaction.PLACEHOLDER for part in (secret.strip()[:1], secret.strip()[-1:]))
