"""A project in a folder, a sandbox behind a port of its own, and the command line run in this process.

What a test sees is what a user sees (exit code, stdout, stderr, saved plans), and what the platform holds: the
sandbox's store and its log of requests.
"""

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from agentops.cli.main import run
from agentops.domain.plan import Plan
from agentops.domain.state import State
from agentops.engine.planfile import parse
from agentops.providers import registry
from agentops.sandbox import DEFAULT_TOKEN, Logged, Options, Sandbox, Server, open_sandbox
from agentops.state.backends import open_backend
from tests.support.account import Account, read_account
from tests.support.generate import SECRETS, Spec
from tests.support.wire import comparable

TOKEN_VARIABLE = "SANDBOX_TOKEN"
ENVIRONMENT = "test"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


@dataclass
class Project:
    """One project with one environment, on the sandbox of `platform`."""

    folder: Path
    platform: str
    server: Server
    environ: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)  # further keys of the environment in the project file

    @property
    def sandbox(self) -> Sandbox:
        return self.server.sandbox

    @property
    def account(self) -> Account:
        return read_account(self.sandbox.store.objects, self.platform)

    # Writing

    def write(self, manifests: Mapping[str, Spec], **metadata: Mapping[str, Any]) -> None:
        """Makes these the project's manifests, and the only ones; `metadata` has more of it by manifest name."""
        folder = self.folder / "assistants"
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*.yaml"):
            old.unlink()
        for name, spec in manifests.items():
            self.write_file(f"{name}.yaml", self.manifest(name, spec, **metadata.get(name.replace("-", "_"), {})))
        self.write_project()

    def manifest(self, name: str, spec: Spec, **metadata: Any) -> str:
        """A manifest of the platform's vocabulary as text: JSON, which is YAML."""
        return manifest(name, spec, registry.platform(self.platform).api_version, **metadata)

    def write_file(self, name: str, text: str) -> None:
        """One file in the folder of manifests, as it is."""
        path = self.folder / "assistants" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_project(self) -> None:
        """The project file: JSON, which is YAML."""
        environment = {
            "platform": self.platform,
            "base_url": self.server.url,
            "token": {"env": TOKEN_VARIABLE},
            "manifests": ["assistants"],
            **self.extra,
        }
        spec = {"environments": {ENVIRONMENT: environment}}
        document = {"apiVersion": "agentops/v1", "kind": "Project", "metadata": {"name": "conformance"}, "spec": spec}
        (self.folder / "agentops.yaml").write_text(json.dumps(document, indent=2), encoding="utf-8")

    # Running

    def run(self, *arguments: str) -> Outcome:
        """The command line with these arguments, in this project's folder."""
        out, err = io.StringIO(), io.StringIO()
        environ = {TOKEN_VARIABLE: DEFAULT_TOKEN, **SECRETS, "CI": "1", **self.environ}
        streams = redirect_stdout(out), redirect_stderr(err)
        with patch.dict(os.environ, environ), _no_waiting(), streams[0], streams[1]:
            code = run(["-C", str(self.folder), *arguments])
        return Outcome(code, out.getvalue(), err.getvalue())

    def succeed(self, *arguments: str) -> Outcome:
        """The same; anything but exit code 0 fails the test and shows what was said."""
        outcome = self.run(*arguments)
        assert outcome.code == 0, outcome
        return outcome

    def plan(self, *options: str) -> Plan:
        """What apply would do now."""
        self.succeed("plan", "--out", str(self.saved), *options)
        return self.saved_plan()

    def drift(self) -> dict[str, tuple[str, ...]]:
        """The managed fields that others changed since the last apply, by manifest name."""
        resources = json.loads(self.succeed("drift", "--json").out)["agentops"]["resources"]
        return {address.partition(".")[2]: tuple(found["fields"]) for address, found in resources.items()}

    @property
    def saved(self) -> Path:
        """The file that `plan` saves to."""
        return self.folder / "saved.plan"

    def saved_plan(self) -> Plan:
        (plan,) = parse(self.saved.read_text(encoding="utf-8"))
        return plan

    def apply(self, *options: str) -> Outcome:
        """Applies the manifests, whatever the guard says of deletes and shares."""
        return self.succeed("apply", "--auto-approve", "--allow-deletes", "--allow-large-change", *options)

    # Looking

    def state(self) -> State:
        backend = open_backend("", self.folder, project="conformance", environment=ENVIRONMENT)
        try:
            state = backend.read()
        finally:
            backend.close()
        assert state is not None, "there is no state"
        return state

    def ids(self) -> dict[str, Any]:
        """Manifest name -> remote ID, as the state has it."""
        return {address.name: entry.remote_id for address, entry in self.state().entries.items()}

    def shown(self) -> dict[Any, dict[str, Any]]:
        """What the platform's own requests show of the state's assistants, by remote ID."""
        api = registry.specs()[self.platform].objects["Assistant"]
        found: dict[Any, dict[str, Any]] = {}
        for page in (1, 2) if api.listing.paged else (1,):
            answer = self._get(
                f"{api.listing.path}?per_page=100&page={page}" if api.listing.paged else api.listing.path
            )
            found |= {item["id"]: item for item in answer[api.listing.key]}
        for id_ in self.ids().values() if api.read else ():
            found.setdefault(id_, self._get(api.read.path.format(id=id_)) if api.read else {})
        return found

    def _get(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {DEFAULT_TOKEN}"}
        return httpx.get(f"{self.server.url}{path}", headers=headers, trust_env=False).raise_for_status().json()

    def rows(self) -> dict[str, dict[str, Any]]:
        """Manifest name -> what the platform stores for it, sets in order."""
        ids = self.ids()
        stored = {row["id"]: comparable(row) for row in self.sandbox.store.assistants()}
        return {name: stored[number] for name, number in ids.items()}

    def log(self) -> list[Logged]:
        """The requests since the log was cleared last."""
        return self.sandbox.store.log()

    def writes(self) -> list[Logged]:
        """Those of them that were to write."""
        return [entry for entry in self.log() if entry.method != "GET"]


def _no_waiting() -> AbstractContextManager[object]:
    """While inside, a request that is repeated is repeated at once."""
    defaults = registry.connect.__kwdefaults__
    assert defaults
    assert "sleep" in defaults
    return patch.dict(defaults, sleep=lambda seconds: None)


@contextmanager
def project(folder: Path, platform: str, options: Options = Options()) -> Iterator[Project]:  # noqa: B008 - frozen
    """A project in `folder` on a fresh sandbox of the platform."""
    sandbox = open_sandbox(platform, ":memory:", options=options)
    with Server(sandbox) as server:
        made = Project(folder, platform, server)
        made.write_project()
        yield made
    sandbox.close()


def manifest(name: str, spec: Spec, api_version: str = "autocalls/v1", **metadata: Any) -> str:
    """A manifest as text: JSON, which is YAML."""
    return json.dumps(
        {
            "apiVersion": api_version,
            "kind": "Assistant",
            "metadata": {"name": name, **metadata},
            "spec": spec,
        },
        ensure_ascii=False,
        indent=1,
    )
