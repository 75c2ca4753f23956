"""What is repeated, how long it waits, and which of three errors it ends with."""

import email.utils
import ssl
from typing import Any

import httpx
import pytest

from agentops.domain.errors import ProviderError, RejectedError, UnavailableError, UnclearError
from agentops.providers.rest.adapter import RestProvider
from agentops.providers.rest.limits import Bucket
from agentops.providers.rest.retries import RetryPolicy
from tests.providers.support import PIPELINE, FakeClock, Step, answer, page, scripted

CREATED = answer(201, {"message": "ok", "data": {"id": 7}})
DONE = answer(200, {"message": "ok", "data": {}})
BUSY = answer(429, {"message": "Too Many Attempts."})
DOWN = answer(503, {"message": "Down."})
REFUSED = httpx.ConnectError("connection refused")
LOST = httpx.ReadError("connection reset by peer")


def read(provider: RestProvider) -> Any:
    return provider.list("Assistant")


def create(provider: RestProvider) -> Any:
    return provider.create("Assistant", PIPELINE)


def update(provider: RestProvider) -> Any:
    return provider.update("Assistant", 7, {"name": "B"})


def delete(provider: RestProvider) -> Any:
    return provider.delete("Assistant", 7)


FINE = {read: page([], total=0, last=1), create: CREATED, update: DONE, delete: DONE}
CALLS = list(FINE)
IDS = [call.__name__ for call in CALLS]
REPEATABLE = [read, update, delete]


@pytest.mark.parametrize("call", CALLS, ids=IDS)
@pytest.mark.parametrize(
    "setback", [REFUSED, httpx.ConnectTimeout("timed out"), BUSY], ids=["refused", "timeout", "429"]
)
def test_what_certainly_did_not_happen_is_repeated(call: Any, setback: Step) -> None:
    provider, script = scripted([setback, setback, FINE[call]])
    call(provider)
    assert len(script.requests) == 3
    assert len({request.content for request in script.requests}) == 1


@pytest.mark.parametrize("call", REPEATABLE, ids=["read", "update", "delete"])
@pytest.mark.parametrize(
    "setback",
    [LOST, httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut"), DOWN, answer(500), answer(408), answer(520)],
)
def test_what_may_be_done_twice_is_repeated(call: Any, setback: Step) -> None:
    provider, script = scripted([setback, setback, FINE[call]])
    call(provider)
    assert len(script.requests) == 3


@pytest.mark.parametrize(
    "setback",
    [
        LOST,
        httpx.ReadTimeout("slow"),
        httpx.WriteError("broken pipe"),
        httpx.RemoteProtocolError("cut"),
        DOWN,
        answer(500),
    ],
)
def test_a_create_that_may_have_happened_is_not_repeated(setback: Step) -> None:
    provider, script = scripted([setback, CREATED])
    with pytest.raises(UnclearError, match="it may have been done all the same"):
        create(provider)
    assert script.sent == ["POST /api/user/assistant"]


@pytest.mark.parametrize(
    ("call", "setback", "error"),
    [
        (read, REFUSED, UnavailableError),
        (read, LOST, UnavailableError),
        (read, DOWN, UnavailableError),
        (read, BUSY, UnavailableError),
        (update, REFUSED, UnavailableError),
        (update, BUSY, UnavailableError),
        (update, LOST, UnclearError),
        (update, DOWN, UnclearError),
        (delete, LOST, UnclearError),
        (create, REFUSED, UnavailableError),
        (create, BUSY, UnavailableError),
    ],
)
def test_what_does_not_help_ends_as_what_is_known_of_it(call: Any, setback: Step, error: type[ProviderError]) -> None:
    provider, script = scripted([setback])
    with pytest.raises(error, match=rf"tried {10 if setback is BUSY else 5} times") as caught:
        call(provider)
    assert type(caught.value) is error
    assert len(script.requests) == (10 if setback is BUSY else 5)


def test_an_update_that_may_have_been_done_stays_unclear_when_the_platform_is_busy_afterwards() -> None:
    provider, _ = scripted([LOST, BUSY])
    with pytest.raises(UnclearError):
        update(provider)


@pytest.mark.parametrize("status", [400, 402, 404, 405, 409, 413, 422])
@pytest.mark.parametrize("call", [read, create, update])
def test_a_no_is_not_repeated(call: Any, status: int) -> None:
    provider, script = scripted([answer(status, {"message": "No."}), FINE[call]])
    with pytest.raises(RejectedError, match=rf"{status}: No\.") as caught:
        call(provider)
    assert caught.value.status == status
    assert len(script.requests) == 1


def test_deleting_what_is_gone_is_no_error() -> None:
    provider, script = scripted([LOST, answer(404, {"message": "Assistant not found"})])
    delete(provider)
    assert len(script.requests) == 2


def test_pauses_grow_and_vary_and_stay_bounded() -> None:
    clock = FakeClock()
    provider, _ = scripted([DOWN], clock=clock, policy=RetryPolicy(attempts=9))
    with pytest.raises(UnavailableError):
        read(provider)
    ceilings = [0.5, 1, 2, 4, 8, 16, 20, 20]
    assert all(ceiling / 2 <= slept <= ceiling for slept, ceiling in zip(clock.slept, ceilings, strict=True))
    assert len({slept / ceiling for slept, ceiling in zip(clock.slept, ceilings, strict=True)}) == 8


def busy(body: object, **headers: str) -> httpx.Response:
    return answer(429, body, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("setback", "seconds"),
    [
        (busy({"message": "Too Many Attempts.", "retry_after": 60}), 60),
        (busy({"error": "Rate limit exceeded", "retry_after": 7.5}), 7.5),
        (busy({"retry_after": 60}, retry_after="12"), 12),
        (busy({}, retry_after=email.utils.formatdate(1030, usegmt=True)), 30),
        (busy({}, retry_after=email.utils.formatdate(500, usegmt=True)), 0),
        (busy({"retry_after": 9}, retry_after="soon"), 9),
        (answer(503, {}, {"retry-after": "25"}), 25),
    ],
)
def test_the_platform_says_how_long_to_wait(setback: httpx.Response, seconds: float) -> None:
    clock = FakeClock()
    provider, _ = scripted([setback, FINE[read]], clock=clock)
    read(provider)
    assert len(clock.slept) == 1
    assert seconds <= clock.slept[0] <= seconds + 0.5


@pytest.mark.parametrize("asked", [-5, True, "60", None, [1], 1e12])
def test_nonsense_in_place_of_a_time_counts_as_none(asked: object) -> None:
    clock = FakeClock()
    provider, _ = scripted([busy({"retry_after": asked}), FINE[read]], clock=clock)
    read(provider)
    assert 0.25 <= clock.slept[0] <= 0.5


def test_a_wait_beyond_the_budget_is_not_waited() -> None:
    clock = FakeClock()
    provider, script = scripted([busy({}, retry_after="3600"), FINE[read]], clock=clock)
    with pytest.raises(UnavailableError, match="asks to wait 3600 s"):
        read(provider)
    assert (clock.slept, len(script.requests)) == ([], 1)


def test_waits_add_up_to_the_budget_at_most() -> None:
    clock = FakeClock()
    provider, _ = scripted([busy({}, retry_after="60")], clock=clock)
    with pytest.raises(UnavailableError):
        read(provider)
    assert 240 <= sum(clock.slept) <= 300


def test_a_refusal_makes_all_that_share_the_account_wait() -> None:
    clock = FakeClock()
    bucket = Bucket(clock=clock, sleep=clock.sleep)
    first, _ = scripted([busy({}, retry_after="20")], clock=clock, bucket=bucket, policy=RetryPolicy(refusals=1))
    second, _ = scripted([FINE[read]], clock=clock, bucket=bucket)
    with pytest.raises(UnavailableError):
        read(first)
    assert (bucket.rate, clock.now) == (0.75, 1000)
    read(second)
    assert clock.now == pytest.approx(1020, abs=0.01)


def test_waiting_is_reported_with_its_reason() -> None:
    heard: list[tuple[float, str]] = []
    provider, _ = scripted([busy({}, retry_after="5"), FINE[read]], on_wait=lambda *said: heard.append(said))
    read(provider)
    assert len(heard) == 1
    assert heard[0][0] >= 5
    assert heard[0][1] == "429: Too Many Requests; asks to wait 5 s"


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html>Login</html>",
        b'{"data": [{"id": 1, "na',
        b"",
        b"[1, 2]",
        b'"text"',
        b'{"data": {"id": 1}}',
        b'{"data": [{"id": 1, "x": NaN}], "total": 1, "last_page": 1}',
        b'{"data": [{"id": 1, "x": 1e999}], "total": 1, "last_page": 1}',
        b'{"data": [{"id": 1, "id": 2}], "total": 1, "last_page": 1}',
        b'{"data": [{"name": "no ID"}], "total": 1, "last_page": 1}',
        b'{"data": [{"id": 1, "name": "\\ud83d"}], "total": 1, "last_page": 1}',
        b'{"data": [], "x": "\xff"}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_cannot_be_used_is_asked_for_again(body: bytes) -> None:
    broken = httpx.Response(200, content=body)
    provider, _ = scripted([broken, broken, FINE[read]])
    assert read(provider) == {}
    provider, _ = scripted([broken])
    with pytest.raises(UnavailableError, match="the answer cannot be used: "):
        read(provider)


@pytest.mark.parametrize("body", [b"<html>Maintenance</html>", b'{"message": "ok", "da', b"", b"[]", b'{"a": NaN}'])
@pytest.mark.parametrize("call", [create, update, delete])
def test_a_write_that_is_answered_with_something_else_is_unclear(call: Any, body: bytes) -> None:
    provider, script = scripted([httpx.Response(200, content=body)])
    with pytest.raises(UnclearError):
        call(provider)
    assert len(script.requests) == 1


@pytest.mark.parametrize("data", [None, [], {}, {"id": None}, {"id": "x"}, {"id": 1.5}, {"id": True}])
def test_a_create_that_does_not_tell_the_new_id_is_unclear(data: object) -> None:
    provider, _ = scripted([answer(201, {"message": "ok", "data": data})])
    with pytest.raises(UnclearError, match="does not tell the ID of the new object"):
        create(provider)


def test_a_write_may_be_answered_without_a_body_when_it_says_so() -> None:
    provider, _ = scripted([httpx.Response(204)])
    update(provider)
    delete(provider)


def test_a_refused_certificate_is_not_tried_again() -> None:
    def untrusted(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("certificate") from ssl.SSLCertVerificationError("self-signed")

    provider, script = scripted([untrusted])
    with pytest.raises(UnavailableError, match="cannot connect"):
        read(provider)
    assert len(script.requests) == 1
