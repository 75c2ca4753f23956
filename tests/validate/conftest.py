"""Small manifests, and ways to check them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agentops.domain.diagnostics import Diagnostic
from agentops.domain.project import Scalar
from agentops.engine.manifests import Manifests, read_files
from agentops.providers.registry import platform

Check = Callable[..., Manifests]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Reads the manifests whose texts are given; `variables` are those of the environment."""

    def run(*texts: str, variables: dict[str, Scalar] | None = None, on: str = "autocalls") -> Manifests:
        for index, text in enumerate(texts):
            (tmp_path / f"{index}.yaml").write_text(text, encoding="utf-8")
        return read_files(tmp_path, ["."], platform(on), {} if variables is None else variables)

    return run


def codes(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    return [diagnostic.code for diagnostic in diagnostics]
