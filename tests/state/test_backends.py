"""Where a state is kept, as the project file says it; and what a lock says of its holder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentops.domain.errors import ProjectError
from agentops.state.backends import ci_url, new_lock, open_backend
from agentops.state.remote import RemoteBackend


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
    backend = open_backend(location, tmp_path, project="acme", environment="prod")
    assert backend.location == str(tmp_path / expected)
    assert list(tmp_path.iterdir()) == []


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    backend = open_backend("/srv/x.db", tmp_path, project="acme", environment="prod")
    assert backend.location == "/srv/x.db"


@pytest.mark.parametrize(
    "location, expected",
    [
        ("s3://bucket/voice", "s3://bucket/voice/prod.state"),
        ("gs://bucket", "gs://bucket/prod.state"),
        ("az://container/a/b/", "az://container/a/b/prod.state"),
        ("postgresql://db.example/states", "postgresql://db.example/states/acme/prod"),
    ],
)
def test_a_url_means_a_document_of_the_environment(
    location: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "acme")
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
    backend = open_backend(location, tmp_path, project="acme", environment="prod", lease_seconds=30)
    assert isinstance(backend, RemoteBackend)
    assert backend.location == expected
    backend.close()


def test_an_unknown_scheme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"ftp:// is no place for a state"):
        open_backend("ftp://bucket/prefix", tmp_path, project="acme", environment="prod")


@pytest.mark.parametrize(
    "location", ["s3:/bucket/voice", "S3:bucket", "gs:/b", "postgresql:/db/states", "~/states", "~"]
)
def test_a_mistyped_place_is_no_folder(location: str, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"the place of the state begins with"):
        open_backend(location, tmp_path, project="acme", environment="prod")


@pytest.mark.parametrize("location", ["a:b", "./s3:/x", "./~", "s3", "states~"])
def test_an_odd_folder_is_one(location: str, tmp_path: Path) -> None:
    backend = open_backend(location, tmp_path, project="acme", environment="prod")
    assert backend.location == str(tmp_path / location / "prod.db")


def test_every_lock_is_another() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    first, second = new_lock("apply", now=now), new_lock("apply", now=now)
    assert first.id != second.id
    assert "@" in first.who


GITHUB = {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "acme/voice", "GITHUB_RUN_ID": "42"}


@pytest.mark.parametrize(
    "environ, expected",
    [
        ({}, ""),
        (GITHUB, "https://github.example/acme/voice/actions/runs/42"),
        (GITHUB | {"GITHUB_RUN_ID": ""}, ""),
        ({"CI_JOB_URL": "https://gitlab.example/jobs/1", "CI_PIPELINE_URL": "x"}, "https://gitlab.example/jobs/1"),
        ({"BUILD_URL": "https://jenkins.example/job/1/"}, "https://jenkins.example/job/1/"),
        (
            {"SYSTEM_COLLECTIONURI": "https://a.example/", "SYSTEM_TEAMPROJECT": "voice", "BUILD_BUILDID": "7"},
            "https://a.example/voice/_build/results?buildId=7",
        ),
        ({"BUILD_URL": "https://jenkins.example/\x1b[31mjob"}, "https://jenkins.example/[31mjob"),
    ],
)
def test_a_lock_of_a_ci_run_names_its_page(environ: dict[str, str], expected: str) -> None:
    assert ci_url(environ) == expected
    assert new_lock("apply", now=datetime(2026, 1, 1, tzinfo=UTC), environ=environ).ci_url == expected
