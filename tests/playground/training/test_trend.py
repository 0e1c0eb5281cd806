"""A trend keeps all of a short curve and the shape of a long one, and forgets what a run takes back."""

import numpy as np

from playground.training.trend import MOST, Series, Trend


def filled(steps: int) -> Series:
    series = Series()
    for step in range(1, steps + 1):
        series.add(step, float(step))
    return series


def test_a_short_curve_is_kept_as_it_is() -> None:
    steps, values = filled(100).until(100)

    np.testing.assert_array_equal(steps, np.arange(1, 101))
    np.testing.assert_array_equal(values, np.arange(1.0, 101.0))


def test_a_long_curve_stays_bounded_and_each_point_is_a_mean() -> None:
    steps, values = filled(10 * MOST).until(10 * MOST)

    assert MOST // 2 <= len(steps) <= MOST
    assert steps[-1] == 10 * MOST
    width = steps[1] - steps[0]
    assert values[0] == (1 + steps[0]) / 2
    np.testing.assert_allclose(values[1:-1], steps[1:-1] - (width - 1) / 2)


def test_only_what_was_up_to_a_step_is_told() -> None:
    steps, _ = filled(100).until(40)

    assert steps[-1] == 40


def test_a_step_that_comes_again_replaces_what_came_after_it() -> None:
    series = filled(100)
    series.add(41, -1.0)
    steps, values = series.until(100)

    assert (len(steps), steps[-1], values[-1]) == (41, 41, -1.0)


def test_a_curve_that_nothing_was_noted_of_is_empty() -> None:
    trend = Trend()
    trend.add("training loss", 1, 0.5)

    assert len(trend.until("training loss", 1)[0]) == 1
    assert len(trend.until("validation loss", 1)[0]) == 0
