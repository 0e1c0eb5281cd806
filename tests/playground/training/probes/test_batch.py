"""The loader as a picture: the order, the batches, the current one and its rows."""

from typing import Any

import numpy as np
import pytest

from playground.data.registry import DATASETS
from tests.playground.training.experiments import line, spiral
from tests.playground.training.probes.looking import subject, view


@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("loading", [{}, {"shuffle": False}, {"style": "iterable", "shuffle": False}])
def test_the_positions_are_those_of_the_rows_that_the_loader_gave(
    loading: dict[str, Any], drop_last: bool, workers: int
) -> None:
    looked_at = subject(spiral(batch_size=5, drop_last=drop_last, num_workers=workers, **loading))
    trainer = looked_at.trainer
    for _ in range(2 * trainer.batches):
        trainer.run_step()
        batch = view(looked_at, "batch")
        x = trainer.x
        assert x is not None
        np.testing.assert_array_equal(looked_at.built.prepared.x_train[batch["samples"]], x.numpy())
        assert batch["size"] == len(batch["samples"]) == len(x)
        assert set(batch["samples"]) <= set(batch["order"])


def test_the_current_batch_lies_at_its_place_in_the_epochs_order() -> None:
    looked_at = subject(spiral())
    for number in (0, 1, 2, 3, 0):
        looked_at.trainer.run_step()
        batch = view(looked_at, "batch")
        assert batch["index"] == number
        np.testing.assert_array_equal(batch["order"][number * 8 : number * 8 + 8], batch["samples"])
        assert sorted(batch["order"]) == list(range(32))


def test_a_long_order_is_cut_around_the_current_batch() -> None:
    looked_at = subject(spiral(args={"samples": 4000}, batch_size=100))
    for _ in range(32):
        looked_at.trainer.run_step()
        batch = view(looked_at, "batch")
        assert len(batch["order"]) == 1024
        at = batch["index"] * 100 - batch["order_start"]
        np.testing.assert_array_equal(batch["order"][at : at + 100], batch["samples"])


def test_epoch_step_and_sample_are_counted_as_they_pass() -> None:
    looked_at = subject(spiral(batch_size=5))
    trainer = looked_at.trainer
    assert (view(looked_at, "batch")["epoch"], view(looked_at, "batch")["samples_seen"]) == (1, 0)
    for _ in range(7):
        trainer.run_step()
    last = view(looked_at, "batch")
    trainer.run_phase("forward")
    first = view(looked_at, "batch")

    assert (last["epoch"], last["step"], last["index"], last["samples_seen"]) == (1, 7, 6, 32)
    assert (first["epoch"], first["step"], first["index"], first["samples_seen"]) == (2, 7, 0, 37)


def test_a_short_last_batch_says_why_and_drop_last_says_how_many_it_drops() -> None:
    kept, dropped = subject(spiral(batch_size=5)), subject(spiral(batch_size=5, drop_last=True))
    notes = []
    for _ in range(7):
        kept.trainer.run_step()
        notes.append(view(kept, "batch")["note"])

    assert notes[:6] == [""] * 6
    assert notes[6].startswith("32 samples = 6 × 5 + 2:")
    assert (view(kept, "batch")["of"], view(kept, "batch")["dropped"]) == (7, 0)
    assert (view(dropped, "batch")["of"], view(dropped, "batch")["dropped"]) == (6, 2)


def test_the_rows_are_in_the_units_of_the_data_and_images_are_pictures() -> None:
    table, images = subject(DATASETS["Wine"].preset), subject(DATASETS["Digits"].preset)
    for looked_at in (table, images):
        assert view(looked_at, "batch")["rows"] is None
        looked_at.trainer.run_step()
    prepared = table.built.prepared
    rows, seen = view(table, "batch")["rows"], view(images, "batch")["rows"]

    expected = prepared.rows(prepared.x_train[table.trainer.samples])[:64]
    np.testing.assert_allclose(rows["x"], expected, rtol=1e-6)
    np.testing.assert_array_equal(rows["y"], prepared.y_train[table.trainer.samples][:64])
    assert (seen["x"], seen["images"].dtype) == (None, np.uint8)
    assert seen["images"].shape[1:] == (8, 8)


def test_values_of_a_regression_are_in_the_units_of_the_data() -> None:
    looked_at = subject(DATASETS["Diabetes"].preset)
    looked_at.trainer.run_step()
    prepared, samples = looked_at.built.prepared, looked_at.trainer.samples

    np.testing.assert_allclose(
        view(looked_at, "batch")["rows"]["y"], prepared.values(prepared.y_train[samples])[:64, 0], rtol=1e-5
    )


def test_a_stream_has_batches_without_positions() -> None:
    looked_at = subject(DATASETS["Stream"].preset)
    looked_at.trainer.run_step()
    batch = view(looked_at, "batch")

    assert (batch["style"], batch["samples_in_set"], batch["order"]) == ("stream", 0, None)
    assert len(batch["samples"]) == 0
    assert len(batch["rows"]["x"]) == min(64, batch["size"])


def test_a_line_shows_its_loader_too() -> None:
    batch = view(subject(line(num_workers=2)), "batch")

    assert (batch["workers"], batch["shuffle"]) == (2, True)
    assert (batch["batch_size"], batch["samples_in_set"]) == (8, 32)
