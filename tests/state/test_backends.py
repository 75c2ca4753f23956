"""Where a state is kept, as the project file says it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentops.domain.errors import ProjectError
from agentops.state.backends import new_lock, open_backend


@pytest.mark.parametrize(
    "location, expected",
    [
        ("", ".agentops/state/prod.db"),
        ("states", "states/prod.db"),
        ("states/", "states/prod.db"),
        ("states/one.db", "states/one.db"),
    ],
)
def test_a_path_means_a_file_below_the_project(location: str, expected: str, tmp_path: Path) -> None:
    backend = open_backend(location, tmp_path, environment="prod")
    assert backend.location == str(tmp_path / expected)
    assert list(tmp_path.iterdir()) == []


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    assert open_backend("/srv/x.db", tmp_path, environment="prod").location == "/srv/x.db"


@pytest.mark.parametrize("location", ["s3://bucket/prefix", "postgresql://host/db", "gs://bucket"])
def test_a_scheme_of_a_later_version_is_refused(location: str, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="not supported") as caught:
        open_backend(location, tmp_path, environment="prod")
    assert "bucket" not in str(caught.value)


def test_every_lock_is_another() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    first, second = new_lock("apply", now=now), new_lock("apply", now=now)
    assert first.id != second.id
    assert "@" in first.who
