"""Corners that random numbers miss: poles, ties, singular matrices, whole numbers, memory that is shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine

from .compare import assert_same
from .side_by_side import Side, assert_alike, assert_refused_alike, numbers

NAN, INF = float("nan"), float("inf")

VALUES: dict[str, Callable[[Side], Any]] = {
    "copysign at 0 and NaN": lambda s: s.lib.copysign(s.t([0.0, 1.0, NAN, 1.0]), s.t([1.0, -0.0, 1.0, NAN])),
    "remainder of huge numbers": lambda s: s.lib.remainder(s.t([1e300, 5.0, 7.0]), s.t([3.0, 1e-300, INF])),
    "fmod by 0": lambda s: s.lib.fmod(s.t([3.0, -5.0]), s.t([0.0, 3.0])),
    "trigamma at its poles": lambda s: s.lib.polygamma(1, s.t([0.0, -1.5, -12.3, INF])),
    "polygamma at its poles": lambda s: s.lib.polygamma(3, s.t([0.0, -2.0, -1.5, 0.5])),
    "softshrink of NaN": lambda s: s.F.softshrink(s.t([NAN, 1.0])),
    "pinv of equal singular values": lambda s: s.lib.linalg.pinv(s.t(np.eye(3)[:, :2])),
    "pinv of few rows": lambda s: s.lib.linalg.pinv(s.t(numbers(2, 3))),
    "pinv of lost rank": lambda s: s.lib.linalg.pinv(s.t(np.outer([1.0, 2.0, 3.0], [1.0, -1.0]))),
    "pinv with a limit": lambda s: s.lib.linalg.pinv(s.t(np.diag([3.0, 0.5])), atol=1.0),
    "pinv of a triangle": lambda s: s.lib.linalg.pinv(s.t(numbers(3, 3)), hermitian=True),
    "det of a singular matrix": lambda s: s.lib.linalg.det(s.t(np.stack([np.ones((2, 2)), np.eye(2)]))),
    "cond of the identity": lambda s: s.lib.linalg.cond(s.t(np.eye(3))),
    "outer products of whole numbers": lambda s: s.lib.einsum(
        "ik,j->ij", s.lib.ones(2, 3, dtype=s.lib.int32), s.lib.arange(3, dtype=s.lib.int32)),
    "a threshold's value wraps around": lambda s: s.F.threshold(
        s.lib.tensor([0, 9], dtype=s.lib.uint8), 1, -9),
    "large integers rounded towards 0": lambda s: s.lib.div(
        s.lib.tensor([2**60 + 1, -(2**60) - 1, 7, -7]), s.lib.tensor([3, 3, -2, 2]), rounding_mode="trunc"),
    "any over no dimension": lambda s: s.lib.any(s.lib.tensor([[0, 2], [1, 0]]), dim=()),
    "lstsq of a batch of vectors": lambda s: s.lib.linalg.lstsq(
        s.t(numbers(2, 4, 3)), s.t(numbers(2, 4, seed=1)), driver="gels")[0],
    "one sample's margin loss": lambda s: s.F.multi_margin_loss(
        s.t(numbers(4)), s.lib.tensor([2]), reduction="none"),
    "labels of several rows for one": lambda s: s.F.multilabel_soft_margin_loss(
        s.t(numbers(4)), s.t(np.eye(4)[:3]), reduction="none"),
    "one label of one class": lambda s: s.F.multilabel_margin_loss(s.t(1.5), s.lib.tensor([0])),
    "one row's margin loss": lambda s: s.F.multi_margin_loss(s.t(numbers(1, 4)), s.lib.tensor([2])),
}


@pytest.mark.parametrize("name", VALUES)
def test_corners_have_torchs_values_and_gradients(torch: Any, name: str) -> None:
    assert_alike(torch, VALUES[name], tolerance=1e-7)


@pytest.mark.parametrize("name", ["elu", "celu", "selu"])
def test_the_second_derivative_at_the_kink_is_torchs(torch: Any, name: str) -> None:
    found = []
    for library in (engine, torch):
        x = library.tensor([0.0, -1.0, 1.0], dtype=library.float64, requires_grad=True)
        y = getattr(library.nn.functional, name)(x)
        slope = library.autograd.grad(y.sum(), x, create_graph=True)[0]
        found.append([slope, *library.autograd.grad(slope.sum(), x)])
    assert_same(*found)


def test_a_graph_of_a_singular_matrix_has_the_cofactors(torch: Any) -> None:
    found = []
    for library in (engine, torch):
        x = library.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=library.float64, requires_grad=True)
        slope = library.autograd.grad(library.linalg.det(x), x, create_graph=True)[0]
        found.append([slope, *library.autograd.grad((slope * slope).sum(), x)])
    assert_same(*found, rtol=1e-9)


def test_a_singular_matrix_has_no_slope_of_its_log_determinant_and_says_nothing() -> None:
    x = engine.ones(2, 2, requires_grad=True)
    engine.logdet(x).backward()
    assert x.grad is not None and not x.grad.isfinite().any()


OWN_MEMORY: dict[str, Callable[[Any], Any]] = {
    "sign": lambda x: (x > 0).sign(),
    "ravel": lambda x: x[:, ::2].ravel(),
    "take": lambda x: engine.take(x[0, 0], engine.tensor(0)),
    "gather": lambda x: engine.gather(x[0, 0], 0, engine.tensor([0])),
    "pixel_shuffle": lambda x: engine.nn.functional.pixel_shuffle(x.reshape(4, 1, 1), 1),
    "pixel_unshuffle": lambda x: engine.nn.functional.pixel_unshuffle(x.reshape(4, 1, 1), 1),
    "diff": lambda x: engine.diff(x, 0),
}


@pytest.mark.parametrize("name", OWN_MEMORY)
def test_a_result_that_could_be_its_input_is_not(name: str) -> None:
    x = engine.zeros(2, 2)
    made = OWN_MEMORY[name](x)
    made.fill_(True)
    assert not x.any()


REFUSED: dict[str, Callable[[Side], Any]] = {
    "scores without classes": lambda s: s.F.multi_margin_loss(s.t(np.ones((5, 0))), s.lib.tensor([0] * 5)),
    "three dimensions of scores": lambda s: s.F.multi_margin_loss(s.t(numbers(4, 2, 2)), s.lib.tensor([0])),
    "too few classes": lambda s: s.F.multi_margin_loss(s.t(numbers(5, 4)), s.lib.tensor([0, 1, 2])),
    "classes that are no integers": lambda s: s.F.multi_margin_loss(s.t(numbers(2, 4)), s.lib.ones(2)),
    "a class that is not there": lambda s: s.F.multi_margin_loss(s.t(numbers(2, 4)), s.lib.tensor([0, 4])),
    "weights of other classes": lambda s: s.F.multi_margin_loss(
        s.t(numbers(2, 4)), s.lib.tensor([0, 1]), weight=s.lib.tensor([1.0, 2.0])),
    "weights of another type": lambda s: s.F.multi_margin_loss(
        s.t(numbers(1, 2)), s.lib.tensor([0]), weight=s.lib.ones(2, dtype=s.lib.float64)),
    "no labels": lambda s: s.F.multilabel_margin_loss(s.t(np.ones((5, 0))), s.lib.ones(5, 0).long()),
    "labels that are no integers": lambda s: s.F.multilabel_margin_loss(s.t(numbers(2, 4)), s.lib.ones(2, 4)),
    "labels that are not there": lambda s: s.F.multilabel_margin_loss(
        s.t(numbers(1, 2)), s.lib.tensor([[2, -1]])),
    "no places to part": lambda s: s.F.adaptive_max_pool1d(s.t(np.ones((2, 3, 0))), 2),
    "no channels to part": lambda s: s.F.adaptive_max_pool2d(s.t(np.ones((2, 0, 4, 4))), 2),
    "no places for means": lambda s: s.F.adaptive_avg_pool1d(s.t(np.ones((2, 3, 0))), 2),
    "no rows for means": lambda s: s.F.adaptive_avg_pool2d(s.t(np.ones((2, 0, 4))), 2),
    "no depth for means": lambda s: s.F.adaptive_avg_pool3d(s.t(np.ones((2, 0, 4, 4))), 2),
    "a row's parts": lambda s: s.F.adaptive_avg_pool1d(s.t(np.ones(4)), 2),
    "an image in a row's parts": lambda s: s.F.adaptive_max_pool1d(s.t(np.ones((2, 3, 4, 5))), 2),
    "signs of more samples": lambda s: s.F.soft_margin_loss(s.t(numbers(4)), s.lib.ones(5, 4)),
    "signs of other samples": lambda s: s.F.soft_margin_loss(s.t(numbers(5, 4)), s.t(numbers(5))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused_in_torchs_words(torch: Any, name: str) -> None:
    assert_refused_alike(torch, REFUSED[name])


BORDERS = [
    ((3,), (1, 1)), ((2, 3), (1, 1, 1, 1)), ((2, 2, 2, 3), (1, 1)), ((2, 3), ()), ((2, 3), (-2, -2)),
    ((0, 3), (1, 1)), ((2, 0), (1, 1)), ((2, 2, 0, 3), (1, 1, 1, 1)), ((2, 2, 3), (0, 0, 3, 0)),
    ((2, 2, 2, 2), (1, 1, 1, 1, 3, 0)), ((2, 2, 3), (-3, 0)), ((0, 2, 2, 3), (1, 1, 1, 1)),
]


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize(("shape", "pad"), BORDERS, ids=str)
def test_a_border_is_made_or_refused_as_torch_does(
    torch: Any, mode: str, shape: tuple[int, ...], pad: tuple[int, ...]
) -> None:
    found = []
    for library in (engine, torch):
        try:
            found.append(str(tuple(library.nn.functional.pad(library.zeros(shape), pad, mode).shape)))
        except (RuntimeError, NotImplementedError) as refusal:
            found.append(f"{type(refusal).__name__}: {refusal}")
    assert found[0] == found[1]
