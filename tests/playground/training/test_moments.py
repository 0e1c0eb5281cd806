"""Few moments are kept of a run, the denser the nearer to where it stands; some always stay."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.training.moment import Moment
from playground.training.moments import Moments
from tests.playground.training.experiments import spiral
from tests.playground.training.journeys import begun

FIRST = begun(spiral()).travel.moments.first


def moment(step: int, deeds: int = 0, good: bool = True, size: int = 8) -> Moment:
    counters = FIRST.counters._replace(step=step)
    model = [np.zeros(size, np.uint8)]
    return replace(FIRST, counters=counters, deeds=deeds, good=good, model=model, gradients=[], optimizer=[])


def steps(moments: Moments) -> list[int]:
    return [kept.step for kept in moments.all]


def test_never_more_than_so_many_are_kept_and_the_first_and_newest_are_among_them() -> None:
    moments = Moments(moment(0), most=8)
    for step in range(49, 5000, 50):
        moments.keep(moment(step))
        assert len(moments.all) <= 8
        assert (steps(moments)[0], steps(moments)[-1]) == (0, step)


def test_they_are_the_further_apart_the_longer_they_are_ago() -> None:
    moments = Moments(moment(0), most=16)
    for step in range(1, 4097):
        moments.keep(moment(step))

    kept = np.array(steps(moments))
    gaps, ages = np.diff(kept), 4096 - kept[1:]
    assert gaps[-1] == 1
    assert (gaps[1:-4] <= np.maximum(8, 2 * ages[1:-4])).all()
    assert sum(gaps[len(gaps) // 2 :]) < sum(gaps[: len(gaps) // 2]) / 8


def test_where_a_run_looks_back_they_become_dense_there_and_the_newest_stays() -> None:
    moments = Moments(moment(0), most=16)
    for step in range(50, 5001, 50):
        moments.keep(moment(step))
    for step in range(1001, 1020):
        moments.keep(moment(step))

    kept = steps(moments)
    assert len([step for step in kept if 1000 <= step < 1020]) >= 8
    assert kept[-1] == 5000


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 3), st.integers(1, 400)), max_size=60))
def test_bytes_are_bounded_and_moments_stay_in_order(made: list[tuple[int, int, int]]) -> None:
    moments = Moments(moment(0, size=10), most=12, most_bytes=1000)
    for step, deeds, size in made:
        moments.keep(moment(step, deeds, size=size))
        keys = [kept.key for kept in moments.all]
        assert keys == sorted(set(keys))
        assert moments.bytes == sum(kept.size for kept in moments.all)
        assert moments.bytes <= 1000 or len(keys) <= 3


def test_two_that_are_larger_than_the_bound_are_kept_all_the_same() -> None:
    moments = Moments(moment(0, size=900), most_bytes=1000)
    for step in (50, 100, 150):
        moments.keep(moment(step, size=900))

    assert steps(moments) == [0, 150]


def test_the_newest_good_one_stays_however_long_the_run_is_not_well() -> None:
    moments = Moments(moment(0), most=4)
    moments.keep(moment(50))
    for step in range(100, 3000, 50):
        moments.keep(moment(step, good=False))

    assert moments.newest_good.step == 50


def test_a_run_that_was_never_well_since_goes_back_to_its_first_moment() -> None:
    moments = Moments(moment(0))
    moments.keep(moment(50, good=False))

    assert moments.newest_good.step == 0


def test_what_cannot_be_made_again_stays_up_to_half_of_all() -> None:
    moments = Moments(moment(0), most=8)
    for number in range(10):
        moments.keep(moment(10 * number + 1, deeds=number + 1), pinned=True)
    for step in range(200, 5000, 50):
        moments.keep(moment(step, deeds=10))

    pinned = [kept.deeds for kept in moments.all if kept.step in range(61, 92)]
    assert pinned == [7, 8, 9, 10]
    found = moments.pinned_after(7)
    assert found is not None
    assert found.deeds == 8
    assert moments.pinned_after(10) is None


def test_the_one_before_a_step_has_fewer_updates() -> None:
    moments = Moments(moment(0))
    for step in (49, 99):
        moments.keep(moment(step))

    before = {step: found.step for step in (1, 49, 50, 99, 100, 9999) if (found := moments.before(step))}
    assert before == {1: 0, 49: 0, 50: 49, 99: 49, 100: 99, 9999: 99}
    assert moments.before(0) is None


@pytest.mark.parametrize("deeds", [0, 2])
def test_one_of_the_same_step_and_deeds_is_kept_once(deeds: int) -> None:
    moments = Moments(moment(0))
    moments.keep(moment(50, deeds))
    moments.keep(moment(50, deeds))

    assert [kept.key for kept in moments.all] == [(0, 0), (50, deeds)]


