"""Weights computed from other tensors: weight and spectral norm, and parametrizations in general."""

import numpy as np
import pytest

import engine

KINDS = ["hook", "parametrization"]


def norm_of(library, name, kind):
    utils = library.nn.utils
    return getattr(utils if kind == "hook" else utils.parametrizations, name)


def layer(library, name):
    made = {
        "Linear": lambda: library.nn.Linear(4, 3),
        "Conv2d": lambda: library.nn.Conv2d(2, 3, 2),
        "ConvTranspose2d": lambda: library.nn.ConvTranspose2d(2, 3, 2),
    }[name]().double()
    rng = np.random.default_rng(0)
    with library.no_grad():
        for p in made.parameters():
            p.copy_(library.tensor(rng.standard_normal(tuple(p.shape))))
    return made


def given(library, name):
    shape = (5, 4) if name == "Linear" else (2, 2, 4, 4)
    return library.tensor(np.random.default_rng(1).standard_normal(shape))


def trained(library, module, x, steps=3):
    optimizer = library.optim.SGD(module.parameters(), lr=0.1)
    outputs = []
    for _ in range(steps):
        out = module(x)
        optimizer.zero_grad()
        (out**2).mean().backward()
        optimizer.step()
        outputs.append(out.detach().numpy())
    module.eval()
    return [*outputs, module(x).detach().numpy()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["Linear", "Conv2d"])
@pytest.mark.parametrize("dim", [0, 1, None])
def test_weight_norm_trains_as_torchs(torch, kind, name, dim):
    found = []
    for library in (engine, torch):
        module = norm_of(library, "weight_norm", kind)(layer(library, name), dim=dim)
        found.append((list(module.state_dict()), trained(library, module, given(library, name))))
    assert found[0][0] == found[1][0]
    for ours, theirs in zip(found[0][1], found[1][1], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["Linear", "Conv2d", "ConvTranspose2d"])
def test_spectral_norm_trains_as_torchs_from_the_same_vectors(torch, kind, name):
    theirs = norm_of(torch, "spectral_norm", kind)(layer(torch, name))
    ours = norm_of(engine, "spectral_norm", kind)(layer(engine, name))
    state = theirs.state_dict()
    assert list(ours.state_dict()) == list(state)
    ours.load_state_dict({key: engine.tensor(value.numpy().copy()) for key, value in state.items()})
    steps = trained(engine, ours, given(engine, name)), trained(torch, theirs, given(torch, name))
    for a, b in zip(*steps, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_singular_value_becomes_1(kind):
    module = norm_of(engine, "spectral_norm", kind)(layer(engine, "Linear"))
    for _ in range(30):
        module(given(engine, "Linear"))
    assert abs(float(engine.linalg.matrix_norm(module.weight.detach(), 2)) - 1) < 1e-6


@pytest.mark.parametrize("name", ["weight_norm", "spectral_norm"])
def test_removing_a_norm_leaves_the_weight_it_gave(name):
    module = getattr(engine.nn.utils, name)(layer(engine, "Linear")).eval()
    before = module(given(engine, "Linear")).tolist()
    getattr(engine.nn.utils, f"remove_{name}")(module)
    assert sorted(dict(module.named_parameters())) == ["bias", "weight"]
    np.testing.assert_allclose(module(given(engine, "Linear")).tolist(), before)


def test_a_norm_is_registered_once():
    module = engine.nn.utils.weight_norm(engine.nn.Linear(2, 2))
    with pytest.raises(RuntimeError, match="Cannot register two weight_norm hooks"):
        engine.nn.utils.weight_norm(module)


class Symmetric(engine.nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).mT


def test_a_parametrized_weight_is_computed_when_read_and_trains_through_its_original():
    parametrize = engine.nn.utils.parametrize
    module = parametrize.register_parametrization(engine.nn.Linear(3, 3), "weight", Symmetric())
    assert engine.equal(module.weight, module.weight.mT)
    assert parametrize.is_parametrized(module, "weight")
    module(engine.ones(1, 3)).sum().backward()
    assert module.parametrizations.weight.original.grad is not None
    with parametrize.cached():
        assert module.weight is module.weight
    parametrize.remove_parametrizations(module, "weight")
    assert type(module) is engine.nn.Linear
    assert engine.equal(module.weight, module.weight.mT)


def test_what_a_parametrization_cannot_be_is_refused():
    parametrize = engine.nn.utils.parametrize
    with pytest.raises(ValueError, match="does not have a parameter"):
        parametrize.register_parametrization(engine.nn.Linear(2, 2), "none", Symmetric())
    with pytest.raises(ValueError, match="may not change the dtype or the shape"):
        parametrize.register_parametrization(engine.nn.Linear(2, 2), "weight", engine.nn.Flatten(0))
