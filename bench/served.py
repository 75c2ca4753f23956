"""A sandbox served by a process of its own, as any other HTTP client would meet it."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

from bench.failure import BenchError

TOKEN = "1|sandbox"
_PATIENCE = 30.0


@contextmanager
def serve(database: Path, environ: Mapping[str, str], *, latency: float = 0.0) -> Iterator[str]:
    """The base URL of a sandbox over `database`, each answer `latency` seconds late; ended on leaving."""
    port = _free_port()
    command = [sys.executable, "-m", "agentops", "sandbox", "serve", "--platform", "autocalls"]
    command += ["--port", str(port), "--db", str(database)]
    command += ["--fault", f"slow,seconds={latency},times=all"] if latency else []
    log = database.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=database.parent, env=dict(environ), stdout=output, stderr=output)
        try:
            base_url = f"http://127.0.0.1:{port}/api"
            _wait_for(base_url, process, log)
            yield base_url
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(base_url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    request = urllib.request.Request(f"{base_url}/user/me", headers={"Authorization": f"Bearer {TOKEN}"})
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=5):
                return
        except urllib.error.HTTPError as exc:
            raise BenchError(f"the sandbox refuses GET /user/me: {exc}") from exc
        except OSError:
            time.sleep(0.05)
    raise BenchError(f"the sandbox did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")
