"""Losses give PyTorch's values, gradients, warnings and refusals."""

import warnings

import numpy as np
import pytest

import engine
from engine import nn
from engine.errors import ShapeError
from engine.gradcheck import gradcheck, gradgradcheck
from engine.nn import functional as F

from .side_by_side import assert_alike, assert_refused_alike, numbers, shares

REDUCTIONS = ["mean", "sum", "none"]
DTYPES = [("float64", 1e-10), ("float32", 2e-5)]
CLASSES = np.array([0, 2, 1, 2])
PAIRS = {
    "mse": lambda s, r: s.F.mse_loss(s.t(numbers(4, 3)), s.t(numbers(4, 3, seed=1)), reduction=r),
    "mse of one broadcast": lambda s, r: s.F.mse_loss(s.t(numbers(4, 3)), s.t(numbers(4, 1)), reduction=r),
    "mse weighted": lambda s, r: s.F.mse_loss(
        s.t(numbers(4)), s.t(numbers(4, seed=1)), reduction=r, weight=s.t(numbers(4) ** 2, grad=False)
    ),
    "l1": lambda s, r: s.F.l1_loss(s.t(numbers(4, 3)), s.t(numbers(4, 3, seed=1)), reduction=r),
    "l1 at its kink": lambda s, r: s.F.l1_loss(s.t([0.0, 1.0]), s.t([0.0, 2.0]), reduction=r),
    "smooth l1": lambda s, r: s.F.smooth_l1_loss(
        s.t(numbers(9)), s.t(numbers(9, seed=1)), reduction=r, beta=0.7
    ),
    "smooth l1, beta 0": lambda s, r: s.F.smooth_l1_loss(
        s.t(numbers(9)), s.t(numbers(9) + 1), reduction=r, beta=0
    ),
    "huber": lambda s, r: s.F.huber_loss(s.t(numbers(9)), s.t(numbers(9, seed=1)), reduction=r, delta=0.6),
    "huber at its edges": lambda s, r: s.F.huber_loss(
        s.t([0.0, 1.0, -1.0]), s.t([0.0, 0.0, 0.0]), reduction=r
    ),
    "bce": lambda s, r: s.F.binary_cross_entropy(s.t(shares(4, 3)), s.t(shares(4, 3, seed=1)), reduction=r),
    "bce at 0 and 1": lambda s, r: s.F.binary_cross_entropy(
        s.t([0.0, 1.0, 0.0, 1.0]), s.t([0.0, 1.0, 1.0, 0.0], grad=False), reduction=r
    ),
    "bce weighted": lambda s, r: s.F.binary_cross_entropy(
        s.t(shares(4, 3)), s.t(shares(4, 3, seed=1)), s.t(shares(4, 3, seed=2), grad=False), reduction=r
    ),
    "logits": lambda s, r: s.F.binary_cross_entropy_with_logits(
        s.t(numbers(4, 3) * 9), s.t(shares(4, 3)), reduction=r
    ),
    "logits, weights": lambda s, r: s.F.binary_cross_entropy_with_logits(
        s.t(numbers(4, 3) * 9),
        s.t(shares(4, 3)),
        s.t(shares(4, 3, seed=2), grad=False),
        reduction=r,
        pos_weight=s.t([1.0, 2.0, 0.5], grad=False),
    ),
    "far logits": lambda s, r: s.F.binary_cross_entropy_with_logits(
        s.t([-800.0, 0.0, 800.0]), s.t([1.0, 0.5, 0.0], grad=False), reduction=r
    ),
    "classes": lambda s, r: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(CLASSES), reduction=r),
    "one sample": lambda s, r: s.F.cross_entropy(s.t(numbers(3)), s.t(np.array(2)), reduction=r),
    "far scores": lambda s, r: s.F.cross_entropy(s.t(numbers(4, 3) * 500), s.t(CLASSES), reduction=r),
    "weights": lambda s, r: s.F.cross_entropy(
        s.t(numbers(4, 3)), s.t(CLASSES), s.t([0.2, 1.0, 3.0], grad=False), reduction=r
    ),
    "ignored": lambda s, r: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(CLASSES), ignore_index=2, reduction=r),
    "ignored and weights": lambda s, r: s.F.cross_entropy(
        s.t(numbers(4, 3)), s.t(CLASSES - 1), s.t([0.2, 1.0, 3.0], grad=False), ignore_index=-1, reduction=r
    ),
    "all ignored": lambda s, r: s.F.cross_entropy(
        s.t(numbers(4, 3)), s.t(np.full(4, -100)), reduction="sum" if r == "mean" else r
    ),
    "smoothed": lambda s, r: s.F.cross_entropy(
        s.t(numbers(4, 3)),
        s.t(CLASSES),
        s.t([0.2, 1.0, 3.0], grad=False),
        ignore_index=0,
        reduction=r,
        label_smoothing=0.3,
    ),
    "images": lambda s, r: s.F.cross_entropy(
        s.t(numbers(2, 3, 2, 2)),
        s.t(CLASSES.reshape(2, 2)[:, None].repeat(2, 1)),
        reduction=r,
        label_smoothing=0.1,
    ),
    "probabilities": lambda s, r: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(shares(4, 3)), reduction=r),
    "probabilities, weights, smoothed": lambda s, r: s.F.cross_entropy(
        s.t(numbers(2, 3, 2)),
        s.t(shares(2, 3, 2)),
        s.t([0.2, 1.0, 3.0], grad=False),
        reduction=r,
        label_smoothing=0.3,
    ),
    "nll": lambda s, r: s.F.nll_loss(s.t(numbers(4, 3)), s.t(CLASSES), reduction=r),
    "nll of images": lambda s, r: s.F.nll_loss(
        s.t(numbers(2, 3, 2, 1)),
        s.t(CLASSES.reshape(2, 2, 1)),
        s.t([0.2, 1.0, 3.0], grad=False),
        ignore_index=1,
        reduction=r,
    ),
}


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: d[0])
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", PAIRS)
def test_values_and_gradients_are_torchs(torch, name, reduction, dtype):
    assert_alike(torch, lambda s: PAIRS[name](s, reduction), *dtype)


SMOOTH = [
    lambda x: F.mse_loss(x, engine.tensor(numbers(4, 3, seed=1))),
    lambda x: F.huber_loss(x, engine.tensor(numbers(4, 3, seed=1)), delta=0.5, reduction="none"),
    lambda x: F.smooth_l1_loss(x, engine.tensor(numbers(4, 3, seed=1)), beta=0.5),
    lambda x: F.cross_entropy(x, engine.tensor(CLASSES)),
    lambda x: F.cross_entropy(
        x, engine.tensor(CLASSES), engine.tensor([0.2, 1.0, 3.0], dtype=engine.float64), label_smoothing=0.2,
        ignore_index=1, reduction="none"),
    lambda x: F.nll_loss(x * x, engine.tensor(CLASSES)),
    lambda x: F.binary_cross_entropy_with_logits(x, engine.tensor(shares(4, 3))),
    lambda x: F.binary_cross_entropy(engine.sigmoid(x), engine.tensor(shares(4, 3))),
]


@pytest.mark.parametrize("loss", SMOOTH, ids=range(len(SMOOTH)))
def test_first_and_second_derivatives_are_those_of_differences(loss):
    x = engine.tensor(numbers(4, 3), requires_grad=True)
    assert gradcheck(loss, [x])
    assert gradgradcheck(loss, [x])


REFUSED = {
    "int32 classes": lambda s: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(CLASSES.astype(np.int32))),
    "float classes": lambda s: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(CLASSES.astype(float))),
    "class too high": lambda s: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(CLASSES + 1)),
    "class below 0": lambda s: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(CLASSES - 1)),
    "too few classes": lambda s: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(CLASSES[:2])),
    "column of classes": lambda s: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(CLASSES[:, None])),
    "no batch of classes": lambda s: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(np.array(1))),
    "image sizes": lambda s: s.F.cross_entropy(s.t(numbers(2, 4, 3)), s.t(np.zeros((2, 2), np.int64))),
    "integer shares": lambda s: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(np.zeros((4, 3), np.int64))),
    "integer scores": lambda s: s.F.cross_entropy(s.t(np.zeros((4, 3), np.int64)), s.t(CLASSES)),
    "ignored shares": lambda s: s.F.cross_entropy(s.t(shares(4, 3)), s.t(shares(4, 3)), ignore_index=1),
    "number of weights": lambda s: s.F.cross_entropy(
        s.t(numbers(4, 3)), s.t(CLASSES), s.t([1.0], grad=False)
    ),
    "a list": lambda s: s.F.cross_entropy(s.t(numbers(4, 3)), [1, 2]),
    "no reduction": lambda s: s.F.mse_loss(s.t([1.0]), s.t([1.0]), reduction="foo"),
    "no reduction of classes": lambda s: s.F.cross_entropy(s.t(numbers(4, 3)), s.t(CLASSES), reduction="foo"),
    "negative beta": lambda s: s.F.smooth_l1_loss(s.t([1.0]), s.t([1.0]), beta=-1),
    "delta 0": lambda s: s.F.huber_loss(s.t([1.0]), s.t([1.0]), delta=0),
    "integer mse": lambda s: s.F.mse_loss(s.t(CLASSES), s.t(CLASSES)),
    "no broadcast": lambda s: s.F.mse_loss(s.t(numbers(4, 3)), s.t(numbers(5))),
    "bce beyond 1": lambda s: s.F.binary_cross_entropy(s.t([1.5]), s.t([1.0])),
    "bce target beyond 1": lambda s: s.F.binary_cross_entropy(s.t([0.5]), s.t([2.0])),
    "bce sizes": lambda s: s.F.binary_cross_entropy(s.t([0.5]), s.t([1.0, 0.0])),
    "bce dtypes": lambda s: s.F.binary_cross_entropy(s.t([0.5]), s.t(np.array([1]))),
    "logit sizes": lambda s: s.F.binary_cross_entropy_with_logits(s.t([0.5]), s.t([[1.0]])),
    "logits against integers": lambda s: s.F.binary_cross_entropy_with_logits(s.t([0.5]), s.t(np.array([1]))),
    "nll of floats": lambda s: s.F.nll_loss(s.t(numbers(4, 3)), s.t(CLASSES.astype(float))),
    "nll of a number": lambda s: s.F.nll_loss(s.t(np.array(1.0)), s.t(CLASSES)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_refuses_is_refused_in_its_words(torch, name):
    assert_refused_alike(torch, REFUSED[name])


@pytest.mark.parametrize(("one", "other", "fix"), [
    ((3, 1), (3,), "use input.squeeze(-1), or target.unsqueeze(-1)"),
    ((3,), (3, 1), "use target.squeeze(-1), or input.unsqueeze(-1)"),
])
def test_a_column_against_a_row_is_warned_of_with_the_fix(one, other, fix):
    with pytest.warns(UserWarning, match="different to the input size") as caught:
        F.mse_loss(engine.zeros(*one), engine.zeros(*other))
    assert fix in str(caught[0].message)


def test_equal_sizes_are_not_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        F.mse_loss(engine.zeros(3, 1), engine.zeros(3, 1))


@pytest.mark.parametrize(("loss", "good", "bad"), [
    (nn.MSELoss(), ((4, 1), (4, 1)), ((4, 1), (4,))),
    (nn.BCEWithLogitsLoss(), ((4, 1), (4, 1)), ((4, 2), (4, 1))),
    (nn.CrossEntropyLoss(), ((4, 3), (4,)), ((4, 2, 2), (4,))),
    (nn.CrossEntropyLoss(), ((4, 3, 5), (4, 5)), ((4,), (4,))),
])
def test_shapes_can_be_checked_before_anything_is_computed(loss, good, bad):
    loss.check_shapes(*good)
    with pytest.raises(ShapeError, match=type(loss).__name__) as caught:
        loss.check_shapes(*bad)
    assert caught.value.fix
