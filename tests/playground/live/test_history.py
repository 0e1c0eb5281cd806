"""A curve stays small, and whoever reads it in pieces gets all of it."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.live.history import LIMIT, Curve, Delta
from playground.protocol.requests import CurveCursor

COLUMNS = ("step", "min", "mean", "max", "last")


def points(steps: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(steps, np.int64), np.sin(np.array(steps, float))


@dataclass
class Reader:
    """A client's side of the protocol: replaces buckets from `start` on, and remembers complete ones."""

    width: int = 1
    columns: dict[str, np.ndarray] = field(default_factory=lambda: {c: np.empty(0) for c in COLUMNS})
    cursor: CurveCursor | None = None

    def take(self, delta: Delta) -> None:
        assert delta.start <= len(self.columns["step"]) or delta.start == 0
        for name in COLUMNS:
            kept = self.columns[name][: delta.start]
            self.columns[name] = np.concatenate([kept, getattr(delta, name)])
        self.width = delta.width
        self.cursor = delta.cursor
        assert len(self.columns["step"]) == delta.total


def assert_reads(reader: Reader, curve: Curve) -> None:
    whole = curve.delta()
    assert reader.width == whole.width
    for name in COLUMNS:
        np.testing.assert_array_equal(reader.columns[name], getattr(whole, name))


chunks = st.lists(st.lists(st.integers(1, 9), max_size=30), max_size=30)


def as_steps(gaps: list[list[int]]) -> list[list[int]]:
    step, out = 0, []
    for chunk in gaps:
        steps = []
        for gap in chunk:
            step += gap
            steps.append(step)
        out.append(steps)
    return out


@settings(deadline=None)
@given(chunks, st.integers(2, 20))
def test_every_bucket_is_the_summary_of_exactly_its_steps(gaps: list[list[int]], limit: int) -> None:
    curve = Curve(limit)
    for steps in as_steps(gaps):
        curve.extend(*points(steps))

    everything = np.array([step for steps in as_steps(gaps) for step in steps], np.int64)
    values = np.sin(everything.astype(float))
    whole = curve.delta()
    places = np.unique(everything // whole.width)
    assert whole.total == len(places) <= limit
    for i, place in enumerate(places):
        inside = values[everything // whole.width == place]
        assert whole.step[i] == everything[everything // whole.width == place][-1]
        assert whole.min[i] == inside.min()
        assert whole.max[i] == inside.max()
        assert whole.last[i] == inside[-1]
        assert whole.mean[i] == pytest.approx(inside.mean())


@settings(deadline=None)
@given(chunks, st.integers(2, 20), st.data())
def test_a_reader_loses_nothing_under_any_interleaving_of_points_and_lost_or_received_deltas(
    gaps: list[list[int]], limit: int, data: st.DataObject
) -> None:
    curve, reader = Curve(limit), Reader()
    for steps in as_steps(gaps):
        curve.extend(*points(steps))
        if data.draw(st.booleans(), label="frame arrives"):
            reader.take(curve.delta(reader.cursor))
            assert_reads(reader, curve)

    reader.take(curve.delta(reader.cursor))
    assert_reads(reader, curve)


@settings(deadline=None)
@given(chunks, st.integers(2, 20))
def test_the_curve_is_the_same_however_its_points_arrive(gaps: list[list[int]], limit: int) -> None:
    in_pieces, at_once = Curve(limit), Curve(limit)
    for steps in as_steps(gaps):
        in_pieces.extend(*points(steps))
    at_once.extend(*points([step for steps in as_steps(gaps) for step in steps]))

    one, other = in_pieces.delta(), at_once.delta()
    assert one.width == other.width
    np.testing.assert_array_equal(one.step, other.step)
    np.testing.assert_array_equal(one.last, other.last)
    np.testing.assert_allclose(one.mean, other.mean)


def test_a_long_run_keeps_at_most_4000_buckets_and_halves_its_resolution() -> None:
    curve = Curve()
    steps = np.arange(1, LIMIT, dtype=np.int64)
    curve.extend(steps, steps.astype(float))
    assert (curve.width, len(curve)) == (1, LIMIT - 1)

    more = np.arange(LIMIT, 10 * LIMIT, dtype=np.int64)
    curve.extend(more, more.astype(float))

    assert curve.width == 16
    assert LIMIT / 2 <= len(curve) <= LIMIT
    assert curve.points == 10 * LIMIT - 1


def test_a_delta_sends_only_the_buckets_a_reader_lacks_and_the_one_that_may_have_grown() -> None:
    curve = Curve()
    curve.extend(*points([1, 2, 3]))
    first = curve.delta()
    curve.extend(*points([4]))

    delta = curve.delta(first.cursor)

    assert (delta.start, delta.total) == (2, 4)
    np.testing.assert_array_equal(delta.step, [3, 4])


@pytest.mark.parametrize(
    "cursor",
    [CurveCursor(width=2, count=1), CurveCursor(width=1, count=99), CurveCursor(width=1, count=-1)],
    ids=["another width", "more than there is", "less than nothing"],
)
def test_a_reader_whose_claim_does_not_fit_gets_the_whole_curve(cursor: CurveCursor) -> None:
    curve = Curve()
    curve.extend(*points([1, 2, 3]))

    assert curve.delta(cursor).start == 0


def test_a_step_that_does_not_grow_is_refused() -> None:
    curve = Curve()
    curve.extend(*points([5]))

    with pytest.raises(ValueError, match="steps must grow: 5 after 5"):
        curve.extend(*points([5]))


def test_values_that_are_not_numbers_do_not_hide_the_others() -> None:
    curve = Curve(2)
    curve.extend(np.array([2, 3, 9]), np.array([1.0, np.nan, 4.0]))

    whole = curve.delta()

    assert whole.min[0] == whole.max[0] == 1.0
    assert np.isnan(whole.last[0])


def test_what_a_step_had_is_told_from_what_it_could_not_have_had() -> None:
    curve = Curve(limit=4)
    curve.extend(np.arange(1, 8), np.array([7.0, 6, 5, 4, 3, 2, 1]))
    assert curve.width == 2

    assert curve.could_have(np.array([1, 3, 5, 7.0]), np.array([7.0, 5, 3, 1])).all()
    assert curve.could_have(np.array([2, 4.0]), np.array([5.5, 3.5])).all()
    assert not curve.could_have(np.array([1, 3, 2.0]), np.array([7.1, 5.5, 6.5])).any()
    assert curve.could_have(np.array([9.0]), np.array([99.0])).all()
    assert Curve().could_have(np.array([1.0]), np.array([1.0])).all()
