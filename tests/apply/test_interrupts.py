"""Stopping an apply: nothing that was done is lost, and the next run goes on where this one ended."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agentops.domain.events import Event, StepFailed, StepFinished, StepSkipped, StepStarted
from agentops.engine.stop import Stop
from agentops.sandbox import Fault, FaultKind
from agentops.state.sqlite import SqliteBackend
from tests.apply.world import CREATE, LOCK, World, address, spec
from tests.state.samples import lock

FLEET = {name: spec(name) for name in "abcde"}


class Gate:
    """Holds every create: before it reaches the platform until `open` is set; `passed` is set when it was answered."""

    def __init__(self, world: World, on_arrival: Callable[[], None] = lambda: None) -> None:
        self._on_arrival = on_arrival
        self.open = threading.Event()
        self.passed = threading.Event()
        self._app = world.sandbox
        world.gate = self

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] != "POST":
            return self._app(environ, start_response)
        self._on_arrival()
        self.open.wait()
        answer = self._app(environ, start_response)
        self.passed.set()
        return answer


def stop_at(world: World, kind: type[Event], number: int, *, presses: int = 1) -> None:
    """Interrupt at the event `number` of `kind`, counted from 1."""

    def listen(event: Event) -> None:
        if isinstance(event, kind) and len(world.heard(kind)) == number:
            for _ in range(presses):
                world.stop.press()

    world.on_event = listen


def go_on(world: World) -> None:
    world.stop = Stop()
    world.on_event = lambda event: None


def test_one_interrupt_finishes_what_is_in_flight_and_starts_nothing_more(world: World) -> None:
    stop_at(world, StepStarted, 2)
    result = world.apply(FLEET, parallelism=2)
    assert (result.interrupted, result.exit_code(), result.exit_code(143)) == (True, 130, 143)
    assert result.created == (address("a"), address("b"))
    assert result.not_started == (address("c"), address("d"), address("e"))
    assert (set(world.state.entries), dict(world.state.intents)) == ({address("a"), address("b")}, {})
    assert {event.reason for event in world.heard(StepSkipped)} == {"interrupted"}


def test_the_run_after_an_interrupt_goes_on(world: World) -> None:
    stop_at(world, StepFinished, 1)
    world.apply(FLEET, parallelism=1)
    go_on(world)
    assert len(world.apply(FLEET).created) == 4
    assert world.names() == ["A", "B", "C", "D", "E"]


def test_two_interrupts_leave_at_once_and_keep_the_intents_in_flight(world: World) -> None:
    gate = Gate(world)
    stop_at(world, StepStarted, 2, presses=2)
    result = world.apply(FLEET, parallelism=2)
    assert (result.interrupted, result.created) == (True, ())
    assert result.failed == (address("a"), address("b"))
    assert result.not_started == (address("c"), address("d"), address("e"))
    assert set(world.state.intents) == {address("a"), address("b")}
    assert {event.diagnostics[0].code for event in world.heard(StepFailed)} == {"interrupted"}
    gate.open.set()
    gate.passed.wait()


def test_what_was_done_after_we_left_is_adopted(world: World) -> None:
    gate = Gate(world)
    stop_at(world, StepStarted, 1, presses=2)
    world.apply({"a": spec("a")})
    gate.open.set()
    gate.passed.wait()
    go_on(world)
    result = world.apply({"a": spec("a")})
    assert (result.exit_code(), world.names(), world.writes()) == (0, ["A"], [])
    assert world.state.intents == {}


def test_a_second_interrupt_ends_the_waiting_for_what_is_in_flight(world: World) -> None:
    gate = Gate(world, on_arrival=world.stop.press)
    stop_at(world, StepStarted, 1)
    result = world.apply({"a": spec("a")}, parallelism=1)
    assert (result.interrupted, world.stop.level, result.failed) == (True, 2, (address("a"),))
    gate.open.set()
    gate.passed.wait()


def test_leaving_while_a_create_is_sent_once_more_keeps_all_that_is_unclear(world: World) -> None:
    gate = Gate(world)
    gate.open.set()
    stop_at(world, StepStarted, 4, presses=2)  # a, b, c, and the second attempt of a
    fault = Fault(FaultKind.STATUS, method="POST", path=CREATE, status=500, times=3)
    with world.sandbox.faults.on(fault):
        result = world.apply({name: spec(name) for name in "abc"}, parallelism=1)
    assert set(world.state.intents) == {address(name) for name in "abc"}
    assert result.failed + result.not_started == (address("a"), address("b"), address("c"))
    go_on(world)
    world.clock.sleep(3600)
    assert world.apply({name: spec(name) for name in "abc"}).exit_code() == 0
    assert world.names() == ["A", "B", "C"]


def test_after_an_interrupt_nothing_is_read_back(world: World) -> None:
    stop_at(world, StepFinished, 1)
    world.apply({"a": spec("a")})
    assert [logged.method for logged in world.sandbox.store.log()] == ["POST"]


def test_a_lost_lock_stops_everything_at_once(world: World) -> None:
    def steal(event: Event) -> None:
        if isinstance(event, StepStarted) and len(world.heard(StepStarted)) == 2:
            (world.folder / "state.db.lock").unlink()
            thief.acquire(lock("thief"))

    thief = SqliteBackend(world.folder / "state.db")
    world.on_event = steal
    result = world.apply(FLEET, parallelism=1)
    assert "the lock was lost: thief@host holds the lock" in result.halted
    assert (result.exit_code(), set(result.created)) == (3, {address("a"), address("b")})
    assert set(result.not_started) == {address(name) for name in "cde"}
    assert world.writes() == [("POST", CREATE)] * 2
    state = thief.read()
    assert state is not None
    assert (set(state.entries), set(state.intents)) == ({address("a")}, {address(name) for name in "bcde"})
    thief.close()


_KILLED = """
import sys, threading
from pathlib import Path
from tests.apply.world import World, spec

folder = Path(sys.argv[1])
world = World(folder, database=str(folder / "platform.db"))

def gate(environ, start_response):
    answer = world.sandbox(environ, start_response)
    if environ["REQUEST_METHOD"] == "POST":
        print("created", flush=True)
        threading.Event().wait()
    return answer

world.gate = gate
world.apply({"a": spec("a"), "b": spec("b")}, parallelism=1)
"""


def test_a_run_killed_between_the_create_and_its_answer_is_settled_by_the_next(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "created\n"
        process.send_signal(signal.SIGKILL)
    world = World(tmp_path, database=str(tmp_path / "platform.db"))
    assert (world.state.lock, set(world.state.intents)) == (LOCK, {address("a"), address("b")})
    result = world.apply({"a": spec("a"), "b": spec("b")})
    assert (result.exit_code(), result.created, world.names()) == (0, (address("b"),), ["A", "B"])
    assert world.plan({"a": spec("a"), "b": spec("b")}).is_empty
    world.close()


def test_sleeping_ends_with_a_press() -> None:
    stop = Stop()
    threading.Timer(0, stop.press).start()
    stop.sleep(3600)
    assert stop.level == 1
    stop.sleep(3600)  # not at all, once pressed


def test_there_is_no_third_level() -> None:
    stop = Stop()
    for _ in range(3):
        stop.press(143)
    assert (stop.level, stop.exit_code) == (2, 143)
