"""A linear layer and its cross-entropy in one: PyTorch's numbers, gradients, text and refusals."""

import numpy as np
import pytest

from ..side_by_side import assert_alike, assert_refused_alike, numbers, shares
from .twins import TOLERANCES, assert_same_face, assert_twins

CLASSES = np.array([2, 0, 1, 2])
# How the module is made, and the targets it is given.
FORMS = {
    "plain": ({}, CLASSES),
    "bias": ({"bias": True, "reduction": "sum"}, CLASSES),
    "smoothed": ({"label_smoothing": 0.2, "reduction": "none"}, CLASSES),
    "ignoring": ({"ignore_index": 2}, CLASSES),
    "shares": ({}, shares(4, 3)),
    "places": ({"out_features": (2,), "bias": True}, np.stack([CLASSES, CLASSES[::-1]], 1)),
}


def maker(name):
    return lambda m: m.LinearCrossEntropyLoss(5, 3, **FORMS[name][0])


@pytest.mark.parametrize("name", FORMS)
def test_it_looks_like_torchs(torch, name):
    assert_same_face(torch, maker(name))


@pytest.mark.parametrize("dtype", TOLERANCES)
@pytest.mark.parametrize("name", FORMS)
def test_it_gives_torchs_loss_and_gradients(torch, name, dtype):
    def use(side, loss):
        return loss(side.t(numbers(4, 5)), side.t(FORMS[name][1]))

    assert_twins(torch, maker(name), use, dtype=dtype)


def test_a_single_sample_and_weighted_classes(torch):
    def code(side):
        weight, heavy = side.t(numbers(3, 5)), side.t(np.array([1.0, 2.0, 0.5]), grad=False)
        one = side.F.linear_cross_entropy(side.t(numbers(5)), weight, side.lib.tensor(1))
        options = side.nn.LinearCrossEntropyOptions(allow_retain_graph=True, batch_chunk_size=2)
        cut = side.F.linear_cross_entropy(
            side.t(numbers(4, 5)), weight, side.lib.tensor(CLASSES), weight=heavy, options=options
        )
        return one, cut

    assert_alike(torch, code)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda s: s.F.linear_cross_entropy(s.lib.ones(2, 2, 2), s.lib.ones(3, 2), s.lib.tensor([1, 1])),
        lambda s: s.F.linear_cross_entropy(s.lib.ones(2, 2), s.lib.ones(3), s.lib.tensor([1, 1])),
        lambda s: s.F.linear_cross_entropy(s.lib.ones(2, 2), s.lib.ones(3, 4), s.lib.tensor([1, 1])),
        lambda s: s.F.linear_cross_entropy(
            s.lib.ones(2, 2), s.lib.ones(3, 2), s.lib.tensor([1, 1]), linear_bias=s.lib.ones(2)
        ),
        lambda s: s.F.linear_cross_entropy(s.lib.ones(2), s.lib.ones(3, 4, 2), s.lib.tensor([1])),
        lambda s: s.F.linear_cross_entropy(
            s.lib.ones(2, 2), s.lib.ones(3, 2), s.lib.ones(2, 3), ignore_index=1
        ),
        lambda s: s.nn.LinearCrossEntropyLoss(2, 3, weight=s.lib.ones(2)),
        lambda s: s.nn.LinearCrossEntropyLoss(2, 3, label_smoothing=2.0),
        lambda s: s.nn.LinearCrossEntropyOptions(acc_policy="hasty"),
        lambda s: s.nn.LinearCrossEntropyOptions(chunking_method="aspect_ratio:0"),
        lambda s: s.nn.LinearCrossEntropyOptions(chunking_method="whole"),
        lambda s: s.nn.LinearCrossEntropyOptions(batch_chunk_size=0),
        lambda s: s.nn.LinearCrossEntropyOptions(acc_dtype=s.lib.int64),
    ],
)
def test_what_does_not_fit_is_refused_in_torchs_words(torch, wrong):
    assert_refused_alike(torch, wrong)
