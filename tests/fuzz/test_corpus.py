"""Every fuzzing target holds for the inputs that were found so far; `make fuzz` looks for new ones."""

import pytest

from agentops.cli import redaction
from tests.fuzz.targets import CORPUS, TARGETS, kept, seeds


@pytest.fixture(autouse=True)
def _secrets_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", set())


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_brings_out_anything_but_what_is_documented(name: str) -> None:
    for data in seeds(name):
        TARGETS[name](data)


def test_every_target_has_a_corpus_and_every_corpus_a_target() -> None:
    assert {path.name for path in CORPUS.iterdir()} == TARGETS.keys()
    assert all(kept(name) for name in TARGETS)
