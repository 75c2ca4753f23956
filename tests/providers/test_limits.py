"""How fast requests go."""

import threading

import pytest

from agentops.providers.rest.limits import Bucket, Buckets
from tests.providers.support import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def bucket_of(clock: FakeClock, rate: float = 1.5, burst: int = 15) -> Bucket:
    return Bucket(rate, burst, clock=clock, sleep=clock.sleep)


def test_a_burst_goes_at_once_and_the_rest_at_the_rate(clock: FakeClock) -> None:
    bucket = bucket_of(clock)
    sent = [bucket.take() - 1000 for _ in range(18)]
    assert sent[:15] == [0.0] * 15
    assert sent[15:] == pytest.approx([2 / 3, 4 / 3, 2.0], abs=0.01)


def test_a_pause_fills_the_burst_again_and_no_more(clock: FakeClock) -> None:
    bucket = bucket_of(clock, rate=1, burst=3)
    for _ in range(3):
        bucket.take()
    clock.now += 1000
    sent = [bucket.take() - 2000 for _ in range(4)]
    assert sent == pytest.approx([0, 0, 0, 1], abs=0.01)


def test_no_rate_means_no_limit(clock: FakeClock) -> None:
    bucket = bucket_of(clock, rate=0)
    bucket.refused(bucket.take(), 60)
    for _ in range(1000):
        bucket.take()
    assert clock.slept == []


def test_a_refusal_halves_the_rate_and_pauses_everybody(clock: FakeClock) -> None:
    bucket = bucket_of(clock)
    bucket.refused(bucket.take(), 30)
    assert bucket.rate == 0.75
    assert bucket.take() == pytest.approx(1030, abs=0.01)


def test_many_refusals_of_one_burst_count_once(clock: FakeClock) -> None:
    bucket = bucket_of(clock)
    sent = [bucket.take() for _ in range(8)]
    clock.now += 1
    for moment in sent:
        bucket.refused(moment)
    assert bucket.rate == 0.75
    clock.now += 10
    bucket.refused(bucket.take())
    assert bucket.rate == 0.375


def test_the_rate_recovers_with_what_is_let_through_and_not_beyond(clock: FakeClock) -> None:
    bucket = bucket_of(clock)
    bucket.refused(bucket.take())
    bucket.accepted()
    assert 0.75 < bucket.rate < 1.5
    for _ in range(50):
        bucket.accepted()
    assert bucket.rate == 1.5


def test_the_rate_never_falls_to_nothing(clock: FakeClock) -> None:
    bucket = bucket_of(clock)
    for _ in range(50):
        clock.now += 100
        bucket.refused(clock.now)
    assert bucket.rate == pytest.approx(1.5 / 16)


def test_waiting_is_reported(clock: FakeClock) -> None:
    heard: list[tuple[float, str]] = []
    bucket = bucket_of(clock, rate=1, burst=1)
    for _ in range(2):
        bucket.take(lambda seconds, reason: heard.append((seconds, reason)))
    ((seconds, reason),) = heard
    assert (round(seconds, 2), reason) == (1.0, "rate limit")


def test_a_bucket_is_shared_by_host_and_token(clock: FakeClock) -> None:
    buckets = Buckets(clock=clock, sleep=clock.sleep)
    bucket = buckets.of("a.example", "1|x")
    assert buckets.of("a.example", "1|x") is bucket
    assert buckets.of("a.example", "2|y") is not bucket
    assert buckets.of("b.example", "1|x") is not bucket
    assert "1|x" not in repr(vars(buckets))


def test_threads_together_keep_to_the_rate() -> None:
    lock = threading.Lock()
    clock = FakeClock()

    def sleep(seconds: float) -> None:
        with lock:
            clock.now += seconds / 16  # sixteen sleepers share one fake clock

    bucket = Bucket(10, 5, clock=clock, sleep=sleep)
    sent: list[float] = []

    def work() -> None:
        sent.extend(bucket.take() for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == 320
    assert max(sent) - 1000 >= (320 - 5) / 10 - 0.01
