"""Clipping gradients and parameters as one vector, as PyTorch does it."""

import numpy as np
import pytest

import engine

from .side_by_side import numbers

NORMS = [2.0, 1.0, 3.0, float("inf")]


def with_gradients(lib, scale=1.0):
    parameters = []
    for seed, shape in enumerate([(3, 2), (4,), ()]):
        parameter = lib.tensor(numbers(*shape, seed=seed), requires_grad=True)
        parameter.grad = lib.tensor(numbers(*shape, seed=seed + 9) * scale)
        parameters.append(parameter)
    return [*parameters, lib.ones(2, requires_grad=True)]


@pytest.mark.parametrize("scale", [0.01, 1.0, float("nan")])
@pytest.mark.parametrize("norm", NORMS)
def test_gradients_are_shortened_as_torch_shortens_them(torch, norm, scale):
    results = []
    for lib in (engine, torch):
        parameters = with_gradients(lib, scale)
        total = lib.nn.utils.clip_grad_norm_(parameters, 0.7, norm)
        results.append([total.item(), *(p.grad.numpy() for p in parameters[:-1])])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_gradients_are_cut_off_as_torch_cuts_them(torch):
    results = []
    for lib in (engine, torch):
        parameters = with_gradients(lib)
        lib.nn.utils.clip_grad_value_(parameters, 0.5)
        results.append([p.grad.numpy() for p in parameters[:-1]])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_gradient_that_is_clipped_stays_the_same_tensor():
    parameter = with_gradients(engine)[0]
    grad = parameter.grad
    engine.nn.utils.clip_grad_norm_(parameter, 0.1)
    assert parameter.grad is grad


def test_a_norm_that_is_not_finite_can_be_an_error(torch):
    words = []
    for lib in (engine, torch):
        with pytest.raises(RuntimeError) as caught:
            lib.nn.utils.clip_grad_norm_(with_gradients(lib, float("inf")), 1.0, error_if_nonfinite=True)
        words.append(str(caught.value))
    assert words[0] == words[1]


def test_parameters_become_a_vector_and_come_back():
    model = engine.nn.Linear(3, 2)
    vector = engine.nn.utils.parameters_to_vector(model.parameters())
    assert vector.shape == (8,)
    vector.sum().backward()
    assert model.weight.grad.tolist() == [[1] * 3] * 2
    engine.nn.utils.vector_to_parameters(engine.arange(8.0), model.parameters())
    assert model.weight.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert model.bias.tolist() == [6, 7]
