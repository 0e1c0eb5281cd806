"""Weights kept orthogonal: they start, are assigned and train as PyTorch's."""

import numpy as np
import pytest

import engine

MAPS = ("matrix_exp", "cayley", "householder")


def layer(library, shape, orthogonal_map, trivial):
    module = library.nn.Linear(shape[1], shape[0]).double()
    rng = np.random.default_rng(0)
    with library.no_grad():
        for p in module.parameters():
            p.copy_(library.tensor(rng.standard_normal(tuple(p.shape))))
    return library.nn.utils.parametrizations.orthogonal(
        module, orthogonal_map=orthogonal_map, use_trivialization=trivial
    )


def trained(library, module, steps=3):
    x = library.tensor(np.random.default_rng(1).standard_normal((5, module.in_features)))
    optimizer = library.optim.SGD(module.parameters(), lr=0.1)
    found = [module.weight.detach().numpy()]
    for _ in range(steps):
        optimizer.zero_grad()
        (module(x) ** 3).mean().backward()
        optimizer.step()
        found.append(module.weight.detach().numpy())
    return found


@pytest.mark.parametrize("orthogonal_map", MAPS)
def test_a_square_weight_trains_as_torchs(torch, orthogonal_map):
    walks = [trained(m, layer(m, (4, 4), orthogonal_map, True)) for m in (engine, torch)]
    for ours, theirs in zip(*walks, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4)])
def test_reflections_need_no_base(torch, shape):
    walks = [trained(m, layer(m, shape, "householder", False)) for m in (engine, torch)]
    for ours, theirs in zip(*walks, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)


@pytest.mark.parametrize("orthogonal_map", MAPS)
@pytest.mark.parametrize("shape", [(5, 3), (3, 5)])
def test_a_weight_that_is_not_square_stays_orthogonal(orthogonal_map, shape):
    weights = trained(engine, layer(engine, shape, orthogonal_map, True))
    assert not np.allclose(weights[0], weights[-1])
    for w in weights:
        tall = w if shape[0] > shape[1] else w.T
        np.testing.assert_allclose(tall.T @ tall, np.eye(3), atol=1e-10)


@pytest.mark.parametrize("orthogonal_map", ["matrix_exp", "cayley"])
def test_a_walk_from_the_same_base_is_torchs(torch, orthogonal_map):
    walks = []
    for library in (engine, torch):
        module = layer(library, (5, 3), orthogonal_map, True)
        base = np.linalg.qr(np.random.default_rng(2).standard_normal((5, 5)))[0]
        module.parametrizations.weight[0].base = library.tensor(base)
        walks.append(trained(library, module))
    for ours, theirs in zip(*walks, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)


def test_an_orthogonal_value_can_be_assigned():
    module = layer(engine, (4, 4), None, True)
    turned = engine.linalg.qr(engine.randn(4, 4, dtype=engine.float64))[0]
    module.weight = turned
    assert engine.allclose(module.weight, turned)


def test_it_prints_as_torchs(torch):
    ours, theirs = (repr(layer(m, (4, 4), None, True)) for m in (engine, torch))
    assert ours == theirs


@pytest.mark.parametrize(("options", "words"), [
    ({"orthogonal_map": "qr"}, "orthogonal_map has to be one of"),
    ({"name": "bias"}, "Expected a matrix or batch of matrices. Got a tensor of 1 dimensions"),
    ({"name": "gain"}, "has no parameter or buffer with name 'gain'"),
])
def test_what_does_not_fit_is_refused_in_torchs_words(torch, options, words):
    for library in (engine, torch):
        with pytest.raises(ValueError, match=words):
            library.nn.utils.parametrizations.orthogonal(library.nn.Linear(2, 2), **options)


def test_an_exponential_without_a_base_starts_from_the_weight_and_cannot_be_inverted(torch):
    modules = [layer(library, (4, 4), "cayley", False) for library in (engine, torch)]
    ours, theirs = (module.weight.detach().numpy() for module in modules)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)
    for library, module in zip((engine, torch), modules, strict=True):
        with pytest.raises(NotImplementedError, match="use_trivialization=False"):
            module.weight = library.eye(4, dtype=library.float64)
