"""A frame has what its client lacks, fits the wire, and is JSON beside one blob."""

import json
import math
from typing import Any

import numpy as np
import pytest

from playground.live.frames import Blob, build, known_of
from playground.live.pacing import Known
from playground.live.run import Run
from playground.protocol.frames import Frame
from playground.protocol.requests import Subscribe
from playground.protocol.wire import Array
from tests.playground.live.page import Followed, read
from tests.playground.training.experiments import spiral


def run() -> Run:
    return Run("id", "alice", spiral(), "request")


def report(to: Run, steps: range, **more: Any) -> None:
    to.take({"points": {"training loss": [np.array(steps), np.array(steps, float)]}, **more})


def test_only_curves_and_views_that_changed_since_the_last_frame_are_sent() -> None:
    watched = run()
    batch = {"index": 0, "of": 1, "size": 8, "samples": np.arange(3, dtype=np.int32)}
    report(watched, range(1, 4), views={"batch": batch})
    first, then = build(watched, Known())
    report(watched, range(4, 5))
    second, after = build(watched, then)
    third, _ = build(watched, after)

    assert set(first["views"]) == {"batch"}
    assert second["views"] == third["views"] == {}
    assert (second["curves"]["training loss"]["start"], second["curves"]["training loss"]["total"]) == (2, 4)
    assert third["curves"] == {}


def test_only_watched_views_are_sent_and_one_that_is_watched_later_comes_with_the_next_frame() -> None:
    shown = run()
    shown.take({"views": {"batch": {"index": 0}, "layers": []}})
    first, then = build(shown, Known(), frozenset({"layers"}))
    second, then = build(shown, then, frozenset({"layers", "batch"}))
    third, _ = build(shown, then, frozenset({"layers", "batch"}))

    assert [set(frame["views"]) for frame in (first, second, third)] == [{"layers"}, {"batch"}, set()]


def test_a_client_that_comes_back_has_the_views_that_it_watched_and_no_others() -> None:
    shown = run()
    shown.take({"views": {"batch": {"index": 0}, "layers": []}})
    has = Subscribe.model_validate({"run": "id", "seq": shown.seq, "views": ["layers"]})

    same, then = build(shown, known_of(has), has.views)
    more, _ = build(shown, then, frozenset({"layers", "batch"}))

    assert same["views"] == {}
    assert set(more["views"]) == {"batch"}


def test_a_frame_that_was_lost_is_made_up_for_by_the_next() -> None:
    watched, client = run(), Followed()
    report(watched, range(1, 4))
    arrived, then = build(watched, Known())
    client.take(Frame.model_validate(arrived))
    report(watched, range(4, 9))
    build(watched, then)
    report(watched, range(9, 12))
    arrived, _ = build(watched, then)
    client.take(Frame.model_validate(arrived))

    assert client.curves["training loss"]["step"].tolist() == list(range(1, 12))


def test_a_client_that_says_what_it_has_gets_the_rest() -> None:
    watched = run()
    report(watched, range(1, 101))
    has = Subscribe.model_validate({"run": "id", "curves": {"training loss": {"width": 1, "count": 98}}})

    frame, _ = build(watched, known_of(has))

    assert frame["curves"]["training loss"]["start"] == 98


def test_a_score_that_the_latest_report_leaves_out_is_not_sent_on() -> None:
    watched = run()
    watched.take({"scalars": {"training loss": 1e36, "accuracy": 0.1}})
    watched.take({"scalars": {"accuracy": 0.9}})
    watched.take({"progress": {"lr": 0.1}})

    frame, _ = build(watched, Known())

    assert frame["scalars"] == {"accuracy": 0.9}


def test_what_is_not_a_number_is_null_in_json_and_itself_in_the_blob() -> None:
    watched = run()
    watched.take(
        {
            "scalars": {"training loss": math.nan, "accuracy": math.inf},
            "progress": {"lr": 0.1},
            "points": {"training loss": [np.array([1]), np.array([np.nan])]},
        }
    )
    frame, _ = build(watched, Known())
    blob = frame.pop("blob")

    assert frame["scalars"] == {"training loss": None, "accuracy": None}
    json.loads(json.dumps(frame, allow_nan=False))
    last = Array.model_validate(frame["curves"]["training loss"]["last"])
    assert np.isnan(read(last, blob)).all()


@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "u1"])
def test_arrays_come_out_of_the_blob_as_they_went_in_at_aligned_offsets(dtype: str) -> None:
    arrays = [np.arange(n, dtype=dtype).reshape(-1, 1) for n in (1, 3, 8, 0, 5)]
    blob = Blob()
    placed = [Array.model_validate(blob.put(array)) for array in arrays]

    for array, place in zip(arrays, placed, strict=True):
        assert place.offset % 8 == 0
        np.testing.assert_array_equal(read(place, blob.bytes()), array)


def test_big_endian_and_strided_arrays_travel_as_little_endian_rows() -> None:
    array = np.arange(6, dtype=">f4").reshape(2, 3).T
    blob = Blob()

    place = Array.model_validate(blob.put(array))

    np.testing.assert_array_equal(read(place, blob.bytes()), array.astype("<f4"))
