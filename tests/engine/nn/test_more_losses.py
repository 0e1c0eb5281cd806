"""Losses between distributions, rankings, pairs and triplets: PyTorch's values, gradients, names, errors."""

import numpy as np
import pytest

from ..side_by_side import assert_alike, assert_refused_alike, numbers, shares
from .twins import TOLERANCES, assert_same_face, assert_twins

SIGNS = np.array([1, -1, 1, 1])
CLASSES = np.array([2, 0, 1, 2])
SOME_CLASSES = np.array([[0, 2, -1], [-1, 0, 1], [1, 0, 2], [2, 2, -1]])


def two(side, *shape):
    return side.t(numbers(*shape)), side.t(numbers(*shape, seed=1))


# How each loss is made and what it is given.
LOSSES = {
    "KLDivLoss": lambda s: (s.t(np.log(shares(4, 3))), s.t(shares(4, 3, seed=1))),
    "KLDivLoss log_target": lambda s: (s.t(np.log(shares(4, 3))), s.t(np.log(shares(4, 3, seed=1)))),
    "PoissonNLLLoss": lambda s: (s.t(numbers(4, 3)), s.t(numbers(4, 3, seed=1) ** 2 * 3)),
    "PoissonNLLLoss full": lambda s: (s.t(numbers(4, 3)), s.t(numbers(4, 3, seed=1) ** 2 * 3)),
    "PoissonNLLLoss rate": lambda s: (s.t(numbers(4, 3) ** 2), s.t(numbers(4, 3, seed=1) ** 2)),
    "GaussianNLLLoss": lambda s: (*two(s, 4, 3), s.t(numbers(4, 3, seed=2) ** 2)),
    "GaussianNLLLoss full": lambda s: (*two(s, 4, 3), s.t(np.array([0.0, 1e-9, 1.0, 2.0]))),
    "HingeEmbeddingLoss": lambda s: (s.t(numbers(4) ** 2), s.lib.tensor(SIGNS)),
    "SoftMarginLoss": lambda s: (s.t(numbers(4) * 5), s.lib.tensor(SIGNS)),
    "MultiLabelSoftMarginLoss": lambda s: (s.t(numbers(4, 3)), s.t((numbers(4, 3) > 0.2) * 1)),
    "MultiLabelSoftMarginLoss weight": lambda s: (s.t(numbers(4, 3)), s.t((numbers(4, 3) > 0.2) * 1.0)),
    "CosineEmbeddingLoss": lambda s: (*two(s, 4, 3), s.lib.tensor(SIGNS)),
    "CosineEmbeddingLoss margin": lambda s: (*two(s, 3), s.lib.tensor(np.array(-1))),
    "MarginRankingLoss": lambda s: (*two(s, 4), s.lib.tensor(SIGNS)),
    "MultiMarginLoss": lambda s: (s.t(numbers(4, 3)), s.lib.tensor(CLASSES)),
    "MultiMarginLoss square": lambda s: (s.t(numbers(4, 3)), s.lib.tensor(CLASSES)),
    "MultiMarginLoss one": lambda s: (s.t(numbers(3)), s.lib.tensor(np.array(1))),
    "MultiLabelMarginLoss": lambda s: (s.t(numbers(4, 3)), s.lib.tensor(SOME_CLASSES)),
    "MultiLabelMarginLoss one": lambda s: (s.t(numbers(3)), s.lib.tensor(SOME_CLASSES[0])),
    "TripletMarginLoss": lambda s: (*two(s, 4, 3), s.t(numbers(4, 3, seed=2))),
    "TripletMarginLoss swap": lambda s: (*two(s, 4, 3), s.t(numbers(4, 3, seed=2))),
    "TripletMarginWithDistanceLoss": lambda s: (*two(s, 4, 3), s.t(numbers(4, 3, seed=2))),
    "TripletMarginWithDistanceLoss cosine": lambda s: (*two(s, 4, 3), s.t(numbers(4, 3, seed=2))),
}
OPTIONS = {
    "KLDivLoss log_target": {"log_target": True}, "PoissonNLLLoss full": {"full": True},
    "PoissonNLLLoss rate": {"log_input": False}, "GaussianNLLLoss full": {"full": True},
    "CosineEmbeddingLoss margin": {"margin": -0.5}, "MultiMarginLoss square": {"p": 2, "margin": 0.5},
    "TripletMarginLoss swap": {"swap": True, "p": 1, "margin": 3.0},
}


def maker(name, **extra):
    def make(m):
        options = {**OPTIONS.get(name, {}), **extra}
        if name.endswith("cosine"):
            options |= {"distance_function": m.CosineSimilarity(), "swap": True}
        if name.endswith("weight"):
            linear = m.Linear(1, 3)
            options |= {"weight": linear.weight.detach().reshape(3) * 0 + 1.5}
        return getattr(m, name.split()[0])(**options)

    return make


@pytest.mark.parametrize("name", LOSSES)
def test_it_looks_like_torchs(torch, name):
    assert_same_face(torch, maker(name))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", LOSSES)
def test_it_gives_torchs_loss_and_gradients(torch, name, reduction, dtype):
    def use(side, loss):
        return loss(*LOSSES[name](side))

    assert_twins(torch, maker(name, reduction=reduction), use, dtype=dtype)


def test_kl_divergence_can_be_averaged_over_the_batch_alone(torch):
    def use(side, loss):
        return loss(*LOSSES["KLDivLoss"](side))

    assert_twins(torch, maker("KLDivLoss", reduction="batchmean"), use)


def test_a_certain_target_has_no_infinite_divergence(torch):
    def code(side):
        target = side.t(np.array([[1.0, 0.0, 0.0]]))
        return side.F.kl_div(side.t(np.log(shares(1, 3))), target.detach(), reduction="sum")

    assert_alike(torch, code)


def test_a_class_may_count_more_in_the_multi_class_hinge(torch):
    def code(side):
        weight = side.t(np.array([0.5, 1.0, 2.0]), grad=False)
        return side.F.multi_margin_loss(side.t(numbers(4, 3)), side.lib.tensor(CLASSES), weight=weight)

    assert_alike(torch, code)


def test_exactly_at_the_margin_slopes_are_torchs(torch):
    def code(side):
        scores = side.t(np.array([1.0, 0.0, 0.5]))
        ones, hit = side.t(np.ones(2)), side.lib.tensor(np.array([1, -1]))
        return [
            side.F.multi_margin_loss(scores, side.lib.tensor(np.array(0))),
            side.F.multilabel_margin_loss(scores, side.lib.tensor(np.array([0, -1, 0]))),
            side.F.hinge_embedding_loss(ones, hit), side.F.margin_ranking_loss(ones, ones * 2, hit, 1.0),
        ]

    assert_alike(torch, code)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_distances_and_angles_are_torchs(torch, dtype):
    def code(side):
        a, b = two(side, 4, 3)
        layers = [
            side.nn.PairwiseDistance(), side.nn.PairwiseDistance(1, keepdim=True), side.nn.CosineSimilarity(),
            side.nn.CosineSimilarity(0, 1e-4), side.nn.PairwiseDistance(float("inf")),
        ]
        return [layer(a, b) for layer in layers] + [side.F.pairwise_distance(a, b[0], 3)]

    assert_alike(torch, code, dtype, TOLERANCES[dtype])


@pytest.mark.parametrize("p", [0.0, 1.0, 2.0, 3.5, float("inf")])
def test_distances_between_all_rows_are_torchs(torch, p):
    rows = np.concatenate([numbers(3, 4), numbers(1, 4)])
    assert_alike(torch, lambda s: [s.F.pdist(s.t(rows), p), s.F.pdist(s.t(numbers(1, 4)), p)])


@pytest.mark.parametrize("kind", ["PairwiseDistance", "CosineSimilarity"])
def test_distance_modules_look_like_torchs(torch, kind):
    assert_same_face(torch, lambda m: getattr(m, kind)())


@pytest.mark.parametrize(
    "code",
    [
        lambda s: s.F.pdist(s.lib.ones(3)),
        lambda s: s.F.pdist(s.lib.ones(3, 2), -1.0),
        lambda s: s.nn.MultiMarginLoss(3),
        lambda s: s.F.soft_margin_loss(s.lib.ones(2), s.lib.ones(2, requires_grad=True)),
        lambda s: s.nn.MultiMarginLoss(weight=s.lib.ones(2, 2)),
        lambda s: s.nn.TripletMarginLoss(-1.0),
        lambda s: s.nn.TripletMarginWithDistanceLoss(margin=0),
        lambda s: s.F.triplet_margin_loss(*[s.lib.ones(2)] * 3, margin=-1),
        lambda s: s.F.margin_ranking_loss(s.lib.ones(2), s.lib.ones(2), s.lib.ones(2, 1)),
        lambda s: s.F.kl_div(s.lib.ones(2), s.lib.ones(2), reduction="average"),
        lambda s: s.F.gaussian_nll_loss(s.lib.ones(2), s.lib.ones(2), s.lib.tensor([1.0, -1.0])),
        lambda s: s.F.gaussian_nll_loss(s.lib.ones(2, 2), s.lib.ones(2, 2), s.lib.ones(3)),
        lambda s: s.F.gaussian_nll_loss(s.lib.ones(2), s.lib.ones(2), -1.0),
        lambda s: s.F.cosine_embedding_loss(s.lib.ones(2, 2), s.lib.ones(2, 2), s.lib.ones(2, 2)),
        lambda s: s.F.cosine_embedding_loss(s.lib.ones(2), s.lib.ones(2), s.lib.ones(2)),
    ],
)
def test_refuses_what_torch_refuses_in_its_words(torch, code):
    assert_refused_alike(torch, code)
