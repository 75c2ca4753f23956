"""A few trials of the kill sweep, and that its judge would see what it is there to see; `make chaos` runs them all."""

import importlib
import signal
from collections.abc import Iterator

import pytest

from tests.chaos.places import PLACES, Place
from tests.chaos.scenarios import CHANGES, CREATES, FEW_AT_ONCE, LATE, LONG
from tests.chaos.seams import SEAMS, Seam
from tests.chaos.sweep import SIGNALS
from tests.chaos.trials import Trial, cut_at, cut_at_random, cut_twice, edges, stopped
from tests.support.components import STORES

SEED = 20


@pytest.fixture(scope="module")
def local() -> Iterator[Place]:
    with PLACES["local"]() as place:
        yield place


def unclean(trial: Trial) -> object:
    verdict = trial.run(SEED)
    return None if verdict.is_clean else verdict


@pytest.mark.parametrize("edge", ["commit after 1", "post after 3", "rows after 5"])
def test_creates_cut_at_an_edge_are_done_once_after_a_rerun(local: Place, edge: str) -> None:
    verdict = cut_at(local, CREATES, edge).run(SEED)

    assert verdict.hit
    assert verdict.is_clean, verdict


@pytest.mark.parametrize("edge", ["put after 3", "delete before 1"])
def test_updates_and_deletes_cut_at_an_edge_are_all_done_after_a_rerun(local: Place, edge: str) -> None:
    verdict = cut_at(local, CHANGES, edge).run(SEED)

    assert verdict.hit
    assert verdict.is_clean, verdict


def test_a_run_cut_at_a_random_moment_is_completed_by_a_rerun(local: Place) -> None:
    assert unclean(cut_at_random(local, LONG, 1)) is None


@pytest.mark.parametrize("kind", sorted(set(STORES) - {"postgresql"}))  # that one has its turn in the races
def test_a_run_on_a_remote_state_is_completed_by_a_rerun(kind: str) -> None:
    with PLACES[kind]() as place, place.in_environ():
        assert unclean(cut_at(place, CREATES, "post after 3")) is None


def test_a_rerun_may_be_cut_as_well(local: Place) -> None:
    assert unclean(cut_twice(local, LATE, 2)) is None


@pytest.mark.parametrize("signals", SIGNALS, ids=lambda signals: "-".join(one.name for one in signals))
def test_a_stopped_run_tells_the_truth_and_leaves_no_lock(local: Place, signals: tuple[signal.Signals, ...]) -> None:
    assert unclean(stopped(local, FEW_AT_ONCE, 1, signals)) is None


def test_without_the_journal_the_same_trials_find_duplicates_or_need_somebody(local: Place) -> None:
    """The judge sees what it is there to see."""
    verdict = cut_at(local, CREATES, "post after 5", forgetful="1").run(SEED)

    assert verdict.hit
    assert verdict.duplicates or verdict.humans


@pytest.mark.parametrize(
    "seam", sorted({seam for seams in SEAMS.values() for seam in seams}, key=str), ids=lambda item: item.name
)
def test_every_seam_exists(seam: Seam) -> None:
    module, _, path = seam.target.partition(":")
    owner = importlib.import_module(module)
    for name in path.split("."):
        owner = getattr(owner, name)
    assert callable(owner)


def test_an_undisturbed_run_reaches_an_edge_at_every_seam(local: Place) -> None:
    reached = {" ".join(edge.split()[:2]) for edge in edges(local, CHANGES, SEED)}
    names = {seam.name for seam in SEAMS[local.seams] if not seam.split} | {"get", "post", "put", "delete"}
    # The state of this scenario was made before.
    assert reached == {f"{name} {side}" for name in names - {"make"} for side in ("before", "after")}
