"""CrossMapLRN2d and SyncBatchNorm against PyTorch's."""

import numpy as np
import pytest

import engine

from ..side_by_side import assert_alike, assert_refused_alike, numbers


@pytest.mark.parametrize("size", [2, 3, 4, 5])
@pytest.mark.parametrize("channels", [1, 2, 4, 7])
def test_normalising_across_maps_has_torchs_values_and_its_gradient(torch, size, channels):
    x = numbers(2, channels, 2, 3)
    assert_alike(torch, lambda s: s.nn.CrossMapLRN2d(size, 0.3, 0.6, 1.5)(s.t(x)))


REFUSED = {
    "maps of one dimension": lambda s: s.nn.CrossMapLRN2d(3)(s.t(numbers(2, 3))),
    "one dimension": lambda s: s.nn.SyncBatchNorm(3)(s.t(numbers(3))),
    "no channels": lambda s: s.nn.SyncBatchNorm(0)(s.t(numbers(2, 0))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused_in_torchs_words(torch, name):
    assert_refused_alike(torch, REFUSED[name])


def model(lib):
    inner = lib.nn.Sequential(lib.nn.BatchNorm2d(2))
    made = lib.nn.Sequential(lib.nn.Linear(4, 3), lib.nn.BatchNorm1d(3), inner)
    made[2].eval()
    return made, lib.nn.SyncBatchNorm.convert_sync_batchnorm(made)


def test_batch_normalisations_are_converted_on_the_same_parameters(torch):
    (ours, converted), (_, theirs) = model(engine), model(torch)
    assert repr(converted) == repr(theirs)
    assert converted is ours
    assert list(converted.state_dict()) == list(theirs.state_dict())
    assert not converted[2][0].training


def test_in_one_process_it_is_a_batch_normalisation(torch):
    x = numbers(5, 3, 2)
    for lib in (engine, torch):
        sync, plain = lib.nn.SyncBatchNorm(3), lib.nn.BatchNorm1d(3)
        t = lib.tensor(x, dtype=lib.float32)
        np.testing.assert_array_equal(sync(t).detach().numpy(), plain(t).detach().numpy())
        np.testing.assert_array_equal(sync.running_var.numpy(), plain.running_var.numpy())
