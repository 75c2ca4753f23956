"""Before each attempt to write somebody is asked, and after each attempt of anything somebody is told."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from agentops.domain.errors import ConflictError, ProviderError, UnclearError
from agentops.domain.events import Called
from tests.providers.support import PIPELINE, answer, page, scripted

DONE = answer(200, {"message": "ok", "data": {}})
CREATED = answer(201, {"message": "ok", "data": {"id": 7}})
BUSY = answer(429, {"message": "Too Many Attempts."})
DOWN = answer(503, {"message": "Down."})
LOST = httpx.ReadError("connection reset by peer")
REFUSED = httpx.ConnectError("connection refused")

LOCK_LOST = ConflictError("the lock was lost")


def allow(times: int) -> Callable[[], None]:
    """A permit that is given so many times."""
    left = [times]

    def permit() -> None:
        if not left[0]:
            raise LOCK_LOST
        left[0] -= 1

    return permit


def test_without_a_permit_nothing_is_sent() -> None:
    provider, script = scripted([DONE])

    with pytest.raises(ConflictError) as caught:
        provider.writable(allow(0)).update("Assistant", 7, {"name": "B"})

    assert caught.value is LOCK_LOST
    assert not script.requests


def test_reading_needs_no_permit() -> None:
    provider, _ = scripted([page([], total=0, last=1)])

    assert provider.writable(allow(0)).list("Assistant") == {}


@pytest.mark.parametrize("setback", [BUSY, REFUSED], ids=["429", "refused"])
def test_a_repeat_needs_a_permit_of_its_own_and_without_one_nothing_was_done(setback: Any) -> None:
    provider, script = scripted([setback, CREATED])

    with pytest.raises(ConflictError):
        provider.writable(allow(1)).create("Assistant", PIPELINE)

    assert len(script.requests) == 1


@pytest.mark.parametrize("setback", [DOWN, LOST], ids=["503", "lost"])
def test_what_may_have_been_done_is_told_as_unclear_when_it_must_not_be_repeated(setback: Any) -> None:
    provider, script = scripted([setback, DONE])

    with pytest.raises(UnclearError) as caught:
        provider.writable(allow(1)).update("Assistant", 7, {"name": "B"})

    assert caught.value.__cause__ is LOCK_LOST
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "script, ends",
    [
        ([DONE], [(1, 200, "")]),
        ([BUSY, DOWN, DONE], [(1, 429, "refused"), (2, 503, "refused"), (3, 200, "")]),
        ([REFUSED, LOST, DONE], [(1, None, "not sent"), (2, None, "no answer"), (3, 200, "")]),
        ([httpx.Response(200, text="<html>")], [(1, 200, "unreadable")]),
        ([answer(422, {"message": "No."})], [(1, 422, "refused")]),
    ],
)
def test_each_attempt_is_told_with_its_end(script: list[Any], ends: list[tuple[int, int | None, str]]) -> None:
    calls: list[Called] = []
    provider, _ = scripted(script)
    with suppress(ProviderError):
        provider.writable(on_call=calls.append).update("Assistant", 7, {"name": "B"})

    assert [(call.attempt, call.status, call.failure) for call in calls] == ends
    assert {(call.method, call.path) for call in calls} == {("PUT", "/user/assistant/7")}
    assert all(call.seconds >= 0 for call in calls)


def test_a_query_is_not_told() -> None:
    calls: list[Called] = []
    provider, _ = scripted([page([], total=0, last=1)])
    provider.writable(on_call=calls.append).list("Assistant")

    assert [call.path for call in calls] == ["/user/assistants/get"]
