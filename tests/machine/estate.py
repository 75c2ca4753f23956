"""An account and a state that several processes work on, one after the other: some die, some lose their lock.

A process is a backend of its own over the same file. It crosses a boundary before and after each commit and each
request; at one of them it may die, as by SIGKILL: nothing that it would do after that is done.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from agentops.domain.errors import AgentopsError, ConflictError
from agentops.domain.plan import OnConflict, Plan, PlanOptions
from agentops.domain.state import Lock, Serial, StateChange
from agentops.domain.values import Values
from agentops.engine.apply import apply
from agentops.engine.stop import Stop
from agentops.state.sqlite import SqliteBackend
from tests.apply.world import LOCK, World

OPTIONS = PlanOptions(
    allow_deletes=True, allow_large_change=True, allow_duplicate_names=True, on_conflict=OnConflict.GIT
)


class Killed(BaseException):
    """The process is dead."""


@dataclass(slots=True)
class Process:
    """One run. `act` happens at the boundary `at`, counted from 1, of those that `only` names ("" is all)."""

    lock: Lock
    at: int = 0
    only: str = ""
    act: Callable[[], None] | None = None
    crossed: int = 0
    is_dead: bool = False
    has_lost: bool = False  # its lock was broken

    def cross(self, boundary: str) -> None:
        self.require_life()
        if boundary.startswith(self.only):
            self.crossed += 1
            if self.crossed == self.at and self.act is not None:
                self.act()

    def die(self) -> None:
        self.is_dead = True
        raise Killed

    def require_life(self) -> None:
        if self.is_dead:
            raise Killed


class Backend(SqliteBackend):
    """The backend of one process."""

    def __init__(self, path: Path, process: Process) -> None:
        super().__init__(path)
        self._process = process

    def commit(self, expected: Serial, lock: Lock, change: StateChange) -> Serial:
        self._process.cross("commit before")
        serial = super().commit(expected, lock, change)
        self._process.cross("commit after")
        return serial


@dataclass(frozen=True, slots=True)
class Loss:
    """The answer to the `number`th create of a run is lost, which lands `seconds` later; None: it never does."""

    number: int
    seconds: float | None


class Estate(World):
    """The account, the file, and what is known of both for certain."""

    def __init__(self, folder: Path, settle: timedelta = timedelta(seconds=60)) -> None:
        super().__init__(folder)
        self.backend.release(LOCK)
        self.settle = settle
        self.unintended: list[str] = []  # creates that were sent without an intent in the state
        self.unlocked: list[str] = []  # requests to write that were sent without the lock
        self._path = folder / "state.db"
        self._process = Process(LOCK)
        self._loss: Loss | None = None
        self._creates = 0
        self._runs = 0
        self.gate = self._platform

    def run(
        self,
        manifests: Mapping[str, Values],
        *,
        kill_at: int = 0,
        steal_at: int = 0,
        thief: Callable[[], object] = lambda: None,
        loss: Loss | None = None,
    ) -> int:
        """One apply, as a process of its own; the code it ends with, -9 if it was killed.

        At the commit `steal_at` its lock is broken, and `thief` does what it wants before this process goes on.
        """
        self._runs += 1
        lock = Lock(f"lock-{self._runs}", "apply", f"process {self._runs}", "0", self.clock())
        process = Process(lock, at=kill_at or steal_at, only="commit" if steal_at else "")
        process.act = process.die if kill_at else lambda: self._steal(process, thief)
        former, self._process, self._loss, self._creates = self._process, process, loss, 0
        backend = Backend(self._path, process)
        try:
            backend.acquire(lock)
            code = self._apply(manifests, backend, lock)
            backend.release(lock)
        except Killed:
            code = -9
        except AgentopsError as exc:
            code = exc.exit_code
        finally:
            backend.close()
            self._process, self._loss = former, None
        return code

    def _apply(self, manifests: Mapping[str, Values], backend: Backend, lock: Lock) -> int:
        live = self.live()
        desired = self.desired(live, manifests)
        plan = self._plan(live, desired, OPTIONS)
        if plan.diagnostics and any(item.severity.name == "ERROR" for item in plan.diagnostics):
            return 1
        state = backend.read()
        assert state is not None
        result = apply(
            plan,
            self.provider.writable(lambda: backend.assure(lock)),
            backend,
            lock,
            state,
            lambda event: None,
            desired=desired,
            live=live,
            secrets=self.secrets,
            parallelism=1,  # so that boundaries come in the same order every time
            clock=self.clock,
            sleep=self.clock.sleep,
            stop=Stop(),
            settle=self.settle,
        )
        if result.halted:
            return ConflictError.exit_code
        return result.exit_code()

    def planned(self, manifests: Mapping[str, Values]) -> Plan:
        return self.plan(manifests, options=OPTIONS)

    def _steal(self, process: Process, thief: Callable[[], object]) -> None:
        SqliteBackend(self._path).unlock(process.lock.id)
        process.has_lost = True
        thief()

    def _platform(self, environ: Any, start_response: Any) -> Any:
        process = self._process
        process.cross("request before")
        if process.has_lost and environ["REQUEST_METHOD"] != "GET":
            self.unlocked.append(environ["REQUEST_METHOD"])
        body = environ["wsgi.input"].read()
        environ = {**environ, "wsgi.input": BytesIO(body)}
        answer = self._answered(environ, start_response, body)
        process.cross("request after")
        return answer

    def _answered(self, environ: Any, start_response: Any, body: bytes) -> Any:
        if environ["REQUEST_METHOD"] != "POST":
            return self.sandbox(environ, start_response)
        self._require_intent(json.loads(body)["name"])
        self._creates += 1
        loss = self._loss
        if loss is None or loss.number != self._creates:
            return self.sandbox(environ, start_response)
        if loss.seconds is not None:
            self.clock.after(loss.seconds, lambda: self._land(environ, body))
        start_response("504 Gateway Time-out", [("Content-Type", "text/html")])
        return [b"<h1>504 Gateway Time-out</h1>"]

    def _land(self, environ: Any, body: bytes) -> None:
        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            # Refused, if what it refers to was deleted in between: then it never was.
            assert status.startswith(("201", "422")), status

        self.sandbox({**environ, "wsgi.input": BytesIO(body)}, start_response)

    def _require_intent(self, name: str) -> None:
        state = SqliteBackend(self._path).read()
        assert state is not None
        if all(intent.values["name"] != name for intent in state.intents.values()):
            self.unintended.append(name)
