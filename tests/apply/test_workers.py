"""Threads that call platforms: whatever happens in one, the thread that waits hears of it."""

import threading
from typing import Any

import pytest

from agentops.domain.errors import RejectedError
from agentops.engine.refresh import gather
from agentops.engine.workers import Workers
from agentops.sandbox import Fault, FaultKind
from tests.apply.world import World

VOICES, LANGUAGES = "/user/assistants/voices", "/user/assistants/languages"


class Ended(BaseException):
    """What no `except Exception` catches, as SystemExit and KeyboardInterrupt."""


def end() -> None:
    raise Ended


def test_a_call_that_ends_in_the_worst_way_is_heard_of() -> None:
    with Workers[int, None](1) as workers:
        workers.start(1, end)
        outcome = workers.next()
        assert outcome is not None
        with pytest.raises(Ended):
            outcome.result()
        workers.start(2, lambda: None)  # and its thread goes on
        assert workers.next() is not None
        assert not workers.running


def test_finishing_begins_nothing_more_and_waits_for_what_is_under_way() -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def call() -> None:
        begun.set()
        go_on.wait()
        ended.set()

    with Workers[str, None](1) as workers:
        workers.start("under way", call)
        begun.wait()
        workers.start("waiting", end)
        threading.Timer(0, go_on.set).start()
        workers.finish(3600)
        assert ended.is_set()
        assert not workers.running


def test_finishing_waits_no_longer_than_it_may() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def call() -> None:
        begun.set()
        go_on.wait()

    with Workers[str, None](1) as workers:
        workers.start("endless", call)
        begun.wait()
        workers.finish(0)
        assert list(workers.running) == ["endless"]
        go_on.set()


def test_reading_that_fails_ends_its_other_reads_first(world: World) -> None:
    arrived, failed, answered = threading.Event(), threading.Event(), threading.Event()

    def gate(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"].endswith(VOICES):
            arrived.set()
            failed.wait()
            answer = world.sandbox(environ, start_response)
            answered.set()
            return answer
        if environ["PATH_INFO"].endswith(LANGUAGES):
            arrived.wait()
            threading.Timer(0, failed.set).start()
        return world.sandbox(environ, start_response)

    world.gate = gate
    fault = Fault(FaultKind.STATUS, path=LANGUAGES, status=403)
    with world.sandbox.faults.on(fault), pytest.raises(RejectedError):
        gather(world.provider, frozenset({("languages", ""), ("voices", "pipeline")}), {})
    assert answered.is_set()


def test_reading_that_the_user_ends_leaves_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def interrupted(workers: Workers[object, None]) -> None:
        raise KeyboardInterrupt

    def gate(environ: Any, start_response: Any) -> Any:
        go_on.wait()
        return world.sandbox(environ, start_response)

    world.gate = gate
    monkeypatch.setattr(Workers, "next", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gather(world.provider, frozenset({("languages", "")}), {})
    go_on.set()
