"""Whatever JSON comes in, it is stored or refused with a reason; the sandbox itself never fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.sandbox import open_sandbox
from tests.sandbox.revox_support import EVERYTHING, MINIMUM, added
from tests.sandbox.support import (
    DUALPLEX,
    MULTIMODAL,
    OLDER,
    OLDER_MULTIMODAL,
    PIPELINE,
    connect,
    created,
    data,
    listed,
    ok,
)

ROUTES = (
    ("POST", "/user/assistant"),
    ("PUT", "/user/assistant/789"),
    ("POST", "/user/assistants/enable-inbound-webhook"),
    ("POST", "/user/tools"),
    ("PUT", "/user/tools/1"),
    ("POST", "/user/knowledgebases"),
    ("POST", "/user/knowledgebases/1/documents"),
    ("PUT", "/user/phone-numbers/7"),
    ("POST", "/user/folder"),
    ("PUT", "/user/label/1"),
    ("POST", "/user/api-keys"),
)

KEYS = sorted(
    {*data("autocalls.pipeline"), *MULTIMODAL, "variables", "post_call_schema", "is_webhook_active", "webhook_url"}
    | {"assistant_id", "description", "endpoint", "method", "schema", "headers", "url", "links", "nickname", "color"}
)
PIECES = (1, 7, 41, -1, 0.5, True, None, "", "pipeline", "dualplex", "inbound", "https://example.com", "+1234567")
VALUES = st.recursive(
    st.sampled_from(PIECES) | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*KEYS, "type", "positive", "slug", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), VALUES, max_size=5)
BASES = st.sampled_from([{}, PIPELINE, MULTIMODAL, DUALPLEX, data("autocalls.pipeline")])


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    sandbox = open_sandbox("autocalls", ":memory:")
    client = connect(sandbox)
    created(client)
    yield client
    sandbox.close()


@pytest.mark.parametrize("method, path", ROUTES)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(base=BASES, changes=BODIES)
def test_any_object_is_stored_or_refused(
    client: httpx.Client, method: str, path: str, base: dict[str, Any], changes: dict[str, Any]
) -> None:
    answer = client.request(method, path, json=base | changes)
    assert answer.status_code in (200, 201, 404, 422)
    if answer.status_code == 422:
        assert answer.json()["message"]
        assert all(texts and all(texts) for texts in answer.json()["errors"].values())
    assert listed(client, per_page=1)


OLDER_KEYS = sorted({*OLDER, "end_call_tool", "use_min_interrupt_words", "min_interrupt_words", "tool_ids", "name"})
OLDER_BODIES = st.dictionaries(st.sampled_from([*OLDER_KEYS, "description"]) | st.text(max_size=5), VALUES, max_size=5)


@pytest.fixture(scope="module")
def older() -> Iterator[httpx.Client]:
    sandbox = open_sandbox("autocalls-legacy", ":memory:")
    client = connect(sandbox)
    created(client, OLDER)
    yield client
    sandbox.close()


@pytest.mark.parametrize("method, path", [("POST", "/user/assistant"), ("PUT", "/user/assistant/789")])
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(base=st.sampled_from([{}, OLDER, OLDER_MULTIMODAL]), changes=OLDER_BODIES)
def test_any_object_of_the_older_dialect_is_stored_or_refused(
    older: httpx.Client, method: str, path: str, base: dict[str, Any], changes: dict[str, Any]
) -> None:
    answer = older.request(method, path, json=base | changes)
    assert answer.status_code in (200, 201, 422)
    assert answer.json()["message"]
    assert listed(older, per_page=1)


REVOX_PIECES = (*PIECES, "voice-en-katie", "cartesia", "custom", "enum", "10:00", "6pm", "monday", EVERYTHING["voice"])
REVOX_KEYS = sorted({*EVERYTHING, "inbound_assistant_id", "label", "audio", "contentType", "provider", "voiceId"})
REVOX_VALUES = st.recursive(
    st.sampled_from(REVOX_PIECES) | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*EVERYTHING["call_retry_config"], *EVERYTHING["zoho"], "id"]), inner)
    ),
    max_leaves=8,
)


def _broken(value: Any) -> st.SearchStrategy[Any]:
    """The value with something else in place of one of its parts."""
    match value:
        case dict():
            return st.sampled_from(sorted(value)).flatmap(
                lambda key: _broken(value[key]).map(lambda part: value | {key: part})
            )
        case [first, *rest]:
            return _broken(first).map(lambda part: [part, *rest])
    return REVOX_VALUES


REVOX_BODIES = st.dictionaries(st.sampled_from(REVOX_KEYS), REVOX_VALUES, max_size=4) | _broken(EVERYTHING)


@pytest.fixture(scope="module")
def revox() -> Iterator[httpx.Client]:
    sandbox = open_sandbox("revox", ":memory:")
    yield connect(sandbox)
    sandbox.close()


@pytest.mark.parametrize("kind", ["create", "change", "number", "clone", "preview"])
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(base=st.sampled_from([{}, MINIMUM]), changes=REVOX_BODIES)
def test_any_object_on_revox_is_stored_or_refused(
    revox: httpx.Client, kind: str, base: dict[str, Any], changes: dict[str, Any]
) -> None:
    known = ok(revox.get("/assistants"))["assistants"] or [added(revox)]
    number = ok(revox.get("/phone-numbers"))["phone_numbers"][0]["id"]
    method, path = {
        "create": ("POST", "/assistants"),
        "change": ("PATCH", f"/assistants/{known[0]['id']}"),
        "number": ("PATCH", f"/phone-numbers/{number}"),
        "clone": ("POST", "/voices/clone"),
        "preview": ("POST", "/voices/preview"),
    }[kind]
    answer = revox.request(method, path, json=base | changes)
    assert answer.status_code in (200, 400, 404)
    if answer.status_code == 400:
        assert answer.json()["message"]
        assert all(issue["message"] for issue in answer.json()["issues"])
