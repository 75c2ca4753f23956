"""A project with two assistants on the sandbox, applied."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.generate import Setting, Spec
from tests.support.project import Project, project
from tests.support.samples import base


@pytest.fixture
def used(tmp_path: Path) -> Iterator[Project]:
    """`desk` and `night` on Autocalls, as git says."""
    with project(tmp_path, "autocalls") as made:
        made.write({name: spec_of(made, name) for name in ("desk", "night")})
        made.apply()
        yield made


def spec_of(used: Project, name: str) -> Spec:
    """The `spec` of the assistant `name`."""
    return base(Setting(used.account)) | {"name": name.title(), "voice": {"id": 6}}


def edit(used: Project, name: str, **fields: Any) -> None:
    """Somebody changes an assistant on the platform."""
    used.sandbox.store.edit_assistant(used.ids()[name], **fields)
