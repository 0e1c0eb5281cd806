"""Layers' functions give PyTorch's values and gradients, in float64 and float32, and the same refusals."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import engine
from engine.gradcheck import gradcheck, gradgradcheck
from engine.nn import functional as F

from .side_by_side import assert_alike, assert_refused_alike, numbers

DTYPES = [("float64", 1e-9), ("float32", 3e-5)]
KINKS = [-25.0, -6.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0, 25.0]
EVEN = np.round(numbers(2, 3, 6, 6) * 2)      # many ties
CASES = {
    "linear": lambda s: s.F.linear(s.t(numbers(4, 3)), s.t(numbers(2, 3)), s.t(numbers(2))),
    "linear, no bias": lambda s: s.F.linear(s.t(numbers(4, 3)), s.t(numbers(2, 3))),
    "linear of one": lambda s: s.F.linear(s.t(numbers(3)), s.t(numbers(2, 3)), s.t(numbers(2))),
    "linear of many": lambda s: s.F.linear(s.t(numbers(2, 4, 3)), s.t(numbers(2, 3)), s.t(numbers(2))),
    "linear of none": lambda s: s.F.linear(s.t(numbers(0, 3)), s.t(numbers(2, 3)), s.t(numbers(2))),
    **{
        name: lambda s, name=name: getattr(s.F, name)(s.t(KINKS))
        for name in ("relu", "leaky_relu", "elu", "selu", "silu", "gelu", "tanh", "sigmoid", "softplus")
    },
    "relu beside infinity": lambda s: s.lib.sqrt(s.F.relu(s.t([-1.0, 0.0, 4.0]))),
    "steep leaky_relu": lambda s: s.F.leaky_relu(s.t(KINKS), 1.5),
    "wide elu": lambda s: s.F.elu(s.t(KINKS), 0.3),
    "gelu by tanh": lambda s: s.F.gelu(s.t(KINKS), approximate="tanh"),
    "sharp softplus": lambda s: s.F.softplus(s.t(KINKS), 3.0, 2.0),
    "softmax": lambda s: s.F.softmax(s.t(numbers(2, 3, 4)), 1),
    "softmax, last": lambda s: s.F.softmax(s.t(numbers(2, 3) * 900), -1),
    "log_softmax": lambda s: s.F.log_softmax(s.t(numbers(2, 3, 4) * 90), 2),
    "conv1d": lambda s: s.F.conv1d(s.t(numbers(2, 4, 9)), s.t(numbers(6, 2, 3)), s.t(numbers(6)), 2, 1, 2, 2),
    "conv2d": lambda s: s.F.conv2d(s.t(numbers(2, 3, 7, 6)), s.t(numbers(4, 3, 3, 2)), s.t(numbers(4)), 1, 1),
    "conv2d of one": lambda s: s.F.conv2d(s.t(numbers(3, 7, 6)), s.t(numbers(4, 3, 3, 2))),
    "conv2d, same": lambda s: s.F.conv2d(s.t(numbers(1, 2, 5, 6)), s.t(numbers(2, 2, 4, 2)), padding="same"),
    "conv2d, large": lambda s: s.F.conv2d(s.t(numbers(3, 2, 20, 20)), s.t(numbers(3, 2, 3, 3)), padding=3),
    "conv2d of none": lambda s: s.F.conv2d(s.t(numbers(0, 2, 5, 5)), s.t(numbers(3, 2, 3, 3))),
    "conv3d": lambda s: s.F.conv3d(
        s.t(numbers(1, 2, 4, 5, 4)), s.t(numbers(2, 2, 2, 3, 2)), stride=(1, 2, 1)
    ),
    "conv_transpose1d": lambda s: s.F.conv_transpose1d(
        s.t(numbers(2, 4, 5)), s.t(numbers(4, 3, 3)), s.t(numbers(6)), 2, 1, 1, 2
    ),
    "conv_transpose2d": lambda s: s.F.conv_transpose2d(
        s.t(numbers(2, 3, 4, 4)), s.t(numbers(3, 2, 3, 3)), s.t(numbers(2)), 2, 1, 1
    ),
    "max_pool1d": lambda s: s.F.max_pool1d(s.t(EVEN[0]), 3, 2, 1),
    "max_pool2d": lambda s: s.F.max_pool2d(s.t(EVEN), 2),
    "max_pool2d, overlapping": lambda s: s.F.max_pool2d(s.t(EVEN), 3, 1, 1),
    "max_pool2d, ceil": lambda s: s.F.max_pool2d(s.t(EVEN), (4, 3), 3, 1, ceil_mode=True),
    "max_pool2d, dilated": lambda s: s.F.max_pool2d(s.t(EVEN), 2, 1, 0, 3),
    "max_pool2d, of nothing but −∞": lambda s: s.F.max_pool2d(s.t(np.full((1, 1, 3, 3), -np.inf)), 2, 1, 1),
    "max_pool2d, indices": lambda s: s.F.max_pool2d(s.t(EVEN), 3, 2, 1, return_indices=True),
    "avg_pool1d": lambda s: s.F.avg_pool1d(s.t(numbers(2, 3, 7)), 3, 2, 1, count_include_pad=False),
    "avg_pool2d": lambda s: s.F.avg_pool2d(s.t(numbers(2, 3, 7, 6)), 2),
    "avg_pool2d, padded": lambda s: s.F.avg_pool2d(s.t(numbers(2, 3, 7, 6)), 3, 2, 1),
    "avg_pool2d, ceil": lambda s: s.F.avg_pool2d(s.t(numbers(2, 3, 7, 6)), 3, 2, 1, True, False),
    "avg_pool2d, ceil, counted": lambda s: s.F.avg_pool2d(s.t(numbers(2, 3, 7, 6)), 3, 2, 1, True),
    "avg_pool2d, divisor": lambda s: s.F.avg_pool2d(s.t(numbers(2, 3, 7, 6)), 2, divisor_override=3),
    "adaptive_avg_pool1d": lambda s: s.F.adaptive_avg_pool1d(s.t(numbers(2, 3, 7)), 3),
    "adaptive_avg_pool2d": lambda s: s.F.adaptive_avg_pool2d(s.t(numbers(2, 3, 7, 6)), (3, None)),
    "adaptive_avg_pool2d to one": lambda s: s.F.adaptive_avg_pool2d(s.t(numbers(2, 3, 7, 6)), 1),
    "adaptive_avg_pool2d to more": lambda s: s.F.adaptive_avg_pool2d(s.t(numbers(3, 2, 3)), (4, 2)),
    "batch_norm": lambda s: s.F.batch_norm(
        s.t(numbers(4, 3, 2)), None, None, s.t(numbers(3)), s.t(numbers(3)), training=True
    ),
    "batch_norm, evaluating": lambda s: s.F.batch_norm(
        s.t(numbers(4, 3)),
        s.t(numbers(3), False),
        s.t(numbers(3) ** 2, False),
        s.t(numbers(3)),
        s.t(numbers(3)),
    ),
    "instance_norm": lambda s: s.F.instance_norm(s.t(numbers(4, 3, 5)), weight=s.t(numbers(3))),
    "layer_norm": lambda s: s.F.layer_norm(
        s.t(numbers(4, 3, 2)), (3, 2), s.t(numbers(3, 2)), s.t(numbers(3, 2))
    ),
    "layer_norm, plain": lambda s: s.F.layer_norm(s.t(numbers(4, 3)), (3,)),
    "group_norm": lambda s: s.F.group_norm(s.t(numbers(4, 6, 2)), 3, s.t(numbers(6)), s.t(numbers(6)), 0.1),
    "rms_norm": lambda s: s.F.rms_norm(s.t(numbers(4, 6)), (6,), s.t(numbers(6))),
    "embedding": lambda s: s.F.embedding(s.t(np.array([[1, 4], [1, 0]])), s.t(numbers(5, 3))),
    "embedding, padding": lambda s: s.F.embedding(
        s.t(np.array([1, 4, 1, 0])), s.t(numbers(5, 3)), -1, scale_grad_by_freq=True
    ),
    "normalize": lambda s: s.F.normalize(s.t(numbers(4, 3))),
    "normalize by the first norm": lambda s: s.F.normalize(s.t(numbers(4, 3, 2)), 1.0, 0, 20.0),
    "cosine_similarity": lambda s: s.F.cosine_similarity(s.t(numbers(4, 3)), s.t(numbers(1, 3, seed=1))),
    "one_hot": lambda s: s.F.one_hot(s.t(np.array([[0, 2], [1, 0]]))),
    "one_hot of nothing": lambda s: s.F.one_hot(s.t(np.zeros(0, np.int64)), 3),
    "pad": lambda s: s.F.pad(s.t(numbers(2, 3, 4)), (1, 2, -1, 0), value=7.0),
    **{
        f"pad, {mode}": lambda s, mode=mode: s.F.pad(s.t(numbers(2, 3, 4, 5)), (1, 2, 3, 0), mode=mode)
        for mode in ("reflect", "replicate", "circular")
    },
}


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: d[0])
@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_torchs(torch, name, dtype):
    assert_alike(torch, CASES[name], *dtype)


NOT_SMOOTH = {
    name for name in CASES if name.startswith(("max_pool", "relu", "leaky", "steep")) or "none" in name
}
NOT_SMOOTH |= {"one_hot", "one_hot of nothing", "normalize by the first norm"}
NOT_SMOOTH |= {"elu", "wide elu", "selu", "embedding, padding"}


@pytest.mark.parametrize("name", sorted(set(CASES) - NOT_SMOOTH))
def test_first_and_second_derivatives_are_those_of_differences(name):
    from .side_by_side import Side

    made = Side(engine, "float64")
    CASES[name](made)
    leaves = made.leaves

    def again(*tensors):
        side, given_ = Side(engine, "float64"), iter(tensors)
        side.t = lambda array, grad=True: (
            next(given_) if grad and np.asarray(array).dtype.kind == "f" else engine.tensor(np.asarray(array))
        )
        return CASES[name](side)

    assert gradcheck(again, leaves, fast_mode=True)
    assert gradgradcheck(again, leaves, fast_mode=True)


@given(
    dims=st.integers(1, 2), batch=st.integers(1, 3), groups=st.integers(1, 2), ins=st.integers(1, 2),
    outs=st.integers(1, 2), data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_convolution_is_torchs_for_any_sizes(torch, dims, batch, groups, ins, outs, data):
    each = {
        name: tuple(data.draw(st.integers(low, high), label=name) for _ in range(dims))
        for name, low, high in (("kernel", 1, 4), ("stride", 1, 3), ("padding", 0, 3), ("dilation", 1, 3))
    }
    sizes = tuple(data.draw(st.integers(1, 9), label="size") for _ in range(dims))
    fits = (n + 2 * p >= d * (k - 1) + 1 for n, k, p, d in zip(
        sizes, each["kernel"], each["padding"], each["dilation"], strict=True))
    assume(all(fits))
    assert_alike(torch, lambda s: getattr(s.F, f"conv{dims}d")(
        s.t(numbers(batch, groups * ins, *sizes)), s.t(numbers(groups * outs, ins, *each["kernel"], seed=1)),
        s.t(numbers(groups * outs, seed=2)), each["stride"], each["padding"], each["dilation"], groups))


@given(kind=st.sampled_from(["max", "avg"]), ceil=st.booleans(), data=st.data())
@settings(max_examples=60, deadline=None)
def test_pooling_is_torchs_for_any_sizes(torch, kind, ceil, data):
    kernel = tuple(data.draw(st.integers(1, 4), label="kernel") for _ in range(2))
    stride = tuple(data.draw(st.integers(1, 4), label="stride") for _ in range(2))
    padding = tuple(data.draw(st.integers(0, k // 2), label="padding") for k in kernel)
    sizes = tuple(data.draw(st.integers(k, 9), label="size") for k in kernel)
    values = np.round(numbers(2, 2, *sizes) * 2)
    assert_alike(torch, lambda s: getattr(s.F, f"{kind}_pool2d")(
        s.t(values), kernel, stride, padding, ceil_mode=ceil))


REFUSED = {
    "linear shapes": lambda s: s.F.linear(s.t(numbers(3, 4)), s.t(numbers(3, 2)), s.t(numbers(3))),
    "linear of a number": lambda s: s.F.linear(s.t(np.array(1.0)), s.t(numbers(3, 2))),
    "linear dtypes": lambda s: s.F.linear(s.t(numbers(3, 2)).double(), s.t(numbers(3, 2)), s.t(numbers(3))),
    "linear of integers": lambda s: s.F.linear(
        s.t(np.ones((3, 2), int)), s.t(numbers(3, 2)), s.t(numbers(3))
    ),
    "linear of a list": lambda s: s.F.linear([1.0], s.t(numbers(3, 2))),
    "softmax of integers": lambda s: s.F.softmax(s.t(np.ones((3, 2), int)), 1),
    "softmax dim": lambda s: s.F.softmax(s.t(numbers(3, 2)), 2),
    "gelu by nothing": lambda s: s.F.gelu(s.t(numbers(3)), approximate="foo"),
    "channels": lambda s: s.F.conv2d(s.t(numbers(1, 2, 8, 8)), s.t(numbers(4, 3, 3, 3))),
    "channels of a group": lambda s: s.F.conv2d(s.t(numbers(1, 3, 8, 8)), s.t(numbers(4, 2, 2, 2)), groups=2),
    "conv of a matrix": lambda s: s.F.conv2d(s.t(numbers(8, 8)), s.t(numbers(4, 3, 3, 3))),
    "kernel too large": lambda s: s.F.conv2d(s.t(numbers(1, 3, 2, 2)), s.t(numbers(4, 3, 3, 3))),
    "conv dtypes": lambda s: s.F.conv2d(s.t(numbers(1, 3, 8, 8)).double(), s.t(numbers(4, 3, 3, 3))),
    "conv of integers": lambda s: s.F.conv1d(
        s.t(np.ones((1, 3, 8), int)), s.t(numbers(4, 3, 3)), s.t(numbers(4))
    ),
    "stride 0": lambda s: s.F.conv1d(s.t(numbers(1, 3, 8)), s.t(numbers(4, 3, 3)), stride=0),
    "negative padding": lambda s: s.F.conv1d(s.t(numbers(1, 3, 8)), s.t(numbers(4, 3, 3)), padding=-1),
    "pool too large": lambda s: s.F.max_pool2d(s.t(numbers(1, 1, 4, 4)), 5),
    "pool of a matrix": lambda s: s.F.max_pool2d(s.t(numbers(4, 4)), 2),
    "pool of nothing": lambda s: s.F.max_pool2d(s.t(numbers(1, 0, 4, 4)), 2),
    "pool padding": lambda s: s.F.max_pool2d(s.t(numbers(1, 1, 4, 4)), 2, padding=2),
    "mean too large": lambda s: s.F.avg_pool2d(s.t(numbers(1, 1, 4, 4)), 5),
    "mean over 0": lambda s: s.F.avg_pool2d(s.t(numbers(1, 1, 4, 4)), 2, divisor_override=0),
    "adaptive of a matrix": lambda s: s.F.adaptive_avg_pool2d(s.t(numbers(4, 4)), 2),
    "adaptive to less than 0": lambda s: s.F.adaptive_avg_pool2d(s.t(numbers(1, 1, 4, 4)), -1),
    "normal of one": lambda s: s.F.batch_norm(s.t(numbers(1, 3)), None, None, training=True),
    "normal features": lambda s: s.F.batch_norm(s.t(numbers(2, 4)), s.t(numbers(3)), s.t(numbers(3))),
    "layer shape": lambda s: s.F.layer_norm(s.t(numbers(2, 4)), (3,)),
    "layer shapes": lambda s: s.F.layer_norm(s.t(numbers(3)), (2, 3)),
    "groups": lambda s: s.F.group_norm(s.t(numbers(2, 4)), 3),
    "group of one": lambda s: s.F.group_norm(s.t(numbers(1, 4)), 4),
    "word beyond the last": lambda s: s.F.embedding(s.t(np.array([3])), s.t(numbers(3, 2))),
    "word before the first": lambda s: s.F.embedding(s.t(np.array([-1])), s.t(numbers(3, 2))),
    "a word and a half": lambda s: s.F.embedding(s.t(numbers(2)), s.t(numbers(3, 2))),
    "one hot too many": lambda s: s.F.one_hot(s.t(np.array([0, 2])), 2),
    "one hot below 0": lambda s: s.F.one_hot(s.t(np.array([-1]))),
    "one hot floats": lambda s: s.F.one_hot(s.t(numbers(2))),
    "one hot of unknown size": lambda s: s.F.one_hot(s.t(np.zeros(0, np.int64))),
    "dropout of everything and more": lambda s: s.F.dropout(s.t(numbers(3)), 2.0),
    "dropout of integers": lambda s: s.F.dropout(s.t(np.ones(3, int)), 0.5),
    "dropout of a channel of nothing": lambda s: s.F.dropout2d(s.t(numbers(3))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_refuses_is_refused_in_its_words(torch, name):
    assert_refused_alike(torch, REFUSED[name])


def test_dropout_keeps_the_mean_and_the_right_share():
    x = engine.ones(100, 1000)
    engine.manual_seed(0)
    out = F.dropout(x, 0.3).numpy()
    assert set(np.unique(out)) == {0.0, np.float32(1 / 0.7)}
    assert abs((out == 0).mean() - 0.3) < 0.01


def test_dropout_of_channels_takes_them_whole():
    engine.manual_seed(0)
    out = F.dropout2d(engine.ones(50, 4, 3, 3), 0.5).numpy()
    assert ((out == 0).all((2, 3)) | (out == 2).all((2, 3))).all()


def test_the_largest_of_a_window_gets_the_gradient_once_and_first():
    x = engine.zeros(1, 1, 2, 2, requires_grad=True)
    F.max_pool2d(x, 2).sum().backward()
    assert x.grad.flatten().tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("inplace", ["relu", "leaky_relu", "elu", "selu", "silu"])
def test_in_place_writes_over_the_input(torch, inplace):
    x = engine.tensor(KINKS)
    out = getattr(F, inplace)(x, inplace=True)
    assert out is x
    np.testing.assert_allclose(
        x.numpy(), getattr(torch.nn.functional, inplace)(torch.tensor(KINKS)).numpy(), rtol=1e-5, atol=1e-6)
