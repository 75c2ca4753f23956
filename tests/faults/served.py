"""An account on a sandbox behind a port, reached through the whole HTTP stack, in a time that only sleeping moves."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from agentops.domain.catalog import CatalogKey
from agentops.domain.errors import AgentopsError, UnclearError
from agentops.domain.events import ApplyResult
from agentops.domain.plan import PlanOptions
from agentops.domain.values import Values
from agentops.engine.refresh import Live, gather
from agentops.providers import registry
from agentops.providers.rest.adapter import RestProvider
from agentops.providers.rest.http import DEADLINE, Answer, Client, Request
from agentops.providers.rest.limits import Bucket
from agentops.providers.rest.retries import Caller
from agentops.sandbox import DEFAULT_TOKEN, Fault, Options, Server
from agentops.sandbox.faults import Faults
from tests.apply.world import World, address
from tests.providers.support import plain

T = TypeVar("T")

OPTIONS = PlanOptions(allow_deletes=True, allow_large_change=True)
PROMPTS = {"autocalls/v1": "system_prompt", "revox/v1": "prompt"}
"""Vocabulary -> a field that every assistant has, and that may hold any text."""


@dataclass(frozen=True)
class Observed(Caller):
    """Notes the creates of which nobody knows whether they were done."""

    unclear: list[str] = field(default_factory=list)

    def call(self, request: Request, read: Callable[[Answer], T], **options: Any) -> T:
        try:
            return super().call(request, read, **options)
        except UnclearError:
            if request.method == "POST":
                self.unclear.append(str(request))
            raise


class Counting(Faults):
    """Faults that know how often they hit."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def hits(self, method: str, path: str) -> tuple[Fault, ...]:
        found = super().hits(method, path)
        self.count += len(found)
        return found


class Refusing(httpx.BaseTransport):
    """Connections of this machine, but for the requests that `faults` hit: these go where nobody listens."""

    def __init__(self) -> None:
        self.faults = Counting()
        self._real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.faults.hits(request.method, request.url.path.removeprefix("/api")):
            request.url = request.url.copy_with(port=1)  # a port that needs privileges, and that nothing uses
        return self._real.handle_request(request)

    def close(self) -> None:
        self._real.close()


@dataclass(frozen=True, slots=True)
class Run:
    """How one run ended: as the command would, and what the engine said of it, if it came so far."""

    code: int
    result: ApplyResult | None = None
    error: AgentopsError | None = None


class Served(World):
    """One environment on any platform. `server` serves its sandbox from now on.

    `deadline` is how many real seconds the client waits for one answer. With `refusing`, `faults` hit
    requests before they leave this machine.
    """

    def __init__(
        self,
        folder: Path,
        server: Server,
        platform: str,
        *,
        options: Options | None = None,
        deadline: float = DEADLINE,
        refusing: Refusing | None = None,
        rate: float = 0,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.platform = registry.platform(platform)
        self.catalogs: frozenset[CatalogKey] = frozenset()
        self.unclear: list[str] = []
        self._server, self._deadline, self._refusing, self._rate = server, deadline, refusing, rate
        super().__init__(folder, options, platform=platform)
        self.faults = refusing.faults if refusing else Counting()
        if refusing is None:
            self.sandbox.faults = self.faults
        server.sandbox = self.sandbox
        server.sleep = self.clock.sleep

    def _connect(self, platform: str) -> RestProvider:
        clock = self.clock
        client = Client(
            self._server.url, DEFAULT_TOKEN, transport=self._refusing, deadline=self._deadline, clock=self._monotonic
        )
        caller = Observed(
            platform,
            client,
            Bucket(self._rate, clock=self._monotonic, sleep=clock.sleep),
            redact=(DEFAULT_TOKEN,),
            sleep=clock.sleep,
            wall=lambda: clock().timestamp(),
            jitter=random.Random(7).random,
            unclear=self.unclear,
        )
        return RestProvider(registry.specs()[platform], caller, self.keyed_secrets())

    def _monotonic(self) -> float:
        return self.clock().timestamp()

    def live(self) -> Live:
        """As a command reads before it plans: the account, the catalogs, the objects."""
        self.provider.account()
        known = {where: entry.remote_id for where, entry in self.state.entries.items()}
        return gather(self.provider, self.catalogs, known)[0]

    def spec(self, name: str, prompt: str) -> Values:
        """An assistant that the platform takes."""
        return {**plain(self.platform.name), "name": name.title(), PROMPTS[self.platform.api_version]: prompt}

    def prompt_of(self, row: Mapping[str, Any]) -> str:
        return str(row[PROMPTS[self.platform.api_version]])

    def run(self, manifests: Mapping[str, Values], *, parallelism: int = 4, options: PlanOptions = OPTIONS) -> Run:
        """One `apply`, and the code it ends with."""
        try:
            live = self.live()
            desired = self.desired(live, manifests)
            plan = self._plan(live, desired, options)
            if plan.diagnostics and any(item.severity.name == "ERROR" for item in plan.diagnostics):
                return Run(1)
            result = self.carry_out(plan, desired, live, parallelism=parallelism)
        except AgentopsError as exc:
            return Run(exc.exit_code, error=exc)
        return Run(result.exit_code(), result)

    def rows(self) -> list[dict[str, Any]]:
        """What the platform holds."""
        return self.sandbox.store.assistants()


def judge(world: Served, run: Run, declared: Mapping[str, Values], leftover: frozenset[str] = frozenset()) -> None:
    """Whatever went wrong: nothing is there twice, the state knows what is there, and the code is true.

    `leftover` are names that were managed before and are declared no more.
    """
    rows = {str(row["name"]): row for row in world.rows()}
    assert len(rows) == len(world.rows()), f"twice: {world.names()}"
    by_id = {row["id"]: row for row in world.rows()}
    state, result = world.state, run.result
    failed = set(result.failed) if result else set()
    for where, entry in state.entries.items():
        assert entry.remote_id in by_id or where in failed or where.name in leftover
    known = {entry.remote_id for entry in state.entries.values()}
    intended = {intent.values["name"] for intent in state.intents.values()}
    for row in world.rows():
        assert row["id"] in known or row["name"] in intended, f"nobody knows {row['name']}"
    assert run.code in (0, 1, 3)
    if result is None:
        assert run.code == 1
        return
    for where in (*result.created, *result.updated):
        assert _is_as_declared(world, by_id[state.entries[where].remote_id], declared[where.name])
    for where in result.destroyed:
        assert where.name.title() not in rows
        assert where not in state.entries
    written, undone = result.created or result.updated or result.destroyed, result.failed or result.not_started
    assert bool(undone or result.unverified) == (run.code != 0)
    if undone:
        assert run.code == (3 if written else 1)
    if run.code == 0:
        is_converged(world, declared)


def is_converged(world: Served, declared: Mapping[str, Values]) -> None:
    """Live is as declared, the state is as live, and nothing is left to settle."""
    rows = {str(row["name"]): row for row in world.rows()}
    assert sorted(rows) == sorted(str(values["name"]) for values in declared.values())
    state = world.state
    assert {address(name) for name in declared} == set(state.entries)
    assert not state.intents
    for name, values in declared.items():
        row, entry = rows[str(values["name"])], state.entries[address(name)]
        assert entry.remote_id == row["id"]
        assert _is_as_declared(world, row, values)
        assert (entry.values, entry.sending) == (values, {})


def _is_as_declared(world: Served, row: Mapping[str, Any], values: Values) -> bool:
    prompt = PROMPTS[world.platform.api_version]
    return bool(row["name"] == values["name"] and world.prompt_of(row) == values[prompt])


def converge(world: Served, declared: Mapping[str, Values]) -> None:
    """One more run, without any fault, brings everything to an end; the next plan is empty."""
    run = world.run(declared)
    assert run.code == 0, run
    judge(world, run, declared)
    is_converged(world, declared)
    assert world.plan(declared, options=OPTIONS).is_empty


@contextmanager
def served(folder: Path, server: Server, platform: str, **options: Any) -> Iterator[Served]:
    """A world of its own, for a block."""
    world = Served(folder, server, platform, **options)
    try:
        yield world
    finally:
        world.close()
