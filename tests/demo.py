"""The main job on the example manifests, against the sandbox: what `make demo` shows, made by real commands."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[1]
SANDBOX = ("--env", "sandbox")
CHANGES = 2
EDITED = "Reception"
EDIT = {"initial_message": "Hi there! (edited in the portal)"}
LAST_WORDS = """\
That was validate, plan, apply, and drift found. Nothing left this machine.

Next, in this repository (the same project, with a sandbox of its own):
  .venv/bin/agentops plan                then edit assistants/autocalls/reception.yaml, and plan again
  .venv/bin/agentops apply               asks before it does anything
  .venv/bin/agentops catalog voices      what a manifest can refer to
  .venv/bin/agentops init my-project --platform autocalls
"""


def main() -> None:
    """Run the demo in a temporary folder; ends with an error if a command does."""
    with tempfile.TemporaryDirectory(prefix="agentops-demo-") as name:
        folder = Path(name)
        shutil.copy(ROOT / "agentops.yaml", folder)
        shutil.copytree(ROOT / "assistants", folder / "assistants")
        say("Five assistants as YAML, two of which transfer calls to each other. First a check, offline:")
        run(folder, "validate")
        say("What would be done? Nothing exists yet, so everything is created. The plan is saved, for review:")
        run(folder, "plan", *SANDBOX, "--out", "first.plan")
        say("Carry out exactly that plan (without a file, `agentops apply` plans, shows the plan, and asks):")
        run(folder, "apply", "first.plan")
        say("Platform and manifests agree now:")
        run(folder, "plan", *SANDBOX)
        say("Somebody edits an assistant on the platform, behind our back:")
        edit_behind_our_back(folder)
        say("The next plan finds it, says that it is drift, and would put it right:")
        run(folder, "plan", *SANDBOX, "--detailed-exitcode", expected=CHANGES)
    say(LAST_WORDS)


def say(text: str) -> None:
    print(f"\n{text}", flush=True)


def run(folder: Path, *arguments: str, expected: int = 0) -> None:
    """Show a command and what it prints. Raises SystemExit if it ends otherwise than expected."""
    print(f"\n$ agentops {' '.join(arguments)}", flush=True)
    done = subprocess.run([*command(), *arguments], cwd=folder, env=environment(), check=False)
    if done.returncode != expected:
        raise SystemExit(f"the command ended with exit code {done.returncode} instead of {expected}")


def command() -> list[str]:
    """The installed `agentops` beside this Python, else the package itself."""
    installed = Path(sys.executable).with_name("agentops")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "agentops"]


def environment() -> dict[str, str]:
    """The environment without settings that would lead somewhere else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AGENTOPS_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def edit_behind_our_back(folder: Path) -> None:
    """Change an assistant over HTTP, as another client of the platform would."""
    with served(folder) as (url, token):
        page = call("GET", f"{url}/user/assistants/get?per_page=100", token)
        number = next(item["id"] for item in page["data"] if item["name"] == EDITED)
        headers = f"-H 'Authorization: Bearer {token}' -H 'Content-Type: application/json'"
        print(f"\n$ curl -X PUT {url}/user/assistant/{number} {headers} -d '{json.dumps(EDIT)}'", flush=True)
        print(call("PUT", f"{url}/user/assistant/{number}", token, EDIT)["message"], flush=True)


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """The base URL and the token of the demo's sandbox, served while inside."""
    server = subprocess.Popen(
        [*command(), "sandbox", "serve", *SANDBOX, "--port", "0"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        yield said(server.stdout, " at "), said(server.stdout, "token: ")
    finally:
        server.terminate()
        server.communicate()


def said(output: IO[str], words: str) -> str:
    """What follows `words` in the next line that has them."""
    for line in output:
        if words in line:
            return line.partition(words)[2].strip()
    raise SystemExit("the sandbox did not start")


def call(method: str, url: str, token: str, body: object = None) -> Any:
    """What the API answers."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
