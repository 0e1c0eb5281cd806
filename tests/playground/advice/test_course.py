"""How a curve is cut for the rules."""

import numpy as np

from playground.advice.course import MOST_WINDOWS, Curve


def rising(steps: int) -> Curve:
    return Curve(np.arange(1, steps + 1), np.arange(1.0, steps + 1))


def test_windows_are_whole_stretches_counted_from_the_end() -> None:
    np.testing.assert_array_equal(rising(25).windows(10), [10.5, 20.5])


def test_a_long_curve_has_no_more_windows_than_are_worth_looking_at() -> None:
    windows = rising(100_000).windows(10)

    assert MOST_WINDOWS // 2 < len(windows) <= MOST_WINDOWS
    assert list(windows) == sorted(windows)


def test_a_curve_without_points_has_no_windows() -> None:
    assert len(Curve().windows(10)) == 0
    assert len(Curve().last(10)) == 0


def test_the_last_steps_and_those_since_a_step() -> None:
    np.testing.assert_array_equal(rising(25).last(3), [23, 24, 25])
    np.testing.assert_array_equal(rising(25).since(22).values, [23, 24, 25])
