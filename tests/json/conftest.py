"""A project with two assistants on a served sandbox, nothing applied yet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.generate import Setting, Spec
from tests.support.project import Project, project
from tests.support.samples import base

SECRET_TOOL = {"type": "calendar_integration", "calcom_api_key": {"env": "CALCOM_KEY_A"}, "calcom_event_slug": "demo"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Project]:
    """`one` has a secret, and refers to `two`, whose ID is known after apply only."""
    with project(tmp_path, "autocalls") as made:
        made.extra["settle_seconds"] = 0
        write_two(made)
        yield made


def write_two(made: Project, **fields: Any) -> None:
    """The manifests; `fields` are further ones of `one`."""
    transfer = {"type": "assistant_transfer", "assistant": "two"}
    one = {**plain(made, name="One"), "tools": [SECRET_TOOL, transfer], **fields}
    made.write({"one": one, "two": plain(made, name="Two")})


def plain(made: Project, **fields: Any) -> Spec:
    """What an assistant needs, and these fields."""
    return {**base(Setting(made.account)), **fields}
