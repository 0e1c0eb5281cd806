"""Softmax in two steps over many classes: as PyTorch's."""

import numpy as np
import pytest

import engine

from ..side_by_side import assert_refused_alike, numbers
from .twins import assert_same_face, assert_twins


def made(nn):
    return nn.AdaptiveLogSoftmaxWithLoss(8, 20, [3, 10], div_value=2.0, head_bias=True)


def test_its_face_is_torchs(torch):
    assert_same_face(torch, made)


@pytest.mark.parametrize(
    "targets", [[0, 2, 5, 12, 19, 9], [0, 1, 2, 0, 0, 1], [19, 19, 18, 11, 12, 13]], ids=str
)
def test_logs_and_loss_are_torchs(torch, targets):
    assert_twins(
        torch, made, lambda side, module: list(module(side.t(numbers(6, 8)), side.t(np.array(targets))))
    )


def test_a_single_sample_has_a_single_number(torch):
    assert_twins(torch, made, lambda side, module: list(module(side.t(numbers(8)), side.t(np.array(12)))))


def test_all_classes_have_probabilities_that_sum_to_one():
    module = made(engine.nn)
    logs = module.log_prob(engine.randn(5, 8))
    assert engine.allclose(logs.exp().sum(1), engine.ones(5))


def test_it_predicts_the_most_probable_class(torch):
    assert_twins(torch, made, lambda side, module: module.predict(side.t(numbers(9, 8) * 3, grad=False)))


@pytest.mark.parametrize("code", [
    lambda side: side.nn.AdaptiveLogSoftmaxWithLoss(8, 20, []),
    lambda side: side.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [10, 3]),
    lambda side: side.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [3, 20]),
    lambda side: made(side.nn)(side.t(numbers(2, 8)), side.t(np.array([1, 25]))),
    lambda side: made(side.nn)(side.t(numbers(2, 8)), side.t(np.array([1, 2, 3]))),
    lambda side: made(side.nn)(side.t(numbers(8)), side.t(np.array([1]))),
    lambda side: made(side.nn)(side.t(numbers(2, 8)), side.t(np.array([[1, 2]]))),
], ids=range(7))
def test_what_does_not_fit_is_refused_in_torchs_words(torch, code):
    assert_refused_alike(torch, code)
