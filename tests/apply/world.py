"""Everything around an apply: a platform (the sandbox, in process), a state, a clock, and manifests as plain values."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from agentops.domain.address import Address
from agentops.domain.desired import Desired, Resource
from agentops.domain.diagnostics import SourcePos
from agentops.domain.events import ApplyResult, Event
from agentops.domain.manifest import Document, Manifest
from agentops.domain.plan import Plan, PlanOptions
from agentops.domain.secrets import Secrets
from agentops.domain.state import Binding, Lock, State
from agentops.domain.values import Path as ValuePath
from agentops.domain.values import Ref, Secret, Value, Values
from agentops.engine.apply import apply
from agentops.engine.identity import known_ids
from agentops.engine.plan import make_plan
from agentops.engine.refresh import Live, refresh
from agentops.engine.stop import Stop
from agentops.providers.registry import connect
from agentops.providers.rest.adapter import RestProvider
from agentops.sandbox import DEFAULT_TOKEN, Options, Sandbox, open_sandbox
from agentops.state.sqlite import SqliteBackend

BINDING = Binding("acme", "test", "autocalls", "http://sandbox.localhost/api", "sandbox@example.com")
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LOCK = Lock("test-lock", "apply", "tests", "0", START)
KEY = "canary-calcom-key-51fd"
CREATE, WRITE = "/user/assistant", "/user/assistant*"

SPEC: Values = {
    "type": "outbound",
    "mode": "pipeline",
    "timezone": "Europe/Berlin",
    "language": Ref("languages", 1, "English", "English"),
    "voice": Ref("voices", 1, "Sarah", "Sarah"),
    "llm_model": Ref("llm_models", 2, "GPT-4.1-mini", "GPT-4.1-mini"),
    "initial_message": "Hello!",
    "system_prompt": "Be kind.",
}
"""What every assistant needs, but for a name."""

SECRET_TOOL: Mapping[str, Value] = {
    "type": "calendar_integration",
    "calcom_api_key": Secret("CALCOM_KEY"),
    "calcom_event_slug": "demo",
}


def address(name: str) -> Address:
    return Address("assistant", name)


def number(id_: int) -> Ref:
    return Ref("phone_numbers", id_, f"+1202555{id_:04}")


def transfer(name: str) -> dict[str, Value]:
    """A tool that hands calls over to the assistant of another manifest."""
    return {"type": "assistant_transfer", "assistant": Ref("assistants", None, query=name, address=f"assistant.{name}")}


def spec(name: str, **values: Value) -> Values:
    return {"name": name.title(), **SPEC, **values}


class Clock:
    """Time passes only where somebody sleeps, in whichever thread; what is due by then happens on the way."""

    def __init__(self) -> None:
        self.now = START
        self.slept: list[float] = []
        self._lock = threading.Lock()
        self._due: list[tuple[datetime, Callable[[], None]]] = []

    def __call__(self) -> datetime:
        return self.now

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Have `act` called as soon as so much time has passed."""
        self._due.append((self.now + timedelta(seconds=seconds), act))

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            end = self.now + timedelta(seconds=seconds)
            while any(moment <= end for moment, _ in self._due):
                moment, act = min(self._due, key=lambda due: due[0])
                self._due.remove((moment, act))
                self.now = max(self.now, moment)
                act()
            self.now = end


class World:
    """One environment. `gate` may stand between the provider and the sandbox."""

    def __init__(
        self,
        folder: Path,
        options: Options | None = None,
        *,
        database: str = ":memory:",
        platform: str = "autocalls",
    ) -> None:
        self.folder = folder
        self.clock = Clock()
        self.sandbox: Sandbox = open_sandbox(platform, database, options=options or Options(), clock=self.clock)
        self.gate: Callable[..., Any] = self.sandbox
        self.secrets = Secrets({"CALCOM_KEY": KEY})
        self.keyed = True  # False: as before the first apply, when there is no key for digests
        self.stop = Stop()
        self.events: list[Event] = []
        self.on_event: Callable[[Event], None] = lambda event: None
        self.backend = SqliteBackend(folder / "state.db")
        self.backend.acquire(LOCK)
        if self.backend.read() is None:
            self.backend.create(BINDING)
        self.provider = self._connect(platform)

    def _connect(self, platform: str) -> RestProvider:
        return connect(
            platform, token=DEFAULT_TOKEN, secrets=self.keyed_secrets(), wsgi_app=self._call, sleep=lambda _: None
        )

    def _call(self, environ: Any, start_response: Any) -> Any:
        return self.gate(environ, start_response)

    def close(self) -> None:
        self.provider.close()
        self.backend.close()
        self.sandbox.close()

    def rotate(self, key: str) -> None:
        """Put another key into the environment."""
        self.secrets = Secrets({"CALCOM_KEY": key})
        self.provider = self.provider.with_secrets(self.keyed_secrets())

    def keyed_secrets(self) -> Secrets:
        return Secrets(self.secrets.environ, self.state.digest_key)

    @property
    def state(self) -> State:
        state = self.backend.read()
        assert state is not None
        return state

    def live(self) -> Live:
        return refresh(self.provider, {where: entry.remote_id for where, entry in self.state.entries.items()})

    def desired(
        self, live: Live, specs: Mapping[str, Values], previous_names: Mapping[str, tuple[str, ...]] | None = None
    ) -> Desired:
        """The manifests `specs`, resolved: links to other manifests get the IDs that these have by now."""
        former = previous_names or {}
        manifests = {name: _manifest(name, values, former.get(name, ())) for name, values in specs.items()}
        ids = known_ids(manifests.values(), live, self.state, self.provider.platform)
        resources = {
            manifest.address: Resource(
                manifest,
                {key: self._resolved(value, {str(a): id_ for a, id_ in ids.items()}) for key, value in values.items()},
            )
            for manifest, values in zip(manifests.values(), specs.values(), strict=True)
        }
        return Desired(resources, (), "digest")

    def _resolved(self, value: Value, ids: Mapping[str, Any]) -> Value:
        match value:
            case Ref() if value.address:
                return Ref(value.kind, ids.get(value.address), value.label, value.query, value.address)
            case Secret():
                return (self.keyed_secrets() if self.keyed else self.secrets).of_env(value.env)
            case list():
                return [self._resolved(item, ids) for item in value]
            case dict():
                return {key: self._resolved(item, ids) for key, item in value.items()}
        return value

    def plan(
        self, manifests: Mapping[str, Values] | None = None, /, *, options: PlanOptions | None = None, **more: Values
    ) -> Plan:
        """The plan for `manifests` (and `more`): the name in the address -> values."""
        live = self.live()
        return self._plan(live, self.desired(live, {**(manifests or {}), **more}), options)

    def _plan(self, live: Live, desired: Desired, options: PlanOptions | None) -> Plan:
        return make_plan(
            desired, live, self.state, self.provider.platform, {}, BINDING, options or PlanOptions(), True, self.clock()
        )

    def apply(
        self,
        manifests: Mapping[str, Values] | None = None,
        /,
        *,
        options: PlanOptions | None = None,
        parallelism: int = 4,
        previous_names: Mapping[str, tuple[str, ...]] | None = None,
        **more: Values,
    ) -> ApplyResult:
        """Plan and apply `manifests` (and `more`): the name in the address -> values."""
        live = self.live()
        desired = self.desired(live, {**(manifests or {}), **more}, previous_names)
        return self.carry_out(self._plan(live, desired, options), desired, live, parallelism=parallelism)

    def carry_out(self, plan: Plan, desired: Desired, live: Live, *, parallelism: int = 4) -> ApplyResult:
        """Apply `plan`, made from `desired` and `live`."""
        self.events.clear()
        self.sandbox.store.clear_log()
        return apply(
            plan,
            self.provider,
            self.backend,
            LOCK,
            self.state,
            self._report,
            desired=desired,
            live=live,
            secrets=self.secrets,
            parallelism=parallelism,
            clock=self.clock,
            sleep=self.clock.sleep,
            stop=self.stop,
        )

    def _report(self, event: Event) -> None:
        self.events.append(event)
        self.on_event(event)

    def heard(self, kind: type[Any]) -> list[Any]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def writes(self) -> list[tuple[str, str]]:
        """Method and path of every request since the last apply began that was not a GET."""
        return [(logged.method, logged.path) for logged in self.sandbox.store.log() if logged.method != "GET"]

    def id_of(self, name: str) -> int:
        """The ID of a managed assistant."""
        return int(self.state.entries[address(name)].remote_id)

    def edit(self, name: str, **fields: Any) -> None:
        """Change a managed assistant behind our back."""
        self.sandbox.store.edit_assistant(self.id_of(name), **fields)

    def stored(self, name: str) -> Mapping[str, Any]:
        """The platform's row of a managed assistant."""
        return self.sandbox.store.assistant(self.id_of(name))

    def names(self) -> list[str]:
        """The names of all assistants on the platform."""
        return sorted(row["name"] for row in self.sandbox.store.assistants())


def _manifest(name: str, values: Values, previous_names: tuple[str, ...]) -> Manifest:
    document = Document(f"assistants/{name}.yaml", {}, partial(_locate, name, tuple(values)))
    return Manifest(address(name), "Assistant", values, document, previous_names=previous_names)


def _locate(name: str, keys: tuple[str, ...], path: ValuePath) -> SourcePos:
    """Every field has a line of its own, below ten lines of head."""
    line = 10 + keys.index(str(path[1])) if len(path) > 1 and path[1] in keys else 9
    return SourcePos(f"assistants/{name}.yaml", line, 3)
