"""The less common activations: PyTorch's values, slopes at kinks, dtypes, names and errors."""

import numpy as np
import pytest

import engine
from engine import nn

from ..side_by_side import assert_alike, assert_refused_alike, numbers
from .twins import TOLERANCES, assert_same_face, assert_twins

MAKERS = {
    "Hardtanh": lambda m: m.Hardtanh(), "Hardtanh bounds": lambda m: m.Hardtanh(-2, 0.5, True),
    "ReLU6": lambda m: m.ReLU6(), "ReLU6 in place": lambda m: m.ReLU6(True),
    "Hardsigmoid": lambda m: m.Hardsigmoid(), "Hardswish": lambda m: m.Hardswish(True),
    "Threshold": lambda m: m.Threshold(0.5, 20), "Threshold in place": lambda m: m.Threshold(1, 2.5, True),
    "Hardshrink": lambda m: m.Hardshrink(), "Softshrink": lambda m: m.Softshrink(1),
    "PReLU": lambda m: m.PReLU(), "PReLU of channels": lambda m: m.PReLU(4, 0.1),
    "RReLU": lambda m: m.RReLU(), "CELU": lambda m: m.CELU(2), "CELU in place": lambda m: m.CELU(0.5, True),
    "Mish": lambda m: m.Mish(), "LogSigmoid": lambda m: m.LogSigmoid(), "Softsign": lambda m: m.Softsign(),
    "Tanhshrink": lambda m: m.Tanhshrink(), "GLU": lambda m: m.GLU(), "GLU of channels": lambda m: m.GLU(1),
    "Softmin": lambda m: m.Softmin(1), "Softmax2d": lambda m: m.Softmax2d(),
}
# In float64 PyTorch's hardsigmoid has the slope 1/6 of float32.
CASES = [
    (name, dtype) for name in MAKERS for dtype in TOLERANCES if (name, dtype) != ("Hardsigmoid", "float64")
]
KINKS = [-200.0, -4.0, -3.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 3.0, 6.0, 200.0]
ELEMENTWISE = [
    "hardtanh", "relu6", "hardsigmoid", "hardswish", "hardshrink", "softshrink", "celu", "mish", "logsigmoid",
    "softsign", "tanhshrink", "rrelu",
]


@pytest.mark.parametrize("name", MAKERS)
def test_it_looks_like_torchs(torch, name):
    assert_same_face(torch, MAKERS[name])


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_it_does_what_torchs_does(torch, name, dtype):
    def use(side, layer):
        x = side.t(numbers(2, 4, 4, 6) * 3)
        return [layer(x * 1), layer(x[0].transpose(0, 2) * 1) if "channels" not in name else None]

    assert_twins(torch, MAKERS[name], use, training=False, dtype=dtype)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_at_kinks_and_far_out_it_takes_torchs_side(torch, name):
    def code(side):
        return [getattr(side.F, name)(side.t(np.array(KINKS))), getattr(side.F, name)(side.t(np.array(0.7)))]

    assert_alike(torch, code, "float32", TOLERANCES["float32"])


@pytest.mark.parametrize("name", ["hardtanh", "relu6", "softsign", "tanhshrink"])
def test_whole_numbers_become_what_torch_makes_of_them(torch, name):
    assert_alike(torch, lambda s: getattr(s.F, name)(s.lib.tensor([0, 2, -4, 7])), tolerance=1e-6)


def test_a_threshold_keeps_whole_numbers_whole(torch):
    assert_alike(torch, lambda s: s.F.threshold(s.lib.tensor([0, 2, -4, 7]), 1, 5))


def test_softplus_is_not_cut_off_inside_mish_and_logsigmoid(torch):
    assert_alike(torch, lambda s: [s.F.mish(s.t(numbers(9) * 30)), s.F.logsigmoid(s.t(numbers(9) * 30))])


def test_rrelu_draws_a_share_for_each_negative_number_in_training():
    x = -engine.ones(1000)
    drawn = nn.RReLU(0.1, 0.4)(x).numpy()
    assert -0.4 <= drawn.min() < -0.39
    assert -0.11 < drawn.max() <= -0.1
    assert np.array_equal(nn.RReLU()(-x).numpy(), -x.numpy())


def test_a_gumbel_choice_follows_the_probabilities():
    logits = engine.tensor([[0.0, 1.0, 2.0]]).expand(4000, 3)
    chosen = nn.functional.gumbel_softmax(logits, hard=True)
    assert set(np.unique(chosen.numpy().round(6))) == {0.0, 1.0}
    shares = engine.softmax(logits[0], 0).numpy()
    assert np.allclose(chosen.mean(0).numpy(), shares, atol=0.04)


@pytest.mark.parametrize(
    "code",
    [
        *(
            lambda s, name=name: getattr(s.F, name)(s.lib.tensor([1, 2]))
            for name in sorted(set(ELEMENTWISE) - {"hardtanh", "relu6", "softsign", "tanhshrink"} | {"glu"})
        ),
        lambda s: s.F.hardtanh(s.lib.tensor([True])),
        lambda s: s.F.hardtanh(s.lib.ones(2), 2.0, 1.0),
        lambda s: s.nn.Hardtanh(2, 1),
        lambda s: s.F.softshrink(s.lib.ones(2), -1.0),
        lambda s: s.F.glu(s.lib.ones(2, 3)),
        lambda s: s.F.glu(s.lib.tensor(1.0)),
        lambda s: s.F.celu(s.lib.ones(2), 0.0),
        lambda s: s.F.prelu(s.lib.ones(2, 3), s.lib.ones(2)),
        lambda s: s.F.prelu(s.lib.ones(2, 3), s.lib.ones(1).double()),
        lambda s: s.F.prelu(s.lib.tensor(1.0), s.lib.ones(2)),
        lambda s: s.F.rrelu(s.lib.ones(2), 2.0, 1.0),
        lambda s: s.nn.Softmax2d()(s.lib.ones(2, 3)),
    ],
)
def test_refuses_what_torch_refuses_in_its_words(torch, code):
    assert_refused_alike(torch, code)
