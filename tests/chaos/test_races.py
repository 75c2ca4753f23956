"""Several runs on one state: one at a time writes, and who lost the lock does not. `make chaos` has larger crowds."""

from collections.abc import Iterator

import pytest

from tests.chaos.places import PLACES, Place
from tests.chaos.races import crowd, woken

SEED = 20


@pytest.fixture(params=["local", "postgresql"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with PLACES[request.param]() as place, place.in_environ():
        yield place


@pytest.mark.parametrize("patient", [False, True], ids=["at-once", "patient"])
def test_of_several_runs_one_applies_at_a_time(patient: bool) -> None:
    with PLACES["local"]() as local:
        verdict = crowd(local, 4, patient=patient).run(SEED)

    assert verdict.is_clean, verdict


def test_a_holder_that_lost_its_lock_while_it_slept_sends_and_writes_nothing_more(place: Place) -> None:
    verdict = woken(place).run(SEED)

    assert verdict.is_clean, verdict
