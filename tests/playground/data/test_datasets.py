"""The engine's datasets over prepared arrays, map and iterable, finite and endless."""

from itertools import islice

import numpy as np
import pytest

from engine.utils.data import DataLoader, IterableDataset, TensorDataset
from playground.data.datasets import training_set, validation_set
from playground.data.prepare import prepare
from playground.data.registry import DATASETS


def prepared(name, **changes):
    data = DATASETS[name].preset.data.model_copy(update=changes)
    return prepare(data, lambda sha256: None), data


@pytest.mark.parametrize(("style", "kind"), [("map", TensorDataset), ("iterable", IterableDataset)])
def test_both_styles_give_the_same_samples_in_the_same_order(style, kind):
    made, data = prepared("Moons", style=style)
    dataset = training_set(made, data, "class index")
    each = (dataset[i] for i in range(len(dataset))) if style == "map" else iter(dataset)
    samples = [(x.numpy(), y.item()) for x, y in each]

    assert isinstance(dataset, kind)
    assert np.array_equal(np.stack([x for x, _ in samples]), made.x_train)
    assert [y for _, y in samples] == made.y_train.tolist()


def test_classes_become_a_float_column_for_a_loss_on_one_output():
    made, data = prepared("Moons")
    _, y = training_set(made, data, "0/1")[:4]

    assert tuple(y.shape) == (4, 1)
    assert y.numpy().dtype == np.float32


def test_workers_share_out_the_rows_of_an_iterable_set():
    made, data = prepared("Moons", style="iterable")
    dataset = training_set(made, data, "class index")
    loader = DataLoader(dataset, batch_size=16, num_workers=2, multiprocessing_context="thread")
    seen = np.concatenate([x.numpy() for x, _ in loader])

    assert sorted(map(tuple, seen)) == sorted(map(tuple, made.x_train))


def test_a_stream_never_ends_and_never_repeats_itself():
    made, data = prepared("Stream")
    batches = iter(DataLoader(training_set(made, data, "class index"), batch_size=100))
    seen = np.concatenate([x.numpy() for x, _ in islice(batches, 12)])

    assert len({tuple(row) for row in seen}) == 1_200


def test_workers_of_a_stream_draw_different_samples():
    made, data = prepared("Stream")
    dataset = training_set(made, data, "class index")
    loader = iter(DataLoader(dataset, batch_size=50, num_workers=2, multiprocessing_context="thread"))
    (first, _), (second, _) = next(loader), next(loader)

    assert not np.array_equal(first.numpy(), second.numpy())


def test_the_validation_set_of_a_stream_is_not_in_the_stream():
    made, data = prepared("Stream")
    batches = iter(DataLoader(training_set(made, data, "class index"), batch_size=500))
    held_out = {tuple(row) for row in validation_set(made, "class index").tensors[0].numpy()}

    assert not held_out & {tuple(row) for row in next(batches)[0].numpy()}


def test_without_a_validation_share_the_validation_set_is_empty():
    made, _ = prepared("Spiral", validation_share=0)

    assert len(validation_set(made, "class index")) == 0
