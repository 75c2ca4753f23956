"""The documents' own examples work literally."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import Opener
from tests.sandbox.support import connect, data, listed, ok

EXAMPLES = (
    "autocalls.pipeline",
    "autocalls.multimodal",
    "autocalls.dualplex",
    "famulor.pipeline",
    "famulor.multimodal",
    "famulor.dualplex",
    "intellixent.pipeline",
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_documents_example_is_stored_as_sent(opened: Opener, example: str) -> None:
    sandbox = opened(example.split(".")[0])
    body = data(example)
    answer = ok(connect(sandbox).post("/user/assistant", json=body), 201)
    stored = sandbox.store.assistant(answer["data"]["id"])
    assert {key: stored[key] for key in body} == body


def test_the_answer_to_the_first_example_is_the_documents(opened: Opener) -> None:
    answer = ok(connect(opened()).post("/user/assistant", json=data("autocalls.pipeline")), 201)
    assert answer == {
        "message": "Assistant created successfully",
        "data": {
            "id": 789,
            "name": "Sales Assistant",
            "status": "inactive",
            "type": "outbound",
            "mode": "pipeline",
        },
    }


@pytest.mark.parametrize("platform", ["autocalls", "famulor", "intellixent"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_one_brand_works_on_the_others(opened: Opener, platform: str, example: str) -> None:
    client = connect(opened(platform))
    ok(client.post("/user/assistant", json=data(example)), 201)
    assert [item["name"] for item in listed(client)] == [data(example)["name"]]
