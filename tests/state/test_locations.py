"""Which store a location names, what the state is called there, and which locations are none."""

import subprocess
import sys
from pathlib import Path

import pytest

from agentops.domain.errors import ProjectError
from agentops.state.locations import OBJECT_STORES, open_documents, scheme_of

SECRET = "canary-51e0"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", SECRET)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "someone")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "a2V5")
    monkeypatch.setenv("GOOGLE_BEARER_TOKEN", SECRET)


def opened(location: str, project: str = "shop", environment: str = "prod") -> tuple[str, str]:
    documents, name = open_documents(location, project=project, environment=environment)
    documents.close()
    return documents.location, name


@pytest.mark.parametrize(
    "location, store, name",
    [
        ("s3://bucket/prefix", "s3://bucket", "prefix/prod.state"),
        ("s3://bucket", "s3://bucket", "prod.state"),
        ("s3://bucket/", "s3://bucket", "prod.state"),
        ("S3://bucket/a//b/", "s3://bucket", "a/b/prod.state"),
        ("gs://my.bucket_1/a%20b", "gs://my.bucket_1", "a b/prod.state"),
        ("az://container/x", "az://container", "x/prod.state"),
        ("postgresql://db.example.com/states", "postgresql://db.example.com/states", "shop/prod"),
        ("postgres://me@db:5433/states?sslmode=disable", "postgresql://db:5433/states", "shop/prod"),
        ("postgresql:///states", "postgresql:///states", "shop/prod"),
    ],
)
def test_a_location_names_a_store_and_a_document(location: str, store: str, name: str) -> None:
    assert opened(location) == (store, name)


@pytest.mark.parametrize(
    "location",
    [
        "s3://",
        "s3:///prefix",
        "s3://Bucket/x",
        "s3://bucket:1/x",
        "s3://key:canary-51e0@bucket/x",
        "s3://bucket/x?key=canary-51e0",
        "s3://bucket/x#canary-51e0",
        "s3://bucket/../x",
        "s3://bucket/a%5Cb",
        "s3://bucket/a%00b",
        "s3://[bucket/x",
        "az://container/./x",
        "ftp://host/x",
        "postgresql://me:canary-51e0@host/db",
        "postgresql://host/db?password=canary-51e0",
        "postgresql://host/db?sslpassword=canary-51e0",
        "postgresql://me:canary 51e0@host/db",
        "postgresql://host/db?canary-51e0=1",
        "postgresql://me:canary-51e0@[host/db",
    ],
)
def test_what_is_no_location_is_refused_without_quoting_a_secret(location: str) -> None:
    with pytest.raises(ProjectError) as caught:
        opened(location)
    assert caught.value.hint
    assert SECRET not in str(caught.value) + caught.value.hint
    assert SECRET not in repr(caught.value.__cause__)


@pytest.mark.parametrize("location", ["s3://bucket", "postgresql://host/db"])
@pytest.mark.parametrize("environment", ["a\\b", "a\nb", "a//b", "../b"])
def test_an_environment_that_no_store_could_name_is_refused(location: str, environment: str) -> None:
    with pytest.raises(ProjectError, match="no state can have the name"):
        opened(location, environment=environment)


@pytest.mark.parametrize(
    "scheme, variable",
    [
        ("s3", "AWS_ENDPOINT_URL"),
        ("s3", "AWS_ENDPOINT_URL_S3"),
        ("s3", "AWS_ENDPOINT"),
        ("gs", "GOOGLE_BASE_URL"),
        ("az", "AZURE_STORAGE_ENDPOINT"),
        ("az", "AZURE_ENDPOINT"),
    ],
)
def test_http_is_for_this_machine_only(scheme: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for there in ("http://localhost:1", "http://127.0.0.2:1", "http://[::1]:1", "https://store.example.com"):
        monkeypatch.setenv(variable, there)
        opened(f"{scheme}://place")
    for there in ("http://store.example.com", "http://10.0.0.1", "HTTP://store.example.com", " http://10.0.0.1"):
        monkeypatch.setenv(variable, there)
        with pytest.raises(ProjectError, match=variable):
            opened(f"{scheme}://place")


@pytest.mark.parametrize(
    "location, library, extra",
    [("s3://b", "obstore", "object-store"), ("postgresql://h/d", "psycopg", "postgres")],
)
def test_a_missing_library_is_an_error_that_names_the_extra(location: str, library: str, extra: str) -> None:
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "from agentops.domain.errors import ProjectError\n"
        "from agentops.state.locations import open_documents\n"
        f"try: open_documents({location!r}, project='p', environment='e')\n"
        "except ProjectError as exc: print(exc.hint)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert run.stdout.strip() == f"pip install 'agentops-reconciler[{extra}]'"


def test_a_path_has_no_scheme() -> None:
    assert [scheme_of(path) for path in ("", "states", "/srv/x.db", "a:b", "./s3:x")] == [""] * 5
    assert {scheme_of(f"{scheme}://x") for scheme in OBJECT_STORES} == set(OBJECT_STORES)
