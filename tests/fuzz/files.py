"""What is read from files: a target takes bytes, and is broken when anything but documented errors comes out."""

import gzip
import json
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from agentops.domain.address import Address
from agentops.domain.codes import CODES
from agentops.domain.diagnostics import Diagnostic, SourcePos, has_errors
from agentops.domain.errors import ManifestError, ProjectError, StateError
from agentops.domain.manifest import Document
from agentops.domain.state import Lock, State, Version
from agentops.engine.accept import acceptor
from agentops.engine.compose import compose
from agentops.engine.crosscheck import cross_faults
from agentops.engine.planfile import dump, parse
from agentops.engine.project_file import read_project
from agentops.engine.schemas import PROJECT, schema, schema_name
from agentops.engine.validate import _validator, kind_of, validate
from agentops.providers import registry
from agentops.render.json import plan_json_text
from agentops.render.markdown import plan_markdown
from agentops.render.text import plan_text
from agentops.state import codec
from agentops.state.document_codec import Encoder, Lease, StateDocument, open_page
from agentops.yamlio.events import Parser
from agentops.yamlio.read import read
from tests.fuzz.choices import Choices
from tests.fuzz.documents import changed
from tests.state import samples
from tests.validate.mutations import documents
from tests.yamlio.test_parsers_agree import outcome

ROOT = Path(__file__).resolve().parents[2]
PARSERS: Sequence[Parser] = ("c", "pure")


def yaml(data: bytes) -> None:
    """Both parsers read the same at the same places, or both refuse; a refusal has a place and a code."""
    assert outcome(data, "c") == outcome(data, "pure"), "the parsers disagree"
    for parser in PARSERS:
        _, faults = read(data, "f.yaml", parser=parser)
        check(faults)
        assert all(fault.code.startswith("yaml-") for fault in faults)


def check(diagnostics: Sequence[Diagnostic]) -> None:
    """Every fault says where, what, and by which name."""
    for one in diagnostics:
        assert one.code in CODES, one
        assert one.pos is not None, one
        assert one.pos.line >= 1, one
        assert one.pos.column >= 1, one
        assert one.message, one
        str(one)


def project(data: bytes) -> None:
    """A project file is one, or every fault is told."""
    choices = Choices(data)
    if choices.below(3) == 2:
        text = choices.rest()
    else:
        value = changed(choices, documents(projects=True))
        agree(PROJECT, value)
        text = _json(value)
    path = _folder() / "agentops.yaml"
    path.write_bytes(text)
    faults: Sequence[Diagnostic] = ()
    try:
        found = read_project(path, registry.platforms())
    except ManifestError as exc:
        faults = exc.diagnostics
    else:
        assert found.environments
        assert all(environment.manifests for environment in found.environments.values())
        return
    assert faults
    check(faults)


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", errors="surrogatepass")


def manifest(data: bytes) -> None:
    """A manifest is valid, or every fault is told; and the quick test of its schema says what jsonschema says."""
    choices = Choices(data)
    platform = registry.platform(choices.of(registry.platforms()))
    variables = choices.of((None, {}, {"x": "front-desk"}, {"x": 600}, {"x": True}, {"x": 0.5}))
    value = changed(choices, documents(projects=False))
    agree(schema_name(platform.api_version, "Assistant"), value)
    document = Document("a.yaml", value, lambda _: SourcePos("a.yaml", 1, 1))
    kind, faults = kind_of(document, platform)
    if kind is not None:
        composed, wrong = compose(document, kind, variables, ROOT / "assistants")
        manifests, found = validate([composed], platform)
        faults = (*faults, *wrong, *found, *cross_faults([composed], complete=True))
        assert has_errors(faults) or len(manifests) == 1
    else:
        assert has_errors(faults)
    check(faults)


def agree(name: str, value: Any) -> None:
    """The quick test and the full validator accept and refuse the same."""
    assert _acceptor(name)(value) == _validator(name).is_valid(value), "the schema's two readers disagree"


@cache
def _acceptor(name: str) -> Any:
    return acceptor(schema(name))


def plan_file(data: bytes) -> None:
    """A saved plan is read and can be shown and saved again, or is refused."""
    choices = Choices(data)
    if choices.below(8) == 7:
        text = choices.rest().decode("utf-8", errors="replace")
    else:
        text = json.dumps(changed(choices, plan_documents()), ensure_ascii=not choices.below(2))
    try:
        plans = parse(text)
    except ProjectError:
        return
    saved = dump(plans)
    assert dump(parse(saved)) == saved
    for plan in plans:
        plan_text(plan)
        plan_markdown(plan)
        plan_json_text(plan)


@cache
def plan_documents() -> Sequence[Any]:
    """Saved plans with every sort of change in them."""
    from tests.plan.case import FOLDER, plan_of

    names = (
        "a-drifted-mode-is-written-with-its-fields",
        "a-cycle-of-three-with-a-tail",
        "a-large-change-is-stopped",
        "a-blocked-field-that-is-not-written-blocks-nothing",
    )
    return [json.loads(dump([plan_of(FOLDER / name)])) for name in names]


def state(data: bytes) -> None:
    """A state is read, and written again as it was, or is refused."""
    choices = Choices(data)
    document = changed(choices, state_documents())
    text = json.dumps(document)
    if choices.below(8) == 7:
        text = choices.rest().decode("utf-8", errors="replace")
    try:
        body = json.loads(text)
    except ValueError:
        return
    try:
        found = codec.decode_state(body, digest_key=b"k" * 32)
    except StateError:
        return
    again = json.loads(codec.dump_state(found))
    assert codec.decode_state(again, digest_key=b"k" * 32) == found


def remote_document(data: bytes) -> None:
    """The document of a remote state is read, and written again as it was, or is refused."""
    choices = Choices(data)
    if choices.below(8) == 7:
        content = choices.rest()
    else:
        text = json.dumps(changed(choices, remote_documents()), ensure_ascii=False)
        content = gzip.compress(text.encode(errors="replace"), 1)  # halves of characters never get into a state
    try:
        document = open_page(content, "s3://bucket/x").document()
        found = document.state("s3://bucket/x")
    except StateError:
        return
    again = open_page(Encoder().encode(document, "write-2"), "s3://bucket/x").document()
    assert again == document
    assert again.state("s3://bucket/x") == found


@cache
def remote_documents() -> Sequence[Any]:
    full = codec.decode_state(state_documents()[0], digest_key=b"k" * 32)
    lease = Lease(samples.lock("lock-1"), 120.0)
    version = Version(11, samples.NOW, "apply", "me@host")
    documents = [
        StateDocument(lease=lease, versions=(version,)).holding(full),
        StateDocument(lease=lease),
        StateDocument(),
    ]
    return [json.loads(gzip.decompress(Encoder().encode(document, "write-1"))) for document in documents]


def packed(data: bytes) -> None:
    """A row of the state is unpacked, or a ValueError."""
    try:
        codec.unpack(data)
    except ValueError:
        return


@cache
def state_documents() -> Sequence[Any]:
    full = State(
        "lineage-1",
        12,
        samples.BINDING,
        b"k" * 32,
        {samples.DESK: samples.entry(), Address("assistant", "b"): samples.entry(8, name="B")},
        {samples.SALES: samples.intent(7, 8), Address("assistant", "c"): samples.intent()},
        Lock("lock-1", "apply", "me@host", "0.1.0", samples.NOW),
    )
    return [codec.encode_state(full), codec.encode_state(State("lineage-2", 0, samples.BINDING, b"k" * 32))]


def address(data: bytes) -> None:
    """A text is an address that spells itself, or a ValueError."""
    text = data.decode("utf-8", errors="surrogateescape")
    try:
        found = Address.parse(text)
    except ValueError:
        return
    assert str(found) == text
    assert text.isascii()
    assert text.isprintable()


def yaml_seeds() -> Iterator[bytes]:
    for folder in ("tests/yamlio/odd", "tests/cases/bad_input", "assistants"):
        yield from (path.read_bytes() for path in sorted((ROOT / folder).rglob("*")) if path.is_file())
