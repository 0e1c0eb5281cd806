"""Initial values: PyTorch's gains, bounds and spreads, from our own reproducible stream."""

import numpy as np
import pytest

import engine
from engine import nn

from .side_by_side import assert_refused_alike, numbers

FILLS = {
    "uniform_": lambda i, t: i.uniform_(t, -2, 3),
    "normal_": lambda i, t: i.normal_(t, 1, 0.5),
    "trunc_normal_": lambda i, t: i.trunc_normal_(t, 0.5, 1.0, -1.0, 1.5),
    "xavier_uniform_": lambda i, t: i.xavier_uniform_(t, 2.0),
    "xavier_normal_": lambda i, t: i.xavier_normal_(t),
    "kaiming_uniform_": lambda i, t: i.kaiming_uniform_(t, 0.2),
    "kaiming_uniform_, fan out": lambda i, t: i.kaiming_uniform_(t, mode="fan_out", nonlinearity="relu"),
    "kaiming_normal_": lambda i, t: i.kaiming_normal_(t, nonlinearity="tanh"),
    "orthogonal_": lambda i, t: i.orthogonal_(t, 1.5),
    "sparse_": lambda i, t: i.sparse_(t, 0.3, 2.0),
}


@pytest.mark.parametrize("name", FILLS)
def test_values_are_spread_as_torchs_are(torch, name):
    engine.manual_seed(0)
    torch.manual_seed(0)
    ours, theirs = (FILLS[name](lib.nn.init, lib.empty(300, 200)).numpy() for lib in (engine, torch))
    assert ours.dtype == theirs.dtype == np.float32
    for measure in (np.mean, np.std, lambda x: np.quantile(x, 0.01), lambda x: np.quantile(x, 0.99)):
        assert measure(ours) == pytest.approx(measure(theirs), abs=0.05 * float(theirs.std()))
    if "uniform" in name or "trunc" in name:
        assert ours.max() == pytest.approx(theirs.max(), rel=0.01)
        assert ours.min() == pytest.approx(theirs.min(), rel=0.01)


EXACT = {
    "ones_": lambda i, t: i.ones_(t), "zeros_": lambda i, t: i.zeros_(t), "eye_": lambda i, t: i.eye_(t),
    "constant_": lambda i, t: i.constant_(t, 0.3),
}


@pytest.mark.parametrize("name", EXACT)
def test_fixed_values_are_torchs(torch, name):
    ours, theirs = (EXACT[name](lib.nn.init, lib.empty(3, 4)).numpy() for lib in (engine, torch))
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(("shape", "groups"), [((4, 3, 3), 1), ((4, 2, 3, 3), 2), ((2, 3, 3, 3, 3), 1)])
def test_dirac_passes_channels_through(torch, shape, groups):
    ours, theirs = (lib.nn.init.dirac_(lib.empty(*shape), groups).numpy() for lib in (engine, torch))
    np.testing.assert_array_equal(ours, theirs)


def test_orthogonal_rows_are_orthogonal():
    for shape in ((3, 5), (5, 3), (4, 2, 3)):
        flat = nn.init.orthogonal_(engine.empty(*shape, dtype=engine.float64)).numpy().reshape(shape[0], -1)
        product = flat @ flat.T if flat.shape[0] <= flat.shape[1] else flat.T @ flat
        np.testing.assert_allclose(product, np.eye(len(product)), atol=1e-12)


def test_sparse_columns_have_their_zeros():
    values = nn.init.sparse_(engine.empty(10, 6), 0.25).numpy()
    assert ((values == 0).sum(0) == 3).all()


@pytest.mark.parametrize("name", ["linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"])
def test_gains_are_torchs(torch, name):
    assert nn.init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))


def test_the_gain_of_a_slope_is_torchs(torch):
    ours, theirs = (lib.nn.init.calculate_gain("leaky_relu", 0.3) for lib in (engine, torch))
    assert ours == pytest.approx(theirs)


def test_values_come_from_the_generator_given():
    one, other = (nn.init.normal_(engine.empty(4), generator=engine.Generator().manual_seed(3)) for _ in "ab")
    assert one.tolist() == other.tolist()


def test_writing_a_parameter_is_not_recorded_but_counted():
    parameter = nn.Parameter(engine.zeros(2))
    version = parameter._version
    assert nn.init.ones_(parameter) is parameter
    assert parameter.is_leaf
    assert parameter._version > version


REFUSED = {
    "gain": lambda s: s.nn.init.calculate_gain("foo"),
    "slope": lambda s: s.nn.init.calculate_gain("leaky_relu", True),
    "mode": lambda s: s.nn.init.kaiming_normal_(s.t(numbers(2, 2), False), mode="foo"),
    "fan of a vector": lambda s: s.nn.init.xavier_normal_(s.t(numbers(2), False)),
    "identity of a vector": lambda s: s.nn.init.eye_(s.t(numbers(2), False)),
    "dirac of a matrix": lambda s: s.nn.init.dirac_(s.t(numbers(2, 2), False)),
    "dirac groups": lambda s: s.nn.init.dirac_(s.t(numbers(3, 2, 2), False), 2),
    "orthogonal vector": lambda s: s.nn.init.orthogonal_(s.t(numbers(2), False)),
    "sparse vector": lambda s: s.nn.init.sparse_(s.t(numbers(2), False), 0.5),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_refuses_is_refused_in_its_words(torch, name):
    assert_refused_alike(torch, REFUSED[name])
