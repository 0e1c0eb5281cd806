"""A run's data can be taken from any place again: the same batches from there on, without all before."""

from typing import Any

import numpy as np
import pytest

import engine as torch
from playground.data.streams import Rows, Stream
from playground.experiment.spec import Experiment
from playground.training.build import build
from playground.training.feed import Feed
from tests.playground.training.experiments import spiral

LOADERS: list[dict[str, Any]] = [
    {"shuffle": True},
    {"shuffle": True, "num_workers": 3},
    {"shuffle": False},
    {"shuffle": True, "drop_last": True, "batch_size": 7},
    {"style": "iterable", "shuffle": False, "batch_size": 5},
    {"style": "iterable", "shuffle": False, "batch_size": 5, "num_workers": 3},
    {"style": "iterable", "shuffle": False, "batch_size": 3, "num_workers": 4, "drop_last": True},
]


def stream(workers: int, batch_size: int = 100) -> Experiment:
    preset = spiral()
    data = preset.data.model_copy(
        update={
            "name": "Stream", "args": {}, "style": "iterable", "shuffle": False, "num_workers": workers,
            "batch_size": batch_size, "steps_per_epoch": 5,
        }
    )  # fmt: skip
    return preset.model_copy(update={"data": data})


EXPERIMENTS = [*(spiral(**loader) for loader in LOADERS), *(stream(workers) for workers in (0, 1, 3))]


def fed(experiment: Experiment) -> tuple[Feed, int]:
    built = build(experiment, lambda _: None)
    return Feed(built), built.prepared.facts.batches


def take(feed: Feed, batches: int) -> bytes:
    x, y = feed.next()
    if feed.taken % batches == 0:
        feed.end_epoch()
    return bytes(x.numpy().tobytes() + y.numpy().tobytes())


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_from_every_place_the_same_batches_follow(experiment: Experiment) -> None:
    feed, batches = fed(experiment)
    places, taken = [feed.place], []
    for _ in range(4 * batches + 1):
        taken.append(take(feed, batches))
        places.append(feed.place)

    for place in (3 * batches, 0, 1, batches - 1, batches, batches + 1, 2 * batches, 1):
        other, _ = fed(experiment)
        for again in (feed, other):
            last = again.go_to(places[place])
            if place:
                assert last is not None
                assert last[0].numpy().tobytes() + last[1].numpy().tobytes() == taken[place - 1]
            here, follow = again.place, taken[place : place + batches + 1]
            assert repr(here[:3]) == repr(places[place][:3])
            assert [take(again, batches) for _ in range(batches + 1)] == follow
            # Of a stream it also says what the workers were drawing, as far as they had begun.
            again.go_to(here)
            assert [take(again, batches) for _ in range(batches + 1)] == follow


def test_a_stream_goes_on_from_far_away_without_drawing_what_came_before() -> None:
    feed, batches = fed(stream(workers=2))
    for _ in range(200):
        take(feed, batches)
    place = feed.place
    expected = [take(feed, batches) for _ in range(3)]
    drawn = []
    dataset = feed._loader.dataset
    draw = dataset.draw
    dataset.draw = lambda samples, rng: (drawn.append(samples), draw(samples, rng))[1]
    feed.go_to(place)

    assert [take(feed, batches) for _ in range(3)] == expected
    assert sum(drawn) < 20 * 256


@pytest.mark.parametrize("workers", [0, 2])
def test_resumable_sets_yield_what_the_sets_of_a_script_yield(workers: int) -> None:
    for experiment, plain in ((spiral(style="iterable", shuffle=False), Rows), (stream(0), Stream)):
        dataset = build(experiment, lambda _: None).loader.dataset
        same = plain(*(value.numpy() for value in (dataset.x, dataset.y))) if plain is Rows else plain(
            dataset.draw, dataset.seed
        )
        loaders = (
            torch.utils.data.DataLoader(
                samples, 7, num_workers=workers, multiprocessing_context="thread" if workers else None
            )
            for samples in (dataset, same)
        )
        for (x, y), (other_x, other_y), _ in zip(*loaders, range(12), strict=False):
            np.testing.assert_array_equal(x.numpy(), other_x.numpy())
            np.testing.assert_array_equal(y.numpy(), other_y.numpy())
