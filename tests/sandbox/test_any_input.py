"""Whatever JSON comes in, it is stored or refused with a reason; the sandbox itself never fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentops.sandbox import open_sandbox
from tests.sandbox.support import DUALPLEX, MULTIMODAL, PIPELINE, connect, created, data, listed

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
