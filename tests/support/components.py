"""Real stores for tests, as pytest fixtures: started when the first test of a process wants them.

`remote_location` gives a test a place of its own in each of them in turn, and the environment that leads there.
"""

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
from pathlib import Path

import pytest

from tests.support.servers import free_port, missing, new_folder, serve

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


@pytest.fixture(params=["s3", "postgresql"])
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
    """A throw-away cluster on a loopback port; every place in it is a database of its own."""
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
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(f"{url}/postgres", password=SECRET, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return Remote("postgresql", f"{url}/{name}", {"PGPASSWORD": SECRET})

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


COMPONENTS: Mapping[str, Callable[[], AbstractContextManager[Component]]] = {"s3": s3, "postgresql": postgresql}


def _postgres_program(name: str) -> Path:
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path).resolve()
    packaged = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    if not packaged:
        missing("PostgreSQL", "apt-get install postgresql, or put initdb and postgres on PATH")
    return packaged[-1]


def _somebody_else() -> tuple[int, int] | None:
    """A user for a server that refuses to be root; None: this one will do."""
    if os.getuid():
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid
