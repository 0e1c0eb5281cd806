"""svd_lowrank and pca_lowrank find what the whole decomposition finds, where the rank is low."""

import numpy as np
import pytest

import engine

from .side_by_side import assert_refused_alike, numbers


def low(rows, columns, rank=3):
    return engine.tensor(numbers(rows, rank) @ numbers(rank, columns, seed=1))


@pytest.mark.parametrize("shape", [(9, 6), (6, 9), (7, 7)])
def test_a_matrix_of_low_rank_is_its_decomposition(shape):
    matrix = low(*shape)
    u, s, v = engine.svd_lowrank(matrix, q=4)
    assert [tuple(t.shape) for t in (u, s, v)] == [(shape[0], 4), (4,), (shape[1], 4)]
    np.testing.assert_allclose(((u * s) @ v.mT).numpy(), matrix.numpy(), atol=1e-9)
    np.testing.assert_allclose(s.numpy(), engine.linalg.svdvals(matrix).numpy()[:4], atol=1e-9)


def test_what_is_taken_off_is_broadcast_and_batches_are_decomposed_apart():
    batch = engine.stack([low(8, 5), low(8, 5) + 1])
    u, s, v = engine.svd_lowrank(batch, 4, M=engine.ones(5, dtype=engine.float64))
    np.testing.assert_allclose((u * s.unsqueeze(-2) @ v.mT).numpy(), (batch - 1).numpy(), atol=1e-9)


def test_principal_directions_are_those_of_the_centred_data():
    data = low(30, 5) + 7
    _, s, v = engine.pca_lowrank(data)
    assert tuple(v.shape) == (5, 5)
    centred = data - data.mean(0)
    np.testing.assert_allclose(s.numpy(), engine.linalg.svdvals(centred).numpy(), atol=1e-9)
    plain = engine.pca_lowrank(data, q=4, center=False)[1]
    np.testing.assert_allclose(plain.numpy(), engine.linalg.svdvals(data).numpy()[:4], atol=1e-9)


@pytest.mark.parametrize("options", [{"q": 9}, {"q": -1}, {"niter": -1}])
def test_ranks_and_rounds_out_of_range_are_refused(torch, options):
    assert_refused_alike(torch, lambda s: s.lib.pca_lowrank(s.lib.ones(4, 3), **options))
